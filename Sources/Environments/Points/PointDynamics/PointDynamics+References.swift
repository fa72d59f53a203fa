import Foundation
import Randomness
import Simulation

extension PointDynamics {
  /// `random`, `oracle`, `identification`, which infers the physics, and `blind`, which guesses them once for all.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let law = distribution.law
    return [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows the physics and steers to the goal, round the obstacle.",
        makeLane: { SteeringLane(environment: self, model: $0, obstacles: ObstacleBelief(self, in: $0)) }),
      Reference(
        name: "identification",
        summary: "Infers the physics from what thrusts have done, and steers as one who knows them.",
        makeLane: { _ in
          let estimate = PhysicsEstimate(law)
          return SteeringLane(
            environment: self, model: estimate.model, obstacles: ObstacleBelief(self, law), estimate: estimate
          )
        }),
      Reference(
        name: "blind",
        summary: "Steers by a guess of the physics, the best of some, and learns nothing: a fixed plan.",
        makeLane: { _ in guessing(bestGuess(law, horizon), law) }),
    ]
  }

  private func guessing(_ guess: Guess, _ law: TaskDistribution) -> SteeringLane {
    SteeringLane(
      environment: self, model: guess.model, obstacles: ObstacleBelief(self, law), gain: guess.gain)
  }

  /// Physics to act by, and the share of the way to a goal to make in one step.
  fileprivate struct Guess: Sendable {
    var model: Task
    var gain: Float
  }

  private func bestGuess(_ law: TaskDistribution, _ horizon: Int) -> Guess {
    bestGuesses.value(at: GuessKey(constants: constants, law: law, horizon: horizon)) {
      let tasks = (0..<32).map { index in
        var random = RandomKey(seed: 0).child("guess").child(index).stream()
        return sampleTask(from: law, using: &random)
      }
      let candidates = guesses(law)
      let returns = candidates.map { guess in
        rehearsedReturn(of: { guessing(guess, law) }, in: tasks, horizon: min(horizon, 400))
      }
      let best = candidates.indices.max { (returns[$0], $1) < (returns[$1], $0) } ?? 0
      return candidates[best]
    }
  }

  private func guesses(_ law: TaskDistribution) -> [Guess] {
    func values(_ lower: Float, _ upper: Float) -> [Float] {
      lower < upper ? [(lower + upper) / 2, lower, upper] : [lower]
    }
    let (masses, frictions) = (
      values(law.massLower, law.massUpper), values(law.frictionLower, law.frictionUpper)
    )
    return masses.flatMap { mass in
      frictions.flatMap { friction in
        Set(law.delays).sorted().flatMap { delay in
          ([1, 0.5, 0.25] as [Float]).map { gain in
            var model = Task()
            (model.mass, model.friction, model.delay) = (mass, friction, delay)
            return Guess(model: model, gain: gain)
          }
        }
      }
    }
  }

  private var constants: [Float] {
    [actionLimit, goalRadius, obstacleRadius, reward == .indicator ? 1 : 0] + goal
  }
}

extension PointDynamics.TaskDistribution {
  /// What is known of worlds without knowing the finite set: the laws that they were drawn by.
  var law: Self {
    var law = self
    (law.poolSize, law.share) = (0, TaskShare())
    return law
  }
}

private struct GuessKey: Hashable, Sendable {
  let constants: [Float]
  let law: PointDynamics.TaskDistribution
  let horizon: Int
}

private let bestGuesses = Memo<GuessKey, PointDynamics.Guess>()
