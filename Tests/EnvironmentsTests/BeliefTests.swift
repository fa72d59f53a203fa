import Environments
import Foundation
import Randomness
import Scenes
import Simulation
import Testing

/// What can be known of a task never denies what is true, forgets with every trial, and is what a hand calculates.
@Suite struct BeliefTests {
  /// What lanes that act at random know of their tasks after each step, `[time][lane][number]`, and their tasks.
  private func beliefs<Subject: Environment>(
    _ environment: Subject, _ distribution: Subject.TaskDistribution, horizon: Int, episodeCount: Int = 2,
    lanes laneCount: Int = 8
  ) throws -> (numbers: [[[Float]]], tasks: [Subject.Task]) {
    let simulator = EnvironmentSimulator(
      environment, distributions: [.train: distribution, .test: distribution], horizon: horizon,
      episodeCount: episodeCount)
    let set = simulator.tasks(of: .train, count: laneCount, key: RandomKey(seed: 3))
    let keys = (0..<laneCount).map { RandomKey(seed: 4).child($0) }
    let lanes = simulator.beginTrial(in: set, keys: keys)
    lanes.keepBeliefs()
    let agent = simulator.referenceAgent("random", for: lanes)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: laneCount * environment.action.componentCount)
    var numbers: [[[Float]]] = []
    func note() {
      let (belief, width) = (lanes.timeStep.belief, simulator.beliefWidth)
      numbers.append((0..<laneCount).map { Array(belief[$0 * width..<($0 + 1) * width]) })
    }
    note()
    while !lanes.timeStep.isOver {
      agent.act(on: lanes.timeStep, into: &actions)
      lanes.step(taking: actions)
      note()
    }
    let first = numbers[0]
    lanes.restart(keys: keys)
    numbers.append([])
    note()
    #expect(numbers.removeLast() == first, "a new trial begins with what was known at first")
    numbers.removeLast()
    return (numbers, try JSONDecoder().decode([Subject.Task].self, from: set.json))
  }

  @Test func theGoalOfAGridIsNeverRuledOut() throws {
    var grid = GridNavigation()
    grid.slip = 0.2
    let (numbers, tasks) = try beliefs(grid, .init(), horizon: 30)
    for lane in tasks.indices {
      let goal = Int(tasks[lane].goal.y) * 5 + Int(tasks[lane].goal.x)
      #expect(numbers.allSatisfy { $0[lane][goal] == 1 })
      #expect(numbers[0][lane].reduce(0, +) == 21)
      #expect(numbers[60][lane].reduce(0, +) < 21)
    }
  }

  /// In a finite set the true task stays, and what tells tasks apart leaves it alone.
  @Test func theTaskOfAFiniteSetIsNeverRuledOut() throws {
    let (corners, cornerTasks) = try beliefs(CornerNavigation(), .init(), horizon: 5)
    for lane in cornerTasks.indices {
      #expect(corners[0][lane] == [1, 1, 1, 1])
      #expect(corners[10][lane].reduce(0, +) >= 1)
    }
    let (rooms, roomTasks) = try beliefs(RoomNavigation(), .init(), horizon: 100)
    let all = RoomNavigation().tasks(of: .init()) ?? []
    for lane in roomTasks.indices {
      let place = try #require(all.firstIndex(of: roomTasks[lane]))
      #expect(rooms.allSatisfy { $0[lane][place] == 1 })
      #expect(rooms[0][lane].prefix(all.count).reduce(0, +) == Float(all.count))
      #expect(rooms[200][lane].prefix(all.count).reduce(0, +) < Float(all.count))
    }
  }

  /// The cue of a passive T-maze is seen where an episode begins, before anything was done.
  @Test func aCueIsKnownAtOnce() throws {
    let (numbers, tasks) = try beliefs(TMaze(), .init(), horizon: 4, episodeCount: 1)
    for lane in tasks.indices { #expect(numbers[0][lane] == (tasks[lane].isUp ? [1, 0] : [0, 1])) }
  }

  @Test(arguments: [PointNavigation.Reward.distance, .sparse, .indicator])
  func theGoalOnAnArcIsNeverRuledOut(reward: PointNavigation.Reward) throws {
    var point = PointNavigation()
    (point.reward, point.tolerance, point.goalRadius, point.actionLimit) = (reward, 0, 0.4, 0.5)
    var arc = PointNavigation.TaskDistribution()
    (arc.region, arc.lowerAngle, arc.upperAngle) = (.arc, 20, 170)
    let (numbers, tasks) = try beliefs(point, arc, horizon: 40, lanes: 32)
    for lane in tasks.indices {
      let angle = atan2f(tasks[lane].y, tasks[lane].x) * 180 / .pi
      let part = min(Int((angle - 20) / 150 * 64), 63)
      for time in numbers.indices {
        // A distance may put a goal at the edge of a part into the next one.
        let near = numbers[time][lane][max(part - 1, 0)...min(part + 1, 63)].reduce(0, +)
        #expect(near > 0, "lane \(lane), time \(time)")
      }
      guard reward == .distance else { continue }
      let last = try #require(numbers.last)[lane]
      #expect(hypotf(last[64] - tasks[lane].x, last[65] - tasks[lane].y) < 0.01, "lane \(lane)")
    }
  }

  @Test func holesAreWhereTheyWereFound() throws {
    var swapping = FrozenLake.TaskDistribution()
    swapping.swapProbability = 0.5
    let (numbers, tasks) = try beliefs(FrozenLake(), swapping, horizon: 25, episodeCount: 10)
    for lane in tasks.indices {
      for (cell, chance) in try #require(numbers.last)[lane].prefix(25).enumerated() {
        let isHole = tasks[lane].holes >> UInt64(8 * (cell / 5) + cell % 5) & 1 == 1
        #expect(chance == (isHole ? 1 : 0) || abs(chance - 0.2) < 1e-6)
      }
      #expect(try #require(numbers.last)[lane].prefix(25).contains(1))
      #expect(numbers[0][lane][25] == 0.5)
      #expect(try #require(numbers.last)[lane][25] == (tasks[lane].isSwapped ? 1 : 0))
    }
  }

  @Test func keyAndDoorAreNeverRuledOut() throws {
    var room = KeyDoor()
    (room.width, room.height) = (3, 3)
    let (numbers, tasks) = try beliefs(room, .init(), horizon: 20, episodeCount: 3)
    for lane in tasks.indices {
      let (key, door) = (tasks[lane].key, tasks[lane].door)
      #expect(numbers.allSatisfy { $0[lane][Int(key.y) * 3 + Int(key.x)] == 1 })
      #expect(numbers.allSatisfy { $0[lane][9 + Int(door.y) * 3 + Int(door.x)] == 1 })
    }
  }

  /// Pulls of a hand: two successes and a failure on one arm, from Beta(1, 1).
  @Test func pullsAreCounted() throws {
    var bandit = Bandit()
    bandit.armCount = 2
    var belief = try #require(bandit.belief(in: .init(.init(), horizon: 9, episodeCount: 1)))
    var random = RandomKey(seed: 0).stream()
    let state = bandit.initialState(
      of: bandit.sampleTask(from: .init(), using: &random), using: &random)
    let (second, nothing): ([Float], [Float]) = ([1], [])
    for reward: Float in [1, 0, 1] {
      belief.learn(
        from: state, taking: second.span, to: state, outcome: .init(reward: reward), observing: nothing.span)
    }
    #expect(numbers(of: belief) == [0.5, 1, 0.6, 0.5])
  }

  /// p is 0.1 or 0.9. After a success on the first arm Bayes' rule gives 0.9 to 0.9: the mean is 0.82, and the standard
  /// deviation √(0.9 · 0.81 + 0.1 · 0.01 − 0.82²) = 0.24.
  @Test func dependentArmsFollowBayes() throws {
    var belief = try #require(DependentBandit().belief(in: .init(.init(), horizon: 9, episodeCount: 1)))
    #expect(numbers(of: belief).map { ($0 * 100).rounded() } == [50, 40])
    let (first, nothing): ([Float], [Float]) = ([0], [])
    belief.learn(
      from: .init(), taking: first.span, to: .init(), outcome: .init(reward: 1), observing: nothing.span)
    #expect(numbers(of: belief).map { ($0 * 100).rounded() } == [82, 24])
    belief.beginTrial()
    #expect(numbers(of: belief).map { ($0 * 100).rounded() } == [50, 40])
  }

  private func numbers(of belief: some TaskBelief) -> [Float] {
    var numbers = Array(repeating: Float(-1), count: belief.width)
    var span = numbers.mutableSpan
    belief.write(into: &span)
    return numbers
  }

  /// Who is trained on a part of the goals can meet the others: what it reads has as many numbers in every split, and a
  /// goal that is not in the prior does not end the trial.
  @Test func splitsHaveTheSameNumbers() throws {
    var (half, rest) = (GridNavigation.TaskDistribution(), GridNavigation.TaskDistribution())
    (half.share.to, rest.share.from) = (0.5, 0.5)
    let simulator = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: half, .test: rest], horizon: 15, episodeCount: 2)
    for split in [TaskSplit.train, .test] {
      let keys = (0..<4).map { RandomKey(seed: 1).child($0) }
      let lanes = simulator.beginTrial(drawingFrom: split, keys: keys)
      lanes.keepBeliefs()
      #expect(lanes.timeStep.belief.count == 4 * simulator.beliefWidth)
      // Who plays in the test split knows of the goals of both.
      let known = lanes.timeStep.belief.prefix(25).reduce(0, +)
      #expect(split == .test ? known == 21 : known < 21)
    }
  }

  /// A belief that has no drawing is not shown, so that no picture has an empty part.
  @Test func whatHasNoDrawingIsNotShown() {
    func belief<Subject: Environment>(_ environment: Subject, _ distribution: Subject.TaskDistribution)
      -> Scene?
    {
      let simulator = EnvironmentSimulator(
        environment, distributions: [.train: distribution, .test: distribution], horizon: 9, episodeCount: 1)
      let lanes = simulator.beginTrial(drawingFrom: .test, keys: [RandomKey(seed: 1)])
      return lanes.observer(ofLane: 0).belief
    }
    #expect(belief(CornerNavigation(), .init()) == nil && belief(RoomNavigation(), .init()) == nil)
    #expect(belief(TMaze(), .init()) == nil && belief(TabularMDP(), .init()) == nil)
    #expect(belief(GridNavigation(), .init()) != nil && belief(FrozenLake(), .init()) != nil)
    #expect(belief(KeyDoor(), .init()) != nil && belief(DependentBandit(), .init()) != nil)
  }

  @Test func noneIsComputedWhereNobodyCan() {
    let process = EnvironmentSimulator(
      TabularMDP(), distributions: [.train: .init(), .test: .init()], horizon: 10, episodeCount: 1)
    #expect(process.beliefWidth == 0)
  }
}
