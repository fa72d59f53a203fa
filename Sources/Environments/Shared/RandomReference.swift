import Randomness
import Simulation

extension Reference {
  /// The agent that draws every action uniformly from the actions of the family.
  static func random(
    of environment: Subject, expectedReturns: (@Sendable () -> [Double])? = nil
  ) -> Reference {
    let action = environment.action
    return Reference(
      name: "random", summary: "Draws every action uniformly.",
      makeLane: { _ in RandomLane(action: action) }, expectedReturns: expectedReturns)
  }
}

/// Draws every component of the action uniformly.
private struct RandomLane: ReferenceLane {
  let action: Space

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    self.action.draw(into: &action, using: &random)
  }
}
