import Evaluation

/// Whether it is learning to learn, with the interval that each verdict rests on.
struct VerdictSection {
  let chapter: Chapter

  var markup: Markup {
    .tag(
      "section", [:],
      [
        .tag("h2", [:], "Is it learning to learn?"),
        .tag("p", ["class": "dim"], .text(Self.criterion)),
        .group(chapter.entries.map(table)),
      ])
  }

  private static let criterion =
    "A verdict is given where the whole 95 % interval of the difference lies above the margin, or the whole of it below; "
    + "the margin is 5 % of the distance from the random to the best known agent. An episode or adaptation step helps "
    + "where the whole interval lies above the margin, hurts where it lies as far below 0, and makes no change where it "
    + "lies between the two. Else the answer is unclear."

  private func table(of entry: Entry) -> Markup {
    let names = entry.evaluations.first?.judgements.map(\.name) ?? []
    let rows = names.map { name in
      row(
        name,
        zip(entry.runs, entry.evaluations).compactMap { run, evaluation in
          evaluation.judgements.first { $0.name == name }.map { (run.name, $0) }
        })
    }
    let head: [Markup] = ["question", "verdict", "what was found"].map { .tag("th", [:], .text($0)) }
    return .group([
      chapter.entries.count > 1 ? .tag("h3", [:], .text(entry.label)) : .group([]),
      .tag(
        "div", ["class": "scroll"],
        .tag(
          "table", ["class": "words"],
          [.tag("thead", [:], .tag("tr", [:], head)), .tag("tbody", [:], rows)])),
    ])
  }

  /// One question with the answers of all runs.
  private func row(_ name: String, _ answers: [(run: String, judgement: Judgement)]) -> Markup {
    let words = answers.map(\.judgement).grouped { $0.word }
    let verdicts = words.map { judgements -> Markup in
      let count = words.count > 1 ? ", \(judgements.count) of \(answers.count)" : ""
      return .tag(
        "div", ["class": Self.style(of: judgements[0].answer)],
        .text(Self.sign(of: judgements[0].answer) + judgements[0].word + count))
    }
    let statements = answers.map(\.judgement.statement).grouped { $0 }.map { $0[0] }
    let found: [Markup] = statements.count == 1 ? [.text(statements[0])] : answers.map(statement)
    return .tag(
      "tr", [:],
      [
        .tag("td", [:], .text(answers.first?.judgement.label ?? name)), .tag("td", [:], verdicts),
        .tag("td", [:], found),
      ])
  }

  private func statement(run: String, judgement: Judgement) -> Markup {
    let name = Markup.tag("span", ["class": "dim"], .text(run + ": "))
    return .tag("div", [:], [name, .text(judgement.statement)])
  }

  private static func style(of answer: Judgement.Answer) -> String {
    switch answer {
    case .yes: "good"
    case .no: "bad"
    case .unclear: "unclear"
    case .notApplicable: "dim"
    }
  }

  /// Says without colours what the colour says.
  private static func sign(of answer: Judgement.Answer) -> String {
    switch answer {
    case .yes: "✓ "
    case .no: "✗ "
    case .unclear: "? "
    case .notApplicable: ""
    }
  }
}
