import Catalogue
import Configuration
import Foundation
import Randomness
import Simulation
import Testing

/// What holds for the reference agents of every environment file.
@Suite struct MisledReferencesTests {
  /// The file with short episodes, where it can have them.
  private func shortened(_ name: String) throws -> (TemporaryDirectory, EnvironmentDefinition) {
    let file = try #require(EnvironmentCheckTests.repository.files.first { $0.name == name })
    let directory = try TemporaryDirectory()
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("horizon = ") ? "horizon = 24" : line.hasPrefix("episodes = ") ? "episodes = 2" : line
    }
    try directory.write(lines.joined(separator: "\n"), to: "short.toml")
    let short = try? EnvironmentSearch(directories: [directory.path]).definition(
      "short", catalogue: .complete)
    return (directory, try short ?? EnvironmentCheckTests.repository.definition(name, catalogue: .complete))
  }

  /// An agent made for one task, and told so, may find itself in another one, as in the verdict `support`.
  @Test(arguments: EnvironmentCheckTests.repository.files.map(\.name))
  func noReferenceEndsInATaskThatIsNotItsOwn(name: String) throws {
    let (directory, environment) = try shortened(name)
    withExtendedLifetime(directory) {
      let simulator = environment.simulator
      guard simulator.interface.episodeCount > 1 else { return }
      for split in simulator.splits {
        let tasks = simulator.tasks(of: split, count: 6, key: RandomKey(seed: 1))
        for reference in simulator.references(of: split) {
          let indices = Array(0..<tasks.count)
          let turn = TaskTurn(
            into: indices.reversed(), atEpisode: simulator.interface.episodeCount - 1)
          let lanes = simulator.beginTrial(
            in: .members(of: tasks, at: indices, turning: turn),
            keys: indices.map { RandomKey(seed: 2).child($0) })
          play(simulator.referenceAgent(reference.name, for: lanes), in: lanes, simulator.interface)
          #expect(lanes.timeStep.activeLaneCount == 0)
        }
      }
    }
  }

  private func play(_ agent: any Agent, in lanes: any Lanes, _ interface: Interface) {
    let count = lanes.timeStep.laneCount
    agent.beginTrial(keys: (0..<count).map { RandomKey(seed: 3).child($0) })
    var actions = [Float](repeating: 0, count: count * interface.action.componentCount)
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
    }
  }
}
