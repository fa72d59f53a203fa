import Environments
import Foundation
import Randomness
import Simulation
import Testing

/// Faults of published systems that concern environments, each of which a test here, or the one that its comment names,
/// keeps out. `ConformanceTests` plants those that any environment could have: time limits that terminate, resets that
/// draw another task, observations that tell the distance to the goal.
@Suite struct PublishedFaultsTests {
  /// The distance that is rewarded is that after the move, not the one before it.
  @Test func distanceIsMeasuredAfterTheMove() {
    let environment = PointNavigation()
    var random = RandomKey(seed: 0).stream()
    let task = PointNavigation.Task(x: 0.3, y: 0)
    var state = environment.initialState(of: task, using: &random)
    let outcome = environment.step(&state, taking: [1, 0].span, in: task, using: &random)
    let moved = environment.actionLimit
    #expect(abs(outcome.reward + (0.3 - moved)) < 1e-6, "\(outcome.reward)")
  }

  /// With walls the reward is a number wherever the agent is.
  @Test func walledCornersAlwaysReward() {
    var environment = CornerNavigation()
    environment.hasWalls = true
    var count = 0
    for seed in 0..<20 {
      var random = RandomKey(seed: UInt64(seed)).stream()
      let task = environment.sampleTask(from: .init(), using: &random)
      var state = environment.initialState(of: task, using: &random)
      for _ in 0..<200 {
        let action = [random.uniform(from: -1, to: 1), random.uniform(from: -1, to: 1)]
        let outcome = environment.step(&state, taking: action.span, in: task, using: &random)
        count += outcome.reward.isFinite ? 1 : 0
      }
    }
    #expect(count == 4000)
  }

  /// Once the goal was seen the belief is certain; a published one then doubts it again.
  @Test func beliefStaysCertain() {
    let goals = [GridCell(x: 2, y: 2), GridCell(x: 3, y: 3), GridCell(x: 4, y: 4)]
    var belief = GoalBelief(GridNavigation(), goals: goals)
    belief.arrive(in: GridCell(x: 3, y: 3), isGoal: true)
    for _ in 0..<10 {
      belief.arrive(in: GridCell(x: 3, y: 3), isGoal: true)
      belief.arrive(in: GridCell(x: 2, y: 2), isGoal: false)
      #expect(belief.goal == GridCell(x: 3, y: 3))
    }
  }

  /// Every split draws from its own distribution: test tasks are not training tasks under another name.
  @Test func everySplitHasItsOwnTasks() {
    var (first, second) = (GridNavigation.TaskDistribution(), GridNavigation.TaskDistribution())
    (first.goals, second.goals) = ([[4, 4]], [[3, 3]])
    let simulator = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: first, .test: second], horizon: 5, episodeCount: 1)
    for (split, cell) in [(TaskSplit.train, 4), (.test, 3)] {
      let tasks = simulator.tasks(of: split, count: 1, key: RandomKey(seed: 0))
      let text = String(decoding: tasks.json, as: UTF8.self)
      #expect(text == "[{\"goal\":{\"x\":\(cell),\"y\":\(cell)}}]")
      let lanes = simulator.beginTrial(drawingFrom: split, keys: [RandomKey(seed: 5)])
      let agent = simulator.referenceAgent("oracle", for: lanes)
      #expect(agent === agent && lanes.timeStep.laneCount == 1)
    }
  }

  /// A room that draws key and door has two cells, and both can be reached: `KeyDoorTests.everyTaskCanBeSolved`. A maze
  /// looks for the goal before it moves the agent: `MetaMazeTests.beingMovedOntoTheGoalIsNothing`. Lakes are drawn until
  /// they can be crossed, and not as long as they can: `FrozenLakeTests.everyLakeCanBeCrossed`.
  @Test func lanesDrawFromStreamsOfTheirOwn() {
    let simulator = EnvironmentSimulator(Bandit(), testing: .init(), horizon: 1, episodeCount: 20)
    let lanes = simulator.beginTrial(
      drawingFrom: .test, keys: (0..<40).map { RandomKey(seed: 1).child($0) })
    var rewards: [[Float]] = Array(repeating: [], count: 40)
    for _ in 0..<20 {
      lanes.step(taking: Array(repeating: 0, count: 40))
      for lane in 0..<40 { rewards[lane].append(lanes.timeStep.previousReward[lane]) }
    }
    #expect(Set(rewards).count > 30)
  }
}
