import Catalogue
import Evaluation
import Foundation
import Testing

@Suite struct PlaySessionTests {
  func session(_ name: String, reveals: Bool = false) throws -> PlaySession {
    let environment = try EnvironmentCheckTests.repository.definition(name, catalogue: .complete)
    let show = try Demonstration(ofReference: nil, in: environment, request: .init())
    return try PlaySession(show, seed: 2, reveals: reveals)
  }

  func agent(_ session: PlaySession) throws -> (column: Int, row: Int) {
    let lines = session.screen.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let row = try #require(lines.firstIndex { $0.contains("@") })
    return (try #require(lines[row].firstIndex(of: "@")), row)
  }

  @Test func arrowKeysMoveTheAgent() throws {
    let session = try session("gridnavi")
    let start = try agent(session)
    try session.press(.up)
    let above = try agent(session)
    #expect(above.row < start.row && above.column == start.column)
    try session.press(.right)
    #expect(try agent(session).column > start.column)
    try session.press(.stay)
    #expect(session.screen.contains("episode 1 of 4, step 4 of at most 15"))
  }

  @Test func theGoalIsHiddenUnlessAskedFor() throws {
    #expect(try !session("gridnavi").screen.contains("G"))
    #expect(try session("gridnavi", reveals: true).screen.contains("G"))
  }

  /// Whoever plays as the plan does gets what the plan gets.
  @Test func returnsStandBesideTheOptimum() throws {
    let session = try session("bandit-informative")
    for key in [.digit(0), .digit(0), .up, .digit(0), .digit(0), .digit(0)] as [PlaySession.Key] {
      try session.press(key)
    }
    #expect(session.isTrialOver)
    let rows = session.results.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.map { $0[0] } == ["episode", "you", "oracle", "bayesOptimal"])
    #expect(rows[2].last == "25.00")
    try session.press(.digit(1))
    #expect(session.isTrialOver)
    try session.press(.newTask)
    #expect(!session.isTrialOver)
  }

  @Test func pointsMoveByArrows() throws {
    let session = try session("wind")
    let start = try agent(session)
    for _ in 0..<6 { try session.press(.up) }
    #expect(try agent(session).row < start.row)
  }

  @Test func bytesBecomeKeys() {
    var reader = KeyReader()
    #expect(
      "\u{1B}[A 7n\u{1B}[Dx".utf8.compactMap { reader.read($0).key } == [
        .up, .stay, .digit(7), .newTask, .left,
      ])
    #expect(reader.read(UInt8(ascii: "q")).ends && reader.read(3).ends)
  }
}
