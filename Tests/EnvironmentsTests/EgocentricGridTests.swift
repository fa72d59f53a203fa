import Environments
import Formats
import Foundation
import PlainC
import Randomness
import Testing

@Suite struct EgocentricGridTests {
  typealias Building = EgocentricGrid.Building

  /// A corridor: the key before the agent, then a locked door, then the goal.
  let corridor = """
    {"layout": ["#######", "#....G#", "#######"], "start": {"x": 1, "y": 1}, "direction": 0,
     "things": [{"kind": "key", "colour": 1, "cell": {"x": 2, "y": 1}},
                {"kind": "lockedDoor", "colour": 1, "cell": {"x": 4, "y": 1}}],
     "mission": {"kind": "go", "cell": {"x": 5, "y": 1}, "trap": {"x": 0, "y": 0}, "thing": 0, "isStrict": false}}
    """

  func task(_ json: String) throws -> EgocentricGrid.Task {
    try JSONDecoder().decode(EgocentricGrid.Task.self, from: Data(json.utf8))
  }

  func environment(view: Int = 3, span: Int = 100) -> EgocentricGrid {
    var environment = EgocentricGrid()
    (environment.viewSize, environment.rewardSpan) = (view, span)
    return environment
  }

  func view(_ state: EgocentricGrid.State, _ environment: EgocentricGrid, _ task: EgocentricGrid.Task)
    -> [Float]
  {
    var seen = [Float](repeating: .nan, count: environment.observation.componentCount)
    var span = seen.mutableSpan
    environment.observe(state, in: task, into: &span)
    return seen
  }

  func drawn(_ building: Building, size: Int, count: Int = 2, seed: Int) -> EgocentricGrid.Task {
    var distribution = EgocentricGrid.TaskDistribution()
    (distribution.building, distribution.size, distribution.count) = (building, size, count)
    var random = RandomKey(seed: 1).child(seed).stream()
    return EgocentricGrid().sampleTask(from: distribution, using: &random)
  }

  /// Tiles: 1 floor, 2 wall, 3 goal; of colour 1 11 an open, 13 a locked door, 14 a key. Behind the door it is dark.
  @Test func theCorridorIsWalkedAndSeenAsWorkedOutByHand() throws {
    let (environment, task) = (environment(), try task(corridor))
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    #expect(view(state, environment, task) == [2, 1, 2, 2, 14, 2, 2, 1, 2, 0])
    var rewards: [Float] = []
    var views: [[Float]] = []
    // A step against the key, the key, two steps, a step against the door, toggled, two steps.
    for action in [2, 3, 2, 2, 2, 5, 2, 2] as [Float] {
      let outcome = environment.step(&state, taking: [action].span, in: task, using: &random)
      #expect(outcome.isTerminated == (views.count == 7))
      rewards.append(outcome.reward)
      views.append(view(state, environment, task))
    }
    #expect(views[0] == [2, 1, 2, 2, 14, 2, 2, 1, 2, 0])
    #expect(views[1] == [2, 1, 2, 2, 1, 2, 2, 14, 2, 0])
    #expect(views[3] == [0, 0, 0, 2, 13, 2, 2, 14, 2, 0])
    #expect(views[5] == [2, 3, 2, 2, 11, 2, 2, 14, 2, 0])
    let success: Float = 1 - 0.9 * 8 / 100
    #expect(rewards == Array(repeating: 0, count: 7) + [success])
  }

  @Test func whatIsCarriedCanBePutDownOnFloorAlone() throws {
    let (environment, task) = (environment(), try task(corridor))
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    var fronts: [Float] = []
    // Picked up, put down, picked up; turned to a wall, not put down; back and put down; a door is not picked up.
    for action in [3, 4, 3, 0, 4, 1, 4, 6] as [Float] {
      _ = environment.step(&state, taking: [action].span, in: task, using: &random)
      fronts.append(view(state, environment, task)[4])
    }
    #expect(fronts == [1, 14, 1, 2, 2, 1, 14, 14])
  }

  @Test func theOracleTakesTheFewestSteps() throws {
    let environment = environment()
    #expect(environment.shortestPlan(for: try task(corridor), horizon: 100) == [3, 2, 2, 5, 2, 2])
    #expect(environment.shortestPlan(for: try task(corridor), horizon: 5) == nil)
    let room = """
      {"layout": ["#####", "#...#", "#...#", "#..G#", "#####"], "start": {"x": 1, "y": 3}, "direction": 0,
       "things": [], "mission": {"kind": "go", "cell": {"x": 3, "y": 1}, "trap": {"x": 0, "y": 0}, "thing": 0,
       "isStrict": false}}
      """
    let rewards = environment.rewards(of: "oracle", in: try task(room), horizon: 50)
    let success: Float = 1 - 0.9 * 5 / 100
    #expect(rewards == [[0, 0, 0, 0, success]])
  }

  /// The occlusion of MiniGrid as it stands there, cell by cell.
  func litCells(opaque: UInt64, size: Int) -> UInt64 {
    var lit = [Bool](repeating: false, count: size * size)
    func isClear(_ cell: Int) -> Bool { opaque >> UInt64(cell) & 1 == 0 }
    lit[(size - 1) * size + size / 2] = true
    for row in (0..<size).reversed() {
      for column in 0..<size - 1 where lit[row * size + column] && isClear(row * size + column) {
        lit[row * size + column + 1] = true
        guard row > 0 else { continue }
        lit[(row - 1) * size + column + 1] = true
        lit[(row - 1) * size + column] = true
      }
      for column in (1..<size).reversed() where lit[row * size + column] && isClear(row * size + column) {
        lit[row * size + column - 1] = true
        guard row > 0 else { continue }
        lit[(row - 1) * size + column - 1] = true
        lit[(row - 1) * size + column] = true
      }
    }
    return lit.indices.reduce(0) { $0 | (lit[$1] ? 1 << UInt64($1) : 0) }
  }

  @Test(arguments: [3, 5, 7])
  func lightFallsAsInMiniGrid(size: Int) {
    var random = RandomKey(seed: 9).stream()
    for round in 0..<2000 {
      var opaque = random.next()
      // Few and many walls.
      for _ in 0..<round % 3 { opaque &= random.next() }
      opaque &= 1 << UInt64(size * size) - 1
      opaque &= ~(1 << UInt64((size - 1) * size + size / 2))
      let seen = EgocentricGrid.visibleCells(opaque: opaque, size: size)
      #expect(seen == litCells(opaque: opaque, size: size), "\(opaque)")
    }
  }

  /// The same building in plain C, written for the benchmark, shows and pays the same in 3,000 random steps.
  @Test(arguments: [(Building.doorKey, 8), (.lockedRoom, 19), (.lavaCrossing, 9), (.fourRooms, 19)])
  func plainCAgrees(building: Building, size: Int) {
    let environment = environment(view: 7, span: 300)
    let task = drawn(building, size: size, seed: size)
    let plain = metarl_plain_create(
      1, Int32(task.layout.width), Int32(task.layout.height), task.tiles, task.start.x, task.start.y,
      Int32(task.direction), 7, false, 300, 300)
    defer { metarl_plain_destroy(plain) }
    var random = RandomKey(seed: 2).stream()
    var state = environment.initialState(of: task, using: &random)
    var (seen, reward, time) = ([Float](repeating: 0, count: 50), [Float(0)], 0)
    for _ in 0..<3000 {
      // Mostly forward, so that something happens.
      let draw = random.integer(below: 14)
      let action = Float(draw < 7 ? draw : draw < 11 ? 2 : draw % 2 == 0 ? 3 : 5)
      metarl_plain_step(plain, [action], &seen, &reward)
      let outcome = environment.step(&state, taking: [action].span, in: task, using: &random)
      time += 1
      if outcome.isTerminated || time == 300 {
        (state, time) = (environment.initialState(of: task, using: &random), 0)
      }
      #expect(view(state, environment, task) == seen)
      #expect(abs(outcome.reward - reward[0]) < 1e-6)
    }
  }

  @Test(arguments: [
    (Building.empty, 8), (.fourRooms, 19), (.doorKey, 6), (.keyCorridor, 3), (.lockedRoom, 19), (.memory, 9),
    (.crossing, 9), (.lavaCrossing, 9), (.fetch, 6), (.doors, 6),
  ])
  func everyTaskCanBeSolvedAndSurvivesWriting(building: Building, size: Int) throws {
    for seed in 0..<15 {
      let task = drawn(building, size: size, seed: seed)
      let rewards = environment(span: 400).rewards(of: "oracle", in: task, horizon: 400)
      #expect((rewards.first?.last ?? 0) > 0.1, "\(building) \(seed)")
      let data = try JSONEncoder().encode(task)
      #expect(try JSONDecoder().decode(EgocentricGrid.Task.self, from: data) == task)
    }
  }

  @Test func successPaysAtLeastATenthHoweverLateItComes() throws {
    let (environment, task) = (environment(span: 5), try task(corridor))
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    let rewards = ([0, 1, 0, 1, 3, 2, 2, 5, 2, 2] as [Float]).map {
      environment.step(&state, $0, in: task, using: &random).reward
    }
    #expect(rewards == Array(repeating: 0, count: 9) + [1 - 0.9])
  }

  /// What MiniGrid 3.2.0 does with `pickup` there: the cue stays where it is, and the agent's own cell shows nothing.
  @Test func theCueOfAMemoryMazeCannotBeCarried() {
    let environment = environment(view: 7)
    for seed in 0..<20 {
      let task = drawn(.memory, size: 13, seed: seed)
      var random = RandomKey(seed: UInt64(seed)).stream()
      var state = environment.initialState(of: task, using: &random)
      for _ in 0..<2000 {
        let action = Float(random.integer(below: 7))
        let outcome = environment.step(&state, action, in: task, using: &random)
        #expect(view(state, environment, task)[45] == 1)
        if outcome.isTerminated { state = environment.initialState(of: task, using: &random) }
      }
    }
  }

  /// The ways of drawing buildings that MiniGrid 3.2.0 has, rows counted from the top as there.
  @Test func buildingsAreDrawnAsInMiniGrid() {
    var (doorRows, sides) = (Set<Int>(), Set<[Int]>())
    for seed in 0..<400 {
      let doorKey = drawn(.doorKey, size: 8, seed: seed)
      doorRows.insert(7 - Int(doorKey.things[0].cell.y))

      let room = drawn(.doors, size: 6, seed: seed)
      let cells = room.things.map(\.cell)
      let (right, bottom) = (cells.map(\.x).max() ?? 0, cells.map(\.y).min() ?? 0)
      let isUpright = cells.map { $0.x == 0 || $0.x == right }
      for (cell, isUpright) in zip(cells, isUpright) {
        #expect(isUpright ? (bottom + 2...3).contains(cell.y) : (2...right - 2).contains(cell.x))
      }
      #expect(room.layout.width == 6 && room.layout.height == 6 && isUpright.count { $0 } == 2)
      sides.insert([Int(right) + 1, 6 - Int(bottom)])

      let corridor = drawn(.keyCorridor, size: 3, seed: seed)
      // The middle of three cells, or the lowest, of the corridor.
      #expect(corridor.start.x == 3 && (1...2).contains(corridor.start.y))
      let crossing = drawn(.lavaCrossing, size: 9, seed: seed)
      #expect(crossing.start == GridCell(x: 1, y: 7) && crossing.mission.cell == GridCell(x: 7, y: 1))
    }
    #expect(doorRows == Set(1...5))
    #expect(sides == [[5, 5], [5, 6], [6, 5], [6, 6]])
  }

  /// Where a door is to be visited, `done` beside it pays, and `done` elsewhere or any toggle ends the episode.
  @Test func doorsAreVisitedNotOpened() throws {
    let environment = environment()
    let task = drawn(.doors, size: 6, seed: 4)
    let plan = try #require(environment.shortestPlan(for: task, horizon: 100))
    #expect(plan.last == 6 && !plan.contains(5))
    var random = RandomKey(seed: 0).stream()
    for end in [5, 6] as [Float] {
      var state = environment.initialState(of: task, using: &random)
      let early = environment.step(&state, end, in: task, using: &random)
      #expect(early.isTerminated && early.reward == 0)
    }
    #expect((environment.rewards(of: "oracle", in: task, horizon: 100)[0].last ?? 0) > 0.8)
  }

  /// The wrong end of a memory maze, the wrong object and the wrong door end the episode with nothing.
  @Test func whatIsNotWantedEndsTheEpisode() throws {
    for (building, size) in [(Building.memory, 9), (.fetch, 6), (.doors, 6)] {
      let environment = environment()
      let task = drawn(building, size: size, seed: 3)
      var wrong = task
      (wrong.mission.cell, wrong.mission.trap) = (task.mission.trap, task.mission.cell)
      wrong.mission.thing = task.mission.thing == 0 ? 1 : 0
      let plan = try #require(environment.shortestPlan(for: wrong, horizon: 300))
      var random = RandomKey(seed: 0).stream()
      var state = environment.initialState(of: task, using: &random)
      let outcomes = plan.map {
        environment.step(&state, taking: [Float($0)].span, in: task, using: &random)
      }
      #expect(outcomes.allSatisfy { $0.reward == 0 })
      #expect(outcomes.last?.isTerminated == true)
    }
  }

  @Test func splitsShareNoTask() {
    func tasks(from: Float, to: Float) -> Set<EgocentricGrid.Task> {
      var distribution = EgocentricGrid.TaskDistribution()
      (distribution.building, distribution.size) = (.empty, 8)
      (distribution.share.from, distribution.share.to) = (from, to)
      var random = RandomKey(seed: 3).stream()
      return Set((0..<1000).map { _ in EgocentricGrid().sampleTask(from: distribution, using: &random) })
    }
    let (train, test) = (tasks(from: 0, to: 0.5), tasks(from: 0.5, to: 1))
    // 36 cells but that of the start.
    #expect(train.isDisjoint(with: test) && train.count + test.count == 35)
  }

  @Test func buildingsOfARangeHaveAllItsSides() {
    for (building, sizes) in [(EgocentricGrid.Building.lockedRoom, [13, 14, 15]), (.memory, [9, 11, 13])] {
      var distribution = EgocentricGrid.TaskDistribution()
      (distribution.building, distribution.leastSize, distribution.size) = (building, sizes[0], sizes[2])
      #expect(throws: Never.self) { try EgocentricGrid().validate(distribution) }
      var random = RandomKey(seed: 3).stream()
      let drawn = (0..<300).map { _ in
        EgocentricGrid().sampleTask(from: distribution, using: &random).layout.width
      }
      for size in sizes { #expect(drawn.count { $0 == size } > 70) }
      #expect(Set(drawn) == Set(sizes))
    }
  }

  @Test func kindsOfBuildingsAreDrawnEquallyOftenInTheSidesThatTheyCanHave() throws {
    var distribution = EgocentricGrid.TaskDistribution()
    (distribution.building, distribution.otherBuildings) = (.lockedRoom, [.doorKey, .keyCorridor, .memory])
    (distribution.leastSize, distribution.size) = (4, 14)
    let grid = EgocentricGrid()
    try grid.validate(distribution)
    var random = RandomKey(seed: 3).stream()
    var sides: [EgocentricGrid.Building: [Int]] = [:]
    for _ in 0..<1200 {
      let task = grid.sampleTask(from: distribution, using: &random)
      // Six doors and a key; a door and a key; something to fetch; three things to compare.
      switch (task.mission.kind, task.things.count) {
      case (.go, 7): sides[.lockedRoom, default: []].append(task.layout.width)
      case (.go, 2): sides[.doorKey, default: []].append(task.layout.width)
      case (.choose, 3): sides[.memory, default: []].append(task.layout.width)
      default: sides[.keyCorridor, default: []].append((task.layout.height - 1) / 3 + 1)
      }
    }
    for (building, all) in [
      (EgocentricGrid.Building.lockedRoom, Array(13...14)), (.doorKey, Array(5...14)),
      (.keyCorridor, Array(4...7)), (.memory, [7, 9, 11, 13]),
    ] {
      let drawn = sides[building] ?? []
      #expect(Set(drawn) == Set(all) && 240...360 ~= drawn.count, "\(building)")
    }
  }

  @Test func badDistributionsAreRefused() {
    let cases: [((inout EgocentricGrid.TaskDistribution) -> Void, String)] = [
      ({ $0.size = 21 }, "size is 21; a number from 5 to 20 is needed"),
      ({ ($0.building, $0.size) = (.memory, 8) }, "size is 8; memory needs an odd one"),
      ({ $0.leastSize = 9 }, "leastSize is 9; a number from 5 to 8 is needed"),
      (
        { ($0.building, $0.size, $0.leastSize) = (.memory, 9, 8) }, "leastSize is 8; memory needs an odd one"
      ),
      ({ ($0.building, $0.count) = (.fetch, 9) }, "count is 9; a number from 1 to 8 is needed"),
      (
        { ($0.building, $0.size, $0.count) = (.crossing, 7, 5) }, "count is 5; a number from 1 to 4 is needed"
      ),
      ({ $0.share.to = 1e-7 }, "share holds none of 1000 tasks"),
      ({ $0.otherBuildings = [.lockedRoom] }, "size is 8; lockedRoom needs 13 to 20"),
      (
        { ($0.otherBuildings, $0.size, $0.leastSize) = ([.keyCorridor], 12, 8) },
        "size is from 8 to 12; keyCorridor needs 3 to 7"
      ),
      ({ ($0.otherBuildings, $0.count) = ([.fetch], 9) }, "count is 9; a number from 1 to 8 is needed"),
    ]
    for (change, message) in cases {
      var distribution = EgocentricGrid.TaskDistribution()
      change(&distribution)
      do {
        try EgocentricGrid().validate(distribution)
        Issue.record("accepted, where \(message)")
      } catch {
        #expect("\(error)".hasPrefix(message), "\(error)")
      }
    }
  }

  @Test func badConstantsAreRefused() {
    #expect(throws: InvalidParameter.self) { try self.environment(view: 4).validate() }
    #expect(throws: InvalidParameter.self) { try self.environment(span: 0).validate() }
    var environment = self.environment()
    environment.colourCount = 3
    var distribution = EgocentricGrid.TaskDistribution()
    distribution.building = .doors
    #expect(throws: InvalidParameter.self) { try environment.validate(distribution) }
  }
}
