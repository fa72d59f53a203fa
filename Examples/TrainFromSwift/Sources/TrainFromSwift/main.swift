// Trains RL² on GridNavi without the command line, and compares what it learned with the exact Bayes-optimal return.
//
//     swift run -c release --package-path Examples/TrainFromSwift TrainFromSwift [ITERATIONS [TRIALS]]

import Metarl
import MetarlEnvironments

// The task: find a hidden goal on a 5 by 5 grid. A trial is four episodes with the same goal.
let world = EnvironmentSimulator(
  GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 15, episodeCount: 4)

let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
var configuration = RL2.Configuration()
configuration.iterations = counts.first ?? 300
configuration.trials = counts.count > 1 ? counts[1] : 512
configuration.ppo.minibatches = 8
configuration.ppo.epochs = 2
configuration.optimizer.learningRate = 2e-3
configuration.entropy.coefficient = 0.1
configuration.entropy.finalCoefficient = 0.001
configuration.rewardScale = 0.2

// The same seeds give the same bytes, whatever the number of threads.
let pool = ThreadPool(threadCount: 2)
let learner = try RL2(configuration, for: world, key: RandomKey(seed: 1), pool: pool)
for iteration in 0..<configuration.iterations {
  let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 2).child(iteration))
  if (iteration + 1) % 50 == 0 { print("update \(iteration + 1): return \(metrics["return"] ?? .nan)") }
}

// One trial in each task of the split `test`.
let tasks = world.tasks(of: .test, count: nil, key: RandomKey(seed: 3))
let outcome = try TrialPlayer(simulator: world, pool: pool).outcome(
  of: learner.agents, in: tasks, at: Array(0..<tasks.count), key: RandomKey(seed: 4))
let mean = outcome.returns.reduce(0, +) / Double(tasks.count)
print("RL²: \(mean) a trial in \(tasks.count) tasks")
for name in ["random", "bayesOptimal", "oracle"] {
  guard let returns = world.expectedReturns(of: name, split: .test) else { continue }
  print("\(name): \(returns.reduce(0, +))")
}
