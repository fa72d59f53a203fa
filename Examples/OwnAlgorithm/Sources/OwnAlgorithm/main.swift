// An algorithm of one's own, beside the library's, in a bandit with five arms and ten pulls.
//
//     swift run -c release --package-path Examples/OwnAlgorithm OwnAlgorithm [ITERATIONS]

import Metarl
import MetarlEnvironments

let world = EnvironmentSimulator(
  Bandit(), distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 10)
let pool = ThreadPool(threadCount: 2)
var configuration = EvolvedMemory.Configuration()
configuration.iterations = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200
let learner = try EvolvedMemory(configuration, for: world, key: RandomKey(seed: 1), pool: pool)
for iteration in 0..<configuration.iterations {
  let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
  if (iteration + 1) % 20 == 0 { print("update \(iteration + 1): return \(metrics["return"] ?? .nan)") }
}

let tasks = world.tasks(of: .test, count: 1000, key: RandomKey(seed: 3))
let player = TrialPlayer(simulator: world, pool: pool)
print(
  "evolved-memory: \(try player.meanReturn(of: learner.agents, in: tasks)) a trial in \(tasks.count) tasks")
for reference in world.references(of: .test) where reference.isStandard {
  let agents = AgentFactory(reference: reference.name, in: world)
  print("\(reference.name): \(try player.meanReturn(of: agents, in: tasks))")
}

extension TrialPlayer {
  /// The mean return of one trial in each of `tasks`.
  func meanReturn(of agents: AgentFactory, in tasks: TaskSet) throws -> Double {
    let outcome = try outcome(
      of: agents, in: tasks, at: Array(0..<tasks.count), key: RandomKey(seed: 4))
    return outcome.returns.reduce(0, +) / Double(tasks.count)
  }
}
