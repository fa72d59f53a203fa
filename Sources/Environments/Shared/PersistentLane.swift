import Randomness
import Simulation

extension Reference where Subject: Environment {
  /// The `blind` agent where nobody can know what an action does: it takes a random one a few times, then another, which
  /// leads farther than a new one at every step.
  static func persistent(of environment: Subject) -> Reference {
    let action = environment.action
    return Reference(
      name: "blind",
      summary: "Takes a random action \(PersistentLane.span) times, then another, whatever happens.",
      makeLane: { _ in PersistentLane(action: action) })
  }
}

/// Takes a random action a few times, then another.
private struct PersistentLane: ReferenceLane {
  static let span = 3

  let action: Space

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if Int(moment.progress.timeOfEpisode) % Self.span == 0 {
      self.action.draw(into: &action, using: &random)
    } else {
      for index in moment.previousAction.indices { action[index] = moment.previousAction[index] }
    }
  }
}
