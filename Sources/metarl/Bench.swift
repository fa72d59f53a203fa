import ArgumentParser
import Bench
import Catalogue
import Formats

/// `metarl bench`: the speeds of this machine.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of training, gradients and environments on this machine.",
    discussion:
      "Every rate is the median of several measurements. Run it while the machine does nothing else.")

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Measure how fast every family of environments steps, and nothing else.")
  var environments = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    var benchmark = Benchmark()
    let report: (Benchmark.Row) -> Void = { row in
      if !json { Console.note(row.line) }
    }
    if environments {
      benchmark.measureFamilies(of: .complete, report: report)
      return try Console.write(benchmark.document, isJSON: json) { benchmark.text }
    }
    benchmark.measurePeakShare(report: report)
    benchmark.measureEnvironments(report: report)
    try benchmark.measureTraining(threads: threads.count, report: report)
    try benchmark.measureMetaUpdates(threads: threads.count, report: report)
    try Console.write(benchmark.document, isJSON: json) { benchmark.text }
  }
}
