import Evaluation

/// What training took.
struct CostSection {
  let chapter: Chapter

  var markup: Markup {
    let names = [
      "run", "updates", "time steps", "gradients", "operations", "parameters", "time", "threads",
      "peak memory",
    ]
    let head: [Markup] = names.map { .tag("th", [:], .text($0)) }
    let rows = chapter.entries.flatMap { entry in zip(entry.runs, entry.costs).map { row($0.name, $1) } }
    return .tag(
      "section", [:],
      [
        .tag("h2", [:], "Cost of training"),
        .tag(
          "div", ["class": "scroll"],
          .tag("table", [:], [.tag("thead", [:], .tag("tr", [:], head)), .tag("tbody", [:], rows)])),
        .tag("p", ["class": "dim"], .text(remark)),
      ])
  }

  private func row(_ name: String, _ cost: TrainingCost) -> Markup {
    let gradients = cost.gradientCount.map { Number.metric($0, "") }
    let operations = cost.operationCount.map { Number.metric($0, "FLOP") }
    let texts: [String] = [
      name, Number.count(cost.iterationCount), Number.count(cost.timeStepCount), gradients ?? "–",
      operations ?? "–", Number.count(cost.parameterCount), cost.seconds.map(Number.duration) ?? "–",
      cost.threadCount.map(Number.count) ?? "–",
      cost.peakMemory.map { Number.metric(Double($0), "B") } ?? "–",
    ]
    return .tag("tr", [:], texts.map { .tag("td", [:], .text($0)) })
  }

  private var remark: String {
    let processors = chapter.entries.flatMap { $0.costs.compactMap(\.processor) }
    let names = processors.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let machines = names.isEmpty ? "" : " Trained on \(names.joined(separator: ", "))."
    return "Operations are those of matrix products, a multiply-add being two." + machines
  }
}
