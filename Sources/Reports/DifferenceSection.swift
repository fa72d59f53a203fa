import Configuration
import Formats

/// The settings in which runs of several kinds differ, a column each.
struct DifferenceSection {
  let chapter: Chapter

  /// A table, or nothing where there is one kind of run.
  var markup: Markup {
    guard chapter.entries.count > 1 else { return .group([]) }
    let head = [""] + chapter.entries.map(\.label)
    let rows = [["runs"] + chapter.entries.map { $0.runs.map(\.name).joined(separator: ", ") }] + settings
    return .tag(
      "section", [:],
      [
        .tag("h2", [:], "What differs"),
        .tag(
          "div", ["class": "scroll"],
          .tag(
            "table", ["class": "settings"],
            [
              .tag("thead", [:], Self.row(head, "th")),
              .tag("tbody", [:], rows.map { Self.row($0, "td") }),
            ])),
      ])
  }

  private static func row(_ texts: [String], _ cell: StaticString) -> Markup {
    .tag("tr", [:], texts.map { .tag(cell, [:], .text($0)) })
  }

  /// The settings whose values differ among the runs that have them, each with its value in every kind of run.
  private var settings: [[String]] {
    let tables = chapter.entries.map { Table(flattening: $0.configurations[0].usedTable) }
    let unasked = ["seed", "environment.description", "environment.source"]
    return Table.differences(of: tables).filter { !unasked.contains($0) }.map { key in
      [key] + tables.map { table in table[key].map(TOML.inline) ?? "–" }
    }
  }
}
