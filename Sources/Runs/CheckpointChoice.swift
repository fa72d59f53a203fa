import Formats
import Trials

/// Which of a run's checkpoints to use, in place of the latest.
public enum CheckpointChoice: Hashable, Sendable {
  /// The one after so many updates.
  case iteration(Int)
  /// The best of those that are kept, by what was measured while the run was trained.
  case best

  /// What `text` says: a number of updates, or `best`; nil where it is neither.
  public init?(_ text: String) {
    if text == "best" {
      self = .best
    } else if let number = Int(text), number >= 0 {
      self = .iteration(number)
    } else {
      return nil
    }
  }

  /// The number of updates of the checkpoint in `run`, and by what it was chosen, where it was.
  public func iteration(in run: RunDirectory) throws -> (number: Int, reason: String?) {
    switch self {
    case .iteration(let number): return (number, nil)
    case .best:
      let iterations = try run.checkpoints.iterations()
      guard let last = iterations.last else {
        throw Failure(.missing, "there is no checkpoint in \(run.checkpoints.path)")
      }
      let measure = try Measure(of: run)
      let ranked = iterations.compactMap { iteration in
        measure.value(upTo: iteration).map { (iteration: iteration, value: $0) }
      }
      // Of equals the later one: it has learnt longer.
      guard let best = ranked.max(by: { ($0.value, $0.iteration) < ($1.value, $1.iteration) }) else {
        return (last, "the only one that anything can be said of")
      }
      let values = ranked.map { "\($0.iteration): \(fixed($0.value, digits: 3))" }.joined(separator: ", ")
      return (best.iteration, "the best by \(measure.name) (\(values))")
    }
  }

  /// By what checkpoints are ranked.
  private struct Measure {
    /// How many updates the return in training is the mean of.
    static let updateCount = 10

    let name: String
    private let values: [(iteration: Int, value: Double)]
    private let isHeldOut: Bool

    /// The return in held-out tasks where that was measured, or else the return in training.
    init(of run: RunDirectory) throws {
      let export = try RunExport(of: run)
      let heldOut = export.values(of: HeldOutMetric.returnName)
      isHeldOut = !heldOut.isEmpty
      values = isHeldOut ? heldOut : export.values(of: "return")
      name =
        isHeldOut
        ? "the return in held-out tasks" : "the mean return of the \(Self.updateCount) updates before"
    }

    /// What was measured last before the checkpoint after `iteration` updates; nil where nothing was.
    func value(upTo iteration: Int) -> Double? {
      let before = values.filter { $0.iteration <= iteration }
      guard let last = before.last else { return nil }
      return isHeldOut ? last.value : Statistics.mean(before.suffix(Self.updateCount).map(\.value))
    }
  }
}
