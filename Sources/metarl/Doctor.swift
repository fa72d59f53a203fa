import ArgumentParser
import Training
import Formats
import Foundation

/// `metarl doctor`: whether the program can work here.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report what metarl needs of this machine, and what is missing or wrong.")

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let diagnosis = Diagnosis(environmentSearch, environment: ProcessInfo.processInfo.environment)
    try Console.write(diagnosis.document, isJSON: json) { diagnosis.text }
    if !diagnosis.isGood { throw RequestedExit(code: Failure.Kind.inputOutput.rawValue) }
  }
}
