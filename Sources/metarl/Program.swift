import ArgumentParser
import Catalogue
import Configuration
import Formats
import Foundation
import Runs

/// From the words of the command line to the exit code.
enum Program {
  static func run(_ words: [String]) -> Int32 {
    do {
      try checkCommand(words)
      var command = try Metarl.parseAsRoot(words)
      try command.run()
      return 0
    } catch let failure as Failure {
      Console.error("\(failure)", isMistake: failure.kind.isMistake)
      return failure.kind.rawValue
    } catch let exit as RequestedExit {
      return exit.code
    } catch {
      return report(error, words)
    }
  }

  /// What the parser of arguments has to say: help on stdout, mistakes on stderr.
  private static func report(_ error: any Error, _ words: [String]) -> Int32 {
    let code = Metarl.exitCode(for: error)
    let message = Metarl.fullMessage(for: error)
    if code == .success {
      do { try Console.write(message + "\n") } catch { return Failure.Kind.inputOutput.rawValue }
      return 0
    }
    guard code == .validationFailure else {
      Console.note("metarl: internal error: \(error)")
      return Failure.Kind.internalError.rawValue
    }
    let (mistake, usage) = parts(of: message)
    Console.error(setting(insteadOf: mistake, words) ?? mistake, isMistake: true)
    if !usage.isEmpty { Console.noteLines(usage) }
    return Failure.Kind.usage.rawValue
  }

  /// What is wrong, and how the command is used.
  private static func parts(of message: String) -> (mistake: String, usage: String) {
    let text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
    let ends = ["\nHelp: ", "\nUsage: "].compactMap { text.firstRange(of: $0) }
    guard let end = ends.min(by: { $0.lowerBound < $1.lowerBound }) else { return (text, "") }
    return (String(text[..<end.lowerBound]), String(text[end.lowerBound...].dropFirst()))
  }

  /// What to say where an option that there is not, such as `--lr`, is a setting under the name that others give it.
  private static func setting(insteadOf mistake: String, _ words: [String]) -> String? {
    let beginning = "Unknown option '--"
    guard mistake.hasPrefix(beginning) else { return nil }
    let option = String(mistake.dropFirst(beginning.count).prefix { $0 != "'" && $0 != "=" })
    guard let key = (try? SettingGuide(.complete))?.key(knownAs: option) else { return nil }
    guard ["train", "sweep", "config"].contains(words.first) else {
      return
        "--\(option) is not an option. \(key) is a setting, and a run keeps those that it was trained with."
    }
    return "--\(option) is not an option. Did you mean \"\(key)=VALUE\"? Settings are given as key=value."
  }

  private static func checkCommand(_ words: [String]) throws {
    try check(words.first, among: Metarl.configuration.subcommands.map(name), of: "metarl")
    for parent in [Runs.self, Config.self] as [any ParsableCommand.Type]
    where words.first == name(parent) && words.count > 1 {
      try check(words[1], among: parent.configuration.subcommands.map(name), of: "metarl \(name(parent))")
    }
  }

  private static func check(_ word: String?, among names: [String], of parent: String) throws {
    guard let word, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
    throw Failure(
      .usage,
      "\(quote(word)) is not a command.\(Spelling.suggestion(for: word, among: names)) "
        + "\(parent) knows: \(names.joined(separator: ", ")).")
  }

  private static func name(_ command: any ParsableCommand.Type) -> String { command._commandName }
  private static func quote(_ word: String) -> String { "\"\(word)\"" }
}

/// An exit code that is no mistake, after all output is written.
struct RequestedExit: Error {
  let code: Int32
}

/// The words that start metarl.
struct Metarl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metarl",
    abstract: "Trains agents that learn to learn, and shows how near to optimal they come.",
    version: version,
    subcommands: [
      List.self, Check.self, Play.self, Train.self, SweepCommand.self, Evaluate.self, Reproduce.self,
      Render.self,
      Watch.self, Runs.self,
      Config.self,
      Bench.self, Doctor.self, Completions.self,
    ])
}
