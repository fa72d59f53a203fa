import Randomness

extension Examination {
  /// What the oracle of one task does is repeated in the next one; somewhere the two must part.
  var verdictOnTasks: Verdict {
    for split in simulator.splits {
      let tasks = differingTasks(of: split)
      guard tasks.count > 1 else { return .broken("split \(split): 64 tasks drawn are all the same") }
      guard plays(tasks, differIn: split) else {
        if let silence = silence(of: split) { return .notApplicable(silence) }
        return .broken("split \(split): the same actions bring the same in \(tasks.count) tasks")
      }
    }
    return .kept("up to 64 tasks of each split")
  }

  private func differingTasks(of split: TaskSplit) -> [Subject.Task] {
    var seen: Set<Subject.Task> = []
    return tasks(of: split, count: 64).filter { seen.insert($0).inserted }
  }

  private func plays(_ tasks: [Subject.Task], differIn split: TaskSplit) -> Bool {
    let keys = keys(tasks.count)
    let own = lanes(split, tasks: tasks, keys: keys)
    let others = lanes(split, tasks: Array(tasks[1...] + tasks[..<1]), keys: keys)
    let hasOracle = simulator.references.contains { $0.role == .oracle }
    let role: ReferenceRole = hasOracle ? .oracle : .random
    let agent = simulator.referenceAgent(role.name, for: own)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: tasks.count * interface.action.componentCount)
    var comparison = Comparison(others: others, stepsLeft: Self.stepBudget / tasks.count)
    do { try own.play(agent, actions: &actions, observer: &comparison) } catch { return error == .parted }
    return false
  }

  func lanes(_ split: TaskSplit, tasks: [Subject.Task], keys: [RandomKey]) -> EnvironmentLanes<Subject> {
    EnvironmentLanes(simulator, split: split, tasks: tasks, taskKeys: keys, keys: keys)
  }

  /// A probe names the task of a first observation after that of the most similar other one. Where tasks are
  /// hidden it is right as often as chance.
  var verdictOnFirstObservations: Verdict {
    if let disclosure = environment.disclosure { return .notApplicable(disclosure) }
    for split in simulator.splits {
      let tasks = Array(differingTasks(of: split).prefix(24))
      let samples = tasks.indices.flatMap { task in
        (0..<16).map { (task: task, seen: firstObservation(in: tasks[task], number: task * 16 + $0)) }
      }
      guard tasks.count > 1, samples.contains(where: { $0.seen != samples[0].seen }) else { continue }
      let share = Self.shareOfNearest(samples)
      let chance = 15 / Double(samples.count - 1)
      let deviation = (chance * (1 - chance) / Double(samples.count)).squareRoot()
      guard share < chance + 5 * deviation else {
        return .broken(
          "split \(split): a probe names the task of \(percent(share)) of \(samples.count) first observations; "
            + "chance is \(percent(chance))")
      }
    }
    return .kept("16 first observations of up to 24 tasks of each split")
  }

  private func firstObservation(in task: Subject.Task, number: Int) -> [Float] {
    var random = key.child("first").child(number).stream()
    return environment.observation(of: environment.initialState(of: task, using: &random), in: task)
  }

  /// The share of samples whose nearest other sample, in units of each component's spread, has the same task.
  private static func shareOfNearest(_ samples: [(task: Int, seen: [Float])]) -> Double {
    let scales = samples[0].seen.indices.map { component in
      let values = samples.map { Double($0.seen[component]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return variance > 0 ? 1 / variance.squareRoot() : 0
    }
    var rightCount = 0
    for one in samples.indices {
      var best = (distance: Double.infinity, task: -1)
      for other in samples.indices where other != one {
        var distance = 0.0
        for component in scales.indices {
          let difference =
            Double(samples[one].seen[component] - samples[other].seen[component]) * scales[component]
          distance += difference * difference
        }
        if distance < best.distance { best = (distance, samples[other].task) }
      }
      if best.task == samples[one].task { rightCount += 1 }
    }
    return Double(rightCount) / Double(samples.count)
  }

  var verdictOnSplits: Verdict {
    for split in simulator.splits {
      guard let members = simulator.members(of: split) else { continue }
      if members.isEmpty { return .broken("split \(split) has no tasks") }
      let stranger = tasks(of: split, count: 200).first { !Set(members).contains($0) }
      if let stranger {
        return .broken(
          "split \(split) draws \(simulator.words(stranger)), which is not one of its tasks")
      }
    }
    if let overlap = simulator.overlap { return .broken(overlap.description) }
    for (first, second) in simulator.pairsOfSplits {
      let common = Set(drawnTasks(of: first)).intersection(drawnTasks(of: second))
      if let task = common.first, !simulator.areSame(first, second) {
        return .broken("splits \(first) and \(second) both draw \(simulator.words(task))")
      }
    }
    let same = simulator.pairsOfSplits.filter { simulator.areSame($0, $1) }.map { "\($0) and \($1)" }
    return .kept(
      same.isEmpty ? "\(simulator.splits.count) splits" : "the same tasks: \(same.joined(separator: ", "))")
  }

  /// Tasks drawn for `split` at addresses that no other split draws from.
  private func drawnTasks(of split: TaskSplit) -> [Subject.Task] {
    (0..<300).map {
      simulator.drawTask(from: split, key: key.child(split.name).child($0))
    }
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}

/// Two splits with some tasks in common and some not.
public struct OverlappingSplits: CustomStringConvertible, Sendable {
  /// Which they are.
  public let splits: (TaskSplit, TaskSplit)
  /// One of the tasks that both have.
  public let task: String
  /// How many tasks both have.
  public let count: Int

  /// The splits and what they have in common.
  public var description: String {
    "splits \(splits.0) and \(splits.1) have \(count) task\(count == 1 ? "" : "s") in common, such as \(task); "
      + "they must have the same tasks or none in common"
  }
}

extension EnvironmentSimulator {
  /// Two splits, both finite sets, that share some of their tasks but not all.
  public var overlap: OverlappingSplits? {
    for (first, second) in pairsOfSplits {
      guard let members = finiteSet(first), let others = finiteSet(second), members != others else {
        continue
      }
      let common = members.intersection(others)
      if let task = (self.members(of: first) ?? []).first(where: common.contains) {
        return OverlappingSplits(splits: (first, second), task: words(task), count: common.count)
      }
    }
    return nil
  }

  var pairsOfSplits: [(TaskSplit, TaskSplit)] {
    let splits = splits
    return splits.indices.flatMap { first in splits[..<first].map { ($0, splits[first]) } }
  }

  /// Whether two splits are the same set of tasks, or the same law.
  func areSame(_ first: TaskSplit, _ second: TaskSplit) -> Bool {
    if let members = finiteSet(first) { return members == finiteSet(second) }
    return distribution(first) == distribution(second)
  }

  private func finiteSet(_ split: TaskSplit) -> Set<Subject.Task>? {
    members(of: split).map { Set($0) }
  }
}

/// Takes the same actions in `others`, until what they bring is not the same or enough was seen.
private struct Comparison: TrialObserver {
  enum Failure: Error { case parted, enough }

  let others: any Lanes
  var stepsLeft: Int

  mutating func willAct(on timeStep: TimeStep) throws(Failure) {
    guard stepsLeft > 0 else { throw .enough }
    stepsLeft -= 1
  }

  mutating func didAct(_ actions: [Float], on timeStep: TimeStep) { others.step(taking: actions) }

  mutating func didStep(to own: TimeStep) throws(Failure) {
    let other = others.timeStep
    guard
      own.previousReward == other.previousReward && own.observation == other.observation
        && own.progress == other.progress
    else { throw .parted }
  }
}
