import Formats
import Testing
import Training

@Suite struct ProgressReporterTests {
  private func status(_ iteration: Int, seconds: Double) -> TrainingStatus {
    TrainingStatus(
      iteration: iteration, iterationCount: 10, timeStepCount: 3000 * iteration, seconds: seconds,
      metrics: [("return", 1.23456), ("loss", -2), ("entropy", 0.5), ("hidden", 1)])
  }

  private func output(_ style: ProgressStyle, _ statuses: [TrainingStatus]) -> String {
    var text = ""
    let reporter = ProgressReporter(style) { text += $0 }
    for status in statuses { reporter.report(status) }
    reporter.finish()
    return text
  }

  @Test func plainLinesComeEveryFewSecondsAndAtTheEnd() {
    let statuses = (1...10).map { status($0, seconds: 2 * Double($0)) }
    let lines = output(.plain, statuses).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0] == "iteration 1/10  return 1.235  loss -2.000  entropy 0.500  1.5 k steps/s  18 s left")
    #expect(lines[1].hasPrefix("iteration 4/10 "))
    #expect(lines[2].hasPrefix("iteration 7/10 "))
    #expect(lines[3].hasPrefix("iteration 10/10 "))
    #expect(!output(.plain, statuses).contains("\u{1B}"))
  }

  @Test func aBarIsOneLine() {
    let text = output(.bar, [status(5, seconds: 1), status(6, seconds: 1.01), status(10, seconds: 2)])
    #expect(text.split(separator: "\r").count == 2)
    #expect(text.hasPrefix("\r[############------------] iteration 5/10"))
    #expect(text.hasSuffix("\n"))
  }

  @Test func jsonIsALinePerIteration() throws {
    let lines = output(.json, [status(1, seconds: 0.5), status(2, seconds: 1)]).split(separator: "\n")
    let documents = try lines.map { try JSON.parse(Array($0.utf8)) }
    #expect(documents.map { $0["iteration"]?.integer } == [1, 2])
    #expect(documents[1]["timeStepsPerSecond"]?.double == 6000)
    #expect(documents[1]["metrics"]?["hidden"]?.double == 1)
  }

  @Test func noneIsSilent() { #expect(output(.none, [status(10, seconds: 9)]) == "") }

  @Test(
    arguments: [
      (true, [:], ProgressStyle.bar), (false, [:], .plain), (true, ["CI": "1"], .plain),
      (true, ["TERM": "dumb"], .plain),
      (true, ["TERM": "xterm", "NO_COLOR": "1"], .bar),
    ] as [(Bool, [String: String], ProgressStyle)])
  func aBarNeedsATerminalThatSomebodyWatches(
    isTerminal: Bool, environment: [String: String], style: ProgressStyle
  ) {
    #expect(ProgressStyle.auto.resolved(isTerminal: isTerminal, environment: environment) == style)
    #expect(ProgressStyle.json.resolved(isTerminal: isTerminal, environment: environment) == .json)
  }

  @Test(arguments: [
    (0.0, "0 s"), (59.6, "1 min 0 s"), (3725, "1 h 2 min"), (42, "42 s"), (.infinity, "277777 h 46 min"),
  ])
  func durations(seconds: Double, text: String) { #expect(ProgressReporter.duration(seconds) == text) }
}
