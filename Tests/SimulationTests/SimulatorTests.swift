import Foundation
import Randomness
import Testing

@Suite struct SimulatorTests {
  @Test func theInterfaceIsTheEnvironments() {
    let interface = driftSimulator(horizon: 7, episodeCount: 4).interface
    #expect(interface.observation == Drift().observation)
    #expect(interface.action == Drift().action)
    #expect(interface.horizon == 7 && interface.episodeCount == 4 && interface.trialLength == 28)
  }

  @Test func splitsAreSorted() {
    #expect(driftSimulator().splits == [.test, .train])
  }

  @Test func onlyTheNumberOfEpisodesChanges() {
    let simulator = driftSimulator(lifetimes: [2], horizon: 7, episodeCount: 4)
    let longer = simulator.with(episodeCount: 9)
    #expect(longer.interface.episodeCount == 9 && longer.interface.horizon == 7)
    #expect(longer.splits == simulator.splits)
    let short = simulator.beginTrial(drawingFrom: .train, keys: keys(1)).trace().map { $0[0].observation }
    let long = longer.beginTrial(drawingFrom: .train, keys: keys(1)).trace().map { $0[0].observation }
    // The last view of a trial is the end of its last episode, not the beginning of another one.
    #expect(Array(long.prefix(short.count - 1)) == short.dropLast())
    #expect(long.count == 2 * 9 + 1)
  }

  @Test func tasksRepeatAtTheSameKey() {
    let simulator = driftSimulator(lifetimes: [0, 1, 2])
    let tasks = simulator.tasks(of: .train, count: 20, key: RandomKey(seed: 1))
    #expect(tasks.count == 20 && tasks.memberCount == nil)
    #expect(tasks.json == simulator.tasks(of: .train, count: 20, key: RandomKey(seed: 1)).json)
    #expect(tasks.json != simulator.tasks(of: .train, count: 20, key: RandomKey(seed: 2)).json)
  }

  @Test func theJSONHoldsTheTasksWithSortedKeys() throws {
    let tasks = driftSimulator().tasks(of: .train, count: 3, key: RandomKey(seed: 1))
    let decoded = try JSONDecoder().decode([Drift.Task].self, from: tasks.json)
    #expect(decoded.count == 3 && Set(decoded).count == 3)
    let text = String(decoding: tasks.json, as: UTF8.self)
    #expect(text.hasPrefix("[{\"drift\":"))
  }

  @Test func moreTasksBeginWithTheSameOnes() throws {
    let simulator = driftSimulator()
    let decoded = try [3, 10].map {
      let json = simulator.tasks(of: .train, count: $0, key: RandomKey(seed: 1)).json
      return try JSONDecoder().decode([Drift.Task].self, from: json)
    }
    #expect(decoded[0] == Array(decoded[1].prefix(3)))
  }

  @Test func aThousandTasksAreDrawnUnlessToldOtherwise() {
    #expect(driftSimulator().tasks(of: .train, count: nil, key: RandomKey(seed: 1)).count == 1000)
  }

  @Test func aFiniteSetComesInOrderAndRepeats() throws {
    let simulator = driftSimulator(lifetimes: [3, 4, 5], isFinite: true)
    let all = simulator.tasks(of: .train, count: nil, key: RandomKey(seed: 1))
    #expect(all.count == 3 && all.memberCount == 3)
    let more = simulator.tasks(of: .train, count: 7, key: RandomKey(seed: 1))
    #expect(more.count == 7)
    let decoded = try JSONDecoder().decode([Drift.Task].self, from: more.json)
    #expect(decoded.map(\.number).prefix(6) == [0, 1, 2, 0, 1, 2])
    #expect(more.numbers == decoded.map { Int($0.number) } && more.memberCount == 3)
  }

  @Test func aPartOfAFiniteSetIsDrawnBySeedWithoutReplacement() {
    let simulator = driftSimulator(lifetimes: Array(0..<30), isFinite: true)
    let parts = (0..<300).map { seed in
      simulator.tasks(of: .train, count: 5, key: RandomKey(seed: UInt64(seed))).numbers
    }
    #expect(parts.allSatisfy { Set($0).count == 5 && $0 == $0.sorted() })
    #expect(parts[0] == simulator.tasks(of: .train, count: 5, key: RandomKey(seed: 0)).numbers)
    // Each of the 30 is in a sixth of the parts: 50 of 300, with a standard deviation of 6.5.
    for member in 0..<30 { #expect(abs(parts.filter { $0.contains(member) }.count - 50) < 30) }
  }

  @Test func everyTaskHasAnotherUnlessThereIsOne() throws {
    let simulator = driftSimulator(lifetimes: [3, 4, 5], isFinite: true)
    for count in [2, 3, 4, 6, 7] {
      let tasks = simulator.tasks(of: .train, count: count, key: RandomKey(seed: 1))
      let others = try #require(tasks.others)
      #expect(zip(tasks.numbers, others).allSatisfy { $0 != tasks.numbers[$1] })
    }
    #expect(simulator.tasks(of: .train, count: 1, key: RandomKey(seed: 1)).others == nil)
  }

  @Test func lanesAreInTheGivenTasks() {
    let simulator = driftSimulator(lifetimes: [3, 4, 5], isFinite: true)
    let tasks = simulator.tasks(of: .train, count: 6, key: RandomKey(seed: 1))
    let trace = simulator.beginTrial(in: tasks, keys: keys(6)).trace()
    for views in trace { #expect(views.map { $0.observation[2] } == tasks.numbers.map { Float($0) }) }
    #expect(trace[3][0].progress.previousEnding == .terminated)
    #expect(trace[4][1].progress.previousEnding == .terminated)
  }

  @Test func drawnTasksAreThoseAtTheLanesKeys() {
    let simulator = driftSimulator()
    let root = RandomKey(seed: 1)
    let tasks = simulator.tasks(of: .train, count: 6, key: root)
    let given = simulator.beginTrial(in: tasks, keys: keys(6))
    let drawn = simulator.beginTrial(drawingFrom: .train, keys: keys(6))
    #expect(given.trace() == drawn.trace())
  }
}
