import Foundation
import Simulation
import Trials

/// The return of each episode as it fills in, beside those of other agents in the same task.
struct ReturnsPlot {
  let recording: Recording
  let playhead: Playhead
  /// What other agents get.
  var references: [Recording.ReferenceReturns]
  /// Another agent's trial in the same task.
  var rival: Recording?
  /// The episodes of the trial, of which not all may have begun.
  var episodeCount: Int
  /// Whether the recording goes on.
  var isUnfinished = false
  /// Whose layers the canvas keeps; nil where what other agents get changes.
  var layerOwner: LayerOwner?

  /// A plot of the trial as it is at `playhead`.
  init(recording: Recording, playhead: Playhead) {
    self.recording = recording
    self.playhead = playhead
    references = recording.references
    episodeCount = recording.episodes.count
  }

  private var finishedCount: Int {
    isUnfinished ? playhead.episode : playhead.finishedEpisodeCount(in: recording)
  }

  private struct Axis {
    let plot: CGRect
    let low: Double
    let high: Double
    let count: Int

    func point(_ episode: Int, _ value: Double) -> CGPoint {
      CGPoint(x: x(episode), y: plot.maxY - (value - low) / (high - low) * plot.height)
    }

    func x(_ episode: Int) -> Double {
      plot.minX + plot.width * (Double(episode) + 0.5) / Double(count)
    }
  }

  func draw(on canvas: Canvas, in box: CGRect) {
    canvas.fill(box, Theme.panel, radius: 8)
    canvas.text(
      title, at: CGPoint(x: box.minX + 14, y: box.minY + 23), Font(14, bold: true), Theme.text)
    canvas.text(
      summary, at: CGPoint(x: box.maxX - 14, y: box.minY + 23), Font(13), Theme.dimText, .trailing)
    let plot = CGRect(
      x: box.minX + 58, y: box.minY + 40, width: box.width - 58 - 150, height: box.height - 40 - 34)
    let axis = axis(in: plot)
    if let layerOwner {
      let name = LayerName(layerOwner, episode: 1, frame: box, part: .plot)
      canvas.accumulate(name, upTo: 1) { layer, _ in drawBackground(axis, on: layer) }
    } else {
      drawBackground(axis, on: canvas)
    }
    drawReturns(axis, on: canvas)
  }

  /// What stays the same while a trial plays.
  private func drawBackground(_ axis: Axis, on canvas: Canvas) {
    drawAxes(axis, on: canvas)
    drawReferences(axis, on: canvas)
  }

  private var isOfSteps: Bool { recording.isOfSteps }
  /// Whether returns are added up: where every episode is one step, single ones say little.
  private var isCumulative: Bool { recording.interface.horizon == 1 }

  private var title: String {
    isOfSteps
      ? "Return after each gradient step"
      : isCumulative ? "Returns of all episodes, added up" : "Return of each episode"
  }

  /// The numbers to plot for the returns of each episode.
  private func curve(_ returns: [Double]) -> [Double] {
    guard isCumulative else { return returns }
    var sum = 0.0
    return returns.map { value in
      sum += value
      return sum
    }
  }

  private var best: Recording.ReferenceReturns? {
    [ReferenceRole.bayesOptimal, .oracle].lazy
      .compactMap { role in references.first { ReferenceRole(of: $0.name) == role } }.first
  }

  private var summary: String {
    let finished = finishedCount
    guard isOfSteps || finished > 0 else { return "" }
    func text(_ name: String, _ returns: [Double]) -> String {
      let value = isOfSteps ? returns[playhead.episode] : returns.prefix(finished).reduce(0, +)
      return "\(name) \(number(value))"
    }
    // One trial can be luckier than what the best agent may expect.
    let own = isOfSteps ? parameterName(playhead.episode) : "this trial, sum of \(finished):"
    let texts =
      [text(own, recording.returns)]
      + [best].compactMap { best in
        best.map { text("expected of \(displayName(of: $0.name)) in this task:", $0.episodes) }
      }
    return texts.joined(separator: "    ")
  }

  private func axis(in plot: CGRect) -> Axis {
    let curves = [recording.returns, rival?.returns ?? []] + references.map(\.episodes)
    let values = curves.flatMap(curve).filter(\.isFinite)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let margin = high > low ? 0.08 * (high - low) : 1
    return Axis(plot: plot, low: low - margin, high: high + margin, count: episodeCount)
  }

  private func drawAxes(_ axis: Axis, on canvas: Canvas) {
    for tick in Ticks.values(from: axis.low, to: axis.high, count: 4) {
      let y = axis.point(0, tick).y
      canvas.line(
        [CGPoint(x: axis.plot.minX, y: y), CGPoint(x: axis.plot.maxX, y: y)], Theme.grid, width: 1)
      canvas.text(
        Ticks.label(tick), at: CGPoint(x: axis.plot.minX - 8, y: y + 4), Font(12), Theme.dimText, .trailing)
    }
    let stride = max(1, (axis.count + 11) / 12)
    for episode in Swift.stride(from: 0, to: axis.count, by: stride) {
      let point = CGPoint(x: axis.x(episode), y: axis.plot.maxY + 18)
      canvas.text(label(of: episode), at: point, Font(12), Theme.dimText, .center)
    }
  }

  private func label(of episode: Int) -> String {
    episode == 0 ? recording.name(ofEpisode: 0) : recording.shortName(ofEpisode: episode)
  }

  private func drawReferences(_ axis: Axis, on canvas: Canvas) {
    var labels: [(y: Double, text: String, color: Color)] = []
    for reference in references where !reference.episodes.isEmpty {
      let (color, dashes) = Theme.line(of: reference.name)
      let half = axis.plot.width / Double(axis.count) / 2
      let curve = curve(reference.episodes).prefix(axis.count)
      let points: [CGPoint] = curve.enumerated().flatMap { index, value in
        let center = axis.point(index, value)
        if isCumulative { return [center] }
        return [CGPoint(x: center.x - half, y: center.y), CGPoint(x: center.x + half, y: center.y)]
      }
      canvas.line(points, color, width: 2, dashes: dashes)
      let last = curve.last ?? 0
      labels.append(
        (axis.point(0, last).y, "\(displayName(of: reference.name)) \(number(last))", color))
    }
    if let rival { labels.append(drawRival(rival, axis, on: canvas)) }
    drawLabels(labels, axis, on: canvas)
  }

  private func drawRival(
    _ rival: Recording, _ axis: Axis, on canvas: Canvas
  ) -> (y: Double, text: String, color: Color) {
    let curve = curve(rival.returns).prefix(axis.count)
    let points = curve.enumerated().map(axis.point)
    canvas.line(points, Theme.rival, width: 2)
    for point in points {
      canvas.fill(CGRect(x: point.x - 4, y: point.y - 4, width: 8, height: 8), Theme.rival, radius: 1)
    }
    let last = curve.last ?? 0
    return (axis.point(0, last).y, "\(displayName(of: rival.caption.agent)) \(number(last))", Theme.rival)
  }

  /// Labels at the right ends of their lines, moved apart where they would overlap.
  private func drawLabels(
    _ labels: [(y: Double, text: String, color: Color)], _ axis: Axis, on canvas: Canvas
  ) {
    let height = 16.0
    var sorted = labels.sorted { $0.y < $1.y }
    for index in sorted.indices.dropFirst() {
      sorted[index].y = max(sorted[index].y, sorted[index - 1].y + height)
    }
    if let last = sorted.indices.last { sorted[last].y = min(sorted[last].y, axis.plot.maxY) }
    for index in sorted.indices.dropLast().reversed() {
      sorted[index].y = min(sorted[index].y, sorted[index + 1].y - height)
    }
    for label in sorted {
      canvas.text(label.text, at: CGPoint(x: axis.plot.maxX + 8, y: label.y + 4), Font(12), label.color)
    }
  }

  private func drawReturns(_ axis: Axis, on canvas: Canvas) {
    let finished = finishedCount
    let points = curve(recording.returns)[..<finished].enumerated().map(axis.point)
    canvas.line(points, Theme.agent, width: 2.5)
    let radius = axis.count > 30 ? 2.5 : 5.0
    for point in points { canvas.disc(at: point, radius: radius, Theme.agent) }
    let x = axis.x(playhead.episode)
    canvas.line(
      [CGPoint(x: x, y: axis.plot.minY), CGPoint(x: x, y: axis.plot.maxY)], Theme.text.faded(0.18), width: 1)
    guard !isOfSteps, !isCumulative, finished == playhead.episode else { return }
    let frame = playhead.frame(of: recording)
    let value = max(axis.low, min(axis.high, frame.returnSoFar))
    canvas.circle(at: axis.point(playhead.episode, value), radius: 5, Theme.agent, width: 2)
  }
}

/// Round numbers along an axis.
package enum Ticks {
  /// About `count` multiples of 1, 2 or 5 times a power of ten in a range.
  package static func values(from low: Double, to high: Double, count: Int) -> [Double] {
    guard low.isFinite && high.isFinite && high > low else { return [] }
    let rough = (high - low) / Double(count)
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    return stride(from: ceil(low / step), through: floor(high / step), by: 1).map { $0 * step }
  }

  /// A short text for a round number.
  package static func label(_ value: Double) -> String {
    let text = String(format: "%.4g", value == 0 ? 0 : value)
    return text.replacingOccurrences(of: "-", with: "−")
  }
}

/// A return as text.
func number(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let digits = abs(value) >= 1000 ? 0 : abs(value) >= 100 ? 1 : 2
  return String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
}

/// What an agent to compare with is called in pictures.
func displayName(of reference: String) -> String {
  ReferenceRole(of: reference) == .bayesOptimal ? "Bayes-optimal" : reference
}
