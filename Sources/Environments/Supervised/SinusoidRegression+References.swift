import Foundation
import Randomness
import Simulation

extension SinusoidRegression {
  /// `random`, `oracle`, `bayesOptimal`, which predicts the mean over the curves that are left, and `blind`, which predicts
  /// the mean over all.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let prior = SinusoidBelief(distribution, noise: noise)
    let known = prior.posterior
    let (limit, noise) = (Double(predictionLimit), Double(noise))
    let share = Double(horizon) / Double(exampleCount)
    func returns(_ squaredError: Double) -> @Sendable () -> [Double] {
      { Array(repeating: -share * (squaredError + noise * noise), count: episodeCount) }
    }
    let (all, expected) = known.meanSquares(reach: inputRange)
    return [
      .random(of: self, expectedReturns: returns(limit * limit / 3 + all)),
      Reference(
        name: "oracle", summary: "Knows the curve and predicts its height.",
        makeLane: { SinusoidOracleLane(task: $0) }, expectedReturns: returns(0)),
      Reference(
        name: "bayesOptimal",
        summary: "Predicts the mean height of the curves that go through the examples seen.",
        makeLane: { _ in SinusoidLearnerLane(exampleCount: exampleCount, belief: prior) }),
      Reference(
        name: "blind", summary: "Predicts the mean height of all curves, whatever the examples say.",
        makeLane: { _ in SinusoidBlindLane(prior: known) }, expectedReturns: returns(all - expected)),
    ]
  }
}

/// Knows the curve.
private struct SinusoidOracleLane: ReferenceLane {
  let task: SinusoidRegression.Task

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = task.height(at: observation[0])
  }
}

/// Knows what curves there are.
private struct SinusoidBlindLane: ReferenceLane {
  let prior: SinusoidBelief.Posterior

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = Float(prior.mean(at: observation[0]))
  }
}

/// Draws every conclusion from the examples. Of the last one of an episode only the reward tells: how far its label was from
/// the prediction.
private struct SinusoidLearnerLane: ReferenceLane {
  let exampleCount: Int
  var belief: SinusoidBelief
  private var input: Float = 0

  init(exampleCount: Int, belief: SinusoidBelief) {
    (self.exampleCount, self.belief) = (exampleCount, belief)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if observation[2] > 0 {
      belief.learn(observation[1], at: input)
    } else if !moment.progress.isTrialStart {
      let distance = (-moment.previousReward * Float(exampleCount)).squareRoot()
      belief.learn(distance: distance, from: moment.previousAction[0], at: input)
    }
    input = observation[0]
    action[0] = Float(belief.posterior.mean(at: input))
  }
}
