import Experiments
import Foundation
import Testing

@Suite struct ListingTests {
  @Test func namesWhatThereIs() throws {
    let (directory, search) = try guessingSearch()
    let environments = try withExtendedLifetime(directory) {
      try Listing.environments(search, catalogue: .toys)
    }
    #expect(environments[0]?["name"] == .string("guess"))
    #expect(environments[0]?["presets"] == .array([.string("drifting")]))
    #expect(
      Listing.text(environments, keys: ["name", "horizon", "description"])
        == "name   horizon  description\nguess  2        Guess a number.\n")
    #expect(Listing.algorithms(.toys)[0]?["name"] == .string("drifting"))
  }

  @Test func runsTellWhereTheyStand() throws {
    let directory = try TemporaryDirectory()
    let run = try trained(guessingRun(), at: "\(directory.path)/r").run
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/broken", withIntermediateDirectories: false)
    try directory.write("nonsense", to: "broken/config.toml")
    let runs = Listing.runs(in: directory.path, catalogue: .toys)
    #expect(runs[0]?["name"] == .string("broken"))
    #expect(runs[0]?["error"]?.string?.contains("config.toml") == true)
    #expect(runs[1]?["iteration"] == .integer(4))
    #expect(runs[1]?["total"] == .null)
    let details = try Listing.details(of: run, catalogue: .toys)
    #expect(details["manifest"]?["commandLine"] == .array([.string("metarl"), .string("train")]))
    #expect(details["configuration"]?["algorithm"] == .string("drifting"))
    #expect(Listing.text(details).contains("[configuration.hyperparameters]"))
  }
}
