import Formats
import Randomness
import Simulation
import Testing

/// Tasks that are switched within a trial, and actions that have changed places; shown with doors, of which one pays.
@Suite struct TrialShiftTests {
  func shifted(
    switchAfter: Int = 0, permutesActions: Bool = false, episodes: Int = 4
  ) -> EnvironmentSimulator<Faulty> {
    var shift = TrialShift()
    (shift.switchAfter, shift.permutesActions) = (switchAfter, permutesActions)
    return EnvironmentSimulator(
      Faulty(), distributions: [.train: .init(), .test: .init()], shifts: [.test: shift], horizon: 5,
      episodeCount: episodes)
  }

  /// The returns `[lane][episode]` of opening one door always, or of a reference agent.
  func returns(
    _ simulator: any SimulatedEnvironment, door: Int? = nil, agent: String = "oracle",
    split: TaskSplit = .test
  ) -> [[Float]] {
    let tasks = simulator.tasks(of: split, count: 64, key: RandomKey(seed: 2))
    let lanes = simulator.beginTrial(in: tasks, keys: keys(64))
    let reference = simulator.referenceAgent(agent, for: lanes)
    reference.beginTrial(keys: keys(64))
    var actions = Array(repeating: Float(door ?? 0), count: 64)
    while lanes.timeStep.activeLaneCount > 0 {
      if door == nil { reference.act(on: lanes.timeStep, into: &actions) }
      let before = lanes.timeStep
      lanes.step(taking: actions)
      // Agents see the actions that they chose.
      for lane in 0..<64 where !before.progress[lane].isTrialOver {
        #expect(lanes.timeStep.previousAction[lane] == actions[lane])
      }
    }
    let count = simulator.interface.episodeCount
    return (0..<64).map { Array(lanes.returns[$0 * count..<($0 + 1) * count]) }
  }

  @Test func withoutAShiftTheFirstDoorPaysEveryFourthTask() {
    for (lane, returns) in returns(shifted(), door: 0).enumerated() {
      #expect(returns == Array(repeating: lane % 4 == 0 ? 5 : 0, count: 4))
    }
  }

  /// Until the switch the tasks are those of the set; then they are others, the same for the rest of the trial.
  @Test func tasksAreSwitchedOnce() {
    let doors = (0..<4).map { returns(shifted(switchAfter: 2), door: $0) }
    var changedCount = 0
    for lane in 0..<64 {
      let paying = (0..<4).map { episode in doors.firstIndex { $0[lane][episode] == 5 } }
      #expect(paying[0] == lane % 4 && paying[1] == lane % 4)
      #expect(paying[2] != nil && paying[2] == paying[3])
      changedCount += paying[2] == paying[1] ? 0 : 1
    }
    // Of four doors three are others.
    #expect((36...60).contains(changedCount), "\(changedCount)")
    // The split beside it has no switch.
    #expect(returns(shifted(switchAfter: 2), door: 0, split: .train)[0] == [5, 5, 5, 5])
  }

  @Test func permutationsAreTheTasksOwn() {
    let doors = (0..<4).map { returns(shifted(permutesActions: true), door: $0) }
    var movedCount = 0
    for lane in 0..<64 {
      let paying = (0..<4).map { episode in doors.firstIndex { $0[lane][episode] == 5 } }
      #expect(paying[0] != nil && Set(paying).count == 1)
      movedCount += paying[0] == lane % 4 ? 0 : 1
    }
    #expect((36...60).contains(movedCount), "\(movedCount)")
    // Lanes in one task are alike, whatever their keys.
    let simulator = shifted(permutesActions: true)
    let tasks = simulator.tasks(of: .test, count: 8, key: RandomKey(seed: 2))
    let lanes = simulator.beginTrial(in: tasks, at: [3, 3, 3], keys: keys(3, seed: 7))
    for action in [0, 1, 2, 3] as [Float] {
      lanes.step(taking: [action, action, action])
      #expect(Set(lanes.timeStep.previousReward).count == 1)
    }
  }

  @Test func theOracleKnowsShifts() {
    for simulator in [shifted(switchAfter: 1), shifted(permutesActions: true)] {
      #expect(returns(simulator).allSatisfy { $0 == [5, 5, 5, 5] })
      #expect(simulator.expectedReturns(of: "cheater", split: .test) == nil)
      #expect(simulator.expectedReturns(of: "random", split: .test) == Array(repeating: 1.25, count: 4))
      for rule in ConformanceRule.allCases {
        #expect(!simulator.verdict(on: rule, key: RandomKey(seed: 3)).isBroken, "\(rule)")
      }
    }
  }

  /// Agents that play single episodes are told how many have gone before.
  @Test func whatComesAfterTheSwitchBeginsWithIt() {
    let later = shifted(switchAfter: 2).with(episodeCount: 1)
    for door in 0..<4 {
      let all = returns(shifted(switchAfter: 2), door: door)
      #expect(returns(later.after(episodeCount: 1), door: door).map { $0[0] } == all.map { $0[1] })
      #expect(returns(later.after(episodeCount: 3), door: door).map { $0[0] } == all.map { $0[3] })
    }
  }

  /// Drawing new tasks draws new shifts: with the same keys the same.
  @Test func restartsAreFreshBeginnings() {
    let simulator = shifted(switchAfter: 1, permutesActions: true)
    let (fresh, used) = (
      simulator.beginTrial(drawingFrom: .test, keys: keys(16)),
      simulator.beginTrial(drawingFrom: .test, keys: keys(16, seed: 9))
    )
    for _ in 0..<7 { used.step(taking: actions(16)) }
    used.restart(drawingFrom: .test, keys: keys(16))
    for _ in 0..<20 {
      #expect(fresh.timeStep.observation == used.timeStep.observation)
      #expect(fresh.timeStep.previousReward == used.timeStep.previousReward)
      for lanes in [fresh, used] { lanes.step(taking: actions(16)) }
    }
  }

  private func actions(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 4) } }

  @Test func impossibleShiftsAreRefused() throws {
    let simulator = driftSimulator(episodeCount: 3)
    var shift = TrialShift()
    shift.switchAfter = 3
    #expect(throws: InvalidParameter.self) { try shift.validate(for: simulator.interface) }
    shift.switchAfter = -1
    #expect(throws: InvalidParameter.self) { try shift.validate(for: simulator.interface) }
    (shift.switchAfter, shift.permutesActions) = (2, true)
    #expect(throws: InvalidParameter.self) { try shift.validate(for: simulator.interface) }
    shift.permutesActions = false
    try shift.validate(for: simulator.interface)
  }
}
