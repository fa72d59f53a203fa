import Formats
import Foundation
import Studies
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

  @Test func smallNumbersKeepTheirDigits() throws {
    let rows = Value.array([
      .table(["x": .number(0.0003), "y": .number(36.8891), "z": .number(0)]),
      .table(["x": .number(-1e-8), "y": .number(0.25), "z": .null]),
    ])
    #expect(
      Listing.text(rows, keys: ["x", "y", "z"])
        == "x       y       z\n0.0003  36.889  0.000\n-1e-08  0.250   -\n")
    #expect(
      Listing.text([("a.b", .number(0.00031234567), "default"), ("c", .string("d"), "f.toml")])
        == "key  value          origin\na.b  0.00031234567  default\nc    \"d\"            f.toml\n")
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
