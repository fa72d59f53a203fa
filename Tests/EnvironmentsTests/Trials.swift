import Environments
import Foundation
import Randomness
import Simulation

/// What one agent got in many lanes.
struct Scores {
  /// `[lane][episode]`
  var returns: [[Double]]

  /// The mean over lanes of the return of each episode.
  var means: [Double] {
    (0..<returns[0].count).map { episode in
      returns.map { $0[episode] }.reduce(0, +) / Double(returns.count)
    }
  }

  /// The sum of a lane's returns: its mean over lanes, and the standard error of that.
  var total: (mean: Double, standardError: Double) {
    let totals = returns.map { $0.reduce(0, +) }
    let count = Double(totals.count)
    let mean = totals.reduce(0, +) / count
    let variance = totals.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (count - 1)
    return (mean, (variance / count).squareRoot())
  }
}

extension EnvironmentSimulator {
  /// A simulator whose only split is `test`.
  init(
    _ environment: Subject, testing distribution: Subject.TaskDistribution = Subject.TaskDistribution(),
    horizon: Int, episodeCount: Int
  ) {
    self.init(
      environment, distributions: [.test: distribution], horizon: horizon, episodeCount: episodeCount)
  }

  /// What the reference `name` gets in `laneCount` tasks, or in every task of a finite set once.
  func scores(of name: String, laneCount: Int?, seed: UInt64 = 1) -> Scores {
    let key = RandomKey(seed: seed)
    let tasks = tasks(of: .test, count: laneCount, key: key.child("tasks"))
    let keys = (0..<tasks.count).map { key.child("lanes").child($0) }
    let lanes = beginTrial(in: tasks, keys: keys)
    let agent = referenceAgent(name, for: lanes)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: tasks.count * interface.action.componentCount)
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
    }
    let episodeCount = interface.episodeCount
    return Scores(
      returns: (0..<tasks.count).map { lane in
        lanes.returns[lane * episodeCount..<(lane + 1) * episodeCount].map(Double.init)
      })
  }
}

/// Whether two numbers differ by at most `tolerance`.
func isClose(_ number: Double, _ other: Double, within tolerance: Double) -> Bool {
  abs(number - other) <= tolerance
}

extension Environment {
  /// One transition by an action of one component.
  func step(
    _ state: inout State, _ action: Float, in task: Task, using random: inout RandomStream
  ) -> Outcome {
    step(&state, taking: [action].span, in: task, using: &random)
  }
}

/// What the refusal of `body` says; nil where it is not refused.
func refusal(of body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
