import Formats
import Learning
import Parallel
import Randomness
import Simulation

/// The hyperparameters of one algorithm, checked, every default filled in.
public struct Hyperparameters {
  /// All of them.
  public let table: Table
  /// How many updates a training takes.
  public let iterationCount: Int
  private let estimate: (any Simulator, LearnerUse) throws -> MemoryEstimate
  private let unusedSettings: (Interface) -> [UnusedSetting]
  private let make: (any Simulator, RandomKey, ThreadPool) throws -> any MetaLearner

  /// The defaults of `type` but for what `table` says. Throws `InvalidParameter`.
  package init(_ table: Table, of type: any MetaLearner.Type) throws {
    self = try Self.opening(table, of: type)
  }

  private static func opening<Learner: MetaLearner>(_ table: Table, of type: Learner.Type) throws -> Self {
    try FormerKeys.refuse(in: table, defaults: ValueEncoder.table(of: Learner.Configuration()))
    let (configuration, resolved) = try Settings.read(table, over: Learner.Configuration())
    try configuration.validate()
    return Self(
      table: resolved, iterationCount: configuration.iterations,
      estimate: { try Learner.memory(of: configuration, for: $0, use: $1) },
      unusedSettings: { configuration.unusedSettings(in: $0) },
      make: { try Learner(configuration, for: $0, key: $1, pool: $2) })
  }

  /// `defaults` of an algorithm with what `overlay` says in place of its own. Throws `InvalidParameter`.
  package static func overlaid(_ defaults: Table, with overlay: Table) throws -> Table {
    try FormerKeys.refuse(in: overlay, defaults: defaults)
    return try Settings.overlaid(defaults, with: overlay)
  }

  private init(
    table: Table, iterationCount: Int,
    estimate: @escaping (any Simulator, LearnerUse) throws -> MemoryEstimate,
    unusedSettings: @escaping (Interface) -> [UnusedSetting],
    make: @escaping (any Simulator, RandomKey, ThreadPool) throws -> any MetaLearner
  ) {
    self.table = table
    self.iterationCount = iterationCount
    self.estimate = estimate
    self.unusedSettings = unusedSettings
    self.make = make
  }

  /// The memory that a learner takes for `use`. Throws `InvalidParameter` where they do not suit the simulator.
  package func memory(for simulator: any Simulator, use: LearnerUse) throws -> MemoryEstimate {
    try estimate(simulator, use)
  }

  /// Those that nothing reads in a world with `interface`.
  package func unused(in interface: Interface) -> [UnusedSetting] { unusedSettings(interface) }

  /// A learner before its first update. Throws `InvalidParameter` where they do not suit the simulator.
  package func learner(for simulator: any Simulator, key: RandomKey, pool: ThreadPool) throws
    -> any MetaLearner
  {
    try make(simulator, key, pool)
  }
}
