import Evaluation

/// The table of returns beside the agents to compare with.
struct ResultsSection {
  let chapter: Chapter

  /// The most episodes that have a column each.
  private static let columnLimit = 8

  var markup: Markup {
    .tag(
      "section", [:],
      [
        .tag("h2", [:], "Results"), .tag("div", ["class": "scroll"], .tag("table", [:], [head, body])),
        .group(remarks.map { .tag("p", ["class": "dim"], .text($0)) }),
      ])
  }

  private var columns: [Range<Int>] {
    let count = chapter.entries[0].evaluation.episodes.count
    let columnCount = count <= Self.columnLimit ? count : 5
    return (0..<columnCount).map { count * $0 / columnCount..<count * ($0 + 1) / columnCount }
  }

  private var head: Markup {
    let isOfSteps = chapter.entries.contains(where: \.course.isBetweenEpisodes)
    let start = isOfSteps ? 0 : 1
    let names = columns.map { range in
      let (least, greatest) = (range.lowerBound + start, range.upperBound - 1 + start)
      return range.count == 1 ? "\(least)" : "\(least)–\(greatest)"
    }
    let first = isOfSteps ? "mean return after step" : "mean return of episode"
    return .tag("thead", [:], row([first] + names + ["total", "95 % interval", "normalized"], "th"))
  }

  private var body: Markup {
    var rows: [Markup] = []
    for entry in chapter.entries {
      rows.append(own(entry.evaluation, name: entry.label))
      for run in entry.evaluation.runGroup?.runs ?? [] {
        rows.append(row(cells("\u{2003}" + run.name, run.episodes, run.total) + ["", ""], "td"))
      }
    }
    for reference in chapter.entries[0].evaluation.references.reversed() {
      let name = reference.name + (reference.isExact ? ", exact" : "")
      rows.append(row(cells(name, reference.episodes, reference.total) + ["", ""], "td"))
    }
    return .tag("tbody", [:], rows)
  }

  private func own(_ evaluation: Evaluation, name: String) -> Markup {
    let total = evaluation.total
    let texts =
      cells(name, evaluation.episodes.map(\.mean), total.mean) + [
        total.hasInterval ? "\(Number.text(total.lower)) to \(Number.text(total.upper))" : "–",
        evaluation.score.map(Self.text) ?? "",
      ]
    return .tag("tr", ["class": "own"], texts.map { .tag("td", [:], .text($0)) })
  }

  /// A score with its interval, where it has one.
  private static func text(_ score: NormalizedScore) -> String {
    let value = Number.text(score.value)
    guard score.lower.isFinite else { return value }
    return "\(value) (\(Number.text(score.lower)) to \(Number.text(score.upper)))"
  }

  private func cells(_ name: String, _ returns: [Double], _ total: Double) -> [String] {
    [name]
      + columns.map { range in
        Number.text(returns[range].reduce(0, +) / Double(range.count))
      } + [Number.text(total)]
  }

  private func row(_ texts: [String], _ cell: StaticString) -> Markup {
    .tag("tr", [:], texts.map { .tag(cell, [:], .text($0)) })
  }

  /// What is normalized where it is not the total of all.
  private static func what(_ entries: [Entry]) -> String {
    guard entries.contains(where: \.course.isBetweenEpisodes) else { return "" }
    let isMixed = !entries.allSatisfy(\.course.isBetweenEpisodes)
    return " after the last adaptation step" + (isMixed ? ", or of agents without such steps in total" : "")
  }

  private var remarks: [String] {
    let evaluation = chapter.entries[0].evaluation
    var remarks: [String] = []
    if let best = evaluation.best {
      remarks.append(
        "Normalized, with the 95 % interval: the random agent is 0 and \(best.name) is 1\(Self.what(chapter.entries))."
      )
    }
    let doubts = chapter.entries.compactMap { entry in entry.evaluation.doubt.map { (entry.label, $0) } }
    remarks += doubts.map { "Not normalized, \($0): \($1)." }
    return remarks + evaluation.trainingRemarks
  }
}
