import Formats
import Foundation

/// Where environment files are looked for.
public struct EnvironmentSearch: Sendable {
  /// The directories, in the order to look.
  public let directories: [String]

  /// A search of the given directories.
  public init(directories: [String]) { self.directories = directories }

  /// `./envs`, then the directory that METARL_ENVS names, then `envs` in the first directory above the executable that
  /// has one, which is the root of the package when it was built there, then `share/metarl/envs` beside the executable
  /// and beside the directory that it is in, as programs are installed.
  public static func standard(executable: String?, environment: [String: String]) -> EnvironmentSearch {
    var directories = ["envs"]
    if let named = environment["METARL_ENVS"], !named.isEmpty { directories.append(named) }
    let place = executable.map { DurableFile.parent(of: $0) } ?? "/"
    var directory = place
    while directory != "/" && directory != "." {
      let candidate = "\(directory)/envs"
      if isDirectory(candidate) {
        directories.append(candidate)
        break
      }
      directory = DurableFile.parent(of: directory)
    }
    directories += [place, DurableFile.parent(of: place)].map { DurableFile.joined($0, "share/metarl/envs") }
    return EnvironmentSearch(directories: directories)
  }

  /// The environment files by name; where two directories have the same name, the first counts.
  public var files: [(name: String, path: String)] {
    var result: [(name: String, path: String)] = []
    for directory in directories {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      for entry in entries.sorted() where entry.hasSuffix(".toml") {
        let name = String(entry.dropLast(5))
        if !result.contains(where: { $0.name == name }) { result.append((name, "\(directory)/\(entry)")) }
      }
    }
    return result.sorted { $0.name < $1.name }
  }

  /// What to say where there are no files at all.
  public var absence: String {
    "There is no environment file in \(directories.joined(separator: ", ")); METARL_ENVS may name a directory."
  }

  /// The file that `name` stands for: a path where it has a slash or ends in `.toml`, otherwise the name
  /// of a file in one of the directories.
  public func path(of name: String) throws -> String {
    if name.contains("/") || name.hasSuffix(".toml") {
      guard FileManager.default.fileExists(atPath: name) else {
        throw Failure(.missing, "there is no environment file \(name)")
      }
      return name
    }
    let files = files
    if let file = files.first(where: { $0.name == name }) { return file.path }
    let names = files.map(\.name)
    let known =
      names.isEmpty
      ? " \(absence)"
      : "\(Spelling.suggestions(for: name, among: names)) metarl list envs shows all."
    throw Failure(.configuration, "environment \(quoted(name)) is not known.\(known)")
  }

  /// The environment that `name` stands for, without what the command line changes.
  public func definition(_ name: String, catalogue: Catalogue) throws -> EnvironmentDefinition {
    let path = try path(of: name)
    return try EnvironmentDefinition(
      Self.table(path), name: Self.name(of: path), file: path, catalogue: catalogue)
  }

  /// The content of an environment file, whose name is not its own to say.
  package static func table(_ path: String) throws -> Table {
    let table = try TOML.read(path)
    guard table["environment"]?.table == nil else {
      throw Failure(
        .configuration, "\(path) is the configuration of a run: metarl train --config \(path) repeats it")
    }
    guard table["name"] == nil else {
      throw Failure(.configuration, "\(path): name is not a known key. The name of the file is the name.")
    }
    return table
  }

  /// The name of the environment in the file at `path`.
  public static func name(of path: String) -> String {
    let name = DurableFile.name(of: path)
    return name.hasSuffix(".toml") ? String(name.dropLast(5)) : name
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
