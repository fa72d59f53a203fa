import Autodiff
import Randomness

extension ActionDistribution {
  /// Chooses the action of every lane from what the network says: the most probable one, or one drawn.
  ///
  /// - Parameters:
  ///   - output: the output of `workspace` that holds what `acting` made of the network's, `[lane, …]`.
  ///   - deviation: σ of a continuous policy, `[component]`.
  ///   - streams: one for each lane.
  ///   - choices: the actions as the policy chose them, `[lane, component]`.
  ///   - actions: the actions as the environment takes them, `[lane, component]`.
  ///   - logProbabilities: log π of the choices, `[lane]`; left alone where they are the most probable ones.
  func choose(
    _ workspace: Workspace<Float>, output: Int, isGreedy: Bool, deviation: [Float],
    using streams: inout [RandomStream], choices: inout [Float], actions: inout [Float],
    logProbabilities: inout [Float]
  ) {
    var choices = choices.mutableSpan
    var actions = actions.mutableSpan
    for lane in streams.indices {
      let range = lane * componentCount..<(lane + 1) * componentCount
      var action = actions._mutatingExtracting(range)
      var choice = choices._mutatingExtracting(range)
      workspace.withOutput(output, row: lane) { acting in
        if isGreedy {
          mode(acting, action: &action)
        } else {
          logProbabilities[lane] = sample(
            acting, deviation: deviation.span, using: &streams[lane], choice: &choice, action: &action)
        }
      }
    }
  }
}
