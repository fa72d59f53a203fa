import Randomness
import Simulation

/// Takes the same action at every time step.
struct FixedActionLane: ReferenceLane {
  /// `[action]`
  let chosen: [Float]

  init(_ chosen: Float...) { self.chosen = chosen }

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    for index in chosen.indices { action[index] = chosen[index] }
  }
}
