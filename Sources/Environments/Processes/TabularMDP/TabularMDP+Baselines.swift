import Foundation
import Randomness
import Simulation

extension TabularMDP {
  /// The classical agents. Each knows the law that processes are drawn from, keeps the posterior, plans at the
  /// beginning of every episode and follows that plan to its end. The next state of the last step of an episode is
  /// not seen.
  ///
  /// The usual values of their parameters were the best of a few that were tried on the published processes: those of
  /// `countBonus` on 1,200 or more, the others on 200 to 1,500.
  ///
  /// Source: Duan et al., "RL²: fast reinforcement learning via slow reinforcement learning", 2016, section 3.2.
  func baselines(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let usual = UsualParameters(episodeCount: episodeCount)
    func agent(_ name: String, _ summary: String, _ rule: PlanningRule) -> Reference<Self> {
      Reference(
        name: name, summary: summary,
        makeLane: { _ in PlanningLane(self, distribution, horizon: horizon, rule: rule) }, isStandard: false)
    }
    func agent(
      _ name: String, _ summary: String, _ parameter: ReferenceParameter, isStandard: Bool = false,
      _ rule: @escaping @Sendable (Double) -> PlanningRule
    ) -> Reference<Self> {
      Reference(name: name, summary: summary, parameter: parameter, isStandard: isStandard) { _, value in
        PlanningLane(self, distribution, horizon: horizon, rule: rule(value))
      }
    }
    return [
      agent("greedy", "Plans in the mean process.", .mean(bonus: { _ in 0 })),
      agent(
        "epsilonGreedy", "Plans in the mean process; with probability ε an action is any.",
        ReferenceParameter("ε", usual.epsilon, in: 0...1)
      ) { .meanWithNoise(epsilon: $0) },
      agent(
        "psrl", "Plans in a process drawn from the posterior (posterior sampling).",
        .sampled(count: 1)),
      agent(
        "opsrl", "Plans with the best of N draws from the posterior for every state and action (optimistic).",
        ReferenceParameter("N", usual.drawCount, in: 1...100)
      ) { .sampled(count: Int($0)) },
      agent(
        "ucrl2", "Plans in the best process within confidence bounds around the mean, scaled by c.",
        ReferenceParameter("c", usual.confidence, in: 0...10)
      ) { .confident(scale: $0) },
      agent(
        "beb", "Plans in the mean process with a bonus of β / (1 + n₀ + n), n₀ what the prior counts as.",
        ReferenceParameter("β", usual.explorationBonus, in: 0...1000)
      ) { value in
        let prior = distribution.concentration * Double(stateCount)
        return .mean(bonus: { value / (1 + prior + $0) })
      },
      agent(
        "countBonus", "Plans in the mean process with a bonus of c / (1 + n) after n visits.",
        ReferenceParameter("c", usual.countBonus, in: 0...1000), isStandard: true
      ) { value in .mean(bonus: { value / (1 + $0) }) },
    ]
  }

  /// The tuned parameters for trials of some length.
  private struct UsualParameters {
    let epsilon, drawCount, confidence, explorationBonus, countBonus: Double

    init(episodeCount: Int) {
      switch episodeCount {
      case ...17: (epsilon, drawCount, confidence, explorationBonus, countBonus) = (0, 2, 0.03, 8, 0.5)
      case ...37: (epsilon, drawCount, confidence, explorationBonus, countBonus) = (0.02, 3, 0.03, 8, 0.75)
      case ...87: (epsilon, drawCount, confidence, explorationBonus, countBonus) = (0.02, 3, 0.03, 10, 1)
      default: (epsilon, drawCount, confidence, explorationBonus, countBonus) = (0.02, 3, 0.03, 10, 1.5)
      }
    }
  }
}

/// What an agent plans with.
enum PlanningRule: Sendable {
  /// The posterior mean, with a bonus on the reward that depends on the visits.
  case mean(bonus: @Sendable (Double) -> Double)
  /// The posterior mean; actions are any with probability ε.
  case meanWithNoise(epsilon: Double)
  /// Draws from the posterior, for each state and action the best of them.
  case sampled(count: Int)
  /// The best within confidence bounds.
  case confident(scale: Double)
}

/// Keeps the posterior of one trial and follows plans.
private final class PlanningLane: ReferenceLane {
  private let rule: PlanningRule
  private let actionCount: Int
  private var belief: ProcessBelief
  private var planner: ProcessPlanner
  private var state = 0

  init(
    _ environment: TabularMDP, _ prior: TabularMDP.TaskDistribution, horizon: Int, rule: PlanningRule
  ) {
    self.rule = rule
    actionCount = environment.actionCount
    belief = ProcessBelief(environment, prior)
    var drawCount = 1
    if case .sampled(let count) = rule { drawCount = count }
    planner = ProcessPlanner(environment, horizon: horizon, drawCount: drawCount)
  }

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let now = Int(observation[0])
    let progress = moment.progress
    if !progress.isTrialStart {
      belief.learn(
        row: state * actionCount + Int(moment.previousAction[0]), reward: Double(moment.previousReward),
        next: progress.isEpisodeStart ? nil : now)
    }
    if progress.isEpisodeStart { planner.plan(rule, after: belief, using: &random) }
    state = now
    var chosen = planner.action(at: Int(progress.timeOfEpisode), in: now)
    if case .meanWithNoise(let epsilon) = rule, Double(random.uniform()) < epsilon {
      chosen = random.integer(below: actionCount)
    }
    action[0] = Float(chosen)
  }
}
