import Foundation
import Testing

/// The map of `Sources` in the README is that of `Package.swift`.
@Suite struct MapTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
  }

  /// The targets of the table, from above.
  private static func map() throws -> [String] {
    let text = try text("README.md")
    let start = try #require(text.range(of: "## The map of `Sources`")).upperBound
    let section = text[start...].prefix { $0 != "#" }
    return section.split(separator: "\n").compactMap { line in
      line.hasPrefix("| `") ? String(line.dropFirst(3).prefix { $0 != "`" }) : nil
    }
  }

  /// Each target of the package with its folder in `Sources` and the targets that it names, in the order of the file.
  private static func targets() throws -> [(name: String, dependencies: [String])] {
    let text = try text("Package.swift")
    let blocks = text.split(separator: /\n    \.(?=target\(|executableTarget\(|testTarget\(|systemLibrary\()/)
    return blocks.dropFirst().compactMap { block in
      guard block.hasPrefix("target(") || block.hasPrefix("executableTarget("), !block.contains("path:")
      else {
        return nil
      }
      let names = block.prefix { $0 != "#" }.matches(of: /"([A-Za-z]+)"/).map { String($0.1) }
      return names.first.map { ($0, Array(names.dropFirst())) }
    }
  }

  @Test func everyTargetIsInTheMap() throws {
    let (map, targets) = (try Self.map(), try Self.targets().map(\.name))
    #expect(map.sorted() == targets.sorted())
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    // System libraries are a folder each, too.
    #expect(Set(folders).subtracting(["CCairo", "CMPI", "CSDL2"]) == Set(map))
  }

  @Test func aTargetNamesOnlyThoseAboveIt() throws {
    let map = try Self.map()
    for (name, dependencies) in try Self.targets() {
      let place = try #require(map.firstIndex(of: name))
      for other in dependencies {
        guard let above = map.firstIndex(of: other) else { continue }
        #expect(above < place, "\(name) names \(other), which is below it")
      }
    }
  }

  /// A build looks no farther than the list of a target to see what to compile anew.
  @Test func aTargetNamesAllThatItImports() throws {
    let targets = Dictionary(uniqueKeysWithValues: try Self.targets().map { ($0.name, Set($0.dependencies)) })
    let sources = Self.root.appendingPathComponent("Sources")
    for (name, dependencies) in targets {
      let files = FileManager.default.enumerator(atPath: sources.appendingPathComponent(name).path)
      for case let file as String in try #require(files) where file.hasSuffix(".swift") {
        let text = try String(contentsOf: sources.appendingPathComponent("\(name)/\(file)"), encoding: .utf8)
        let imports = text.matches(of: /(?m)^ *(?:@\w+ )?import (\w+)$/).map { String($0.1) }
        for module in imports where targets[module] != nil {
          #expect(dependencies.contains(module), "\(name)/\(file) imports \(module)")
        }
      }
    }
  }
}
