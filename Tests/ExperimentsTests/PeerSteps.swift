import Catalogue
import Configuration
import Foundation
import Randomness
import Simulation
import Testing

/// A file of an environment and one to write on each line, with a space between.
private let requests = ProcessInfo.processInfo.environment["METARL_PEER_STEPS"]

/// Not a test: `.ci/peers-environments.py` sets the variable, and compares what is written with other libraries.
@Suite(.enabled(if: requests != nil)) struct PeerSteps {
  struct Header: Encodable {
    let laneCount: Int
    let tasks: String
    let observations: [[Float]]
  }

  struct Step: Encodable {
    let lane: Int
    let action: [Float]
    /// What is seen next, at the start of the next episode after an ending.
    let observation: [Float]
    let reward: Float
    let ending: UInt8
    /// Where the agent is drawn, for peers that have drawn another place at random.
    let position: [Float]
  }

  @Test func writesSteps() throws {
    for request in (requests ?? "").split(separator: "\n") {
      let paths = request.split(separator: " ").map(String.init)
      try #require(paths.count == 2)
      let simulator = try EnvironmentSearch(directories: []).definition(paths[0], catalogue: .complete)
        .simulator
      // Many episodes of someone who tries everything and walks more than half of the time, and two of the oracle.
      let lines = try Self.lines(simulator.with(episodeCount: 1000), agent: nil, stepCount: 500)
      let others = try Self.lines(simulator.with(episodeCount: 2), agent: "oracle", stepCount: 500)
      try (lines + others).joined(separator: "\n").write(toFile: paths[1], atomically: true, encoding: .utf8)
    }
  }

  /// A header, and the steps of 20 lanes.
  static func lines(_ simulator: any SimulatedEnvironment, agent name: String?, stepCount: Int) throws
    -> [String]
  {
    let key = RandomKey(seed: 5)
    let tasks = simulator.tasks(of: .test, count: 20, key: key.child("tasks"))
    let keys = (0..<20).map { key.child("lanes").child($0) }
    let lanes = simulator.beginTrial(in: tasks, keys: keys)
    let agent = name.map { simulator.referenceAgent($0, for: lanes) }
    agent?.beginTrial(keys: keys)
    let observers = (0..<20).map { lanes.observer(ofLane: $0) }
    var random = key.child("actions").stream()
    let width = simulator.interface.observation.componentCount
    func observation(_ lane: Int) -> [Float] {
      Array(lanes.timeStep.observation[lane * width..<(lane + 1) * width])
    }
    let header = Header(
      laneCount: 20, tasks: String(decoding: tasks.json, as: UTF8.self),
      observations: (0..<20).map(observation))
    var lines = [try json(header)]
    var actions = [Float](repeating: 0, count: 20 * simulator.interface.action.componentCount)
    let space = simulator.interface.action
    for _ in 0..<stepCount where lanes.timeStep.activeLaneCount > 0 {
      if let agent {
        agent.act(on: lanes.timeStep, into: &actions)
      } else {
        var span = actions.mutableSpan
        for lane in 0..<20 {
          var one = span._mutatingExtracting(lane..<lane + 1)
          space.draw(into: &one, using: &random)
          if space == .discrete([7]) && random.integer(below: 9) < 5 { one[0] = 2 }
        }
      }
      let wasOver = lanes.timeStep.progress.map(\.isTrialOver)
      lanes.step(taking: actions)
      for lane in 0..<20 where !wasOver[lane] {
        let point = observers[lane].scene.position
        lines.append(
          try json(
            Step(
              lane: lane, action: [actions[lane]], observation: observation(lane),
              reward: lanes.timeStep.previousReward[lane],
              ending: lanes.timeStep.progress[lane].previousEnding.rawValue,
              position: point.map { [$0.x, $0.y] } ?? [])))
      }
    }
    return lines
  }

  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }
}
