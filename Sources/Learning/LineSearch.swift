/// A backtracking line search: from the full step on, each candidate is `shrinkage` times the one before, and
/// the first acceptable one is taken.
public struct LineSearch: Sendable {
  /// How many candidates are tried at most.
  public let candidateCount: Int
  /// What the step is multiplied by after a candidate was refused, between 0 and 1.
  public let shrinkage: Double

  /// A line search.
  public init(candidateCount: Int, shrinkage: Double) {
    self.candidateCount = candidateCount
    self.shrinkage = shrinkage
  }

  /// Moves `parameters` against `step` by the first fraction that `isAcceptable` likes, and returns how many
  /// candidates were tried; where it likes none, leaves `parameters` as they were and returns nil.
  public func move(
    _ parameters: inout [Float], against step: [Float], isAcceptable: (_ candidate: [Float]) throws -> Bool
  ) rethrows -> Int? {
    let start = parameters
    var fraction = 1.0
    for count in 1...max(candidateCount, 1) {
      for index in start.indices { parameters[index] = start[index] - Float(fraction) * step[index] }
      if try isAcceptable(parameters) { return count }
      fraction *= shrinkage
    }
    parameters = start
    return nil
  }
}
