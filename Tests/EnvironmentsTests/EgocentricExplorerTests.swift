import Environments
import Foundation
import Randomness
import Simulation
import Testing

@Suite struct EgocentricExplorerTests {
  typealias Building = EgocentricGrid.Building

  static let cases: [(Building, size: Int, count: Int, horizon: Int, isOpen: Bool)] = [
    (.empty, 8, 1, 256, true), (.fourRooms, 19, 1, 100, false), (.doorKey, 8, 1, 640, false),
    (.keyCorridor, 3, 2, 270, false), (.keyCorridor, 4, 3, 480, false), (.lockedRoom, 19, 1, 190, false),
    (.memory, 13, 1, 845, false), (.crossing, 9, 2, 324, false), (.lavaCrossing, 9, 1, 324, false),
    (.fetch, 6, 2, 180, true), (.fetch, 8, 3, 320, false), (.doors, 6, 1, 144, true),
  ]

  func simulator(_ index: Int, episodeCount: Int) -> EnvironmentSimulator<EgocentricGrid> {
    let (building, size, count, horizon, isOpen) = Self.cases[index]
    var environment = EgocentricGrid()
    (environment.seesThroughWalls, environment.rewardSpan) = (isOpen, horizon)
    var distribution = EgocentricGrid.TaskDistribution()
    (distribution.building, distribution.size, distribution.count) = (building, size, count)
    return EnvironmentSimulator(
      environment, testing: distribution, horizon: horizon, episodeCount: episodeCount)
  }

  /// Once it has been there it knows a way, hardly longer than the shortest; where one of `n` things is wanted it has
  /// tried them all after `n` episodes.
  @Test(arguments: cases.indices)
  func knowsTheWayAtLast(index: Int) {
    let simulator = simulator(index, episodeCount: 5)
    let returns = ["random", "explorer", "oracle"].map { simulator.scores(of: $0, laneCount: 60).returns }
    for (found, known) in zip(returns[1], returns[2]) {
      for (found, known) in zip(found, known) { #expect(found <= known + 1e-6) }
      #expect(found[4] > 0.8 * known[4], "\(Self.cases[index])")
    }
    let totals = returns.map { $0.joined().reduce(0, +) }
    #expect(totals[0] < totals[1] && totals[1] <= totals[2], "\(totals)")
    let others = ["blind", "random"].map { simulator.scores(of: $0, laneCount: 60).total }
    let errors = others.map(\.standardError)
    let error = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(others[0].mean >= others[1].mean - 3 * error)
    #expect(others[0].mean < totals[1] / 60)
  }

  /// Of things that look all the same but for their kind, the one tried first is right as often as another.
  @Test func learnsOfTheMissionByTryingAlone() {
    let returns = simulator(9, episodeCount: 3).scores(of: "explorer", laneCount: 300).returns
    let share = Double(returns.count { $0[0] > 0 }) / 300
    #expect((0.4...0.6).contains(share))
    for trial in returns { #expect(trial[1] > 0.8 && trial[2] > 0.8) }
  }

  /// Two pairs of tasks that differ only in what the mission is: the first episode is the same until it ends.
  @Test func doesTheSameUntilTasksShowTheirDifference() {
    let simulator = simulator(6, episodeCount: 1)
    let environment = simulator.environment
    var distribution = EgocentricGrid.TaskDistribution()
    (distribution.building, distribution.size) = (.memory, 13)
    var random = RandomKey(seed: 4).stream()
    for _ in 0..<10 {
      let task = environment.sampleTask(from: distribution, using: &random)
      var other = task
      (other.mission.cell, other.mission.trap) = (task.mission.trap, task.mission.cell)
      let (mine, yours) = (task, other)
      let rewards = [mine, yours].map {
        environment.rewards(of: "explorer", in: $0, distribution: distribution, horizon: 845)[0]
      }
      // The things say which end is right; a mission that says otherwise is not heard of.
      #expect(rewards[0].count == rewards[1].count)
      #expect((rewards[0].last ?? 0) > 0.9 && rewards[1].last == 0)
    }
  }

  /// A fewest-step plan leaves out what cannot help, and is as short as one that leaves out nothing.
  @Test(arguments: [(Building.lockedRoom, 13), (.keyCorridor, 3), (.doorKey, 6)])
  func plansAreAsShortAsThoseOfASearchThatTriesEverything(building: Building, size: Int) throws {
    let environment = EgocentricGrid()
    var distribution = EgocentricGrid.TaskDistribution()
    (distribution.building, distribution.size, distribution.count) = (building, size, 1)
    var random = RandomKey(seed: 6).stream()
    for _ in 0..<3 {
      let task = environment.sampleTask(from: distribution, using: &random)
      let plan = try #require(environment.shortestPlan(for: task, horizon: 200))
      #expect(plan.count == leastSteps(environment, task), "\(building)")
    }
  }

  /// The fewest steps by a search over all states and actions.
  func leastSteps(_ environment: EgocentricGrid, _ task: EgocentricGrid.Task) -> Int? {
    var random = RandomKey(seed: 0).stream()
    func bytes(_ state: EgocentricGrid.State) -> [UInt8] {
      // All but the time, which is last, and the padding before it.
      withUnsafeBytes(of: state) { Array($0.prefix(29)) }
    }
    var (states, steps) = ([environment.initialState(of: task, using: &random)], 0)
    var seen: Set<[UInt8]> = [bytes(states[0])]
    while !states.isEmpty && steps < 200 {
      steps += 1
      var next: [EgocentricGrid.State] = []
      for state in states {
        // Who has to fetch nothing but a key puts nothing down.
        for action in 0..<6 where action != 4 || task.mission.kind == .fetch {
          var arrived = state
          let outcome = environment.step(&arrived, Float(action), in: task, using: &random)
          if outcome.reward > 0 { return steps }
          if !outcome.isTerminated && seen.insert(bytes(arrived)).inserted { next.append(arrived) }
        }
      }
      states = next
    }
    return nil
  }
}
