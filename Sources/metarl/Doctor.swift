import ArgumentParser
import Training
import Formats
import Foundation

/// `metarl doctor`: whether the program can work here.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what of this machine matters to metarl, and what is wrong with it.")

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let diagnosis = Diagnosis(environmentSearch, environment: ProcessInfo.processInfo.environment)
    try Console.write(diagnosis.document, isJSON: json) { diagnosis.text }
    if !diagnosis.isGood { throw RequestedExit(code: Failure.Kind.inputOutput.rawValue) }
  }
}
