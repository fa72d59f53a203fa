import Randomness
import Simulation
import Trials

/// Asks of an evaluated agent whether it learns at all: whether its return falls without its experience, and whether
/// what training brought holds in tasks that it was not trained on.
///
/// Returns are compared trial by trial with those of the evaluation, which have the same tasks and random numbers; an
/// interval of such a difference is that of the percentile bootstrap over trials.
struct Judge {
  let evaluation: Evaluation
  /// What was played.
  let simulator: any SimulatedEnvironment
  let evaluatedAgent: EvaluatedAgent
  /// The tasks of the evaluation.
  let tasks: TaskSet
  /// The address of all random numbers of the evaluation.
  let key: RandomKey
  /// The same agent in another split.
  let evaluationOfSplit: (TaskSplit) throws -> Evaluation

  /// The trials that a quick answer is found in; fewer where each return is the mean of several rollouts.
  private var quickCount: Int { isBetweenEpisodes ? 100 : 200 }
  /// The fewest trials that say anything.
  static let leastCount = 10

  /// The longest that quick answers may take, in seconds.
  static let quickSeconds = 60.0

  /// The answers.
  func judgements(_ scope: Judgement.Scope) throws -> [Judgement] {
    guard scope != .nothing else { return [] }
    let trials = scope == .complete ? Array(0..<tasks.count) : quickTrials
    let isRequired = evaluation.request.requirements.contains(where: \.asksForVerdict)
    let seconds = 3 * evaluation.playSeconds * Double(trials.count) / Double(tasks.count)
    guard scope == .complete || isRequired || seconds < Self.quickSeconds else {
      let reason = "it would take about \(Int(seconds)) s; --verdicts asks for it all the same"
      return [.notApplicable("memory", reason), .notApplicable("support", reason)] + episodes
    }
    var judgements = [try memory(in: trials), try support(in: trials)] + episodes
    if scope == .complete {
      judgements.append(try generalisation())
      judgements += try shifts()
      judgements += try groups()
    }
    return judgements
  }

  /// Trials in all tasks equally often, or in tasks drawn from them all.
  private var quickTrials: [Int] {
    guard tasks.count > quickCount else { return Array(0..<tasks.count) }
    guard let memberCount = tasks.memberCount else { return Array(0..<quickCount) }
    guard memberCount > quickCount else { return Array(0..<quickCount / memberCount * memberCount) }
    var random = key.child("judge").child("trials").stream()
    return random.permutation(of: min(tasks.count, memberCount)).prefix(quickCount).sorted()
  }

  private var episodeCount: Int { evaluation.episodes.count }
  private var isBetweenEpisodes: Bool { evaluation.course.isBetweenEpisodes }

  // MARK: Experience

  /// Whether a trial goes worse for an agent that has the memory of another task, or adapts to nothing.
  private func memory(in trials: [Int]) throws -> Judgement {
    let name = "memory"
    guard isBetweenEpisodes ? episodeCount > 1 : simulator.interface.trialLength > 1 else {
      return .notApplicable(name, "there is nothing to remember")
    }
    if let reason = reasonNotToAsk(trials) { return .notApplicable(name, reason) }
    let usual = totals(of: evaluation.trialReturns, trials)
    func loss(_ circumstance: TrialPlayer.Circumstance) throws -> Judgement.Effect {
      let without = totals(
        try evaluatedAgent.returns(in: tasks, at: trials, circumstance, key: key.child("trial")))
      return self.effect(name, zip(usual, without).map { $0 - $1 }, scale: scale { $0.total })
    }
    // What can be had with another's memory, or with none, is not owed to its own.
    let (swapped, blank) = (try loss(.forgetful), isBetweenEpisodes ? nil : try loss(.blank))
    let isBlankBetter = (blank?.estimate ?? .infinity) < swapped.estimate
    let effect = isBlankBetter ? blank ?? swapped : swapped
    let way = isBlankBetter ? "without memory" : "with the memory of another task"
    let statement = "\(isBetweenEpisodes ? "without adaptation" : way) a trial gets \(effect.text) less"
    switch effect.answer {
    case .yes: return used(name, statement, effect, in: trials)
    case .unclear: return .unclear(name, statement, effect)
    default:
      let isInformed = moreThanBlind(in: trials) == .yes
      return Judgement(
        name: name, answer: .no, word: isInformed ? "not needed" : "ignored",
        statement: isInformed
          ? statement + "; what is observed tells of the task, or the task need not be known" : statement,
        effect: effect)
    }
  }

  /// Whether the last episode goes worse after experience of another task.
  private func support(in trials: [Int]) throws -> Judgement {
    let name = "support"
    guard episodeCount > 1 else { return .notApplicable(name, "a trial has one episode") }
    if let reason = reasonNotToAsk(trials) { return .notApplicable(name, reason) }
    let misled = try evaluatedAgent.returns(in: tasks, at: trials, .misled, key: key.child("trial"))
    let last = episodeCount - 1
    let losses = trials.indices.map { index in
      evaluation.trialReturns[trials[index] * episodeCount + last] - misled[index * episodeCount + last]
    }
    let effect = effect(name, losses, scale: scale { $0.episodes[last] })
    let what = isBetweenEpisodes ? "the last return" : "the last episode"
    let statement = "after experience of another task, \(what) gets \(effect.text) less"
    switch effect.answer {
    case .yes: return used(name, statement, effect, in: trials)
    case .unclear: return .unclear(name, statement, effect)
    default:
      return Judgement(name: name, answer: .no, word: "ignored", statement: statement, effect: effect)
    }
  }

  /// Why it makes no sense to ask what an agent does with its experience in `trials`; nil where it does.
  private func reasonNotToAsk(_ trials: [Int]) -> String? {
    if evaluatedAgent.isTold { return "the agent is told the task" }
    if trials.count < Self.leastCount { return "at least \(Self.leastCount) trials are needed" }
    return tasks.others == nil ? "there is one task" : nil
  }

  /// That experience changes what the agent does is not enough: a tour that is led astray may lose, too.
  private func used(
    _ name: String, _ statement: String, _ effect: Judgement.Effect, in trials: [Int]
  ) -> Judgement {
    switch moreThanBlind(in: trials) {
    case .yes: Judgement(name: name, answer: .yes, word: "used", statement: statement, effect: effect)
    case .unclear:
      .unclear(
        name,
        statement
          + ", yet whether it gets more with its own than the best agent that does not react is not clear",
        effect)
    default:
      Judgement(
        name: name, answer: .no, word: "no gain",
        statement: statement + ", yet with its own it gets no more than the best agent that does not react",
        effect: effect)
    }
  }

  /// Whether the agent does better in `trials` than the best one that does not react to what happens.
  private func moreThanBlind(in trials: [Int]) -> Judgement.Answer {
    let unaware = [.blind, .random].compactMap(evaluation.reference)
    guard let best = unaware.max(by: { evaluation.scored($0.episodes) < evaluation.scored($1.episodes) })
    else { return .no }
    let (mine, blind) = (
      evaluation.scoredTrials(evaluation.trialReturns), evaluation.scoredTrials(best.trials)
    )
    let gain = scale { evaluation.scored($0.episodes) }
    return effect("blind", trials.map { mine[$0] - blind[$0] }, scale: gain).answer
  }

  /// What each episode, or adaptation step, brings; of long trials, each fifth.
  private var episodes: [Judgement] {
    episodeJudgements.map { judgement in
      var judgement = judgement
      judgement.isOfStep = isBetweenEpisodes
      return judgement
    }
  }

  private var episodeJudgements: [Judgement] {
    let columns = EvaluationReport.columns(of: episodeCount, limit: 5)
    return columns.indices.dropFirst().map { index in
      let (before, after) = (columns[index - 1], columns[index])
      let name = "episode\(after.lowerBound)"
      guard tasks.count >= Self.leastCount else { return .tooFew(name, Self.leastCount) }
      let gains = (0..<tasks.count).map { mean(ofTrial: $0, after) - mean(ofTrial: $0, before) }
      let effect = effect(name, gains, scale: scale { Statistics.mean(Array($0.episodes[after])) })
      let than = before.count > 1 ? "the \(before.count) before" : "the one before"
      let statement = "\(Self.what(after, isOfSteps: isBetweenEpisodes)) \(effect.text) more than \(than)"
      let (answer, word): (Judgement.Answer, String) =
        effect.lower > effect.margin
        ? (.yes, "helps")
        : effect.upper < -effect.margin
          ? (.no, "hurts") : effect.isWithinMargin ? (.no, "no change") : (.unclear, "unclear")
      return Judgement(name: name, answer: answer, word: word, statement: statement, effect: effect)
    }
  }

  /// The beginning of a sentence on `episodes`, or on as many adaptation steps, of which the first is 0.
  private static func what(_ episodes: Range<Int>, isOfSteps: Bool) -> String {
    guard episodes.count > 1 else { return "it gets" }
    return isOfSteps
      ? "steps \(episodes.lowerBound) to \(episodes.upperBound - 1) get"
      : "episodes \(episodes.lowerBound + 1) to \(episodes.upperBound) get"
  }

  // MARK: Other tasks

  /// Whether test tasks go as well as training tasks.
  private func generalisation() throws -> Judgement {
    let name = "generalisation"
    let split = evaluation.request.split
    guard !evaluation.environment.isTrained(on: split) else {
      return .notApplicable(name, "the tasks of split \(split) are those of training")
    }
    guard evaluation.sample.taskCount > 1 else { return .oneTask(name, split) }
    let training = try evaluationOfSplit(.train)
    guard training.sample.taskCount > 1 else { return .oneTask(name, .train) }
    guard let effect = loss(from: training, isOfOtherTasks: false, to: evaluation) else {
      return .notApplicable(name, "there are no two agents to normalize by")
    }
    return Self.judgement(
      name, effect, words: ("generalises", "overfits"),
      statement: "normalized, training tasks get \(effect.text) more than those of split \(split)")
  }

  /// How far the return falls in each further split.
  private func shifts() throws -> [Judgement] {
    let split = evaluation.request.split
    return try simulator.splits.filter { ![.train, .test, split].contains($0) }.map { other in
      let name = Judgement.name(ofShiftTo: other)
      guard let effect = loss(from: evaluation, isOfOtherTasks: true, to: try evaluationOfSplit(other)) else {
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

  /// How much less the score is in `second` than in `first`; nil where nothing is there to normalize by. Where the best
  /// agent known is another one in each, both are normalized by the oracle, which is told of everything.
  /// Tasks are a sample of what there is, unless they are those of training.
  private func loss(
    from first: Evaluation, isOfOtherTasks: Bool, to second: Evaluation
  ) -> Judgement.Effect? {
    let common = first.best?.name == second.best?.name ? first.best?.name : nil
    let best = common ?? ReferenceRole.oracle.name
    guard let before = first.score(by: first.reference(named: best), isOfOtherTasks: isOfOtherTasks),
      let after = second.score(by: second.reference(named: best), isOfOtherTasks: true)
    else { return nil }
    let difference = before.value - after.value
    let errors = [before, after].map { $0.upper.isFinite ? $0.upper - $0.value : 0 }
    let error = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    return Judgement.Effect(
      estimate: difference, lower: difference - error, upper: difference + error,
      margin: Judgement.Effect.fraction)
  }

  // MARK: Effects

  private func effect(_ name: String, _ differences: [Double], scale: Double) -> Judgement.Effect {
    let result = Statistics.ofColumns(
      differences, columnCount: 1, key: key.child("judge").child(name), pool: evaluatedAgent.player.pool)[0]
    return Judgement.Effect(
      estimate: result.mean, lower: result.lower, upper: result.upper,
      margin: Judgement.Effect.fraction * abs(scale))
  }

  /// How much there is to gain: the distance from the random to the best known agent; where they are not known, the
  /// standard deviation of the total.
  func scale(_ value: (Evaluation.ReferenceReturns) -> Double) -> Double {
    if let random = evaluation.reference(.random), let best = evaluation.best, value(best) != value(random) {
      return value(best) - value(random)
    }
    return evaluation.total.standardError * Double(evaluation.taskCount).squareRoot()
  }

  func totals(_ returns: [Double]) -> [Double] {
    stride(from: 0, to: returns.count, by: episodeCount).map { start in
      returns[start..<start + episodeCount].reduce(0, +)
    }
  }

  /// The totals of `trials` of `returns`, `[trial, episode]`.
  private func totals(of returns: [Double], _ trials: [Int]) -> [Double] {
    trials.map { returns[$0 * episodeCount..<($0 + 1) * episodeCount].reduce(0, +) }
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

  /// What cannot be told of tasks in general, as one task of `split` was played.
  static func oneTask(_ name: String, _ split: TaskSplit) -> Judgement {
    .notApplicable(name, "one task of split \(split) says nothing of others; at least two are needed")
  }

  static func unclear(_ name: String, _ statement: String, _ effect: Effect) -> Judgement {
    Judgement(name: name, answer: .unclear, word: "unclear", statement: statement, effect: effect)
  }
}
