import Foundation
import Randomness
import Simulation

/// Goes straight to a point along each axis, which minimises the distance after every single step, and so is
/// optimal for every reward that falls with the distance.
struct PointLane: ReferenceLane {
  let environment: PointNavigation
  let goal: SIMD2<Float>

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    environment.go(to: goal, observing: observation, into: &action)
  }
}

/// Takes steps that tell where the goal is, and goes there.
struct TrilaterationLane: ReferenceLane {
  let environment: PointNavigation
  private var memory: PointMemory

  init(environment: PointNavigation, survey: PointSurvey) {
    self.environment = environment
    memory = PointMemory(environment, survey)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    memory.learn(moment)
    let place = SIMD2(observation[0], observation[1])
    let target = memory.belief.target ?? tellingPlace(from: place)
    environment.go(to: target, observing: observation, into: &action)
    memory.arrived = environment.moved(place, towards: target)
  }

  /// The one of eight steps that ends nearest to the goal on average and leaves few doubts. Seen from a line through
  /// the middle of the arc, two goals have the same distance; it tells most where only one of them can be.
  private func tellingPlace(from place: SIMD2<Float>) -> SIMD2<Float> {
    let survey = memory.belief.survey
    let samples = memory.belief.samples()
    let limit = environment.actionLimit
    let steps = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)] as [(Float, Float)]
    let costs = steps.map { step in
      let next = place + SIMD2(step.0, step.1) * limit
      return samples.reduce(Float(0)) { sum, goal in
        sum + CornerNavigation.length(goal - next)
          + (survey.isArc && survey.holds(Self.mirrored(goal, at: next)) ? 3 * limit : 0)
      }
    }
    let best = costs.indices.min { (costs[$0], $0) < (costs[$1], $1) } ?? 0
    return place + SIMD2(steps[best].0, steps[best].1) * limit
  }

  /// The mirror image at the line through the origin and `place`, if that is not `goal` itself.
  private static func mirrored(_ goal: SIMD2<Float>, at place: SIMD2<Float>) -> SIMD2<Float> {
    let length = CornerNavigation.length(place)
    guard length > 1e-4 else { return goal }
    let direction = place / length
    return 2 * (goal.x * direction.x + goal.y * direction.y) * direction - goal
  }
}

/// Looks for a reward that is only near the goal, episode after episode where it has not been, and remembers.
struct SweepLane: ReferenceLane {
  let environment: PointNavigation
  let horizon: Int
  let episodeCount: Int
  private var memory: PointMemory
  private var sweep: PointSweep?

  init(environment: PointNavigation, survey: PointSurvey, horizon: Int, episodeCount: Int) {
    (self.environment, self.horizon, self.episodeCount) = (environment, horizon, episodeCount)
    memory = PointMemory(environment, survey)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    memory.learn(moment)
    let place = SIMD2(observation[0], observation[1])
    let target = memory.belief.target.map { environment.restingPlace(at: $0, from: place) }
    let next = target ?? search(from: place, moment.progress)
    environment.go(to: next, observing: observation, into: &action)
    memory.arrived = environment.moved(place, towards: next)
  }

  private mutating func search(from place: SIMD2<Float>, _ progress: Simulation.Progress) -> SIMD2<Float> {
    let belief = memory.belief
    guard belief.survey.isArc else { return nearestPossible(from: place) }
    var sweep =
      self.sweep.flatMap { progress.isEpisodeStart ? nil : $0 } ?? plan(from: place, progress)
    let next = sweep.next(from: place, belief.isPossible, belief.survey, environment)
    self.sweep = sweep
    return next
  }

  private func plan(from place: SIMD2<Float>, _ progress: Simulation.Progress) -> PointSweep {
    let isLast = Int(progress.episode) == episodeCount - 1
    let best = {
      PointSweep.best(from: place, memory.belief, environment, horizon: horizon, isLast: isLast)
    }
    // Where all episodes start in one place, trials without success so far are alike.
    guard environment.startLower == environment.startUpper else { return best() }
    let key = SweepKey(
      constants: environment.constants, survey: ObjectIdentifier(memory.belief.survey),
      isPossible: memory.belief.isPossible, horizon: horizon, isLast: isLast)
    return sweeps.value(at: key, compute: best)
  }

  private func nearestPossible(from place: SIMD2<Float>) -> SIMD2<Float> {
    memory.belief.samples().min {
      CornerNavigation.length($0 - place) < CornerNavigation.length($1 - place)
    } ?? place
  }
}

/// Draws a goal from what is still possible at the start of each episode, and acts as if it were there.
struct PointSamplingLane: ReferenceLane {
  let environment: PointNavigation
  private var memory: PointMemory
  private var goal: SIMD2<Float> = .zero

  init(environment: PointNavigation, survey: PointSurvey) {
    self.environment = environment
    memory = PointMemory(environment, survey)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    memory.learn(moment)
    let place = SIMD2(observation[0], observation[1])
    if moment.progress.isEpisodeStart {
      goal = environment.restingPlace(at: memory.belief.sample(using: &random), from: place)
    }
    environment.go(to: goal, observing: observation, into: &action)
    memory.arrived = environment.moved(place, towards: goal)
  }
}

/// A belief, and where the previous move ended, which at the end of an episode no observation tells.
private struct PointMemory {
  var belief: PointGoalBelief
  var arrived: SIMD2<Float> = .zero

  init(_ environment: PointNavigation, _ survey: PointSurvey) {
    belief = PointGoalBelief(environment, survey)
  }

  mutating func learn(_ moment: Moment) {
    if !moment.progress.isTrialStart { belief.learn(at: arrived, reward: moment.previousReward) }
  }
}

private struct SweepKey: Hashable, Sendable {
  let constants: [Float]
  let survey: ObjectIdentifier
  let isPossible: [Bool]
  let horizon: Int
  let isLast: Bool
}

private let sweeps = Memo<SweepKey, PointSweep>()

extension PointNavigation {
  /// The constants as numbers, for keys.
  var constants: [Float] {
    [actionLimit, tolerance, goalRadius, Float(Reward.allCases.firstIndex(of: reward) ?? 0)] + startLower
      + startUpper
  }

  fileprivate func go(
    to target: SIMD2<Float>, observing observation: Span<Float>, into action: inout MutableSpan<Float>
  ) {
    action[0] = clipped(target.x - observation[0], to: actionLimit)
    action[1] = clipped(target.y - observation[1], to: actionLimit)
  }
}
