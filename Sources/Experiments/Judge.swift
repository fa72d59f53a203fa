import Randomness
import Simulation

/// Asks of an evaluated agent whether it learns at all: whether its return falls without its experience, and whether
/// what training brought holds in tasks that it was not trained on.
///
/// Returns are compared trial by trial with those of the evaluation, which have the same tasks and random numbers; an
/// interval of such a difference is that of the percentile bootstrap over trials.
struct Judge {
  let evaluation: Evaluation
  let examinee: Examinee
  /// The tasks of the evaluation.
  let tasks: TaskSet
  /// The address of all random numbers of the evaluation.
  let key: RandomKey
  /// The same agent in another split.
  let evaluationOfSplit: (String) throws -> Evaluation

  /// The trials that a quick answer is found in; fewer where each return is the mean of several rollouts.
  private var quickCount: Int { isAdaptive ? 100 : 200 }
  /// The fewest trials that say anything.
  static let leastCount = 10

  /// The answers.
  func judgements(_ scope: Judgement.Scope) throws -> [Judgement] {
    guard scope != .nothing else { return [] }
    let count = scope == .complete ? tasks.count : min(tasks.count, quickCount)
    let played = tasks.prefix(count)
    var judgements = [memory(in: played), support(in: played)] + episodes
    if scope == .complete {
      judgements.append(try generalisation())
      judgements += try shifts()
      judgements += groups()
    }
    return judgements
  }

  private var episodeCount: Int { evaluation.episodes.count }
  private var isAdaptive: Bool { examinee.makeAdaptiveAgent != nil }

  // MARK: Experience

  /// Whether a trial goes worse for an agent that forgets.
  private func memory(in tasks: TaskSet) -> Judgement {
    let name = "memory"
    guard isAdaptive ? episodeCount > 1 : examinee.simulator.interface.trialLength > 1 else {
      return .notApplicable(name, "there is nothing to remember")
    }
    guard tasks.count >= Self.leastCount else { return .tooFew(name, Self.leastCount) }
    let forgetful = totals(examinee.returns(in: tasks, .forgetful, key: key.child("trial")))
    let usual = totals(Array(evaluation.trialReturns.prefix(tasks.count * episodeCount)))
    let effect = effect(name, zip(usual, forgetful).map { $0 - $1 }, scale: scale { $0.total })
    let action = isAdaptive ? "without adaptation" : "without memory"
    let statement = "\(action) a trial gets \(effect.text) less"
    switch effect.answer {
    case .yes: return Judgement(name: name, answer: .yes, word: "used", statement: statement, effect: effect)
    case .unclear: return .unclear(name, statement, effect)
    default:
      let isInformed = isMoreThanBlind(forgetful)
      return Judgement(
        name: name, answer: .no, word: isInformed ? "not needed" : "ignored",
        statement: isInformed
          ? statement + "; what is observed tells of the task, or the task need not be known" : statement,
        effect: effect)
    }
  }

  /// Whether an agent without memory does better than one that does not react to what happens: then what it observes
  /// at the moment tells it of the task.
  private func isMoreThanBlind(_ totals: [Double]) -> Bool {
    let uninformed = ["blind", "random"].compactMap { evaluation.reference($0)?.total }.max()
    guard let uninformed, let oracle = evaluation.reference("oracle")?.total else { return false }
    let gains = totals.map { $0 - uninformed }
    return effect("blind", gains, scale: oracle - uninformed).answer == .yes
  }

  /// Whether the last episode goes worse after experience of another task.
  private func support(in tasks: TaskSet) -> Judgement {
    let name = "support"
    guard episodeCount > 1 else { return .notApplicable(name, "a trial has one episode") }
    guard tasks.distinctCount ?? tasks.count > 1 else { return .notApplicable(name, "there is one task") }
    guard tasks.count >= Self.leastCount else { return .tooFew(name, Self.leastCount) }
    let misled = examinee.returns(in: tasks, .misled, key: key.child("trial"))
    let last = episodeCount - 1
    let losses = (0..<tasks.count).map { trial in
      evaluation.trialReturns[trial * episodeCount + last] - misled[trial * episodeCount + last]
    }
    let effect = effect(name, losses, scale: scale { $0.episodes[last] })
    let statement = "after experience of another task, episode \(last) gets \(effect.text) less"
    switch effect.answer {
    case .yes: return Judgement(name: name, answer: .yes, word: "used", statement: statement, effect: effect)
    case .unclear: return .unclear(name, statement, effect)
    default:
      return Judgement(name: name, answer: .no, word: "ignored", statement: statement, effect: effect)
    }
  }

  /// What each episode, or adaptation step, brings; of long trials, each fifth.
  private var episodes: [Judgement] {
    let columns = EvaluationReport.columns(of: episodeCount, limit: 5)
    return columns.indices.dropFirst().map { index in
      let (before, after) = (columns[index - 1], columns[index])
      let name = "episode\(after.lowerBound)"
      guard tasks.count >= Self.leastCount else { return .tooFew(name, Self.leastCount) }
      let gains = (0..<tasks.count).map { mean(ofTrial: $0, after) - mean(ofTrial: $0, before) }
      let effect = effect(name, gains, scale: 0)
      let word = effect.lower > 0 ? "helps" : effect.upper < 0 ? "hurts" : "no change"
      let what = after.count > 1 ? "episodes \(after.lowerBound) to \(after.upperBound - 1)" : name
      let than = before.count > 1 ? "the \(before.count) before" : "the one before"
      return Judgement(
        name: name, answer: word == "helps" ? .yes : word == "hurts" ? .no : .unclear, word: word,
        statement: "\(after.count > 1 ? what : "it") gets \(effect.plainText) more than \(than)",
        effect: effect)
    }
  }

  // MARK: Other tasks

  /// Whether test tasks go as well as training tasks.
  private func generalisation() throws -> Judgement {
    let name = "generalisation"
    let split = evaluation.request.split
    guard !evaluation.environment.isTrained(on: split) else {
      return .notApplicable(name, "the tasks of split \(split) are those of training")
    }
    let training = try evaluationOfSplit("train")
    guard let effect = loss(from: training, isFixed: true, to: evaluation) else {
      return .notApplicable(name, "there are no two agents to normalize by")
    }
    return Self.judgement(
      name, effect, words: ("generalises", "overfits"),
      statement: "normalized, training tasks get \(effect.text) more than those of split \(split)")
  }

  /// How far the return falls in each further split.
  private func shifts() throws -> [Judgement] {
    let split = evaluation.request.split
    return try examinee.simulator.splits.filter { !["train", "test", split].contains($0) }.map { other in
      let name = "shift" + other.prefix(1).uppercased() + other.dropFirst()
      guard let effect = loss(from: evaluation, isFixed: false, to: try evaluationOfSplit(other)) else {
        return .notApplicable(name, "there are no two agents to normalize by")
      }
      return Self.judgement(
        name, effect, words: ("holds", "falls"),
        statement: "normalized, split \(split) gets \(effect.text) more than split \(other)")
    }
  }

  /// A judgement that is good where the effect is small.
  static func judgement(
    _ name: String, _ effect: Judgement.Effect, words: (good: String, bad: String), statement: String
  ) -> Judgement {
    switch effect.answer {
    case .yes: Judgement(name: name, answer: .no, word: words.bad, statement: statement, effect: effect)
    case .no: Judgement(name: name, answer: .yes, word: words.good, statement: statement, effect: effect)
    default: .unclear(name, statement, effect)
    }
  }

  /// How much less the normalized total is in `second` than in `first`; nil where nothing is there to normalize by.
  /// Tasks are a sample of what there is, unless they are fixed and a finite set.
  private func loss(from first: Evaluation, isFixed: Bool, to second: Evaluation) -> Judgement.Effect? {
    guard let best = evaluation.best?.name,
      let before = NormalizedMean(of: first, best: best, isFixed: isFixed),
      let after = NormalizedMean(of: second, best: best, isFixed: false)
    else { return nil }
    let difference = before.mean - after.mean
    let error = (before.variance + after.variance).squareRoot()
    return Judgement.Effect(
      estimate: difference, lower: difference - 1.96 * error, upper: difference + 1.96 * error,
      margin: Judgement.Effect.share)
  }

  // MARK: Effects

  private func effect(_ name: String, _ differences: [Double], scale: Double) -> Judgement.Effect {
    let result = Statistics.ofColumns(
      differences, columnCount: 1, key: key.child("judge").child(name), pool: examinee.pool)[0]
    return Judgement.Effect(
      estimate: result.mean, lower: result.lower, upper: result.upper,
      margin: Judgement.Effect.share * abs(scale))
  }

  /// How much there is to gain: the distance from the random to the best known agent; where they are not known, the
  /// standard deviation of the total.
  func scale(_ value: (Evaluation.ReferenceReturns) -> Double) -> Double {
    if let random = evaluation.reference("random"), let best = evaluation.best, value(best) != value(random) {
      return value(best) - value(random)
    }
    return evaluation.total.standardError * Double(evaluation.taskCount).squareRoot()
  }

  func totals(_ returns: [Double]) -> [Double] {
    stride(from: 0, to: returns.count, by: episodeCount).map { start in
      returns[start..<start + episodeCount].reduce(0, +)
    }
  }

  private func mean(ofTrial trial: Int, _ episodes: Range<Int>) -> Double {
    let start = trial * episodeCount
    return episodes.reduce(0) { $0 + evaluation.trialReturns[start + $1] } / Double(episodes.count)
  }
}

extension Judgement {
  static func notApplicable(_ name: String, _ reason: String) -> Judgement {
    Judgement(name: name, answer: .notApplicable, word: "-", statement: reason, effect: nil)
  }

  static func tooFew(_ name: String, _ count: Int) -> Judgement {
    .notApplicable(name, "at least \(count) trials are needed")
  }

  static func unclear(_ name: String, _ statement: String, _ effect: Effect) -> Judgement {
    Judgement(name: name, answer: .unclear, word: "unclear", statement: statement, effect: effect)
  }
}
