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

  /// https://toml.io/en/v1.0.0, case by case; the right side is the document as JSON.
  @Test(arguments: [
    // Keys.
    ("", "{}"), ("\u{FEFF}a = 1", #"{"a":1}"#), ("# only a comment", "{}"),
    ("a = 1\r\nb = 2 # c\r\n", #"{"a":1,"b":2}"#),
    (
      "bare_key-1 = 1\n1234 = 2\n\"q k\" = 3\n'l\"k' = 4\n\"\" = 5",
      #"{"bare_key-1":1,"1234":2,"q k":3,"l\"k":4,"":5}"#
    ),
    ("a . b.\"c d\" = 1\na.e = 2", #"{"a":{"b":{"c d":1},"e":2}}"#), ("3.14 = 1", #"{"3":{"14":1}}"#),
    // Numbers.
    ("a = [+99, 0, -17, +0, -0, 1_000]", #"{"a":[99,0,-17,0,0,1000]}"#),
    ("a = [0xDEAD_beef, 0o755, 0b1101, 0x0]", #"{"a":[3735928559,493,13,0]}"#),
    (
      "a = [9223372036854775807, -9223372036854775808]",
      #"{"a":[9223372036854775807,-9223372036854775808]}"#
    ),
    (
      "a = [+1.0, -0.01, 5e+22, 1e06, -2E-2, 6.5e-3, 2_4.1_5e0_1]",
      #"{"a":[1.0,-0.01,5e+22,1000000.0,-0.02,0.0065,241.5]}"#
    ),
    // Strings.
    (
      #"a = "\b\t\n\f\r\"\\\u00E9\U0001F600\u0000""#,
      "{\"a\":\(quoted("\u{8}\t\n\u{C}\r\"\\\u{E9}\u{1F600}\u{0}"))}"
    ),
    (#"a = 'C:\n "x"'"#, #"{"a":"C:\\n \"x\""}"#), ("a = \"\"\"\r\nx\r\n  y\"\"\"", #"{"a":"x\n  y"}"#),
    ("a = \"\"\"x \\  \n\n   y\\\n  \"\"\"", #"{"a":"x y"}"#),
    (#"a = """""x"" """"""#, #"{"a":"\"\"x\"\" \"\""}"#),
    ("a = '''\n\\'' '''''", #"{"a":"\\'' ''"}"#),
    ("a = \"[=a] # 2024-01-01 7 \"", #"{"a":"[=a] # 2024-01-01 7 "}"#),
    // Arrays and tables.
    (
      "a = [ # c\n [1, 'x',\n ],\n  {b = [{}], c.d = true},\n]",
      #"{"a":[[1,"x"],{"b":[{}],"c":{"d":true}}]}"#
    ),
    (
      "a = [{b = [\"}\", '}', \"\"\"}\"\"\"\"\"]}, # }\n  {c = {}}]",
      #"{"a":[{"b":["}","}","}\"\""]},{"c":{}}]}"#
    ),
    (
      "x = [\n  [+1, 0.5],\n  [{a = 1}], # [=\n]\ny = \"\"\"\n[=a]\n\"\"\"\n[\"=\"]\nz = '[='\nb-2024-01-01 = 1",
      #"{"x":[[1,0.5],[{"a":1}]],"y":"[=a]\n","=":{"z":"[=","b-2024-01-01":1}}"#
    ),
    ("[a . 'b c'] # c\nd = 1\n[e]", #"{"a":{"b c":{"d":1}},"e":{}}"#),
    ("[a.b]\nc = 1\n[a]\nd = 2", #"{"a":{"b":{"c":1},"d":2}}"#),
    (
      "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n[[a.e]]\n[[a.e]]",
      #"{"a":[{"b":1,"c":{"d":2}},{"e":[{},{}]}]}"#
    ),
    ("[a]\nb.c = 1\n[a.b.d]\ne = 2", #"{"a":{"b":{"c":1,"d":{"e":2}}}}"#),
    ("[a.b.c]\n[a]\nb.d = 1", #"{"a":{"b":{"c":{},"d":1}}}"#),
  ])
  func readsWhatTheStandardAllows(text: String, json: String) throws {
    #expect(JSON.line(.table(try TOML.parse(text, file: "f"))) == json)
  }

  @Test(arguments: [
    // Keys and lines.
    ("= 1", "a key is needed"), ("a", "an equals sign is needed behind a"), ("a = ", "a needs a value"),
    ("a = 1 b = 2", "the line should end here"), ("a.\n", "a key is needed behind a dot"),
    ("\u{E9} = 1", "a key is needed"), ("a = 1\r", "the line should end here"),
    ("a = 1\u{0}", "the line should end here"), ("# \u{1}", "a comment holds a control character"),
    ("\"\"\"a\"\"\" = 1", "a key has one quote at either end"),
    // Numbers and dates.
    ("a = truely", "is no value"), ("a = .5", "is no value"), ("a = 1.", "is no value"),
    ("a = 01", "is no value"), ("a = 1__0", "is no value"), ("a = 1_", "is no value"),
    ("a = 0x", "is no value"), ("a = -0x1", "is no value"), ("a = 1e", "is no value"),
    ("a = 1.2.3", "is no value"), ("a = 9223372036854775808", "64 bits are too few"),
    ("a = 1e999", "a finite number is needed"), ("d = 2024-01-01 7 ", "d is a date or a time"),
    ("d = [07:32:00]", "d[0] is a date or a time"), ("d=2----=--of 7 by 7", "is no value"),
    // Strings.
    ("a = \"x", "a string ends with a quote"), ("a = \"x\ny\"", "on the line that it begins on"),
    ("a = '''x''", "a string ends with a quote"), (#"a = "\x""#, "a backslash begins an escape"),
    (#"a = "\uD800""#, "a Unicode scalar with 4"), (#"a = "\U00110000""#, "a Unicode scalar with 8"),
    (#"a = "\u12"#, "a Unicode scalar with 4"), (#"a = "\"#, "a backslash begins an escape"),
    (#"a = """\ x""""#, "ends a line"), ("a = \"\u{7F}\"", "a control character"),
    ("a = '\u{1}'", "a control character"), ("a = '''\r'''", "a control character"),
    // Arrays and inline tables.
    ("a = [1 2]", "a needs a comma or ]"), ("a = [1, }", "a[1] needs a value"),
    ("a = [,]", "a[0] needs a value"), ("a = [1", "a needs a comma or ]"),
    ("a = {b = 1,}", "a key is needed"), ("a = {b = 1\n}", "a needs a comma or }"),
    ("a = {b = 1, b = 2}", "a.b is there already"),
    // Headings.
    ("[]", "a heading begins with a key"), ("[=a]", "a heading begins with a key"),
    ("x = [\n[1],\n]\n[{}]", "line 4: a heading begins"), ("[a", "a heading ends with ]"),
    ("[[a]", "a heading ends with ]]"), ("[a] b = 1", "the line should end here"),
    ("[ [a]]", "a heading begins with a key"),
    // What ends the process in toml++.
    ("x = 1\n [ .a]", "line 2: a heading begins with a key"), ("[[+a]]", "a heading begins with a key"),
    ("[\u{E9}]", "a heading begins with a key"), ("[ [=", "a heading begins with a key"),
    ("x = \"\"\"\n\"\"\"\n[=]", "line 3: a heading begins with a key"), ("a = [}", "a[0] needs a value"),
    ("a = [1, }]", "a[1] needs a value"), ("a = {b = [}]}", "a.b[0] needs a value"),
    ("a = [[}]]", "a[0][0] needs a value"), ("a = [\n}\n]", "line 2: a[0] needs a value"),
    ("a = [\"\"\"x\"\"\"\"\", }", "a[1] needs a value"), ("d = [2024-01-01 7]", "d[0] is a date or a time"),
    ("d = {e = 2\u{E9}-_---\u{E9}--f 7 }", "d needs a comma or }"),
    ("d = 2024-01-01 07:32:00", "d is a date or a time"),
    ("c = [1e-3, 5-6-7]", "c[1] is 5-6-7, which is no value"),
    // What may be added where.
    ("[a]\n[a]", "line 2: a is there already"), ("a = 1\n[a]", "a is there already"),
    ("a = []\n[[a]]", "a is there already"), ("[a]\n[[a]]", "a is there already"),
    ("[[a]]\n[a]", "a is there already"), ("a = {}\n[a.b]", "a.b cannot be, since a"),
    ("a = {}\na.b = 1", "a.b cannot be, since a"), ("a.b = 1\n[a]", "a is there already"),
    ("a.b = 1\na.b.c = 2", "a.b.c cannot be, since b"), ("[a.b]\n[a]\nb.c = 1", "a.b.c cannot be, since b"),
    ("[[a]]\n[b]\n[a.c]\n[a.c]", "line 4: a.c is there already"),
  ])
  func refusesWhatItForbids(text: String, reason: String) {
    let failure = caught { _ = try TOML.parse(text, file: "f") }
    #expect(failure?.description.contains(reason) == true, "\(failure?.description ?? "accepted")")
  }

  @Test(arguments: [
    ("a = ", "[", "", "]"), ("", "a = {", "", "}"), ("[a", ".a", "]", ""), ("a", ".a", " = 1", ""),
  ])
  func refusesDeepNesting(opening: String, part: String, middle: String, closing: String) {
    func text(_ depth: Int) -> String {
      opening + String(repeating: part, count: depth) + middle + String(repeating: closing, count: depth)
    }
    #expect(throws: Never.self) { try TOML.parse(text(60), file: "f") }
    let failure = caught { _ = try TOML.parse(text(100_000), file: "f") }
    #expect(failure?.description == "f: line 1: nesting is deeper than 64")
  }

  /// In time that grows with the length only; the longest document that a file may hold.
  @Test(arguments: ["[[a]]\n", "[#]\n", "a.# = 1\n", "# = \"\"\n", "\n"])
  func readsManyLines(line: String) throws {
    let count = TOML.sizeLimit / 16
    let text = (0..<count).map { line.replacing("#", with: "k\($0)") }.joined()
    let time = try ContinuousClock().measure { _ = try TOML.parse(text, file: "f") }
    #expect(time < .seconds(10))
  }

  /// The text of the path is put together for errors only.
  @Test func readsManyElementsBehindALongKey() throws {
    let key = String(repeating: "k", count: TOML.sizeLimit * 2)
    let elements = String(repeating: "1,", count: TOML.sizeLimit / 2)
    let time = try ContinuousClock().measure { _ = try TOML.parse("\(key) = [\(elements)]", file: "f") }
    #expect(time < .seconds(5))
  }
}
