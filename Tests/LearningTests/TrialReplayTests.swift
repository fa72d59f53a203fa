import Autodiff
import Learning
import Randomness
import Testing
import Trials

@Suite struct TrialReplayTests {
  /// Trials of one time step that brought `returns`, numbered from 3 on.
  private func replay(_ returns: [Float], _ share: Double = 0) -> TrialReplay {
    let replay = TrialReplay(
      stepCount: 1, columns: [.init(.inputs, width: 2), .init(.choices)], capacity: 9, batchCount: 1,
      prioritizedFraction: share)
    let numbers = 3..<3 + returns.count
    replay.ring.restore(numbers)
    // Length, sum of the rewards, two inputs, a choice and a reward.
    replay.ring.fill(numbers, returns.flatMap { [1, $0, 0, 1, 0, $0] })
    replay.weigh()
    return replay
  }

  /// Four standard errors of a frequency in 20,000 draws are at most 0.015.
  @Test(
    arguments: [
      ([-2, 0, 4, -2], 1.0, [0, 0.25, 0.75, 0]), ([-2, 0, 4, -2], 0.5, [0.125, 0.25, 0.5, 0.125]),
      ([-2, 0, 4, -2], 0, [0.25, 0.25, 0.25, 0.25]), ([7, 7], 1, [0.5, 0.5]), ([7], 1, [1]),
    ] as [([Float], Double, [Double])])
  func drawsMoreOfWhatBroughtMore(returns: [Float], share: Double, expected: [Double]) {
    var random = RandomKey(seed: 4).stream()
    var found = Array(repeating: 0.0, count: returns.count)
    for number in replay(returns, share).drawBatch(of: 20_000, using: &random).numbers {
      found[number - 3] += 1.0 / 20_000
    }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 0.015 }, "\(found)")
  }

  @Test func lengthsAreThoseOfTheRecords() { #expect(replay([5, 1]).length(of: 4) == 1) }

  /// Two trials of three and two time steps, played side by side.
  private var rollout: Rollout {
    let rollout = Rollout(stepCount: 3, laneCount: 2, columns: [.init(.inputs, width: 2), .init(.values)])
    for (name, first) in [(Rollout.Name.inputs, Float(10)), (.values, 50), (.rewards, 1)] {
      rollout.withColumn(name) { for index in $0.indices { $0[index] = first + Float(index) } }
    }
    return rollout
  }

  /// A program that gives what is written to its two inputs, of three lanes and two time steps.
  private var workspace: Workspace<Float> {
    let graph = Graph()
    return Workspace(Program([graph.input("inputs", 6, 2) + 0, graph.input("rewards", 6, 1) + 0]))
  }

  @Test func givesBackWhatWasPlayed() {
    let replay = TrialReplay(
      stepCount: 3, columns: [.init(.inputs, width: 2)], capacity: 5, batchCount: 2)
    replay.append([rollout, rollout])
    #expect(replay.ring.numbers == 0..<4)
    let workspace = workspace
    let lane = ProgramLane(TrialLane(2, of: 3), of: workspace, stepCount: 2)
    replay.copy(3, to: lane, [.inputs: 0, .rewards: 1])
    workspace.run()
    // Inputs of the second lane are 12, 13 at first and 16, 17 then; rewards are 2 and 4.
    #expect(workspace.output(0) == [0, 0, 0, 0, 12, 13, 0, 0, 0, 0, 16, 17])
    #expect(workspace.output(1) == [0, 0, 2, 0, 0, 4])
  }

  @Test func aRolloutIsCopiedLikewise() {
    let workspace = workspace
    rollout.copy(.inputs, of: 1, to: .init(TrialLane(0, of: 3), of: workspace, stepCount: 2), input: 0)
    ProgramLane(TrialLane(1, of: 3), of: workspace, stepCount: 2).write(1) { Float($0) + 7 }
    workspace.run()
    #expect(workspace.output(0) == [12, 13, 0, 0, 0, 0, 16, 17, 0, 0, 0, 0])
    #expect(workspace.output(1) == [0, 7, 0, 0, 8, 0])
  }
}
