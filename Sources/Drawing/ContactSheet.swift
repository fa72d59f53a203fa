import Foundation
import Trials

/// Several tasks at once: in each, the agent before and after it has adapted; where it adapts within the one
/// episode of a trial, that episode.
public struct ContactSheet {
  private let recordings: [Recording]

  /// A sheet of `recordings`, at least one.
  public init(_ recordings: [Recording]) {
    precondition(!recordings.isEmpty, "a contact sheet of no task")
    self.recordings = recordings
  }

  /// Draws the ends of all trials over the whole canvas.
  public func draw(on canvas: Canvas) {
    canvas.clear(Theme.background)
    let inner = CGRect(origin: .zero, size: canvas.size).insetBy(dx: 20, dy: 16)
    let title = CaptionText(recordings[0].caption).title
    canvas.text(
      title, at: CGPoint(x: inner.minX, y: inner.minY + 22), Font(21, bold: true), Theme.text)
    canvas.text(
      legend, at: CGPoint(x: inner.maxX, y: inner.minY + 22), Font(14), Theme.dimText, .trailing)
    let space = CGRect(
      x: inner.minX, y: inner.minY + 38, width: inner.width, height: inner.height - 38)
    let columnCount = columnCount(in: space)
    let rowCount = (recordings.count + columnCount - 1) / columnCount
    let size = CGSize(width: space.width / Double(columnCount), height: space.height / Double(rowCount))
    for (index, recording) in recordings.enumerated() {
      let cell = CGRect(
        x: space.minX + Double(index % columnCount) * size.width,
        y: space.minY + Double(index / columnCount) * size.height, width: size.width, height: size.height)
      draw(recording, on: canvas, in: cell.insetBy(dx: 5, dy: 5))
    }
  }

  /// What there is to see of each task.
  package var legend: String {
    let (recording, hasOne) = (recordings[0], recordings.allSatisfy { $0.episodes.count == 1 })
    if recording.isOfSteps {
      return hasOne
        ? "each task: before any gradient step, and the return"
        : "each task: before the first gradient step, after the last, return of both"
    }
    if hasOne { return "each task: the one episode of the trial, and its return" }
    return recording.interface.horizon == 1
      ? "each task: the first choice, and all choices, the larger the more often"
      : "each task: first episode, last episode, return of both"
  }

  /// The episodes of a trial that are drawn: the first and, where there are more, the last.
  private func ends(of recording: Recording) -> [Int] {
    recording.episodes.count == 1 ? [0] : [0, recording.episodes.count - 1]
  }

  /// The number of columns that makes the panels largest.
  private func columnCount(in space: CGRect) -> Int {
    let count = Double(recordings.map { ends(of: $0).count }.max() ?? 1)
    let aspect = Double(recordings[0].bounds.width / recordings[0].bounds.height)
    func panelSize(_ columns: Int) -> Double {
      let rows = (recordings.count + columns - 1) / columns
      let width = (space.width / Double(columns) - 36) / count
      return min(width, (space.height / Double(rows) - 46) * aspect)
    }
    return (1...recordings.count).max { panelSize($0) < panelSize($1) } ?? 1
  }

  /// The returns of the episodes that are drawn; where every episode is one step, single ones say little.
  package func returnText(of recording: Recording) -> String {
    let returns = recording.returns
    if recording.interface.horizon == 1 {
      return "sum \(number(returns.reduce(0, +))) of \(returns.count)"
    }
    return ends(of: recording).map { number(returns[$0]) }.joined(separator: " → ")
  }

  private func draw(_ recording: Recording, on canvas: Canvas, in box: CGRect) {
    canvas.fill(box, Theme.panel, radius: 8)
    let ends = ends(of: recording)
    let name = recording.caption.taskNumber.map { "task \($0)" } ?? "task"
    canvas.text(
      name, at: CGPoint(x: box.minX + 10, y: box.minY + 19), Font(13, bold: true), Theme.text)
    canvas.text(
      returnText(of: recording),
      at: CGPoint(x: box.maxX - 10, y: box.minY + 19), Font(13), Theme.dimText, .trailing)
    let width = (box.width - 20 - 6 * Double(ends.count - 1)) / Double(ends.count)
    for (place, episode) in ends.enumerated() {
      let space = CGRect(
        x: box.minX + 10 + Double(place) * (width + 6), y: box.minY + 28, width: width,
        height: box.height - 36)
      let panel = EpisodePanel(
        recording: recording, episode: episode, time: recording.episodes[episode].length,
        bounds: recording.bounds, layerOwner: LayerOwner(), showsPolicy: false, isSmall: true)
      panel.draw(on: canvas, in: space)
    }
  }
}
