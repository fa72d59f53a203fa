import Formats
import Learning
import Randomness
import Simulation

/// The hyperparameters of one algorithm, checked, every default filled in.
public struct Hyperparameters {
  /// All of them.
  public let table: Table
  /// How many updates a training takes.
  public let iterationCount: Int
  private let make: (any Simulator, RandomKey, ThreadPool) throws -> any MetaLearner

  /// The defaults of `type` but for what `table` says. Throws `InvalidParameter`.
  init(_ table: Table, of type: any MetaLearner.Type) throws {
    self = try Self.opening(table, of: type)
  }

  private static func opening<Learner: MetaLearner>(_ table: Table, of type: Learner.Type) throws -> Self {
    let (configuration, resolved) = try Settings.read(table, over: Learner.Configuration())
    try configuration.validate()
    return Self(table: resolved, iterationCount: configuration.iterations) { simulator, key, pool in
      try Learner(configuration, for: simulator, key: key, pool: pool)
    }
  }

  private init(
    table: Table, iterationCount: Int,
    make: @escaping (any Simulator, RandomKey, ThreadPool) throws -> any MetaLearner
  ) {
    self.table = table
    self.iterationCount = iterationCount
    self.make = make
  }

  /// A learner before its first update. Throws `InvalidParameter` where they do not suit the simulator.
  func learner(for simulator: any Simulator, key: RandomKey, pool: ThreadPool) throws -> any MetaLearner {
    try make(simulator, key, pool)
  }
}
