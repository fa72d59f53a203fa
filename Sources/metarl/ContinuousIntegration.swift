import Experiments
import Foundation

/// What continuous integration understands, where this process runs in it.
enum ContinuousIntegration {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// A mistake or a warning as GitHub Actions marks it in its log; nothing elsewhere, which it returns.
  @discardableResult
  static func annotate(_ level: String, _ text: String) -> Bool {
    guard environment["GITHUB_ACTIONS"] == "true" else { return false }
    Console.note("::\(level) title=metarl::\(escaped(text))")
    return true
  }

  /// Appends Markdown to the summary of the job, where there is one. What comes of an evaluation does not depend on
  /// it, so that a warning is enough where it cannot be written.
  static func summarise(_ markdown: String) {
    guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
    guard let file = fopen(path, "a") else { return Console.warn("cannot write to \(path)") }
    let isWritten = fputs(markdown, file) >= 0
    if fclose(file) != 0 || !isWritten { Console.warn("cannot write to \(path)") }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }
}
