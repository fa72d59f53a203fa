import Randomness
import Simulation
import Testing

/// Every rule of conformance is kept by a sound environment and broken by one with a planted fault.
@Suite struct ConformanceTests {
  typealias Fault = Faulty.Fault

  func verdict(
    on rule: ConformanceRule, _ fault: Fault, horizon: Int = 8, test: Faulty.TaskDistribution = .init()
  ) -> Verdict {
    EnvironmentSimulator(
      Faulty(fault), distributions: [.train: .init(), .test: test], horizon: horizon, episodeCount: 3
    ).verdict(on: rule, key: RandomKey(seed: 1))
  }

  @Test(arguments: ConformanceRule.allCases)
  func aSoundEnvironmentKeepsIt(rule: ConformanceRule) {
    for horizon in [1, 8, 12] {
      let verdict = verdict(on: rule, .none, horizon: horizon)
      #expect(!verdict.isBroken, "\(verdict)")
      if rule == .fileRoundTrips { continue }
      guard case .kept(let detail) = verdict else {
        Issue.record("\(verdict)")
        continue
      }
      #expect(!detail.isEmpty)
    }
  }

  @Test(
    arguments: [
      (.observationsAreInTheirSpace, .outOfSpace, "time step 1: the observation is [3.0"),
      (.observationsAreInTheirSpace, .unwritten, "component 1 of the observation is not written"),
      (.rewardsAreFinite, .infiniteReward, "split test, lane 0, episode 0, time step 2: the reward is inf"),
      (.seedsDecide, .unseededRandomness, "with the same seed differ"),
      (.lanesAreIndependent, .dependentLanes, "trial 1 alone differs"),
      (.episodesEndOnce, .terminatedAtTimeLimit, "the ending is terminated; truncated was expected"),
      (.episodesEndOnce, .lateTimeLimit, "the ending is none; truncated was expected"),
      (.resetsKeepTheTask, .redrawnTask, "the task changes"),
      (.resetsKeepTheTask, .strangeStart, "does not begin in an initial state of the task"),
      (.tasksDiffer, .oneTask, "64 tasks drawn are all the same"),
      (.tasksDiffer, .tasksInNameOnly, "the same actions bring the same in 4 tasks"),
      (.firstObservationsHideTheTask, .taskInObservation, "a probe names the task of"),
      (.firstObservationsHideTheTask, .distanceInObservation, "a probe names the task of"),
      (.splitsAreDisjoint, .strangerDrawn, "draws {\"door\":4}, which is not one of its tasks"),
      (.oracleBeatsRandom, .worthless, "test: 0.0 against 0.0"),
      (.nobodyBeatsTheOracle, .cheater, "cheater gets 3.0 more than oracle"),
      (.exactReturnsHold, .wrongExactReturn, "and not 7.5"),
      (.drawingsShowTheState, .emptyDrawing, "the drawing is empty"),
      (.drawingsShowTheState, .drawingOutOfBounds, "is out of bounds"),
      (.drawingsShowTheState, .blindDrawing, "all tasks look alike"),
      (.drawingsShowTheState, .restlessDrawing, "drawn again, it looks different"),
    ] as [(ConformanceRule, Fault, String)])
  func aFaultBreaksIt(rule: ConformanceRule, fault: Fault, expected: String) {
    guard case .broken(let place) = verdict(on: rule, fault) else {
      Issue.record("\(fault) is not noticed by \(rule)")
      return
    }
    #expect(place.contains(expected), "\(place)")
  }

  @Test func splitsThatShareTasksAreNoticed() {
    var other = Faulty.TaskDistribution()
    other.first = 3
    let overlapping = verdict(on: .splitsAreDisjoint, .none, test: other)
    #expect(
      overlapping
        == .broken(
          "splits test and train have 1 task in common, such as {\"door\":3}; they must have the same tasks "
            + "or none in common"))
    other.first = 4
    #expect(verdict(on: .splitsAreDisjoint, .none, test: other) == .kept("2 splits"))
    #expect(verdict(on: .splitsAreDisjoint, .none) == .kept("the same tasks: test and train"))
    // Two laws that are not finite sets, but draw the same tasks.
    other.isFinite = false
    #expect(verdict(on: .splitsAreDisjoint, .overlappingDraws, test: other).isBroken)
    other.count = 0
    other.isFinite = true
    #expect(verdict(on: .splitsAreDisjoint, .oneTask, test: other).isBroken)
  }

  @Test func theSameSeedFindsTheSame() {
    for rule in ConformanceRule.allCases {
      #expect(verdict(on: rule, .none) == verdict(on: rule, .none))
    }
  }
}
