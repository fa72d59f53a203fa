import Drawing
import Evaluation
import Simulation

/// Curves and maps of one environment.
struct FigureSection {
  let chapter: Chapter

  private var entries: [Entry] { chapter.entries }

  var markup: Markup {
    .tag(
      "section", [:],
      [
        .tag("h2", [:], "Curves and maps"),
        .tag("div", ["class": "figures"], zip(figures, captions).map(Self.markup)),
      ])
  }

  private static func markup(_ figure: Figure, _ caption: String) -> Markup {
    .tag(
      "figure", [:],
      [.tag("h3", [:], .text(figure.title)), figure.markup, .tag("figcaption", [:], .text(caption))])
  }

  var figures: [Figure] { contents.map(\.figure) }
  private var captions: [String] { contents.map(\.caption) }

  private var contents: [(figure: Figure, caption: String)] {
    [adaptation] + [training, taskCounts].compactMap { $0 } + maps
  }

  // MARK: Adaptation

  private var adaptation: (figure: Figure, caption: String) {
    let isOfSteps = entries.contains(where: \.course.isBetweenEpisodes)
    let isCumulative = chapter.environment.horizon == 1
    var chart = LineChart(
      title: isOfSteps ? "Return after each adaptation step" : "Return of each episode",
      xLabel: isOfSteps ? "adaptation steps" : "episode", yLabel: "return")
    chart.hasWholeSteps = true
    let references = entries[0].evaluation.references
    // Adaptation steps are counted from none, episodes from the first.
    let first = isOfSteps ? 0 : 1
    chart.curves = references.map { reference in
      LineChart.Curve(
        name: Self.name(of: reference), ink: .reference(reference.name),
        points: reference.episodes.enumerated().map { .init(x: Double($0 + first), y: $1) })
    }
    chart.curves += entries.map { entry in
      LineChart.Curve(
        name: entry.label, ink: entry.ink,
        points: entry.evaluation.episodes.enumerated().map { index, statistics in
          .init(
            x: Double(index + first), y: statistics.mean, lower: statistics.lower, upper: statistics.upper)
        }, hasMarks: entry.evaluation.episodes.count <= 20)
    }
    let what =
      isOfSteps
      ? "Mean return of the rollouts after 0, 1, … adaptation steps."
      : "Mean return of each episode of a trial."
    let note = isCumulative ? " An episode is one step." : ""
    return (chart.figure, ([what + note] + intervals).joined(separator: " "))
  }

  /// What bars and bands are: of one run another thing than of several.
  private var intervals: [String] {
    let isOfSeveralRuns = entries.map { $0.evaluation.runGroup != nil }
    return [
      isOfSeveralRuns.contains(false)
        ? "Bars and bands of one run are 95 % intervals of the mean over all tasks of the split: the percentile "
          + "bootstrap over trials, widened about the mean by Student's quantile where trials are few, and scaled to the "
          + "standard error, which counts how many of a finite set of tasks were played." : nil,
      isOfSeveralRuns.contains(true)
        ? "Bars and bands of several seeds are 95 % intervals of the percentile bootstrap over the runs within each task."
        : nil,
    ].compactMap { $0 }
  }

  private static func name(of reference: Evaluation.ReferenceReturns) -> String {
    (reference.role == .bayesOptimal ? "Bayes-optimal" : reference.name)
      + (reference.isExact ? ", exact" : "")
  }

  // MARK: Training

  private var training: (figure: Figure, caption: String)? {
    let curves = entries.compactMap { entry in entry.curve.map { (entry, $0.points) } }
      .filter { !$0.1.isEmpty }
    guard !curves.isEmpty else { return nil }
    var chart = LineChart(
      title: "Return while training", xLabel: "time steps of the environment", yLabel: "return")
    chart.curves = curves.map { entry, points in
      LineChart.Curve(
        name: "\(entry.label), \(entry.runs.count) \(entry.runs.count == 1 ? "seed" : "seeds")",
        ink: entry.ink,
        points: points.map {
          .init(
            x: Double($0.timeStepCount), y: $0.estimate.value, lower: $0.estimate.lower,
            upper: $0.estimate.upper)
        })
    }
    return (
      chart.figure,
      "The measurement “return” of the training itself, with the exploration of that moment: the interquartile "
        + "mean over the seeds and its 95 % interval."
    )
  }

  // MARK: The number of training tasks

  private var taskCounts: (figure: Figure, caption: String)? {
    let limited = entries.filter { $0.trainingTaskCount > 0 && $0.trainingEvaluation != nil }
    let counts = Set(limited.map(\.trainingTaskCount)).sorted()
    guard counts.count > 1 else { return nil }
    var chart = LineChart(
      title: "Return by the number of training tasks", xLabel: "training tasks", yLabel: "normalized return")
    chart.hasWholeSteps = true
    chart.xNames = counts.map { "\($0)" }
    for group in limited.grouped(by: \.algorithm) {
      let name = group[0].algorithm
      chart.curves += [
        (split: "training tasks", isTraining: true), ("\(entries[0].evaluation.request.split) tasks", false),
      ].map { split, isTraining in
        LineChart.Curve(
          name: "\(name), \(split)", ink: .series(chart.curves.count + (isTraining ? 0 : 1)),
          points: group.compactMap { point($0, counts, isTraining: isTraining) }.sorted { $0.x < $1.x },
          hasMarks: true)
      }
    }
    return (
      chart.figure,
      "The total return, 0 being the random agent and 1 the best known one, in the tasks of training and in others: "
        + "where they part, training has overfitted. Bars are 95 % intervals."
    )
  }

  private func point(_ entry: Entry, _ counts: [Int], isTraining: Bool) -> LineChart.Point? {
    let evaluation = isTraining ? entry.trainingEvaluation : entry.evaluation
    guard let evaluation, let zero = evaluation.reference(.random)?.total,
      let one = evaluation.best?.total, one != zero,
      let index = counts.firstIndex(of: entry.trainingTaskCount)
    else { return nil }
    let total = evaluation.total
    func normalized(_ value: Double) -> Double { (value - zero) / (one - zero) }
    return .init(
      x: Double(index), y: normalized(total.mean), lower: normalized(total.lower),
      upper: normalized(total.upper))
  }

  // MARK: Maps

  private var maps: [(figure: Figure, caption: String)] {
    zip(entries, chapter.places).flatMap { entry, places in
      places.map { maps(of: entry, $0) } ?? []
    }
  }

  private func maps(of entry: Entry, _ places: TaskPlaces) -> [(figure: Figure, caption: String)] {
    let last = entry.evaluation.episodes.count - 1
    let episodes = last > 0 ? [0, last] : [0]
    let values = episodes.map { episode in
      places.goals.indices.map { index in
        TaskMap.Place(
          goal: places.goals[index], isCell: places.areCells, value: places.returns[index][episode])
      }
    }
    let range = TaskMap.range(of: values)
    return zip(episodes, values).map { episode, values in
      let moment =
        entry.course.isBetweenEpisodes
        ? "after \(episode) adaptation \(episode == 1 ? "step" : "steps")" : "in episode \(episode + 1)"
      let map = TaskMap(
        title: "\(entry.label): return by goal, \(moment)", places: values, bounds: places.bounds,
        range: range)
      return (
        map.figure,
        "Mean return \(moment) where the goal is. The lighter, the better; both maps have one scale."
      )
    }
  }
}
