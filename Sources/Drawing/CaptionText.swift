import Foundation
import Trials

/// What a stranger reads above a picture.
package struct CaptionText: Sendable {
  private let caption: Recording.Caption
  /// The parameters of the task.
  private let parameters: String

  init(_ caption: Recording.Caption) {
    self.caption = caption
    parameters = Self.summary(ofJSON: caption.task)
  }

  /// Environment, agent and training.
  var title: String {
    let training = caption.iteration.map { " after \($0) iterations" } ?? ""
    return "\(caption.environment)  ·  \(caption.agent)\(training)"
  }

  /// The task, and how actions are chosen.
  func task(withParameters: Bool) -> String {
    let name =
      caption.taskNumber.map { "Task \($0) of split \(caption.split), seed \(caption.seed)" }
      ?? "A task of your own"
    let actions = caption.isGreedy ? "most probable actions" : "actions drawn from the policy"
    return "\(name)\(withParameters && !parameters.isEmpty ? ": \(parameters)" : "")  ·  \(actions)"
  }

  /// The names and values of a JSON document, in one line.
  package static func summary(ofJSON text: String) -> String {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    else { return text }
    return summary(of: value)
  }

  private static func summary(of value: Any) -> String {
    switch value {
    case let table as [String: Any]:
      // An empty list is something that this task lacks.
      return table.keys.sorted().filter { (table[$0] as? [Any])?.isEmpty != true }.map { key in
        let inner = table[key].map(summary) ?? ""
        return table[key] is [String: Any] ? "\(key) (\(inner))" : "\(key) \(inner)"
      }.joined(separator: ", ")
    case let rows as [String] where !rows.isEmpty: return "of \(rows.count) rows"
    case let list as [Any]:
      let shown = list.prefix(12).map(summary).joined(separator: " ")
      return list.count > 12 ? "\(shown) … (\(list.count) numbers)" : shown
    case let value as NSNumber: return Ticks.label((value.doubleValue * 1000).rounded() / 1000)
    default: return "\(value)"
    }
  }
}
