import ArgumentParser
import Catalogue
import Formats
import Studies

/// `metarl list`: what there is to choose from.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List environments and algorithms.")

  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case envs, algorithms
  }

  @Argument(help: "What to list. Without it, both are listed.")
  var subject: Subject?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let search = environmentSearch
    if subject != .algorithms, search.files.isEmpty {
      guard subject == nil else { throw Failure(.configuration, search.absence) }
      Console.note("metarl: \(search.absence)")
    }
    let environments =
      try subject == .algorithms
      ? nil : Listing.environments(search, catalogue: .complete)
    let algorithms = subject == .envs ? nil : Listing.algorithms(.complete)
    var document = Table()
    document["environments"] = environments
    document["algorithms"] = algorithms
    try Console.write(.table(document), isJSON: json) {
      [
        environments.map { Listing.text($0, keys: ["name", "environment", "description"]) },
        algorithms.map { Listing.text($0, keys: ["name", "problem", "summary", "source"]) },
      ].compactMap { $0 }.joined(separator: "\n")
    }
  }
}
