import Simulation
import Trials

extension Judge {
  /// Whether some kinds of tasks go worse than the others, measured by what the agent gets less than the oracle in the
  /// last episode: before, even the best agent finds out about some tasks later than about others.
  func groups() throws -> [Judgement] {
    guard simulator.references.contains(where: { $0.role == .oracle }),
      let groups = TaskGroups(tasks)
    else { return [] }
    let oracle = try evaluatedAgent.player.outcome(
      of: AgentFactory(reference: .oracle, in: simulator), in: tasks, at: Array(0..<tasks.count),
      key: key.child("trial")
    ).returns
    let shortfalls = zip(lastReturns(oracle), lastReturns(evaluation.trialReturns)).map { $0 - $1 }
    let asked = groups.labels.indices.filter { group in
      let count = groups.groups.filter { $0 == group }.count
      return count >= Self.leastCount && tasks.count - count >= Self.leastCount
    }
    return asked.map { group in
      let mine = shortfalls.indices.filter { groups.groups[$0] == group }.map { shortfalls[$0] }
      let others = shortfalls.indices.filter { groups.groups[$0] != group }.map { shortfalls[$0] }
      return judgement(
        "group\(group + 1)", mine, others, label: groups.labels[group], comparisonCount: asked.count)
    }
  }

  private func judgement(
    _ name: String, _ mine: [Double], _ others: [Double], label: String, comparisonCount: Int
  ) -> Judgement {
    let difference = Statistics.mean(mine) - Statistics.mean(others)
    let (error, otherError) = (Statistics.standardError(mine), Statistics.standardError(others))
    // The intervals of all groups together hold with 95 %, by the inequality of Bonferroni.
    let width = Self.quantile(comparisonCount) * (error * error + otherError * otherError).squareRoot()
    let effect = Judgement.Effect(
      estimate: difference, lower: difference - width, upper: difference + width,
      margin: Judgement.Effect.fraction * abs(scale { $0.episodes.last ?? 0 }))
    let moment = evaluation.course.isBetweenEpisodes ? "after the last step" : "in the last episode"
    let statement =
      "\(label) (\(mine.count) trials): \(moment) the oracle leads by \(effect.text) more than elsewhere"
    guard effect.upper >= -effect.margin else {
      return Judgement(name: name, answer: .yes, word: "ahead", statement: statement, effect: effect)
    }
    return Self.judgement(name, effect, words: ("even", "behind"), statement: statement)
  }

  private func lastReturns(_ returns: [Double]) -> [Double] {
    let count = evaluation.episodes.count
    return stride(from: count - 1, to: returns.count, by: count).map { returns[$0] }
  }

  /// The quantile of the normal law at 1 − 0.025/count.
  private static func quantile(_ count: Int) -> Double { [1.960, 2.241, 2.394, 2.498][min(count, 4) - 1] }
}
