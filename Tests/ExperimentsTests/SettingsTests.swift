import Configuration
import Formats
import Simulation
import Testing

@Suite struct SettingsTests {
  private func read(_ table: Table) throws -> Drifting.Configuration {
    try Settings.read(table, over: Drifting.Configuration()).subject
  }

  private func refusal(_ table: Table) -> String? {
    do {
      _ = try read(table)
      return nil
    } catch {
      return (error as? InvalidParameter)?.description
    }
  }

  @Test func fillsInDefaultsInTheOrderOfTheProperties() throws {
    let table = try Settings.read(["rate": .integer(2)], over: Drifting.Configuration()).table
    #expect(
      table.keys == [
        "iterations", "rate", "mode", "layers", "limit", "inner", "divergesAt", "poisonsAt", "tasks",
      ])
    #expect(table["rate"] == .number(2))
    #expect(table["inner"] == .table(["steps": .integer(1), "size": .number(0.1)]))
    #expect(table["limit"] == .null)
  }

  @Test func takesEveryKindOfValue() throws {
    let configuration = try read([
      "mode": .string("wild"), "layers": .array([.integer(9)]), "limit": .number(0.5),
      "inner": .table(["size": .integer(3)]),
    ])
    #expect(configuration.mode == .wild)
    #expect(configuration.layers == [9])
    #expect(configuration.limit == 0.5)
    #expect(configuration.inner.size == 3)
    #expect(configuration.inner.steps == 1)
  }

  @Test(
    arguments: [
      (
        ["rat": .integer(1)],
        "rat is not a known key. Did you mean \"rate\"? Allowed: iterations, rate, mode, "
      ),
      (["inner": .table(["stepz": .integer(1)])], "inner.stepz is not a known key. Did you mean \"steps\"?"),
      (["iterations": .number(2)], "iterations is 2.0; a whole number is needed"),
      (["rate": .string("high")], "rate is \"high\"; a number is needed"),
      (["rate": .boolean(true)], "rate is true; a number is needed"),
      (["inner": .integer(1)], "inner is 1; a table is needed"),
      (["mode": .string("wile")], "mode is \"wile\"; one of \"calm\", \"wild\" is needed"),
      (["layers": .array([.integer(1), .number(2.5)])], "layers[1] is 2.5; a whole number is needed"),
      (["layers": .array([.array([])])], "layers[0] is an array; a whole number is needed"),
      (["layers": .integer(1)], "layers is 1; an array is needed"),
      (["limit": .string("x")], "limit is \"x\"; a finite number is needed"),
      (["inner": .table(["size": .number(1e300)])], "inner.size is 1e+300; a finite number is needed"),
    ] as [(Table, String)])
  func refuses(table: Table, message: String) {
    let found = refusal(table)
    #expect(found?.hasPrefix(message) == true, "\(found ?? "nothing")")
  }

  @Test func aFloatIsWrittenWithItsOwnDigits() throws {
    #expect(
      try ValueEncoder.value(of: [Float(0.1), 1e-7, .greatestFiniteMagnitude])
        == .array([
          .number(0.1), .number(1e-7), .number(3.4028235e38),
        ]))
  }

  @Test func valuesOfAllKindsSurvive() throws {
    struct Everything: Codable, Hashable {
      var small: Int8 = -3
      var large: UInt64 = 77
      var space = Space.box(lower: [-1, 0.1], upper: [1, 2])
      var choices = Space.discrete([2, 3])
      var nothing: String?
      var pairs = [["a": 1]]
    }
    let value = try ValueEncoder.value(of: Everything())
    #expect(try ValueDecoder.decode(Everything.self, from: value) == Everything())
  }

  @Test func aNumberOutsideItsTypeIsRefused() {
    #expect(throws: InvalidParameter.self) { try ValueDecoder.decode(Int8.self, from: .integer(200)) }
    #expect(throws: InvalidParameter.self) { try ValueDecoder.decode(UInt.self, from: .integer(-1)) }
    #expect(throws: EncodingError.self) { try ValueEncoder.value(of: UInt64.max) }
  }
}
