import Environments
import Parallel
import Randomness
import Simulation
import Testing
import Trials

@Suite("The error of a belief")
struct BeliefErrorTests {
  /// An agent that walks about at random and believes what it is told to.
  private final class Believer: InferringAgent {
    /// What it says of what is known exactly.
    let saying: (_ exact: ArraySlice<Float>) -> [Float]
    /// For each time step that it acted in, what part of the possible goals had been ruled out.
    private(set) var ruledOut: [Double] = []
    private var belief: [Float] = []
    private var random = RandomKey(seed: 3).stream()
    var inferring: (any InferringAgent)? { self }

    init(_ saying: @escaping (ArraySlice<Float>) -> [Float]) { self.saying = saying }

    func beginTrial(keys: [RandomKey]) {}
    func takeMemory(of other: Believer) {}

    func act(on timeStep: TimeStep, into actions: inout [Float]) {
      belief = timeStep.belief
      for lane in actions.indices {
        actions[lane] = Float(random.integer(below: 5))
        guard !timeStep.progress[lane].isTrialOver, !belief.isEmpty else { continue }
        ruledOut.append(1 - Double(belief[25 * lane..<25 * lane + 25].reduce(0, +)) / 21)
      }
    }

    func rewardProbabilities(ofLane lane: Int) -> [Float] { saying(belief[25 * lane..<25 * lane + 25]) }
  }

  /// What is measured of an agent that says `saying`, and the agent.
  private func play(
    shifted: Bool = false, _ saying: @escaping (ArraySlice<Float>) -> [Float]
  ) throws -> (error: Double?, agent: Believer) {
    var shift = TrialShift()
    shift.permutesActions = shifted
    var tasks = GridNavigation.TaskDistribution()
    tasks.excluded = [[0, 0], [0, 1], [1, 1], [1, 0]]
    let simulator = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: tasks, .test: tasks], shifts: [.test: shift], horizon: 15,
      episodeCount: 4)
    let agent = Believer(saying)
    let agents = AgentFactory(course: .online) { _, _ in agent }
    let key = RandomKey(seed: 1)
    let set = simulator.tasks(of: .test, count: 21, key: key)
    let outcome = try TrialPlayer(simulator: simulator, pool: ThreadPool(threadCount: 1))
      .outcomes(
        of: agents, in: set, at: Array(0..<21), key: key, modes: [.sampled], measuresBelief: true)[0]
    return (outcome.beliefError, agent)
  }

  /// What is known, numbered by observation (x, y) instead of cell by cell.
  private func byObservation(_ exact: ArraySlice<Float>) -> [Float] {
    (0..<25).map { exact[exact.startIndex + 5 * ($0 % 5) + $0 / 5] }
  }

  @Test func isNoneForWhoBelievesWhatIsKnown() throws {
    #expect(try #require(play { byObservation($0) }.error) < 1e-6)
    // Only what is in proportion matters, and only where a goal may be.
    #expect(try #require(play { byObservation($0).map { 0.3 * $0 } }.error) < 1e-6)
    let start: Set = [0, 1, 5, 6]
    let elsewhere = try play { exact in
      byObservation(exact).enumerated().map { start.contains($0.offset) ? 1 : $0.element }
    }
    #expect(try #require(elsewhere.error) < 1e-6)
  }

  @Test func isWhatWasRuledOutForWhoLearnsNothing() throws {
    let (error, agent) = try play { _ in Array(repeating: 0.5, count: 25) }
    let expected = agent.ruledOut.reduce(0, +) / Double(agent.ruledOut.count)
    #expect(abs(try #require(error) - expected) < 1e-6 && expected > 0.1)
  }

  @Test func isNotMeasuredWhereTheBeliefIsNotThatOfTheTrial() throws {
    #expect(try play(shifted: true) { byObservation($0) }.error == nil)
  }
}
