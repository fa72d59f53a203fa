import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// An agent whose use of its experience is tested.
struct EvaluatedAgent {
  let agents: AgentFactory
  let player: TrialPlayer
  let mode: PolicyMode
  /// Whether the agent is told the task, and has nothing to find out.
  let isTold: Bool

  /// The return of every episode of a trial in each of the tasks at `indices`, `[index, episode]`. The trial in the task
  /// at index i draws its random numbers from below `key.child(i)`. Unless the circumstance is the usual one, `tasks` are
  /// not all the same.
  func returns(
    in tasks: TaskSet, at indices: [Int], _ circumstance: TrialPlayer.Circumstance, key: RandomKey
  ) throws -> [Double] {
    try player.outcomes(of: agents, in: tasks, at: indices, key: key, circumstance, modes: [mode])[0].returns
  }
}
