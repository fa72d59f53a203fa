import Configuration
import Evaluation
import Parallel
import Runs

/// What there is to say about some runs, as one page that needs nothing else.
///
/// The runs are evaluated when the report is made, so that everything in it is of the same tasks.
public struct Report {
  /// The runs by environment.
  public let chapters: [Chapter]
  /// The words of the command line.
  public let commandLine: [String]

  /// A report of `runs`, at least one, evaluated as `request` says. `warn` hears of checkpoints that cannot be read.
  public init(
    of runs: [RunDirectory], request: Evaluation.Request, catalogue: Catalogue, threadCount: Int,
    commandLine: [String], warn: (String) -> Void
  ) throws {
    let builder = ChapterBuilder(
      request: request, catalogue: catalogue, pool: ThreadPool(threadCount: threadCount))
    chapters = try builder.chapters(of: runs, warn: warn)
    self.commandLine = commandLine
  }

  /// The page.
  public var html: String {
    let title = "Report: " + chapters.map(\.title).joined(separator: ", ")
    let page = Markup.tag(
      "html", ["lang": "en"],
      [
        .tag(
          "head", [:],
          [
            .tag("meta", ["charset": "utf-8"]),
            .tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .tag("meta", ["name": "color-scheme", "content": "light dark"]), .tag("title", [:], .text(title)),
            .tag("style", [:], [StyleSheet.inks, StyleSheet.page]),
          ]),
        .tag("body", [:], [.group(chapters.map(\.page)), footer]),
      ])
    return "<!DOCTYPE html>\n" + page.source + "\n"
  }

  /// The figures of all chapters.
  public var figures: [Figure] { chapters.flatMap(\.figures) }

  private var footer: Markup {
    .tag(
      "footer", [:],
      [
        .tag("p", [:], "Made by metarl \(version) with"),
        .tag("pre", [:], .text(commandLine.joined(separator: " "))),
      ])
  }
}

extension Chapter {
  /// The names of the runs, or how many there are where those would not fit in a line or two.
  var title: String {
    let names = entries.flatMap { $0.runs.map(\.name) }
    let list = names.joined(separator: ", ")
    return list.count <= Self.titleLimit
      ? "\(list) in \(environment.name)"
      : "\(names.count) \(names.count == 1 ? "run" : "runs") of \(environment.name)"
  }

  /// The most letters of names that a title has.
  private static let titleLimit = 60

  /// All sections, one below the other.
  var page: Markup {
    let sections = [
      DifferenceSection(chapter: self).markup, ResultsSection(chapter: self).markup,
      FigureSection(chapter: self).markup,
      VerdictSection(chapter: self).markup, WarningSection(chapter: self).markup,
      CostSection(chapter: self).markup,
      ConfigurationSection(chapter: self).markup,
    ]
    return .group([header, .tag("main", [:], sections)])
  }

  /// The figures, in the order of the page.
  public var figures: [Figure] { FigureSection(chapter: self).figures }

  private var header: Markup {
    let runCount = entries.reduce(0) { $0 + $1.runs.count }
    let evaluation = entries[0].evaluation
    return .tag(
      "header", [:],
      [
        .tag("h1", [:], .text(title)), .tag("p", [:], .text(environment.summary)),
        .tag(
          "p", ["class": "dim"],
          .text(
            "\(runCount) \(runCount == 1 ? "run" : "runs"); \(Number.count(evaluation.taskCount)) trials of "
              + "\(evaluation.episodes.count) episodes in "
              + (evaluation.distinctTasks ?? "as many tasks")
              + " of split \(evaluation.request.split), seed \(evaluation.request.seed). "
              + "The tasks have the hash \(evaluation.taskHash.prefix(16)). \(environment.source)")),
      ])
  }
}
