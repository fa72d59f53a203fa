import Catalogue
import Configuration
import Foundation
import Runs
import Testing

/// Every configuration with one key mistyped by one character is refused.
@Suite struct MutatedConfigurationTests {
  private static let isThorough = ProcessInfo.processInfo.environment["METARL_THOROUGH"] != nil
  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")

  /// How many letters are tried at every place; more in a thorough test of reliability.
  private static let letterCount = isThorough ? 12 : 1

  /// Every word with one character left out, replaced, put in or exchanged with the next.
  private static func misspellings(of key: String) -> Set<String> {
    let letters = Array(key)
    var result: Set<String> = []
    for index in letters.indices {
      var shorter = letters
      shorter.remove(at: index)
      result.insert(String(shorter))
      for offset in 0..<letterCount {
        let letter = alphabet[(7 * index + 11 * offset + letters.count) % alphabet.count]
        var replaced = letters
        replaced[index] = letter
        result.insert(String(replaced))
        var longer = letters
        longer.insert(letter, at: index)
        result.insert(String(longer))
      }
      if index + 1 < letters.count {
        var exchanged = letters
        exchanged.swapAt(index, index + 1)
        result.insert(String(exchanged))
      }
    }
    return result.subtracting([key])
  }

  /// The places of keys in a document: what stands before an equals sign, and the parts of headings.
  private static func keys(in text: String) -> [Range<String.Index>] {
    var result: [Range<String.Index>] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("[") {
        let parts = line.split(whereSeparator: { "[].".contains($0) })
        for (index, part) in parts.enumerated() where !isName(part, after: parts[..<index].last) {
          result.append(part.startIndex..<part.endIndex)
        }
      } else if let end = line.range(of: " = ")?.lowerBound {
        result.append(line.startIndex..<end)
      }
    }
    return result
  }

  /// Whether the part of a heading is the name that a file gives to a split of its own, which is any word.
  private static func isName(_ part: Substring, after previous: Substring?) -> Bool {
    previous == "tasks" && part != "train" && part != "test"
  }

  @Test(arguments: isThorough ? [("gridnavi", "rl2"), ("bandit-n10-k5", "promp")] : [("gridnavi", "rl2")])
  func isRefused(environment: String, algorithm: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let text = try RunConfiguration(
      environment: "\(root)/envs/\(environment).toml", algorithm: algorithm, choices: .init(),
      search: EnvironmentSearch(directories: []), catalogue: .complete
    ).document
    let directory = try TemporaryDirectory()
    var (count, accepted) = (0, [String]())
    for range in Self.keys(in: text) {
      for word in Self.misspellings(of: String(text[range])).sorted() {
        let path = try directory.write(text.replacingCharacters(in: range, with: word), to: "config.toml")
        count += 1
        let failure = caught { _ = try RunConfiguration(file: path, catalogue: .complete) }
        if failure?.kind != .configuration { accepted.append("\(text[range]) as \(word)") }
      }
    }
    #expect(accepted.isEmpty)
    #expect(count > 800 * Self.letterCount)
  }
}
