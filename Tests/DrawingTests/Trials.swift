import Environments
import Foundation
import Randomness
import Simulation
import Trials

/// The trial of a reference agent in GridNavi with the goal in the far corner.
func gridRecording(of name: String = "bayesOptimal", episodeCount: Int = 3) -> Recording {
  var distribution = GridNavigation.TaskDistribution()
  distribution.goals = [[4, 4], [2, 3]]
  return recording(
    EnvironmentSimulator(
      GridNavigation(), distributions: [.test: distribution], horizon: 12, episodeCount: episodeCount), name)
}

/// The trial of a reference agent in a bandit of 4 arms.
func banditRecording() -> Recording {
  var bandit = Bandit()
  bandit.armCount = 4
  return recording(
    EnvironmentSimulator(bandit, distributions: [.test: .init()], horizon: 1, episodeCount: 8),
    "bayesOptimal")
}

/// The trial of random actions in a table of 10 states and 5 actions.
func tableRecording() -> Recording {
  recording(
    EnvironmentSimulator(TabularMDP(), distributions: [.test: .init()], horizon: 10, episodeCount: 3),
    "random")
}

/// The trial of `name` in the grid maze, one episode in which the goal takes whoever reaches it elsewhere.
func mazeRecording(of name: String = "oracle") -> Recording {
  recording(
    EnvironmentSimulator(MetaMaze(), distributions: [.test: .init()], horizon: 60, episodeCount: 1), name)
}

func recording(_ simulator: any SimulatedEnvironment, _ name: String) -> Recording {
  let key = RandomKey(seed: 3)
  let tasks = simulator.tasks(of: .test, count: 1, key: key)
  var recording = Recording(
    of: AgentFactory(reference: name, in: simulator), in: simulator, on: tasks, at: 0, key: key)
  recording.caption.environment = "a grid"
  recording.caption.agent = name
  recording.caption.task = #"{"goal":{"x":4,"y":4}}"#
  recording.caption.taskNumber = 0
  recording.caption.split = "test"
  let count = simulator.interface.episodeCount
  recording.references = [
    Recording.ReferenceReturns(name: "random", episodes: Array(repeating: -1, count: count)),
    Recording.ReferenceReturns(name: "oracle", episodes: Array(repeating: 4.2, count: count)),
  ]
  return recording
}

/// The trial of an agent whose rollouts go to the goal a third of the way nearer after each adaptation step.
func adaptiveRecording() -> Recording {
  let simulator = EnvironmentSimulator(
    PointNavigation(), distributions: [.test: .init()], horizon: 12, episodeCount: 4)
  let key = RandomKey(seed: 3)
  var recording = Recording(
    of: AgentFactory(course: .betweenEpisodes(rollouts: 6, steps: 1)) { _, _ in Swerving() },
    in: simulator, on: simulator.tasks(of: .test, count: 1, key: key), at: 0, key: key)
  recording.caption.environment = "a point"
  recording.caption.agent = "swerving"
  return recording
}

/// Goes in a direction that each adaptation step turns, each lane a little beside it.
private final class Swerving: Agent {
  private var isGreedy = false
  private var stepCount = 0

  func beginTrial(keys: [RandomKey]) { stepCount = 0 }
  func beginEpisodes(keys: [RandomKey], isGreedy: Bool) { self.isGreedy = isGreedy }
  func learn(after end: TimeStep) { stepCount += 1 }
  func takeMemory(of other: Swerving) {}

  func act(on timeStep: TimeStep, into actions: inout [Float]) {
    for lane in 0..<timeStep.laneCount {
      let beside = isGreedy ? 0 : 0.01 * (Float(lane) - 2.5)
      actions[2 * lane] = 0.05 - 0.025 * Float(stepCount) + beside
      actions[2 * lane + 1] = 0.04 - beside
    }
  }
}
