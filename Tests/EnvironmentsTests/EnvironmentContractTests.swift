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
