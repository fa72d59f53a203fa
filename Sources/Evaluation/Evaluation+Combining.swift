import Formats
import Parallel
import Randomness
import Trials

extension Evaluation {
  /// Runs that were evaluated on the same tasks, taken together.
  public struct RunGroup: Sendable {
    /// The runs.
    public let runs: [Run]
    /// The mean total with the interval in which other seeds on other tasks would be.
    public let acrossRuns: Scores.Estimate

    /// One of the runs.
    public struct Run: Sendable {
      /// Its name.
      public let name: String
      /// The mean return of each episode.
      public let episodes: [Double]
      /// The sum over the episodes.
      public var total: Double { episodes.reduce(0, +) }
    }

    var document: Value {
      .table([
        "names": .array(runs.map { .string($0.name) }), "totals": .array(runs.map { .number($0.total) }),
        "acrossRuns": acrossRuns.document,
      ])
    }
  }

  /// The evaluations of several runs on the same tasks as one. Standard errors are those of the mean over the runs;
  /// intervals draw the runs within each task again.
  init(combining evaluations: [Evaluation], names: [String], key: RandomKey, pool: ThreadPool) {
    let first = evaluations[0]
    let columns = evaluations.map(\.taskColumns)
    var statistics = columns[0].indices.map { column in
      Statistics(
        of: Scores(rows: columns.map { $0[column] }), trialCount: first.taskCount, key: key.child(column),
        pool: pool)
    }
    let totals = Scores(rows: columns.map { $0[first.episodes.count] })
    let total = statistics.removeLast()
    let greedyTotals = evaluations.compactMap(\.greedyTotal)
    let runCount = Double(evaluations.count)
    self.init(
      request: first.request, environment: first.environment, algorithm: first.algorithm,
      iteration: evaluations.allSatisfy { $0.iteration == first.iteration } ? first.iteration : nil,
      sample: first.sample, episodes: statistics, total: total,
      greedyTotal: greedyTotals.isEmpty ? nil : Statistics.mean(greedyTotals),
      course: first.course, references: first.references,
      trialReturns: first.trialReturns.indices.map { index in
        evaluations.reduce(0) { $0 + $1.trialReturns[index] } / runCount
      }, taskHash: first.taskHash)
    if let replays = Optional(all: evaluations.map(\.replay)), let replay = replays.first {
      self.replay = Replay(
        trials: replay.trials,
        returns: replay.returns.indices.map { index in
          replays.reduce(0) { $0 + $1.returns[index] } / runCount
        })
    }
    if let errors = Optional(all: evaluations.map(\.beliefError)) { beliefError = Statistics.mean(errors) }
    runGroup = RunGroup(
      runs: zip(names, evaluations).map { name, evaluation in
        RunGroup.Run(name: name, episodes: evaluation.episodes.map(\.mean))
      },
      // One trial says nothing of others.
      acrossRuns: totals.estimate(
        by: first.taskCount > 1 ? .runsAndTasks : nil, key: key.child("runs"), pool: pool
      ) { $0.mean })
  }

  /// The score of the run in each task: the mean total of the trials in it, `[task]`.
  public var taskTotals: [Double] { taskColumns[episodes.count] }

  /// What `runs export --scores` reads again: the score of the run in each task.
  var scoresTable: Table {
    var table: Table = [
      "taskHash": .string(taskHash), "split": .string(request.split.name), "seed": .integer(request.seed),
      "episodes": .integer(episodes.count), "greedy": .boolean(request.isGreedy),
      "iteration": iteration.map(Value.integer) ?? .null,
      "random": scaleTotals.map { .number($0.random) } ?? .null,
      "best": scaleTotals.map { .number($0.best) } ?? .null,
      "totals": .array(taskTotals.map(Value.number)), "returns": returnsDocument,
    ]
    if scoresLastEpisode { table["lastEpisode"] = lastEpisodeDocument }
    return table
  }

  /// What is scored of a run that adapts by gradient steps: the mean return after the last step of the trials in each
  /// task, and that of the random and of the best agent known.
  private var lastEpisodeDocument: Value {
    .table([
      "random": scaleScores.map { .number($0.random) } ?? .null,
      "best": scaleScores.map { .number($0.best) } ?? .null,
      "values": .array(taskColumns[episodes.count - 1].map(Value.number)),
    ])
  }

  /// For every episode and then for the total the mean over the trials in each task, `[column][task]`.
  private var taskColumns: [[Double]] {
    let width = episodes.count
    var columns = Array(repeating: Array(repeating: 0.0, count: sample.taskCount), count: width + 1)
    for (task, trials) in sample.trials.enumerated() {
      let weight = 1 / Double(trials.count)
      for trial in trials {
        for episode in 0..<width {
          let share = trialReturns[trial * width + episode] * weight
          columns[episode][task] += share
          columns[width][task] += share
        }
      }
    }
    return columns
  }
}

extension Optional {
  /// All of `values`, where none is nil.
  fileprivate init<Element>(all values: [Element?]) where Wrapped == [Element] {
    let known = values.compactMap(\.self)
    self = known.count == values.count ? known : nil
  }
}

extension Statistics {
  /// What the scores of several runs say, each run having played `trialCount` trials: one trial says nothing of others.
  package init(of scores: Scores, trialCount: Int, key: RandomKey, pool: ThreadPool) {
    let interval = scores.estimate(
      by: trialCount > 1 ? .runsWithinTasks : nil, key: key, pool: pool, resampleCount: 1000
    ) { $0.mean }
    let count = scores.taskCount
    let means = (0..<scores.runCount).map { run in
      Statistics.mean(Array(scores.values[run * count..<(run + 1) * count]))
    }
    self.init(
      mean: scores.mean, standardError: trialCount > 1 ? Statistics.standardError(means) : .nan,
      interquartileMean: scores.interquartileMean, lower: interval.lower, upper: interval.upper)
  }
}
