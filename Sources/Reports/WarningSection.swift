/// What was warned of while the runs were trained, with what to try.
struct WarningSection {
  let chapter: Chapter

  /// A list, or nothing where all went well.
  var markup: Markup {
    let items = chapter.entries.flatMap { entry in
      zip(entry.runs, entry.evaluations).flatMap { run, evaluation in
        evaluation.warnings.map { Markup.tag("li", [:], .text("\(run.name), \($0.description)")) }
      }
    }
    guard !items.isEmpty else { return .group([]) }
    return .tag("section", [:], [.tag("h2", [:], "Warnings of the training"), .tag("ul", [:], items)])
  }
}
