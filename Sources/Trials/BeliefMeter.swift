import Simulation

/// Measures how far what agents believe of the task is from what can be known of it: the total variation between what they
/// say is rewarded and the exact posterior,
///
///     ½ Σ |p − q|,   from 0 for the same to 1 for what excludes each other,
///
/// on average over the time steps that they act in.
struct BeliefMeter {
  private(set) var sum = 0.0
  private(set) var count = 0
  private let agent: any InferringAgent
  private let width: Int
  /// Of each lane.
  private let beliefs: [RewardBeliefs]

  /// A meter for `agent`, which is about to begin trials in `lanes`; nil where it does not say what it believes, or that is
  /// not known exactly. The lanes keep the exact belief from here on.
  init?(_ agent: any Agent, in lanes: any Lanes, of simulator: any Simulator) {
    let observations = simulator.rewardedObservations
    guard let agent = agent.inferring, !observations.isEmpty else { return nil }
    lanes.keepBeliefs()
    let (width, prior) = (observations.count, lanes.timeStep.belief)
    self.agent = agent
    self.width = width
    beliefs = (0..<lanes.timeStep.laneCount).map { lane in
      RewardBeliefs(
        observations, in: simulator.interface.observation, prior: prior[lane * width..<(lane + 1) * width])
    }
  }

  /// Compares what is said of the moment `timeStep`, on which the agent has acted.
  mutating func measure(_ timeStep: TimeStep) {
    for lane in beliefs.indices where !timeStep.progress[lane].isTrialOver {
      let exact = beliefs[lane].distribution(of: timeStep.belief[lane * width..<(lane + 1) * width])
      let said = beliefs[lane].distribution(saying: agent.rewardProbabilities(ofLane: lane))
      sum += zip(exact, said).reduce(0) { $0 + Double(abs($1.0 - $1.1)) } / 2
      count += 1
    }
  }
}
