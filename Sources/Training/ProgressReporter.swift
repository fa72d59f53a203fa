import Formats
import Foundation
import Runs

/// How a training tells how far it is.
public enum ProgressStyle: String, CaseIterable, Sendable {
  /// A bar on a terminal, plain lines elsewhere.
  case auto
  /// One line that is drawn again and again.
  case bar
  /// A line every few seconds.
  case plain
  /// A line of JSON per iteration.
  case json
  /// Nothing.
  case none

  /// What `auto` stands for: a bar on a terminal that can draw one and that somebody watches.
  public func resolved(isTerminal: Bool, environment: [String: String]) -> ProgressStyle {
    guard self == .auto else { return self }
    let isWatched = isTerminal && environment["CI"] == nil && environment["TERM"] != "dumb"
    return isWatched ? .bar : .plain
  }
}

/// Where a training stands.
public struct TrainingStatus: Sendable {
  /// The updates done.
  public var iteration: Int
  /// The updates there will be.
  public var iterationCount: Int
  /// The time steps of the environment so far.
  public var timeStepCount: Int
  /// The seconds since the beginning.
  public var seconds: Double
  /// The measurements of the last update.
  public var metrics: [(name: String, value: Double)]

  /// A training that stands there.
  package init(
    iteration: Int, iterationCount: Int, timeStepCount: Int, seconds: Double,
    metrics: [(name: String, value: Double)]
  ) {
    self.iteration = iteration
    self.iterationCount = iterationCount
    self.timeStepCount = timeStepCount
    self.seconds = seconds
    self.metrics = metrics
  }

  /// The measurements as one document.
  var metricsTable: Table { Table(metrics) }
  var timeStepsPerSecond: Double { seconds > 0 ? Double(timeStepCount) / seconds : 0 }
  var secondsLeft: Double {
    iteration > 0 ? seconds / Double(iteration) * Double(iterationCount - iteration) : 0
  }
}

/// Writes progress; the clock is the training's.
public final class ProgressReporter {
  private let style: ProgressStyle
  private let write: (String) -> Void
  private var lastSeconds = -Double.infinity
  private var hasOpenLine = false
  /// The last return in held-out tasks.
  private var heldOutReturn: Double?

  /// A reporter in a style that is not `auto`.
  public init(_ style: ProgressStyle, write: @escaping (String) -> Void) {
    precondition(style != .auto, "the style is not resolved")
    self.style = style
    self.write = write
  }

  /// Tells where the training stands, if it is time to.
  package func report(_ status: TrainingStatus) {
    let isLast = status.iteration == status.iterationCount
    heldOutReturn = status.metrics.first { $0.name == HeldOutMetric.returnName }?.value ?? heldOutReturn
    switch style {
    case .auto, .none: return
    case .json: write(Self.json(status) + "\n")
    case .plain: if isDue(status, every: 5) || isLast { write(line(status) + "\n") }
    case .bar:
      guard isDue(status, every: 0.1) || isLast else { return }
      write("\r\(bar(status))\u{1B}[K")
      hasOpenLine = true
    }
  }

  /// Ends a line that is still being drawn.
  package func finish() {
    if hasOpenLine { write("\n") }
    hasOpenLine = false
  }

  private func isDue(_ status: TrainingStatus, every interval: Double) -> Bool {
    guard status.seconds - lastSeconds >= interval else { return false }
    lastSeconds = status.seconds
    return true
  }

  private func line(_ status: TrainingStatus) -> String {
    let heldOut = heldOutReturn.map { "  held out \(fixed($0, digits: 3))" } ?? ""
    return "iteration \(status.iteration)/\(status.iterationCount)" + Self.measured(status) + heldOut
      + "  \(Self.rate(status.timeStepsPerSecond))  \(Self.duration(status.secondsLeft)) left"
  }

  private func bar(_ status: TrainingStatus) -> String {
    let width = 24
    let filled = status.iterationCount > 0 ? width * status.iteration / status.iterationCount : width
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    return "[\(bar)] " + line(status)
  }

  /// The first measurements; of a learner that adapts in steps the return after each.
  private static func measured(_ status: TrainingStatus) -> String {
    let steps = status.metrics.filter { $0.name.hasPrefix("returnAfter") }
    guard steps.isEmpty else {
      return
        "  return after \(steps.map { $0.name.dropFirst("returnAfter".count) }.joined(separator: ", ")) steps "
        + steps.map { fixed($0.value, digits: 3) }.joined(separator: ", ")
    }
    return status.metrics.prefix(3).map { "  \($0.name) \(fixed($0.value, digits: 3))" }.joined()
  }

  private static func rate(_ value: Double) -> String {
    switch value {
    case 1e6...: "\(fixed(value / 1e6, digits: 2)) M steps/s"
    case 1e3...: "\(fixed(value / 1e3, digits: 1)) k steps/s"
    default: "\(fixed(value, digits: 0)) steps/s"
    }
  }

  package static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds.rounded(), 0), 1e9))
    let parts = [(whole / 3600, "h"), (whole / 60 % 60, "min"), (whole % 60, "s")]
    let shown = parts.drop { $0.0 == 0 }.prefix(2)
    return shown.isEmpty ? "0 s" : shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  private static func json(_ status: TrainingStatus) -> String {
    var table: Table = [
      "iteration": .integer(status.iteration), "iterations": .integer(status.iterationCount),
      "timeSteps": .integer(status.timeStepCount), "seconds": .number(status.seconds),
      "timeStepsPerSecond": .number(status.timeStepsPerSecond), "secondsLeft": .number(status.secondsLeft),
    ]
    table["metrics"] = .table(status.metricsTable)
    return JSON.line(.table(table))
  }
}

extension Table {
  /// Measurements by name.
  init(_ metrics: [(name: String, value: Double)]) {
    self.init()
    for (name, value) in metrics { self[name] = .number(value) }
  }
}
