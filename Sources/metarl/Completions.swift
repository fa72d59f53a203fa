import ArgumentParser
import Catalogue
import Configuration
import Formats
import Runs

extension CompletionKind {
  /// The names of environment files.
  static var environments: CompletionKind {
    .custom { _, _, _ in plain(environmentSearch.files.map(\.name)) }
  }

  /// The names of algorithms.
  static var algorithms: CompletionKind { .custom { _, _, _ in Catalogue.complete.algorithmNames } }

  /// The keys of configurations, of the algorithm that was named or else of all.
  static var settings: CompletionKind { .custom { words, _, _ in settingKeys(words) } }

  /// The same, each ready for its value.
  static var settingValues: CompletionKind { .custom { words, _, _ in settingKeys(words).map { "\($0)=" } } }

  private static func settingKeys(_ words: [String]) -> [String] {
    let named = zip(words, words.dropFirst()).first { $0.0 == "--algorithm" }?.1
    let algorithm = named.flatMap { Catalogue.complete.algorithmNames.contains($0) ? $0 : nil }
    return (try? SettingGuide(.complete, algorithm: algorithm))?.keys ?? []
  }

  /// The names of runs.
  static var runs: CompletionKind { .custom { _, _, _ in plain(RunDirectory.all().map(\.listedName)) } }

  /// The names that mean nothing to a shell. The scripts that ask for words hand them to `compgen -W`, which runs
  /// what a word tells it to, and whoever made a directory chose its name; so others are not offered at all.
  private static func plain(_ names: [String]) -> [String] {
    names.filter { name in
      !name.hasPrefix("-") && name.allSatisfy { $0.isLetter || $0.isNumber || "._+-=/".contains($0) }
    }
  }
}

/// `metarl completions`: what makes a shell complete words.
struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a script that makes a shell complete the commands and options of metarl.",
    discussion: """
      bash: metarl completions bash > ~/.local/share/bash-completion/completions/metarl
      zsh:  metarl completions zsh > a directory of $fpath, as _metarl
      fish: metarl completions fish > ~/.config/fish/completions/metarl.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  @Argument(help: "The shell that the script is for.")
  var shell: Shell

  func run() throws {
    guard let shell = CompletionShell(rawValue: shell.rawValue) else {
      throw Failure(.internalError, "the parser of arguments does not know \(shell.rawValue)")
    }
    try Console.writeUnchanged(Metarl.completionScript(for: shell) + "\n")
  }
}
