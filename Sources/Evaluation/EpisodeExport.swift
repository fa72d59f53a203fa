import Configuration
import Formats
import Runs

/// The return of every episode of every trial of an evaluation that runs keep, as comma-separated values. As for
/// people, episodes are counted from 1; the number of a trial is that of its task for `metarl render --task`.
public struct EpisodeExport {
  private let rows: [(run: String, trial: Int, returns: [Double])]

  /// What the standard evaluations of `runs`, or those called `evaluation`, came to.
  public init(of runs: [RunDirectory], evaluation: String? = nil, catalogue: Catalogue) throws {
    rows = try runs.flatMap { run in
      let scores = try run.scores(evaluation, run.configuration(catalogue: catalogue))
      return try Self.returns(in: scores, of: run).enumerated().map { (run.name, $0.offset, $0.element) }
    }
  }

  /// A line for each episode.
  public var csv: String {
    var lines = ["run,trial,episode,return"]
    for (run, trial, returns) in rows {
      for (episode, value) in returns.enumerated() {
        lines.append(
          "\(RunExport.escaped(run)),\(trial),\(episode + 1),\(JSON.line(.number(value)))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func returns(in scores: Value, of run: RunDirectory) throws -> [[Double]] {
    guard let trials = scores["returns"]?.array else {
      throw Failure(
        .missing,
        "the scores of \(run.path) hold no returns of episodes; metarl evaluate \(run.path) writes them")
    }
    return trials.map { ($0.array ?? []).compactMap(\.double) }
  }
}

extension Evaluation {
  /// The return of every episode of every trial, as `scores.json` keeps it.
  var returnsDocument: Value {
    .array(
      (0..<taskCount).map { trial in
        .array(trialReturns[trial * episodes.count..<(trial + 1) * episodes.count].map(Value.number))
      })
  }
}
