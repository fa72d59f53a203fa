import Randomness
import Simulation
import Testing

@Suite struct LanesTests {
  /// The views of the only lane of a trial in a task with `lifetime`.
  private func trace(lifetime: Int32, noise: Float = 1, horizon: Int = 5, episodeCount: Int = 3) -> [View] {
    let simulator = driftSimulator(
      lifetimes: [lifetime], noise: noise, horizon: horizon, episodeCount: episodeCount)
    return simulator.beginTrial(drawingFrom: .train, keys: keys(1)).trace().map { $0[0] }
  }

  @Test func aTrialBeginsWithNothingBehindIt() {
    let first = trace(lifetime: 0)[0]
    #expect(first.progress == Progress())
    #expect(first.progress.isTrialStart && first.progress.isEpisodeStart)
    #expect(first.previousAction == 0 && first.previousReward == 0)
    #expect(first.returns == [0, 0, 0])
    #expect(first.observation[1] == 0)
  }

  @Test func theHorizonTruncatesAndNeverTerminates() {
    let trace = trace(lifetime: 0)
    #expect(trace.count == 16)
    for (time, view) in trace.enumerated() {
      #expect(view.progress.previousEnding == (time > 0 && time % 5 == 0 ? .truncated : .none))
      #expect(view.progress.episode == Int32(time / 5))
      #expect(view.progress.timeOfEpisode == Int32(time % 5))
      #expect(view.progress.isTrialOver == (time == 15))
    }
  }

  @Test func theTaskTerminates() {
    let trace = trace(lifetime: 2)
    #expect(
      trace.map(\.progress.previousEnding) == [
        .none, .none, .terminated, .none, .terminated, .none, .terminated,
      ])
    #expect(trace.map(\.progress.episode) == [0, 0, 1, 1, 2, 2, 3])
    #expect(trace.map(\.progress.timeOfEpisode) == [0, 1, 0, 1, 0, 1, 0])
    #expect(trace.map(\.progress.isTrialOver) == [false, false, false, false, false, false, true])
  }

  @Test func whatTerminatesAtTheHorizonTerminates() {
    let endings = trace(lifetime: 5).map(\.progress.previousEnding)
    #expect(endings.count == 16)
    #expect([5, 10, 15].allSatisfy { endings[$0] == .terminated })
    #expect(!endings.contains(.truncated))
  }

  @Test func anEpisodeOfOneTimeStepIsBothStartAndEnd() {
    let trace = trace(lifetime: 0, horizon: 1, episodeCount: 2)
    #expect(trace.map(\.progress.episode) == [0, 1, 2])
    #expect(trace.map(\.progress.previousEnding) == [.none, .truncated, .truncated])
    #expect(trace.dropFirst().allSatisfy { $0.progress.timeOfEpisode == 0 })
  }

  @Test func aResetKeepsTheTask() {
    for view in trace(lifetime: 2) { #expect(view.observation[2] == trace(lifetime: 2)[0].observation[2]) }
    let drift = trace(lifetime: 2, noise: 0).map { $0.previousReward - $0.previousAction }
    // Without noise, the first reward of every episode is the first action plus the task's drift.
    #expect(abs(drift[1] - drift[3]) < 1e-6 && abs(drift[1] - drift[5]) < 1e-6)
  }

  @Test func aResetDrawsANewFirstState() {
    let starts = trace(lifetime: 0).filter { $0.progress.isEpisodeStart && !$0.progress.isTrialOver }
    #expect(Set(starts.map { $0.observation[0] }).count == 3)
  }

  @Test func actionAndRewardCrossEpisodeEndsAndTheObservationDoesNot() {
    let trace = trace(lifetime: 0)
    for time in 1..<trace.count {
      #expect(trace[time].previousAction == actions(1, at: time - 1)[0])
      let isNewEpisode = time % 5 == 0 && time < 15
      #expect(trace[time].observation[1] == (isNewEpisode ? 0 : time == 15 ? 5 : Float(time % 5)))
      // The reward is the position that was reached, which only a reset hides.
      #expect((trace[time].observation[0] == trace[time].previousReward) == !isNewEpisode)
    }
  }

  @Test(arguments: [0, 2, 5] as [Int32]) func returnsAreTheSumsOfRewardsPerEpisode(_ lifetime: Int32) {
    let trace = trace(lifetime: lifetime)
    var sums: [Float] = [0, 0, 0]
    for (before, after) in zip(trace, trace.dropFirst()) {
      sums[Int(before.progress.episode)] += after.previousReward
      #expect(after.returns == sums)
    }
    #expect(sums.allSatisfy { $0 != 0 })
  }

  @Test func aTrialThatIsOverIsFrozen() {
    let simulator = driftSimulator(lifetimes: [1, 0])
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys(16))
    let trace = lanes.trace()
    #expect(trace.count == 16)
    for lane in 0..<16 {
      guard let end = trace.firstIndex(where: { $0[lane].progress.isTrialOver }) else {
        Issue.record("lane \(lane) never ends")
        continue
      }
      #expect(end == 3 || end == 15)
      for later in trace[end...] { #expect(later[lane] == trace[end][lane]) }
    }
    #expect(trace[3].count { $0.progress.isTrialOver } > 0 && trace[3].count { !$0.progress.isTrialOver } > 0)
    let last = trace[15]
    lanes.step(taking: actions(16, at: 99))
    #expect((0..<16).map(lanes.view(of:)) == last)
  }

  @Test func theCountOfActiveLanesIsThatOfTrialsNotOver() {
    let lanes = driftSimulator(lifetimes: [1, 0, 4]).beginTrial(drawingFrom: .train, keys: keys(10))
    for time in 0..<20 {
      #expect(lanes.timeStep.activeLaneCount == lanes.timeStep.progress.count { !$0.isTrialOver })
      lanes.step(taking: actions(10, at: time))
    }
    #expect(lanes.timeStep.activeLaneCount == 0)
  }

  @Test func aLaneDoesNotDependOnItsNeighbours() {
    let simulator = driftSimulator(lifetimes: [0, 2, 5])
    let together = simulator.beginTrial(drawingFrom: .train, keys: keys(8)).trace()
    for lane in 0..<8 {
      let alone = simulator.beginTrial(drawingFrom: .train, keys: [keys(8)[lane]])
      for time in 0..<together.count {
        #expect(alone.view(of: 0) == together[time][lane])
        alone.step(taking: [actions(8, at: time)[lane]])
      }
    }
  }

  @Test func equalKeysGiveEqualTrialsAndOthersOthers() {
    let simulator = driftSimulator(lifetimes: [0, 2])
    let trace = simulator.beginTrial(drawingFrom: .train, keys: keys(4)).trace()
    #expect(simulator.beginTrial(drawingFrom: .train, keys: keys(4)).trace() == trace)
    #expect(simulator.beginTrial(drawingFrom: .train, keys: keys(4, seed: 2)).trace() != trace)
    #expect(Set(trace[0].map(\.observation)).count == 4)
  }

  @Test func aRestartIsAFreshBeginning() {
    let simulator = driftSimulator(lifetimes: [0, 2])
    let fresh = simulator.beginTrial(drawingFrom: .train, keys: keys(6, seed: 2)).trace()
    for stepCount in [0, 1, 7, 40] {
      let lanes = simulator.beginTrial(drawingFrom: .test, keys: keys(6))
      for time in 0..<stepCount { lanes.step(taking: actions(6, at: time + 50)) }
      lanes.restart(drawingFrom: .train, keys: keys(6, seed: 2))
      #expect(lanes.timeStep.activeLaneCount == 6)
      #expect(lanes.trace() == fresh)
    }
  }

  @Test func aTimeStepThatWasReadStaysAsItWas() {
    let lanes = driftSimulator().beginTrial(drawingFrom: .train, keys: keys(2))
    let (before, copy) = (lanes.timeStep, lanes.timeStep.observation)
    lanes.step(taking: actions(2, at: 0))
    #expect(before.observation == copy)
    #expect(before.observation != lanes.timeStep.observation)
  }
}
