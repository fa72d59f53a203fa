import Environments
import Randomness
import Simulation
import Testing

@Suite struct FrozenLakeTests {
  /// The lake that rows of . and O draw, from the top.
  func lake(_ rows: [String], isSwapped: Bool = false) -> FrozenLake.Task {
    var holes: UInt64 = 0
    for (y, row) in rows.reversed().enumerated() {
      for (x, letter) in row.enumerated() where letter == "O" { holes |= 1 << UInt64(8 * y + x) }
    }
    return FrozenLake.Task(holes: holes, side: rows.count, isSwapped: isSwapped)
  }

  func drawn(
    _ count: Int, _ change: (inout FrozenLake.TaskDistribution) -> Void = { _ in }
  ) -> [FrozenLake.Task] {
    var distribution = FrozenLake.TaskDistribution()
    change(&distribution)
    return (0..<count).map {
      var random = RandomKey(seed: 2).child($0).stream()
      return FrozenLake().sampleTask(from: distribution, using: &random)
    }
  }

  /// The cells from which a lake's goal is reached, by a search of another kind.
  func isSolvable(_ task: FrozenLake.Task) -> Bool {
    var (reached, frontier): (Set<[Int]>, [[Int]]) = ([[0, 0]], [[0, 0]])
    while let cell = frontier.popLast() {
      for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
        let (x, y) = (cell[0] + dx, cell[1] + dy)
        guard (0..<task.side).contains(x), (0..<task.side).contains(y) else { continue }
        guard task.holes >> UInt64(8 * y + x) & 1 == 0, reached.insert([x, y]).inserted else { continue }
        frontier.append([x, y])
      }
    }
    return reached.contains([task.side - 1, task.side - 1])
  }

  @Test func everyLakeCanBeCrossed() {
    let lakes = drawn(2000)
    #expect(lakes.allSatisfy { isSolvable($0) && $0.side == 5 && !$0.isSwapped })
    // Of 23 cells a fifth are holes, or fewer, because lakes that cannot be crossed are left out.
    let mean = lakes.reduce(0.0) { $0 + Double($1.holes.nonzeroBitCount) } / 2000
    #expect(mean > 3.5 && mean < 4.4, "\(mean)")
  }

  @Test func largeLakesCanBeCrossed() {
    var environment = FrozenLake()
    environment.size = 8
    for index in 0..<300 {
      var random = RandomKey(seed: 3).child(index).stream()
      var distribution = FrozenLake.TaskDistribution()
      distribution.frozenProbability = 0.6
      #expect(isSolvable(environment.sampleTask(from: distribution, using: &random)))
    }
  }

  @Test func sharesPartTheLakes() {
    let halves = [(0, 0.5), (0.5, 1)].map { from, to in
      Set(drawn(2000) { ($0.share.seed, $0.share.from, $0.share.to) = (1, from, to) })
    }
    #expect(halves[0].isDisjoint(with: halves[1]))
    #expect(Set(drawn(2000)).subtracting(halves[0]).count > 500)
  }

  @Test func halfOfTheTasksAreSwapped() {
    let count = drawn(1000) { $0.swapProbability = 0.5 }.count(where: \.isSwapped)
    #expect((430...570).contains(count))
  }

  @Test func holesEndTheAttemptAndTheGoalRewards() {
    let environment = FrozenLake()
    let task = lake(["..O..", ".....", ".O...", ".....", "....."])
    var random = RandomKey(seed: 0).stream()
    var state = FrozenLake.State(cell: GridCell(x: 1, y: 1))
    let fall = environment.step(&state, 3, in: task, using: &random)
    #expect(fall.reward == 0 && fall.isTerminated)
    state = FrozenLake.State(cell: GridCell(x: 3, y: 4))
    let arrival = environment.step(&state, 1, in: task, using: &random)
    #expect(arrival.reward == 1 && arrival.isTerminated)
  }

  @Test func whoRecoversIsPutBack() {
    var environment = FrozenLake()
    (environment.recovers, environment.fallReward) = (true, -0.1)
    let task = FrozenLake.Task(holes: 0, side: 2)
    let hole = FrozenLake.Task(holes: 1 << 1, side: 2)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: hole, using: &random)
    let fall = environment.step(&state, 1, in: hole, using: &random)
    #expect(fall.reward == -0.1 && !fall.isTerminated && state.cell == GridCell(x: 0, y: 0))
    #expect(environment.step(&state, 1, in: task, using: &random).reward == 0)
  }

  @Test func swappedActionsChangePlaces() {
    let environment = FrozenLake()
    var random = RandomKey(seed: 0).stream()
    for isSwapped in [false, true] {
      let task = FrozenLake.Task(holes: 0, side: 5, isSwapped: isSwapped)
      var state = environment.initialState(of: task, using: &random)
      var cells: [GridCell] = []
      for action in [1, 3, 3, 2, 4, 0] as [Float] {
        _ = environment.step(&state, action, in: task, using: &random)
        cells.append(state.cell)
      }
      let expected =
        isSwapped
        ? [(0, 1), (1, 1), (2, 1), (1, 1), (1, 0), (1, 0)] : [(1, 0), (1, 1), (1, 2), (0, 2), (0, 1), (0, 1)]
      #expect(cells == expected.map { GridCell(x: $0.0, y: $0.1) })
    }
  }

  /// Leaving a cell breaks it with the given probability, and staying never does; the next attempt finds it whole.
  @Test func cellsThatAreLeftMayCrack() {
    var environment = FrozenLake()
    environment.crackProbability = 0.33
    let task = FrozenLake.Task(holes: 0, side: 5)
    var random = RandomKey(seed: 0).stream()
    var crackedCount = 0
    for _ in 0..<4000 {
      var state = environment.initialState(of: task, using: &random)
      #expect(state.cracks == 0)
      for action in [0, 2, 4] as [Float] {
        _ = environment.step(&state, action, in: task, using: &random)
      }
      #expect(state.cracks == 0)
      _ = environment.step(&state, 1, in: task, using: &random)
      guard state.cracks != 0 else { continue }
      crackedCount += 1
      #expect(environment.step(&state, 2, in: task, using: &random).isTerminated)
    }
    #expect(isClose(Double(crackedCount) / 4000, 0.33, within: 0.03))
  }

  @Test func sightIsBlurredAsOftenAsItShould() {
    var environment = FrozenLake()
    environment.noise = 0.25
    let task = FrozenLake.Task(holes: 0, side: 5)
    var random = RandomKey(seed: 0).stream()
    var wrongCount = 0
    for _ in 0..<8000 {
      var state = FrozenLake.State(cell: GridCell(x: 2, y: 2))
      _ = environment.step(&state, 0, in: task, using: &random)
      #expect(abs(state.seen.x - 2) <= 1 && abs(state.seen.y - 2) <= 1 && state.cell == GridCell(x: 2, y: 2))
      wrongCount += state.seen == state.cell ? 0 : 1
    }
    // One of nine blurs shows the true cell.
    #expect(isClose(Double(wrongCount) / 8000, 0.25 * 8 / 9, within: 0.02))
  }

  @Test(arguments: [(Float(0), Float(0)), (0.25, 0.33)])
  func theOracleAlwaysArrives(noise: Float, cracks: Float) {
    var environment = FrozenLake()
    (environment.noise, environment.crackProbability) = (noise, cracks)
    var distribution = FrozenLake.TaskDistribution()
    distribution.swapProbability = 0.5
    let simulator = EnvironmentSimulator(environment, testing: distribution, horizon: 50, episodeCount: 10)
    #expect(simulator.expectedReturns(of: "oracle", split: .test) == Array(repeating: 1, count: 10))
    let oracle = simulator.scores(of: "oracle", laneCount: 500)
    #expect(oracle.returns.allSatisfy { $0.allSatisfy { $0 == 1 } })
    let explorer = simulator.scores(of: "explorer", laneCount: 500).means
    let blind = simulator.scores(of: "blind", laneCount: 500).means
    #expect(
      explorer[0] >= blind[0] - 0.06 && explorer[9] > 0.9 && explorer[9] > explorer[0] + 0.3, "\(explorer)")
    #expect(blind.allSatisfy { isClose($0, blind[0], within: 0.08) }, "\(blind)")
  }

  @Test func nonsenseIsRefused() {
    let refusals: [((inout FrozenLake) -> Void, String)] = [
      ({ $0.size = 1 }, "size is 1; a number from 2 to 8 is needed"),
      ({ $0.size = 100_000 }, "size is 100000; a number from 2 to 8 is needed"),
      ({ $0.noise = 1.5 }, "noise holds 1.5; probabilities from 0 to 1 are needed"),
      ({ $0.slip = 1 }, "slip is 1; nobody would ever move"),
      ({ ($0.slip, $0.noise) = (0.1, 0.1) }, "noise is 0.1 beside a slip of 0.1; one of them must be 0"),
      ({ $0.fallReward = 1 }, "fallReward is 1.0; at most 0 is needed"),
      ({ $0.fallReward = -.infinity }, "fallReward is -inf; a finite number is needed"),
    ]
    for (change, message) in refusals {
      var environment = FrozenLake()
      change(&environment)
      #expect(refusal { try environment.validate() } == message)
    }
  }

  @Test func badLakesAreRefused() {
    let refusals: [((inout FrozenLake.TaskDistribution) -> Void, String)] = [
      (
        { $0.frozenProbability = 0.1 }, "frozenProbability is 0.1; at least 0.5 and less than 1 is needed"
      ),
      ({ $0.frozenProbability = .nan }, "frozenProbability is nan; at least 0.5 and less than 1 is needed"),
      ({ $0.side = 6 }, "side is 6; 0 or a number from 2 to 5 is needed"),
      ({ $0.share.to = 0.001 }, "share is less than a hundredth; lakes would be too rare to be found"),
    ]
    for (change, message) in refusals {
      var distribution = FrozenLake.TaskDistribution()
      change(&distribution)
      #expect(refusal { try FrozenLake().validate(distribution) } == message)
    }
  }
}
