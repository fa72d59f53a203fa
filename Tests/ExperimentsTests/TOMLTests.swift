import Formats
import Testing

@Suite struct TOMLTests {
  @Test func readsEveryKindOfValue() throws {
    let text = """
      whole = 3
      part = 0.5
      flag = true
      word = "a\\"b"
      rows = [[1, 2.5], []]
      [table.inner]
      key = -1e-3
      """
    let expected: Table = [
      "whole": .integer(3), "part": .number(0.5), "flag": .boolean(true), "word": .string("a\"b"),
      "rows": .array([.array([.integer(1), .number(2.5)]), .array([])]),
      "table": .table(["inner": .table(["key": .number(-1e-3)])]),
    ]
    let table = try TOML.parse(text, file: "f")
    for (key, value) in expected.entries { #expect(table[key] == value) }
    #expect(table.keys.count == expected.keys.count)
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    let table: Table = [
      "a": .integer(-7), "b": .number(1), "c": .number(1e-30), "d": .string("tab\t \"q\" \\ é \u{1}\n"),
      "rows": .array([.array([.integer(1)]), .array([])]), "with space": .boolean(false),
      "empty": .table([:]), "outer": .table(["inner": .table(["x.y": .integer(1)]), "z": .number(0.1)]),
    ]
    let read = try TOML.parse(TOML.document(table), file: "f")
    #expect(JSON.line(.table(sorted(read))) == JSON.line(.table(sorted(table))))
    // A number without a fraction stays a number.
    #expect(read["b"] == .number(1))
  }

  private func sorted(_ table: Table) -> Table {
    var result = Table()
    for key in table.keys.sorted() {
      result[key] = table[key]?.table.map { .table(sorted($0)) } ?? table[key]
    }
    return result
  }

  @Test(arguments: [
    ("a = 1\na = 2", "line 2"), ("a = ", "line 1"), ("a = nan", "a is nan; a finite number is needed"),
    ("[t]\nrows = [1.0, -inf]", "t.rows[1] is -inf; a finite number is needed"),
    ("when = 2020-01-01", "when is a date or a time"), ("[t]\n[t]", "line 2"),
  ])
  func refusesWithThePlace(text: String, part: String) throws {
    let failure = try #require(caught { _ = try TOML.parse(text, file: "some.toml") })
    #expect(failure.kind == .configuration)
    #expect(failure.description.hasPrefix("some.toml: "))
    #expect(failure.description.contains(part))
  }

  @Test func refusesBytesThatAreNoText() throws {
    let directory = try TemporaryDirectory()
    try DurableFile.write([0x61, 0xFF], to: "\(directory.path)/x.toml")
    let failure = caught { _ = try TOML.read("\(directory.path)/x.toml") }
    #expect(failure?.description.hasSuffix("is not text in UTF-8") == true)
  }

  @Test func refusesAFileThatIsTooLong() throws {
    let directory = try TemporaryDirectory()
    try DurableFile.write(Array(repeating: 0x23, count: 2 << 20), to: "\(directory.path)/x.toml")
    #expect(caught { _ = try TOML.read("\(directory.path)/x.toml") }?.kind == .configuration)
  }

  /// The library would end the process at these.
  @Test(arguments: [
    "[=a]", "x = 1\n [ .a]", "[[+a]]", "[é]", "[ [=", "x = [\n[1],\n]\n[{}]", "x = \"\"\"\n\"\"\"\n[=]",
  ])
  func aHeadingBeginsWithAKey(text: String) {
    let failure = caught { _ = try TOML.parse(text, file: "f") }
    #expect(failure?.description.hasSuffix("a heading begins with a key") == true)
  }

  /// The library would end the process at these, too.
  @Test(arguments: [
    "a = [}", "a = [1, }]", "a = {b = [}]}", "a = [[}]]", "a = [\n}\n]", "a = [\"\"\"x\"\"\"\"\", }",
  ])
  func anArrayEndsWithABracket(text: String) {
    let failure = caught { _ = try TOML.parse(text, file: "f") }
    #expect(failure?.description.hasSuffix("an array ends with ], not with }") == true)
  }

  /// The library would end the process at all but the last.
  @Test(arguments: [
    "d=2----=--of 7 by 7", "d = 2024-01-01 7 ", "d = [2024-01-01 7]", "d = {e = 2é-_---é--f 7 }",
    "d = 2024-01-01 07:32:00",
  ])
  func noDateIsNeeded(text: String) {
    let failure = caught { _ = try TOML.parse(text, file: "f") }
    #expect(failure?.description.hasSuffix("a date or a time is needed nowhere") == true)
  }

  @Test func whatLooksLikeADateIsNone() throws {
    let text = "a = \"2024-01-01 7 \" # 2024-01-01 7 \nb-2024-01-01 = 1\nc = [1e-3, -1e-4, 1234, 5-6-7]\n"
    #expect(caught { _ = try TOML.parse(text.replacing(", 5-6-7", with: ""), file: "f") } == nil)
    #expect(caught { _ = try TOML.parse(text, file: "f") }?.description.contains("a date") == false)
  }

  @Test func whatLooksLikeAHeadingIsNone() throws {
    let text = "x = [\n  [+1, .5e0],\n  [{a = 1}], # [=\n]\ny = \"\"\"\n[=a]\n\"\"\"\n[\"=\"]\nz = '[='\n"
    #expect(caught { _ = try TOML.parse(text.replacing(".5e0", with: "0.5"), file: "f") } == nil)
    let braces = "a = [{b = [\"}\", '}', \"\"\"}\"\"\"\"\"]}, # }\n  {c = {}}]\n"
    #expect(caught { _ = try TOML.parse(braces, file: "f") } == nil)
  }
}
