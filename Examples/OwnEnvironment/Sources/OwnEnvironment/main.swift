// Checks an environment of one's own against the contract of the library, and trains RL² in it.
//
//     swift run -c release --package-path Examples/OwnEnvironment OwnEnvironment [ITERATIONS [TRIALS]]

import Metarl
import MetarlEnvironments

let world = EnvironmentSimulator(
  TreasureLine(), distributions: [.train: .init(), .test: .init()], horizon: 12, episodeCount: 3)

// What `metarl check` looks at.
for rule in ConformanceRule.allCases {
  switch world.verdict(on: rule, key: RandomKey(seed: 1)) {
  case .kept(let what): print("kept    \(rule.summary): \(what)")
  case .broken(let place): print("BROKEN  \(rule.summary): \(place)")
  case .notApplicable(let why): print("-       \(rule.summary): \(why)")
  }
}

let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
var configuration = RL2.Configuration()
configuration.iterations = counts.first ?? 150
configuration.trials = counts.count > 1 ? counts[1] : 256
let pool = ThreadPool(threadCount: 2)
let learner = try RL2(configuration, for: world, key: RandomKey(seed: 1), pool: pool)
for iteration in 0..<configuration.iterations {
  _ = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
}

// The mean return of each episode of a trial, of the learner's agents and of the references.
let tasks = world.tasks(of: .test, count: 200, key: RandomKey(seed: 3))
let player = TrialPlayer(simulator: world, pool: pool)
print("rl2     \(try player.meanReturns(of: learner.agents, in: tasks))")
for name in ["random", "oracle"] {
  print("\(name)  \(try player.meanReturns(of: AgentFactory(reference: name, in: world), in: tasks))")
}

extension TrialPlayer {
  /// The mean return of each episode, over one trial in each of `tasks`.
  func meanReturns(of agents: AgentFactory, in tasks: TaskSet) throws -> [Double] {
    let returns = try outcome(
      of: agents, in: tasks, at: Array(0..<tasks.count), key: RandomKey(seed: 4)
    ).returns
    let count = simulator.interface.episodeCount
    return (0..<count).map { episode in
      let sum = stride(from: episode, to: returns.count, by: count).reduce(0) { $0 + returns[$1] }
      return sum / Double(tasks.count)
    }
  }
}
