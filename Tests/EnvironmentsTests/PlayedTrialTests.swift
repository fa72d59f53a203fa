import Environments
import Randomness
import Scenes
import Simulation
import Testing
import Trials

@Suite struct PlayedTrialTests {
  private let key = RandomKey(seed: 8)

  private func grid(_ goals: [[Int]]? = nil) -> EnvironmentSimulator<GridNavigation> {
    var distribution = GridNavigation.TaskDistribution()
    if let goals { distribution.goals = goals }
    return EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init(), .test: distribution], horizon: 9, episodeCount: 2)
  }

  private func trial(_ simulator: any SimulatedEnvironment, task: Int = 0) -> PlayedTrial {
    PlayedTrial(in: simulator, on: simulator.tasks(of: .test, count: nil, key: key), at: task, key: key)
  }

  /// Whoever acts like an agent gets what the agent gets, and sees what the agent sees.
  @Test func theSameActionsLeadToTheSameTrial() {
    let simulator = grid()
    let tasks = simulator.tasks(of: .test, count: nil, key: key)
    for name in ["random", "oracle"] {
      let recording = Recording(
        of: AgentFactory(reference: name, in: simulator), in: simulator, on: tasks, at: 9, key: key)
      let trial = PlayedTrial(in: simulator, on: tasks, at: 9, key: key)
      for frame in recording.episodes.flatMap(\.frames) where !frame.action.isEmpty {
        trial.take(frame.action)
      }
      #expect(trial.isOver && trial.finishedEpisodeCount == 2)
      #expect(trial.recording.returns == recording.returns)
      #expect(trial.view.returns == recording.returns)
      for (played, recorded) in zip(trial.recording.episodes, recording.episodes) {
        #expect(played.frames.map(\.scene) == recorded.frames.map(\.scene))
        // The beliefs hold cells that are no numbers, and so are not even equal to themselves.
        let beliefs = [played, recorded].map { $0.frames.map { "\(String(describing: $0.belief))" } }
        #expect(beliefs[0].elementsEqual(beliefs[1]))
        #expect(played.frames.map(\.reward) == recorded.frames.map(\.reward))
      }
      trial.take([0])
      #expect(trial.recording.returns == recording.returns)
    }
  }

  /// In all tasks the person sees the same, as long as the same is done.
  @Test func theViewDoesNotTellTheTask() {
    let simulator = grid()
    let trials = (0..<21).map { trial(simulator, task: $0) }
    for action: Float in [1, 1, 2, 0] {
      for trial in trials { trial.take([action]) }
      let scenes = trials.compactMap { $0.view.episodes.last?.frames.last?.scene }
      #expect(Set(scenes).count == 1 && scenes[0].position != nil)
      #expect(Set(trials.compactMap { $0.recording.episodes.last?.frames.last?.scene }).count == 21)
    }
  }

  /// Places that are something else in other tasks stay as outlines: all corners can be seen, none is the goal.
  @Test func placesThatMeanSomethingElseElsewhereAreOutlined() throws {
    let simulator = EnvironmentSimulator(
      CornerNavigation(), distributions: [.test: .init()], horizon: 9, episodeCount: 1)
    let scene = try #require(trial(simulator).view.episodes.first?.frames.first?.scene)
    let outlines = scene.shapes.count {
      if case .circle(_, _, .grid, .outlined) = $0 { true } else { false }
    }
    #expect(outlines == 4)
  }

  @Test func whereAnActionIsANumberTheMouseSaysHowHigh() {
    let trial = trial(EnvironmentSimulator(SinusoidRegression(), horizon: 10, episodeCount: 1))
    #expect(trial.action(toward: Scene.Point(x: 3, y: 1.5)) == [1.5])
    #expect(trial.action(toward: Scene.Point(x: 3, y: 9)) == [5] && trial.action(for: .up) == nil)
  }

  @Test func arrowsDigitsAndTheMouseAct() throws {
    let trial = trial(grid())
    #expect(trial.action(for: .up) == [1] && trial.action(for: .stay) == [0])
    #expect(trial.action(for: .digit(4)) == [4] && trial.action(for: .digit(5)) == nil)
    #expect(trial.action(for: .newTask) == nil)
    // The agent is in the lower left cell; to the right and above it is pointed at.
    #expect(trial.action(toward: Scene.Point(x: 3.5, y: 1.5)) == trial.action(for: .right))
    #expect(trial.action(toward: Scene.Point(x: 1.5, y: 3.5)) == trial.action(for: .up))
  }

  @Test func aClickPullsTheArmThatIsDrawnThere() throws {
    let simulator = EnvironmentSimulator(
      Bandit(), distributions: [.test: .init()], horizon: 1, episodeCount: 4)
    let trial = trial(simulator)
    let places = try #require(trial.view.episodes.first?.frames.first?.scene.actionPlaces)
    for (arm, place) in places.enumerated() {
      #expect(trial.action(toward: Scene.Point(x: place.x + 0.01, y: 0.7)) == [Float(arm)])
    }
  }

  /// A point robot goes where it is pointed to, also where that is nearer than a whole step.
  @Test func thePointerLeadsAPoint() throws {
    let simulator = EnvironmentSimulator(
      PointNavigation(), distributions: [.test: .init()], horizon: 30, episodeCount: 1)
    let trial = trial(simulator)
    let aim = Scene.Point(x: 0.33, y: -0.21)
    for _ in 0..<8 { trial.take(try #require(trial.action(toward: aim))) }
    let position = try #require(trial.position)
    #expect(abs(position.x - aim.x) < 1e-3 && abs(position.y - aim.y) < 1e-3)
    #expect(trial.action(toward: position) == [0, 0])
  }

  @Test func aLotteryDrawsAllTasksInNoOrder() {
    let sampler = TaskSampler(seed: 3, taskCount: 6)
    let numbers = (0..<60).map(sampler.taskNumber)
    #expect(Set(numbers) == Set(0..<6))
    #expect(numbers == (0..<60).map(sampler.taskNumber))
    #expect(numbers != (0..<60).map(TaskSampler(seed: 4, taskCount: 6).taskNumber))
  }
}

@Suite struct TaskQuantityTests {
  /// Only what differs between the worlds can be changed, within the range that they differ in.
  @Test func theQuantitiesOfAWorldAreThoseThatDiffer() {
    var law = PointDynamics.TaskDistribution()
    let environment = PointDynamics()
    #expect(environment.quantities(of: law).map(\.name) == ["wind →", "wind ↑"])
    law.windRange = 0
    (law.massLower, law.massUpper, law.flips, law.delays) = (0.5, 2, true, [0, 1, 3])
    let quantities = environment.quantities(of: law)
    #expect(quantities.map(\.name) == ["mass", "sign →", "sign ↑", "delay"])
    #expect(quantities.map(\.range) == [0.5...2, -1...1, -1...1, 0...3])
  }

  @Test func settingAQuantityChangesTheTaskAndNothingElse() {
    var law = PointDynamics.TaskDistribution()
    (law.frictionLower, law.flips, law.delays) = (0.2, true, [0, 3])
    let simulator = EnvironmentSimulator(
      PointDynamics(), distributions: [.test: law], horizon: 9, episodeCount: 1)
    let tasks = simulator.tasks(of: .test, count: 2, key: RandomKey(seed: 1))
    let before = simulator.settings(at: 1, of: tasks)
    #expect(before.map(\.name) == ["wind →", "wind ↑", "friction", "sign →", "sign ↑", "delay"])
    // Out of range, between the possible values, and not a number at all.
    for (quantity, wish, expected) in [
      (0, 0.04, 0.04), (1, 9, 0.08), (2, -3, 0.2), (3, 0.4, 1), (4, -0.3, -1), (5, 1.6, 2), (2, .nan, 0.2),
    ] as [(Int, Float, Float)] {
      let changed = simulator.task(at: 1, of: tasks, setting: quantity, to: wish)
      let after = simulator.settings(at: 0, of: changed)
      #expect(after[quantity].value == expected, "\(after[quantity])")
      for other in before.indices where other != quantity { #expect(after[other] == before[other]) }
    }
  }
}
