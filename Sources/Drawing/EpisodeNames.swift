import Trials

// How pictures call episodes: of an agent that learns between them, by the parameters that it has then.
extension Recording {
  /// Whether episodes stand for what was learnt in so many gradient steps.
  package var isOfSteps: Bool { caption.course.isBetweenEpisodes }

  /// The name of an episode, such as `episode 3` or `φ₂`.
  func name(ofEpisode episode: Int) -> String {
    isOfSteps ? parameterName(episode) : "episode \(episode + 1)"
  }

  /// The same where there is little room, such as `3` or `φ₂`.
  package func shortName(ofEpisode episode: Int) -> String {
    isOfSteps ? parameterName(episode) : "\(episode + 1)"
  }
}

/// The parameters after some adaptation steps: θ, φ₁, φ₂, …
package func parameterName(_ stepCount: Int) -> String {
  let digits = Array("₀₁₂₃₄₅₆₇₈₉")
  return stepCount == 0
    ? "θ" : "φ" + String(String(stepCount).compactMap { $0.wholeNumberValue }.map { digits[$0] })
}
