import Formats
import Runs
import Simulation

/// Results as continuous integration reads them, the XML of JUnit.
package struct TestSuite {
  /// What was tested.
  package var name: String
  /// The tests.
  package var cases: [Case]

  /// One test.
  package struct Case {
    /// What it belongs to.
    package var group: String
    /// What it tests.
    package var name: String
    /// How long it took; nil where that is not known.
    package var seconds: Double?
    /// How it ended.
    package var outcome: Outcome

    /// A test that ended so.
    package init(group: String, name: String, seconds: Double? = nil, outcome: Outcome) {
      self.group = group
      self.name = name
      self.seconds = seconds
      self.outcome = outcome
    }
  }

  /// How a test ended.
  package enum Outcome {
    case passed
    case failed(String)
    case skipped(String)
  }

  /// Results of tests called `name`.
  package init(name: String, cases: [Case]) {
    self.name = name
    self.cases = cases
  }

  /// The document.
  package var xml: String {
    let suite =
      "<testsuite name=\"\(Self.escaped(name))\" tests=\"\(cases.count)\" failures=\"\(failureCount)\" "
      + "skipped=\"\(skippedCount)\">"
    let lines =
      ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", suite] + cases.map(Self.element) + ["</testsuite>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private var failureCount: Int {
    cases.filter { if case .failed = $0.outcome { true } else { false } }.count
  }
  private var skippedCount: Int {
    cases.filter { if case .skipped = $0.outcome { true } else { false } }.count
  }

  private static func element(_ test: Case) -> String {
    let time = test.seconds.map { " time=\"\(fixed($0, digits: 3))\"" } ?? ""
    let opening = "  <testcase classname=\"\(escaped(test.group))\" name=\"\(escaped(test.name))\"\(time)"
    return switch test.outcome {
    case .passed: opening + "/>"
    case .failed(let message): opening + ">\n    <failure message=\"\(escaped(message))\"/>\n  </testcase>"
    case .skipped(let reason): opening + ">\n    <skipped message=\"\(escaped(reason))\"/>\n  </testcase>"
    }
  }

  private static func escaped(_ text: String) -> String {
    let escapes: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
    return printable(text).map { escapes[$0] ?? String($0) }.joined()
  }
}
