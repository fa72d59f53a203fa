import Formats

/// Everything that the runs depend on.
struct ConfigurationSection {
  let chapter: Chapter

  var markup: Markup {
    .tag("section", [:], [.tag("h2", [:], "Configuration")] + chapter.entries.map(details))
  }

  private func details(of entry: Entry) -> Markup {
    let seeds = entry.configurations.map { "\($0.seed)" }.joined(separator: ", ")
    let leaves = Table(flattening: entry.configurations[0].usedTable).entries.filter { $0.key != "seed" }
    let rows = leaves.map { key, value in
      Markup.tag(
        "tr", [:],
        [
          .tag("td", [:], .tag("code", [:], .text(key))),
          .tag("td", [:], .tag("code", [:], .text(TOML.inline(value)))),
        ])
    }
    return .tag(
      "details", [:],
      [
        .tag("summary", [:], .text("\(entry.label), seed \(seeds)")),
        .tag("div", ["class": "scroll"], .tag("table", ["class": "words"], .tag("tbody", [:], rows))),
      ])
  }
}
