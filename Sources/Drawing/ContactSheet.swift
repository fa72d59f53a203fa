import Foundation
import Trials

/// Several tasks at once: in each, the agent before and after it has adapted.
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
    let legend =
      recordings[0].interface.horizon == 1
      ? "each task: the first choice, and all choices, the larger the more often"
      : "each task: first episode, last episode, return of both"
    canvas.text(
      legend, at: CGPoint(x: inner.maxX, y: inner.minY + 22), Font(14), Theme.dimText, .trailing)
    let space = CGRect(x: inner.minX, y: inner.minY + 38, width: inner.width, height: inner.height - 38)
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

  /// The number of columns that makes the panels largest.
  private func columnCount(in space: CGRect) -> Int {
    func panelSize(_ columns: Int) -> Double {
      let rows = (recordings.count + columns - 1) / columns
      return min(space.width / Double(columns) / 2 - 14, space.height / Double(rows) - 44)
    }
    return (1...recordings.count).max { panelSize($0) < panelSize($1) } ?? 1
  }

  /// The returns of the first and the last episode; where every episode is one step, single ones say little.
  private func returnText(of recording: Recording) -> String {
    let returns = recording.returns
    if recording.interface.horizon == 1 {
      return "sum \(number(returns.reduce(0, +))) of \(returns.count)"
    }
    return "\(number(returns[0])) → \(number(returns[returns.count - 1]))"
  }

  private func draw(_ recording: Recording, on canvas: Canvas, in box: CGRect) {
    canvas.fill(box, Theme.panel, radius: 8)
    let last = recording.episodes.count - 1
    let name = recording.caption.taskNumber.map { "task \($0)" } ?? "task"
    canvas.text(
      name, at: CGPoint(x: box.minX + 10, y: box.minY + 19), Font(13, bold: true), Theme.text)
    canvas.text(
      returnText(of: recording),
      at: CGPoint(x: box.maxX - 10, y: box.minY + 19), Font(13), Theme.dimText, .trailing)
    let half = CGSize(width: (box.width - 26) / 2, height: box.height - 36)
    for (place, episode) in [0, last].enumerated() {
      let space = CGRect(
        origin: CGPoint(x: box.minX + 10 + Double(place) * (half.width + 6), y: box.minY + 28), size: half)
      let panel = EpisodePanel(
        recording: recording, episode: episode, time: recording.episodes[episode].length,
        bounds: recording.bounds, layerOwner: LayerOwner(), showsPolicy: false, isSmall: true)
      panel.draw(on: canvas, in: space)
    }
  }
}
