import Foundation
import Randomness
import Simulation
import Testing

/// Splits when only some tasks are there to train on.
@Suite struct TrainingTasksTests {
  private static let other = TaskSplit("other")

  private func simulator(count: Int, isFinite: Bool) -> any SimulatedEnvironment {
    let distribution = Drift.TaskDistribution(lifetimes: [1, 2, 3, 4, 5, 6], isFinite: isFinite)
    return EnvironmentSimulator(
      Drift(),
      distributions: [
        .train: distribution, .test: distribution, Self.other: .init(lifetimes: [9], isFinite: true),
      ],
      horizon: 3, episodeCount: 2, trainingTaskCount: count)
  }

  private func numbers(_ split: TaskSplit, of simulator: any SimulatedEnvironment) throws -> Set<Int> {
    let tasks = simulator.tasks(of: split, count: nil, key: RandomKey(seed: 1))
    return Set(try JSONDecoder().decode([Drift.Task].self, from: tasks.json).map(\.number))
  }

  @Test func theOthersAreLeftForTheTest() throws {
    let all = try numbers(.train, of: simulator(count: 0, isFinite: true))
    for count in 1...5 {
      let simulator = simulator(count: count, isFinite: true)
      let (train, test) = (try numbers(.train, of: simulator), try numbers(.test, of: simulator))
      #expect(train.count == count && train.isDisjoint(with: test) && train.union(test) == all)
      // More training tasks are those of before and others, also with another number of episodes.
      #expect(try train.isSubset(of: numbers(.train, of: self.simulator(count: count + 1, isFinite: true))))
      #expect(try train == numbers(.train, of: simulator.with(episodeCount: 7)))
      #expect(try numbers(Self.other, of: simulator).count == 1)
    }
    #expect(try numbers(.train, of: simulator(count: 9, isFinite: true)) == all)
  }

  @Test(arguments: [true, false])
  func lanesAreInTrainingTasksOnly(isFinite: Bool) throws {
    let simulator = simulator(count: 2, isFinite: isFinite)
    let known = try numbers(.train, of: simulator).map(Float.init)
    #expect(known.count == 2)
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys(40))
    func seen() -> Set<Float> { Set((0..<40).map { lanes.view(of: $0).observation[2] }) }
    #expect(seen() == Set(known))
    lanes.restart(drawingFrom: .train, keys: keys(40, seed: 8))
    #expect(seen() == Set(known))
    lanes.restart(drawingFrom: .test, keys: keys(40, seed: 9))
    #expect(seen().isDisjoint(with: known))
  }

  @Test func whatIsExactOfAllTasksIsNotSaidOfSome() {
    #expect(simulator(count: 0, isFinite: true).expectedReturns(of: "oracle", split: .train) != nil)
    #expect(simulator(count: 2, isFinite: true).expectedReturns(of: "oracle", split: .train) == nil)
    #expect(simulator(count: 2, isFinite: true).expectedReturns(of: "oracle", split: Self.other) != nil)
  }
}
