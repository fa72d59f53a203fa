import Experiments
import Foundation

/// What continuous integration understands, where this process runs in it.
enum ContinuousIntegration {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// A mistake or a warning as GitHub Actions marks it in its log; nothing elsewhere.
  static func annotate(_ level: String, _ text: String) {
    guard environment["GITHUB_ACTIONS"] == "true" else { return }
    Console.note("::\(level) title=metarl::\(escaped(text))")
  }

  /// Appends Markdown to the summary of the job, where there is one. Throws where it cannot be written.
  static func summarise(_ markdown: String) throws {
    guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
    do {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(markdown.utf8))
      try handle.close()
    } catch {
      throw Failure(.inputOutput, "cannot write to \(path): \(error.localizedDescription)")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }
}
