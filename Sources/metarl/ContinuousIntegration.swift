import Formats
import Foundation

/// What continuous integration understands, where this process runs in it.
enum ContinuousIntegration {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// A mistake or a warning as GitHub Actions marks it in its log; nothing elsewhere, which it returns.
  @discardableResult
  static func annotate(_ level: String, _ text: String) -> Bool {
    guard environment["GITHUB_ACTIONS"] == "true" else { return false }
    Console.draw("::\(level) title=metarl::\(escaped(text))\n")
    return true
  }

  /// `text` without lines that GitHub Actions would take for commands to it, where this process runs there.
  static func muted(_ text: String) -> String {
    guard environment["GITHUB_ACTIONS"] == "true", text.contains("::") || text.contains("##[") else {
      return text
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let isCommand = line.drop(while: \.isWhitespace).hasPrefix("::")
      let quiet = String(line).replacing("##[", with: "#\\#[")
      return isCommand ? "\\" + quiet : quiet
    }.joined(separator: "\n")
  }

  /// The same of a JSON document, which stays one with the same meaning.
  static func muted(json: String) -> String {
    environment["GITHUB_ACTIONS"] == "true" ? json.replacing("##[", with: "#\\u0023[") : json
  }

  /// Appends Markdown to the summary of the job, where there is one. What comes of an evaluation does not depend on
  /// it, so that a warning is enough where it cannot be written.
  static func summarise(_ markdown: String) {
    guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
    guard let file = fopen(path, "a") else { return Console.warn("cannot write to \(path)") }
    let isWritten = fputs(printableLines(markdown), file) >= 0
    if fclose(file) != 0 || !isWritten { Console.warn("cannot write to \(path)") }
  }

  private static func escaped(_ text: String) -> String {
    printable(text).replacing("%", with: "%25")
  }
}
