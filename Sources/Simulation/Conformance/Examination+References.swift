extension Examination {
  private static var noScale: String { "no agent is told the task, or none acts at random" }

  var verdictOnOracle: Verdict {
    var remarks: [String] = []
    for split in simulator.splits {
      let (oracle, random) = (
        totals(of: .oracle, split: split), totals(of: .random, split: split)
      )
      guard let oracle, let random else { return .notApplicable(Self.noScale) }
      let advantage = Self.summary(zip(oracle, random).map { $0 - $1 })
      let (best, usual) = (Self.summary(oracle).mean, Self.summary(random).mean)
      let remark = "\(split): \(rounded(best)) against \(rounded(usual))"
      guard advantage.mean > 3 * advantage.standardError, advantage.mean > 0 else {
        if let silence = silence(of: split) { return .notApplicable(silence) }
        return .broken(
          "\(remark); the difference has a standard error of \(rounded(advantage.standardError))")
      }
      remarks.append(remark)
    }
    return .kept(remarks.joined(separator: ", "))
  }

  var verdictOnOtherAgents: Verdict {
    for split in simulator.splits {
      let names = simulator.references(of: split).filter { $0.role != .oracle }.map(\.name)
      guard let oracle = totals(of: .oracle, split: split) else { return .notApplicable(Self.noScale) }
      for name in names {
        guard let other = totals(of: name, split: split) else { continue }
        let advantage = Self.summary(zip(other, oracle).map { $0 - $1 })
        let scale = abs(Self.summary(oracle).mean)
        guard advantage.mean <= 4 * advantage.standardError + 1e-5 * (1 + scale) else {
          return .broken(
            "split \(split): \(name) gets \(rounded(advantage.mean)) more than oracle, with a standard error "
              + "of \(rounded(advantage.standardError))")
        }
      }
    }
    return .kept(
      simulator.references.filter { $0.role != .oracle }.map(\.name).joined(separator: ", "))
  }

  var verdictOnExactReturns: Verdict {
    var checked: Set<String> = []
    for split in simulator.splits {
      for name in simulator.references(of: split).map(\.name) {
        guard let exact = simulator.expectedReturns(of: name, split: split) else { continue }
        guard exact.count == interface.episodeCount else {
          return .broken("\(name): \(exact.count) exact returns of \(interface.episodeCount) episodes")
        }
        guard let totals = totals(of: name, split: split) else { continue }
        let (mean, expected) = (Self.summary(totals).mean, exact.reduce(0, +))
        let error = Self.standardError(of: totals, expecting: expected)
        guard abs(mean - expected) <= 4.5 * error + 1e-5 * (1 + abs(expected)) else {
          return .broken(
            "split \(split): \(name) gets \(rounded(mean)), with a standard error of \(rounded(error)), and "
              + "not \(rounded(expected))")
        }
        checked.insert(name)
      }
    }
    return checked.isEmpty
      ? .notApplicable("no agent has exact returns") : .kept(checked.sorted().joined(separator: ", "))
  }

  /// The standard error of the mean of `totals`, were their mean `expected`.
  ///
  /// Where what happens rarely is all that parts `expected` from the usual total u, and it is worth s, it happens with
  /// probability |expected − u| / s, so that the variance is at least s · |expected − u|, seen or not.
  static func standardError(of totals: [Double], expecting expected: Double) -> Double {
    let usual = totals.sorted()[totals.count / 2]
    let size = totals.reduce(0) { max($0, abs($1 - usual)) }
    let variance = (size > 0 ? size : 1) * abs(expected - usual)
    return max(summary(totals).standardError, (variance / Double(totals.count)).squareRoot())
  }

  private func totals(of role: ReferenceRole, split: TaskSplit) -> [Double]? {
    totals(of: role.name, split: split)
  }

  /// The sum of returns of each trial of the agent `name`: in every member of a finite set equally often, or in
  /// tasks drawn. Agents compared play the same tasks with the same physics.
  private func totals(of name: String, split: TaskSplit) -> [Double]? {
    guard simulator.references(of: split).contains(where: { $0.name == name }) else { return nil }
    var count = laneCount(in: 100...2000)
    let distinct = simulator.tasks(of: split, count: 1, key: key).memberCount
    // All members equally often, or else their order would be a bias.
    if let distinct { count = max(1, count / distinct) * distinct }
    let tasks = simulator.tasks(of: split, count: count, key: key.child("tasks"))
    let keys = keys(count)
    let lanes = simulator.beginTrial(in: tasks, keys: keys)
    let agent = simulator.referenceAgent(name, for: lanes)
    agent.beginTrial(keys: keys)
    var actions = Array(repeating: Float(0), count: count * interface.action.componentCount)
    lanes.play(agent, actions: &actions)
    let episodes = interface.episodeCount
    return (0..<count).map { lane in
      lanes.returns[lane * episodes..<(lane + 1) * episodes].reduce(0) { $0 + Double($1) }
    }
  }

  static func summary(_ values: [Double]) -> (mean: Double, standardError: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
    return (mean, (variance / count).squareRoot())
  }

  private func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
