import Randomness
import Testing

@Suite struct ReferenceAgentTests {
  /// The actions of the reference `name` at every time, `[time][lane]`.
  private func actions(_ name: String, keys: [RandomKey], noise: Float = 1) -> [[Float]] {
    let simulator = driftSimulator(lifetimes: [0, 2], noise: noise)
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    let agent = simulator.referenceAgent(name, for: lanes)
    agent.beginTrial(keys: keys)
    var chosen = Array(repeating: Float.nan, count: keys.count)
    var trace: [[Float]] = []
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &chosen)
      lanes.step(taking: chosen)
      trace.append(chosen)
    }
    return trace
  }

  @Test func referencesAreNamed() {
    let simulator = driftSimulator()
    #expect(simulator.references.map(\.name) == ["random", "oracle"])
    #expect(simulator.expectedReturns(of: "oracle", split: .train) == [0, 0, 0])
    #expect(simulator.expectedReturns(of: "random", split: .train) == nil)
    #expect(simulator.expectedReturns(of: "nobody", split: .train) == nil)
  }

  @Test func anOracleKnowsTheTaskOfItsLane() {
    let simulator = driftSimulator(noise: 0)
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys(6))
    let agent = simulator.referenceAgent("oracle", for: lanes)
    agent.beginTrial(keys: keys(6))
    var chosen = Array(repeating: Float.nan, count: 6)
    for _ in 0..<15 {
      agent.act(on: lanes.timeStep, into: &chosen)
      lanes.step(taking: chosen)
    }
    #expect(lanes.returns.allSatisfy { $0 == 0 })
    #expect(Set(chosen).count == 6)
  }

  @Test func aLaneDoesNotDependOnItsNeighbours() {
    let together = actions("random", keys: keys(5))
    #expect(Set(together[0]).count == 5)
    for lane in 0..<5 {
      let alone = actions("random", keys: [keys(5)[lane]])
      for (mine, all) in zip(alone, together) { #expect(mine[0] == all[lane]) }
    }
  }

  /// The oracle of these tests checks that the past it is told of is its own.
  @Test func aLaneIsToldOfItsOwnPast() {
    #expect(actions("oracle", keys: keys(5)).count == 15)
  }

  @Test func aNewTrialForgetsTheOldOne() {
    let simulator = driftSimulator(noise: 0)
    let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys(3))
    let agent = simulator.referenceAgent("oracle", for: lanes)
    var chosen: [Float] = [0, 0, 0]
    for seed in 1...3 as ClosedRange<UInt64> {
      lanes.restart(drawingFrom: .train, keys: keys(3, seed: seed))
      agent.beginTrial(keys: keys(3, seed: seed))
      for _ in 0..<15 {
        agent.act(on: lanes.timeStep, into: &chosen)
        lanes.step(taking: chosen)
      }
      #expect(lanes.returns.allSatisfy { $0 == 0 })
    }
  }
}
