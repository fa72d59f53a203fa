import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct ObjectGridTests {
  typealias Object = ObjectGrid.Object
  let corner = GridCell(x: 0, y: 0)

  func grid(objects: [Object], side: Int = 3, walls: [UInt16] = [0, 0, 0]) -> ObjectGrid.Task {
    ObjectGrid.Task(side: side, start: corner, walls: walls, objects: objects)
  }

  func environment(showing: Bool = false, size: Int = 3, objectCount: Int = 1) -> ObjectGrid {
    var environment = ObjectGrid()
    (environment.size, environment.objectCount, environment.showsObjects) = (size, objectCount, showing)
    return environment
  }

  /// Up, right and right again past a wall; the object at (1, 1) pays once and is gone.
  @Test func objectsAreCollectedOnce() {
    let environment = environment()
    let task = grid(objects: [Object(cell: GridCell(x: 1, y: 1), reward: 0.5)], walls: [0b10, 0, 0])
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    var rewards: [Float] = []
    var seen: [[Float]] = []
    for action in [3, 0, 3, 4, 1, 0] as [Float] {
      rewards.append(environment.step(&state, taking: [action].span, in: task, using: &random).reward)
      var observation: [Float] = [9, 9]
      var span = observation.mutableSpan
      environment.observe(state, in: task, into: &span)
      seen.append(observation)
    }
    #expect(rewards == [0, 0, 0.5, 0, 0, 0])
    #expect(seen == [[0, 1], [3, 1], [4, 0], [4, 0], [4, 0], [7, 0]])
  }

  /// An object four steps away that is back one step after it was collected pays in steps 4, 6, 8 and 10; if each
  /// time ends half of the episodes, 1 + 1/2 + 1/4 + 1/8.
  @Test func thePlanIsWorthWhatIsWorkedOutByHand() {
    let environment = environment()
    func task(termination: Float) -> ObjectGrid.Task {
      grid(objects: [
        Object(cell: GridCell(x: 2, y: 2), reward: 1, termination: termination, respawn: 1)
      ])
    }
    #expect(environment.optimalReturn(of: task(termination: 0), horizon: 10) == 4)
    #expect(isClose(environment.optimalReturn(of: task(termination: 0.5), horizon: 10), 1.875, within: 1e-6))
    let rewards = environment.rewards(of: "oracle", in: task(termination: 0), horizon: 10)
    #expect(rewards == [[0, 0, 0, 1, 0, 1, 0, 1, 0, 1]])
  }

  /// A loss that ends the episode is worth taking only for more than it costs.
  @Test func thePlanKeepsAwayFromWhatCosts() {
    let environment = environment(objectCount: 2)
    let around = grid(
      objects: [
        Object(cell: GridCell(x: 0, y: 1), reward: -1), Object(cell: GridCell(x: 0, y: 2), reward: 1),
      ], walls: [0b010, 0b010, 0b010])
    #expect(environment.optimalReturn(of: around, horizon: 8) == 0)
    let open = grid(objects: around.objects)
    #expect(environment.optimalReturn(of: open, horizon: 8) == 1)
  }

  /// In the drawn tasks of `dense` the oracle earns what its plan says.
  @Test func theOracleEarnsWhatItsPlanIsWorth() {
    let environment = ObjectGrid()
    var random = RandomKey(seed: 4).stream()
    let task = environment.sampleTask(from: ObjectGrid.TaskDistribution(), using: &random)
    let returns = environment.rewards(of: "oracle", in: task, horizon: 60, episodeCount: 400)
      .map { Double($0.reduce(0, +)) }
    let mean = returns.reduce(0, +) / 400
    let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
    let exact = environment.optimalReturn(of: task, horizon: 60)
    #expect(abs(mean - exact) < 4.5 * (variance / 400).squareRoot() + 1e-9, "\(mean), \(exact)")
    #expect(exact > 2)
  }

  /// The published version takes a mask of walls for a list of cells, so that objects come back in walls and never
  /// in cells 0 and 1.
  @Test func objectsComeBackInEveryFreeCellAndInNoWall() {
    let environment = environment(showing: true, objectCount: 2)
    let objects = [1, -1].map { Object(cell: corner, reward: $0, respawn: 1) }
    var task = grid(objects: objects, walls: [0, 0b110, 0])
    task.start = GridCell(x: 2, y: 2)
    var random = RandomKey(seed: 5).stream()
    var places: Set<Int> = []
    for _ in 0..<200 {
      var state = environment.initialState(of: task, using: &random)
      for _ in 0..<10 {
        let action = Float(random.integer(below: 5))
        _ = environment.step(&state, taking: [action].span, in: task, using: &random)
        var seen: [Float] = [9, 9, 9]
        var span = seen.mutableSpan
        environment.observe(state, in: task, into: &span)
        places.formUnion(seen[1...].map { Int($0) - 1 }.filter { $0 >= 0 })
        #expect(seen[1] == 0 || seen[1] != seen[2], "two objects in one cell")
      }
    }
    #expect(places == [0, 1, 2, 3, 6, 7, 8])
  }

  @Test func splitsShareNoTask() {
    var (train, test) = (ObjectGrid.TaskDistribution(), ObjectGrid.TaskDistribution())
    (train.share.to, test.share.from) = (0.8, 0.8)
    // Few enough tasks that both splits draw all of theirs.
    let environment = environment(size: 3)
    func tasks(_ split: ObjectGrid.TaskDistribution) -> Set<ObjectGrid.Task> {
      var split = split
      (split.leastSide, split.greatestSide, split.types) = (3, 3, [0])
      var random = RandomKey(seed: 6).stream()
      return Set((0..<4000).map { _ in environment.sampleTask(from: split, using: &random) })
    }
    let (first, second) = (tasks(train), tasks(test))
    #expect(first.isDisjoint(with: second))
    #expect(first.count + second.count == 72)
    #expect((45...68).contains(first.count))
  }

  @Test func drawnNumbersStayInTheirBounds() {
    let environment = environment(size: 6, objectCount: 3)
    var distribution = ObjectGrid.TaskDistribution()
    (distribution.leastSide, distribution.greatestSide, distribution.wallCount) = (4, 6, 7)
    (distribution.types, distribution.leastObjectCount) = ([0, 1, 2], 1)
    (distribution.leastReward, distribution.greatestReward) = ([0, -1, -1], [1, 1, 1])
    distribution.leastTermination = [0.01, 0.01, 0.01]
    distribution.greatestTermination = [1, 1, 1]
    distribution.leastRespawn = [0.001, 0.001, 0.001]
    distribution.greatestRespawn = [0.1, 0.1, 0.1]
    (distribution.leastTimeLimit, distribution.greatestTimeLimit) = (20, 100)
    var random = RandomKey(seed: 7).stream()
    let tasks = (0..<500).map { _ in environment.sampleTask(from: distribution, using: &random) }
    #expect(Set(tasks.map(\.side)) == [4, 5, 6])
    #expect(Set(tasks.map(\.objects.count)) == [1, 2, 3])
    #expect(tasks.allSatisfy { (20...100).contains($0.timeLimit) })
    let objects = tasks.flatMap(\.objects)
    for object in objects {
      #expect(object.termination >= 0.01 && object.termination <= 1)
      #expect(object.respawn >= 0.001 && object.respawn <= 0.1)
      #expect(object.reward >= (object.type == 0 ? 0 : -1) && object.reward <= 1)
    }
    // Uniform in the logarithm: half lies below the geometric mean.
    let low = Double(objects.count { $0.termination < 0.1 }) / Double(objects.count)
    #expect((0.43...0.57).contains(low))
    for task in tasks {
      let cells = [task.start] + task.objects.map(\.cell)
      #expect(Set(cells).count == cells.count)
      #expect(cells.allSatisfy { task.walls[Int($0.y)] >> UInt16($0.x) & 1 == 0 })
    }
  }

  @Test func exploringIsBetterThanChanceAndWorseThanKnowing() {
    let simulator = EnvironmentSimulator(ObjectGrid(), horizon: 60, episodeCount: 3)
    let totals = ["random", "searcher", "oracle"].map { simulator.scores(of: $0, laneCount: 60).total.mean }
    #expect(totals[0] < totals[1] && totals[1] < totals[2], "\(totals)")
  }

  /// Whatever must be found out: chance, a plan that does not react, a search, knowing.
  @Test(arguments: [false, true]) func whoKnowsMoreGetsMore(showing: Bool) {
    var environment = ObjectGrid()
    environment.showsObjects = showing
    let simulator = EnvironmentSimulator(environment, horizon: 120, episodeCount: 2)
    let totals = ["random", "blind", "searcher", "oracle"].map {
      simulator.scores(of: $0, laneCount: 100).total
    }
    for (less, more) in zip(totals, totals.dropFirst()) {
      #expect(less.mean < more.mean + 3 * (less.standardError + more.standardError), "\(totals)")
    }
    #expect(totals[2].mean > 0.3 * totals[3].mean, "\(totals)")
  }

  /// One object that pays is worth more than a search among three that cost and end the episode.
  @Test func theSearcherDoesNotRiskWhatItHas() {
    var environment = ObjectGrid()
    (environment.size, environment.objectCount) = (9, 5)
    var law = ObjectGrid.TaskDistribution()
    (law.leastSide, law.greatestSide, law.types) = (9, 9, [0, 0, 1, 1, 1])
    (law.leastReward, law.greatestReward) = ([1, -1], [1, -1])
    (law.leastTermination, law.greatestTermination) = ([0.1, 0.8], [0.1, 0.8])
    (law.leastRespawn, law.greatestRespawn) = ([0.01, 1], [0.01, 1])
    let simulator = EnvironmentSimulator(environment, testing: law, horizon: 1000, episodeCount: 2)
    #expect(simulator.scores(of: "searcher", laneCount: 60).total.mean > 4)
  }

  @Test func badDistributionsAreRefused() {
    let cases: [((inout ObjectGrid.TaskDistribution) -> Void, String)] = [
      ({ $0.types = [0, 3] }, "types holds 3; numbers from 0 to 2 are needed"),
      ({ $0.greatestReward = [1, -2, -1] }, "greatestReward holds -2.0; at least -1.0"),
      ({ $0.greatestRespawn = [1, 1] }, "greatestRespawn has 2 numbers; one for each type"),
      ({ $0.greatestTermination = [0.5, 0.5, 0] }, "leastTermination holds 0.0; what is drawn"),
      ({ $0.leastTermination = [2, 0.5, 0] }, "leastTermination holds 2.0; probabilities"),
      ({ $0.greatestSide = 12 }, "greatestSide is 12; a number from 2 to 11 is needed"),
      ({ $0.leastSide = 3 }, "leastSide is 3; there is no room for 4 objects"),
      ({ $0.wallCount = 61 }, "wallCount is 61; a number from 0 to 60 is needed"),
      ({ $0.greatestTimeLimit = 5 }, "leastTimeLimit is 0; at least 1 is needed"),
      ({ $0.share.to = 1e-6 }, "share holds none of 1000 tasks that were drawn"),
      ({ $0.types = [] }, "types is 0; a number from 1 to 4 is needed"),
    ]
    for (change, message) in cases {
      var distribution = ObjectGrid.TaskDistribution()
      change(&distribution)
      do {
        try ObjectGrid().validate(distribution)
        Issue.record("accepted, where \(message)")
      } catch {
        #expect("\(error)".hasPrefix(message), "\(error)")
      }
    }
  }

  @Test func badConstantsAreRefused() {
    var environment = ObjectGrid()
    environment.size = 16
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment.size = 3
    environment.map = GridMap(["..", ".."])
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = ObjectGrid()
    environment.objectCount = 9
    #expect(throws: InvalidParameter.self) { try environment.validate() }
  }
}
