import Formats
import Foundation
import Simulation
import Trials

/// Where an agent stands between the random agent, which is 0, and the best one known, which is 1, in the same trials.
public struct NormalizedScore: Hashable, Sendable {
  /// The score.
  public let value: Double
  /// The ends of its 95 % confidence interval: a mean of ratios by the delta method, and of several runs also the
  /// difference of their means.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// The agent that is 1.
  public let best: String
  /// Where the best agent that does not react to what happens stands; nil where it is not known.
  public let blind: Double?

  /// What adapting earned: how much more the agent gets than the best one that does not react.
  public var gained: Double? { blind.map { value - $0 } }
  /// What there is to earn by adapting.
  public var gainable: Double? { blind.map { 1 - $0 } }
}

extension Evaluation {
  /// Whether the episode after the last adaptation step is what is scored, as of gradient-based learners, or the sum
  /// over all episodes.
  var scoresLastEpisode: Bool { course.isBetweenEpisodes }

  /// The return of `episodes` that is scored.
  func scored(_ episodes: [Double]) -> Double {
    scoresLastEpisode ? episodes.last ?? .nan : episodes.reduce(0, +)
  }

  /// The return of every trial of `returns`, `[trial, episode]`, that is scored.
  func scoredTrials(_ returns: [Double]) -> [Double] {
    let width = episodes.count
    return stride(from: 0, to: returns.count, by: width).map { scored(Array(returns[$0..<$0 + width])) }
  }

  /// The score of the agent; nil where the best agent known gets no more than the random one, or no more than their
  /// difference might be by chance.
  public var score: NormalizedScore? { score(by: best) }

  /// Why there is no score: what is to be said of the gain of the best agent known over the random one, which would be
  /// divided by; nil where there is a score, or nobody to compare with.
  package var doubt: String? {
    guard score == nil, let best, reference(.random) != nil else { return nil }
    guard let scale = scaleScores, scale.best > scale.random else {
      return "\(best.name) gets no more than random in these trials"
    }
    return
      "the gain of \(best.name) over random, \(fixed(scale.best - scale.random, digits: 3)), is not above 0 by a test at "
      + "99.9 % in \(taskCount) \(taskCount == 1 ? "trial" : "trials"); more trials (--tasks) would tell"
  }

  /// The score of the agent where `best` is 1.
  /// - Parameter isOfOtherTasks: whether a finite set of tasks stands for tasks beside it, so that tasks count, and not
  ///   the trials in them.
  func score(by best: ReferenceReturns?, isOfOtherTasks: Bool = false) -> NormalizedScore? {
    guard let best, let scale = Scale(of: self, by: best) else { return nil }
    let mean = Statistics.mean(scoredTrials(trialReturns))
    let value = (mean - scale.zero) / (scale.one - scale.zero)
    let errors = scale.deviations(of: trialReturns, value: value, in: self)
    let luck = replay.flatMap { replay in
      scale.deviations(replay, value: value, in: self).flatMap { again in
        TrialSample.luck(replay.trials.map { errors[$0] }, again)
      }
    }
    let isSampled = isOfOtherTasks && sample.memberCount != nil && sample.taskCount > 1
    let errorOfTrials =
      isSampled
      ? Statistics.standardError(sample.means(of: errors)) * TrialSample.quantile(sample.taskCount)
      : sample.standardError(of: errors, luck: luck) * TrialSample.quantile(sample.count)
    let ofRuns = runGroup?.runs.map { scored($0.episodes) / (scale.one - scale.zero) } ?? []
    let errorOfRuns =
      ofRuns.count > 1 ? Statistics.standardError(ofRuns) * TrialSample.quantile(ofRuns.count) : 0
    let error = (errorOfTrials * errorOfTrials + errorOfRuns * errorOfRuns).squareRoot()
    let blind = reference(.blind).map { (scored($0.episodes) - scale.zero) / (scale.one - scale.zero) }
    return NormalizedScore(
      value: value, lower: value - error, upper: value + error, best: scale.best,
      blind: blind.map { max($0, 0) })
  }

  /// The totals of the random and of the best agent known, exact where both are, or else of the same trials.
  var scaleTotals: (random: Double, best: Double)? { scaleEnds({ $0.total }, { $0.meanTotal }) }

  /// The same of what is scored.
  var scaleScores: (random: Double, best: Double)? {
    scaleEnds({ scored($0.episodes) }, { Statistics.mean(scoredTrials($0.trials)) })
  }

  private func scaleEnds(
    _ exact: (ReferenceReturns) -> Double, _ played: (ReferenceReturns) -> Double
  ) -> (random: Double, best: Double)? {
    guard let random = reference(.random), let best else { return nil }
    return random.isExact && best.isExact ? (exact(random), exact(best)) : (played(random), played(best))
  }

  /// The returns between which an agent is scored.
  private struct Scale {
    let zero: Double
    let one: Double
    let best: String
    /// The returns of both agents in each trial, `[trial, episode]`; nil where they are exact.
    private let trials: (random: [Double], best: [Double])?
    private let replays: (random: [Double], best: [Double])?

    init?(of evaluation: Evaluation, by best: ReferenceReturns) {
      guard let random = evaluation.reference(.random) else { return nil }
      self.best = best.name
      if random.isExact && best.isExact {
        (zero, one) = (evaluation.scored(random.episodes), evaluation.scored(best.episodes))
        (trials, replays) = (nil, nil)
        guard one - zero > 1e-6 * max(1e-6, abs(one), abs(zero)) else { return nil }
        return
      }
      trials = (random.trials, best.trials)
      replays = random.replay.flatMap { random in best.replay.map { (random, $0) } }
      let (zeros, ones) = (evaluation.scoredTrials(random.trials), evaluation.scoredTrials(best.trials))
      (zero, one) = (Statistics.mean(zeros), Statistics.mean(ones))
      guard TrialSample.isGain(zip(ones, zeros).map { $0 - $1 }) else { return nil }
    }

    /// How far each trial draws the score from `value`, in units of the score.
    func deviations(of returns: [Double], value: Double, in evaluation: Evaluation) -> [Double] {
      deviations(evaluation.scoredTrials(returns), trials, value, evaluation)
    }

    /// The same of trials played again; nil where the other agents were not.
    func deviations(_ replay: Replay, value: Double, in evaluation: Evaluation) -> [Double]? {
      guard trials == nil || replays != nil else { return nil }
      return deviations(evaluation.scoredTrials(replay.returns), replays, value, evaluation)
    }

    private func deviations(
      _ mine: [Double], _ others: (random: [Double], best: [Double])?, _ value: Double,
      _ evaluation: Evaluation
    ) -> [Double] {
      let zeros = others.map { evaluation.scoredTrials($0.random) }
      let ones = others.map { evaluation.scoredTrials($0.best) }
      return mine.indices.map { index in
        let (zero, one) = (zeros?[index] ?? zero, ones?[index] ?? one)
        return (mine[index] - zero - value * (one - zero)) / (self.one - self.zero)
      }
    }
  }
}
