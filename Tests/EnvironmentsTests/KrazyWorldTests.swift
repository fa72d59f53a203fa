import Environments
import Randomness
import Simulation
import Testing

@Suite struct KrazyWorldTests {
  /// The board that rows of letters draw, from the top: G goal, D death, I ice, E energy, T transporter, S start.
  func board(_ rows: [String]) -> KrazyWorld.Task {
    var random = RandomKey(seed: 0).stream()
    var environment = KrazyWorld()
    environment.size = rows.count
    var law = KrazyWorld.TaskDistribution()
    (law.deathShare, law.iceShare, law.energyShare, law.transporterCount) = (0, 0, 0, 0)
    (law.shufflesColors, law.shufflesActions, law.goalCount, law.goalDistance) = (false, false, 1, 0)
    var task = environment.sampleTask(from: law, using: &random)
    var (taken, transporters): (UInt8, [Int]) = (0, [])
    for (y, row) in rows.reversed().enumerated() {
      for (x, letter) in row.enumerated() {
        let index = y * rows.count + x
        switch letter {
        case "G", "E":
          task.tiles[index] = (letter == "G" ? 1 : 4) | taken << 3
          taken += 1
        case "D": task.tiles[index] = 2
        case "I": task.tiles[index] = 3
        case "T":
          task.tiles[index] = 5 | UInt8(transporters.count) << 3
          transporters.append(index)
        default: task.tiles[index] = 0
        }
        if letter == "S" { task.start = GridCell(x: x, y: y) }
      }
    }
    task.exits = transporters.indices.map { UInt8(transporters[$0 ^ 1]) }
    return task
  }

  /// The cells, rewards and energies after each of `moves`: 0 up, 1 right, 2 down, 3 left.
  func course(
    _ moves: [Float], on rows: [String], energy: Int = 11
  ) -> [(cell: [Int], reward: Float, energy: Int, isOver: Bool)] {
    var environment = KrazyWorld()
    (environment.size, environment.energy) = (rows.count, energy)
    let task = board(rows)
    var random = RandomKey(seed: 0).stream()
    var state = environment.initialState(of: task, using: &random)
    return moves.map {
      let outcome = environment.step(&state, $0, in: task, using: &random)
      return (
        [Int(state.cell.x), Int(state.cell.y)], outcome.reward, Int(state.energy), outcome.isTerminated
      )
    }
  }

  @Test func goalsAreTakenOnce() {
    let course = course([1, 3, 1], on: ["...", "...", "SG."])
    #expect(course.map(\.reward) == [1, 0, 0])
    #expect(course.map(\.energy) == [10, 9, 8])
  }

  @Test func deathEndsTheEpisode() {
    #expect(course([1, 1], on: ["...", "...", "S.D"]).map(\.isOver) == [false, true])
  }

  /// Ice is slid over for the energy of one step, up to an edge or on to whatever comes.
  @Test func iceIsSlidOver() {
    let course = course([1, 0, 2], on: ["..I.", "..I.", "..II", "SII."])
    #expect(course.map(\.cell) == [[3, 0], [3, 2], [3, 0]])
    #expect(course.map(\.energy) == [10, 9, 8])
    #expect(self.course([0], on: ["I..", "I..", "S.."]).map(\.cell) == [[0, 2]])
    #expect(self.course([1], on: ["...", "...", "SID"]).map(\.isOver) == [true])
  }

  @Test func energyIsUsedUpAndFound() {
    let plain = course([1, 3, 1], on: ["...", "...", "S.."], energy: 3)
    #expect(plain.map(\.isOver) == [false, false, true])
    let fed = course([1, 3, 1], on: ["...", "...", "SE."], energy: 3)
    #expect(fed.map(\.energy) == [10, 9, 8])
  }

  @Test func transportersLeadToEachOther() {
    let course = course([1, 1, 3], on: ["T..", "...", "ST."])
    #expect(course.map(\.cell) == [[0, 2], [1, 2], [1, 0]])
  }

  /// The bump into an edge is no move: nobody is transported once more.
  @Test func bumpsDoNotTransport() {
    let course = course([1, 3], on: ["T..", "...", "ST."])
    #expect(course.map(\.cell) == [[0, 2], [0, 2]])
  }

  @Test func boardsHaveWhatTheyShould() {
    var starts: Set<GridCell> = []
    for index in 0..<200 {
      var random = RandomKey(seed: 5).child(index).stream()
      let task = KrazyWorld().sampleTask(from: .init(), using: &random)
      let counts = (0..<6).map { kind in task.tiles.count { $0 & 7 == kind } }
      #expect(counts == [75, 3, 10, 5, 5, 2])
      #expect(task.colors.sorted() == [0, 1, 2, 3, 4, 5] && task.directions.sorted() == [0, 1, 2, 3])
      let start = Int(task.start.y) * 10 + Int(task.start.x)
      #expect(task.tiles[start] == 0)
      for goal in task.tiles.indices where task.tiles[goal] & 7 == 1 {
        #expect(abs(goal % 10 - start % 10) + abs(goal / 10 - start / 10) > 2)
      }
      starts.insert(task.start)
    }
    // One published version never uses the last row and column.
    #expect(starts.contains { $0.x == 9 } && starts.contains { $0.y == 9 })
  }

  @Test func colorsAndActionsAreTheTasks() {
    var random = RandomKey(seed: 0).stream()
    var task = board(["...", ".G.", "S.."])
    var environment = KrazyWorld()
    environment.size = 3
    (task.colors, task.directions) = ([5, 4, 3, 2, 1, 0], [1, 0, 2, 3])
    var state = environment.initialState(of: task, using: &random)
    var seen = Array(repeating: Float.nan, count: 11)
    var span = seen.mutableSpan
    environment.observe(state, in: task, into: &span)
    #expect(seen == [0, 0, 6, 6, 6, 6, 5, 5, 6, 5, 4])
    #expect(environment.step(&state, 0, in: task, using: &random).reward == 0)
    #expect(state.cell == GridCell(x: 1, y: 0))
    #expect(environment.step(&state, 1, in: task, using: &random).reward == 1)
  }

  @Test func sharesPartTheBoards() {
    let halves = [(0, 0.5), (0.5, 1)].map { from, to in
      Set(
        (0..<300).map { index -> [UInt8] in
          var law = KrazyWorld.TaskDistribution()
          (law.share.from, law.share.to, law.transporterCount, law.goalCount) = (Float(from), Float(to), 0, 1)
          (law.deathShare, law.energyShare, law.iceShare, law.goalDistance) = (0, 0, 0, 0)
          var environment = KrazyWorld()
          environment.size = 3
          var random = RandomKey(seed: 6).child(index).stream()
          let task = environment.sampleTask(from: law, using: &random)
          return task.tiles + [UInt8(task.start.x), UInt8(task.start.y)]
        })
    }
    #expect(halves[0].isDisjoint(with: halves[1]))
    #expect(halves[0].count + halves[1].count == 72, "\(halves.map(\.count))")
  }

  /// Two goals in reach one after the other, a third only with the energy that lies off the way.
  @Test func theOraclePlansForEnergy() {
    let rows = ["G....", ".....", "E....", "DDD..", "S..GG"]
    var environment = KrazyWorld()
    (environment.size, environment.energy, environment.energyBonus) = (5, 10, 8)
    #expect(environment.mostGoals(in: board(rows), horizon: 30).count == 3)
    environment.energyBonus = 1
    #expect(environment.mostGoals(in: board(rows), horizon: 30).count == 2)
    #expect(environment.mostGoals(in: board(rows), horizon: 3).count == 1)
    #expect(environment.mostGoals(in: board(rows), horizon: 3).actions == [1, 1, 1])
  }

  @Test func theOracleGetsWhatItPlans() {
    let simulator = EnvironmentSimulator(KrazyWorld(), testing: .init(), horizon: 51, episodeCount: 2)
    let oracle = simulator.scores(of: "oracle", laneCount: 200)
    #expect(oracle.means[0] == oracle.means[1] && oracle.means[0] > 1.5, "\(oracle.means)")
    let random = simulator.scores(of: "random", laneCount: 1000).means
    #expect(random[0] < 0.3, "\(random)")
  }

  /// In the last of four episodes it takes five times what one who knows nothing takes, and learns from each.
  @Test func theMapperFindsGoalsAndReturnsToThem() {
    let simulator = EnvironmentSimulator(KrazyWorld(), testing: .init(), horizon: 51, episodeCount: 4)
    let mapper = simulator.scores(of: "mapper", laneCount: 200)
    let oracle = simulator.scores(of: "oracle", laneCount: 200)
    #expect(mapper.total.mean > 0.4 * oracle.total.mean, "\(mapper.means), \(oracle.means)")
    #expect(mapper.means[3] > mapper.means[0] + 0.5, "\(mapper.means)")
    let (blind, random) = (
      simulator.scores(of: "blind", laneCount: 400).total,
      simulator.scores(of: "random", laneCount: 400).total
    )
    #expect(blind.mean > random.mean, "\(blind), \(random)")
  }

  @Test func nonsenseIsRefused() {
    let refusals: [((inout KrazyWorld) -> Void, String)] = [
      ({ $0.size = 1000 }, "size is 1000; a number from 3 to 15 is needed"),
      ({ $0.view = 4 }, "view is 4; 0 or an odd number is needed"),
      ({ $0.energy = 0 }, "energy is 0; a number from 1 to 10000 is needed"),
    ]
    for (change, message) in refusals {
      var environment = KrazyWorld()
      change(&environment)
      #expect(refusal { try environment.validate() } == message)
    }
  }

  @Test func badBoardsAreRefused() {
    let refusals: [((inout KrazyWorld.TaskDistribution) -> Void, String)] = [
      ({ $0.goalCount = 0 }, "goalCount is 0; a number from 1 to 8 is needed"),
      ({ $0.goalDistance = 9 }, "goalDistance is 9; a number from 0 to 8 is needed"),
      ({ $0.deathShare = .nan }, "deathShare holds nan; probabilities from 0 to 1 are needed"),
      ({ $0.deathShare = 0.9 }, "deathShare and the others leave less than half of the 100 tiles plain"),
      (
        { $0.energyShare = 0.3 }, "energyShare makes 33 tiles with goals or energy; at most 12 are allowed"
      ),
      ({ $0.share.to = 0.001 }, "share is less than a hundredth; boards would be too rare to be found"),
    ]
    for (change, message) in refusals {
      var distribution = KrazyWorld.TaskDistribution()
      change(&distribution)
      #expect(refusal { try KrazyWorld().validate(distribution) } == message)
    }
  }
}
