import Environments
import Formats
import Foundation
import Randomness
import Simulation
import Testing

/// What holds for every family of the catalogue with its published constants.
@Suite struct EnvironmentContractTests {
  @Test func namesAreUnique() {
    #expect(Set(environments.map { $0.name }).count == environments.count)
    #expect(environments.count >= 4)
  }

  @Test(arguments: environments.indices)
  func keepsTheContract(index: Int) throws { try check(environments[index]) }

  func check<Subject: Environment>(_ type: Subject.Type) throws {
    let environment = type.init()
    try environment.validate()
    try environment.validate(type.TaskDistribution())
    try checkRoundTrips(environment)
    let simulator = EnvironmentSimulator(environment, horizon: 15, episodeCount: 3)
    for rule in ConformanceRule.allCases {
      let verdict = simulator.verdict(on: rule, key: RandomKey(seed: 3))
      #expect(!verdict.isBroken, "\(type.name), rule \(rule.rawValue): \(verdict)")
    }
    #expect(simulator.references.map(\.name).starts(with: ["random", "oracle"]))
    if let supervised = environment as? any SupervisedEnvironment { try checkExamples(of: supervised) }
  }

  /// The examples of a supervised family are one law, whether they are drawn as sets or shown in an episode: who predicts
  /// the next label gets no less than zero, and gets what the protocol says for being 1 off.
  func checkExamples<Subject: SupervisedEnvironment>(of environment: Subject) throws {
    #expect(Subject.problemKind == .supervised && environment.labelCount > 0 && environment.inputCount > 0)
    let simulator = EnvironmentSimulator(environment, horizon: environment.exampleCount, episodeCount: 1)
    let source = try #require((simulator as any Simulator) as? any ExampleSource)
    func draw(_ seed: UInt64, counts: [Int]) -> [ExampleSet] {
      var sets = counts.map { ExampleSet(count: $0, of: source) }
      source.draw(from: .test, key: RandomKey(seed: seed), into: &sets)
      return sets
    }
    let sets = draw(1, counts: [8, 8])
    #expect(sets == draw(1, counts: [8, 8]) && sets != draw(2, counts: [8, 8]))
    // The first examples do not depend on how many follow.
    #expect(draw(1, counts: [4])[0].inputs[...] == sets[0].inputs[..<(4 * source.inputCount)])
    let (support, query) = (rows(sets[0].inputs, source.inputCount), rows(sets[1].inputs, source.inputCount))
    #expect(Set(support).isDisjoint(with: query))
    let lanes = simulator.beginTrial(drawingFrom: .test, keys: [RandomKey(seed: 1)])
    for time in 0..<environment.exampleCount {
      lanes.step(taking: Array(repeating: 1, count: environment.labelCount))
      let label = lanes.timeStep.observation[source.inputCount...].prefix(source.labelCount)
      let error = label.reduce(0) { $0 + (1 - $1) * (1 - $1) }
      let reward = lanes.timeStep.previousReward[0]
      #expect(abs(reward + error / Float(environment.exampleCount)) < 1e-5, "example \(time)")
    }
  }

  private func rows(_ values: [Float], _ width: Int) -> [[Float]] {
    stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  /// Constants, distributions and tasks survive being written and read.
  func checkRoundTrips<Subject: Environment>(_ environment: Subject) throws {
    try checkRoundTrip(environment)
    try checkRoundTrip(Subject.TaskDistribution())
    for index in 0..<3 {
      var random = RandomKey(seed: 8).child(index).stream()
      try checkRoundTrip(environment.sampleTask(from: Subject.TaskDistribution(), using: &random))
    }
  }

  func checkRoundTrip<Value: Codable>(_ value: Value) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(value)
    let copy = try JSONDecoder().decode(Value.self, from: data)
    #expect(try encoder.encode(copy) == data)
  }
}
