import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct KeyDoorTests {
  let published = EnvironmentSimulator(KeyDoor(), horizon: 50, episodeCount: 3)

  @Test func keyAndDoorDiffer() throws {
    let tasks = try #require(KeyDoor().tasks(of: KeyDoor.TaskDistribution()))
    #expect(Set(tasks).count == 81 * 80 && tasks.count == 81 * 80)
    #expect(tasks.allSatisfy { $0.key != $0.door })
  }

  @Test func halfOfThePairsIsHeldOut() throws {
    var (first, second) = (KeyDoor.TaskDistribution(), KeyDoor.TaskDistribution())
    (first.share.to, second.share.from) = (0.5, 0.5)
    let parts = try [first, second].map { try #require(KeyDoor().tasks(of: $0)) }
    #expect(parts.map(\.count) == [3240, 3240])
    #expect(Set(parts[0]).isDisjoint(with: parts[1]))
  }

  /// One published version cannot be solved; here every task can.
  @Test func everyTaskCanBeSolved() {
    #expect(published.scores(of: "oracle", laneCount: nil).returns.allSatisfy { $0 == [2, 2, 2] })
  }

  @Test func theDoorOpensWithTheKeyAlone() {
    var random = RandomKey(seed: 0).stream()
    let environment = KeyDoor()
    let task = KeyDoor.Task(key: GridCell(x: 2, y: 0), door: GridCell(x: 1, y: 0))
    var state = KeyDoor.State(cell: GridCell(x: 0, y: 0))
    var rewards: [Float] = []
    var endings: [Bool] = []
    for action in [2, 2, 0, 4] as [Float] {
      let outcome = environment.step(&state, taking: [action].span, in: task, using: &random)
      rewards.append(outcome.reward)
      endings.append(outcome.isTerminated)
    }
    #expect(rewards == [0, 1, 0, 1])
    #expect(endings == [false, false, false, true])
  }

  @Test func sweepingFindsBothAndRemembers() {
    let means = published.scores(of: "sweep", laneCount: 1000).means
    #expect(means[0] > 0.5 && means[1] > means[0] && means[2] > 1.3, "\(means)")
  }

  /// Random moves bring 0.25 in an episode, and who takes actions for what they are not less.
  @Test func shuffledActionsAreFoundOut() {
    var shift = TrialShift()
    shift.permutesActions = true
    let simulator = EnvironmentSimulator(
      KeyDoor(), distributions: [.test: .init()], shifts: [.test: shift], horizon: 50, episodeCount: 3)
    let sweep = simulator.scores(of: "sweep", laneCount: 1000)
    #expect(sweep.means[0] > 0.6 && sweep.means[2] > 1.8, "\(sweep.means)")
    let (blind, random) = (
      simulator.scores(of: "blind", laneCount: 1000).total,
      simulator.scores(of: "random", laneCount: 1000).total
    )
    #expect(blind.mean > random.mean, "\(blind), \(random)")
  }

  @Test func startsAreKeptWhereTheyArePartOfTheTask() {
    var environment = KeyDoor()
    environment.keepsStart = true
    var random = RandomKey(seed: 0).stream()
    let tasks = (0..<50).map { _ in environment.sampleTask(from: .init(), using: &random) }
    #expect(Set(tasks.map(\.start)).count > 20)
    for task in tasks {
      #expect(environment.initialState(of: task, using: &random).cell == task.start)
    }
    #expect(environment.tasks(of: .init()) == nil)
    #expect(KeyDoor().sampleTask(from: .init(), using: &random).start == nil)
  }

  @Test func nonsenseIsRefused() {
    var environment = KeyDoor()
    (environment.width, environment.height) = (1, 1)
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment.width = 1000
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    var distribution = KeyDoor.TaskDistribution()
    distribution.share.to = 0.00001
    #expect(throws: InvalidParameter.self) { try KeyDoor().validate(distribution) }
  }
}
