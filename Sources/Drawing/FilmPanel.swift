import Foundation
import Scenes
import Trials

/// Every episode of a trial, or the rollouts after every adaptation step, side by side and small.
struct FilmPanel {
  let recording: Recording
  let playhead: Playhead
  /// The part of the world to show.
  let bounds: Scene.Rectangle
  let layerOwner: LayerOwner

  /// The most that are shown; of more, some that are spread evenly.
  private static let limit = 8

  /// Whether all episodes are shown.
  var isWhole: Bool { recording.episodes.count <= Self.limit }

  /// Which of the episodes are shown.
  var title: String {
    let count = recording.episodes.count
    if recording.isOfSteps {
      return isWhole ? "After each gradient step" : "After some gradient steps"
    }
    if count == 1 { return "The only episode" }
    return isWhole ? "Every episode" : "\(Self.limit) of \(count) episodes"
  }

  func draw(on canvas: Canvas, in box: CGRect) {
    for (episode, cell) in cells(in: box) {
      let inner = cell.insetBy(dx: 4, dy: 4)
      guard episode != playhead.episode else {
        drawThumbnail(episode, on: canvas, in: inner)
        continue
      }
      // An episode that is not going on looks the same for long: before it begins, and after it has ended.
      let isReached = recording.isOfSteps || episode < playhead.episode
      let name = LayerName(
        layerOwner, episode: 2 * episode + (isReached ? 1 : 0), frame: cell, part: .thumbnail)
      canvas.accumulate(name, upTo: 1) { layer, _ in drawThumbnail(episode, on: layer, in: inner) }
    }
  }

  /// The episode that is drawn at a point; nil where there is none.
  func episode(at point: CGPoint, in box: CGRect) -> Int? {
    cells(in: box).first { $0.box.contains(point) }?.episode
  }

  private func cells(in box: CGRect) -> [(episode: Int, box: CGRect)] {
    let count = min(recording.episodes.count, Self.limit)
    let columnCount = (1...count).max { width($0, count, box) < width($1, count, box) } ?? 1
    let rowCount = (count + columnCount - 1) / columnCount
    let size = CGSize(width: box.width / Double(columnCount), height: box.height / Double(max(rowCount, 1)))
    return (0..<count).map { index in
      let episode = count > 1 ? index * (recording.episodes.count - 1) / (count - 1) : 0
      let origin = CGPoint(
        x: box.minX + Double(index % columnCount) * size.width,
        y: box.minY + Double(index / columnCount) * size.height)
      return (episode, CGRect(origin: origin, size: size))
    }
  }

  /// How wide the world is drawn with `columnCount` columns.
  private func width(_ columnCount: Int, _ count: Int, _ box: CGRect) -> Double {
    let rowCount = (count + columnCount - 1) / columnCount
    let aspect = Double(bounds.width / bounds.height)
    return min(box.width / Double(columnCount) - 8, (box.height / Double(rowCount) - 26) * aspect)
  }

  private func drawThumbnail(_ episode: Int, on canvas: Canvas, in box: CGRect) {
    let isCurrent = episode == playhead.episode
    let isReached = recording.isOfSteps || episode <= playhead.episode
    let space = CGRect(x: box.minX, y: box.minY + 18, width: box.width, height: box.height - 18)
    let frame = Viewport(bounds, in: space).frame
    // The words stand above the world, however high the cell is.
    let line = max(frame.minY - 6, box.minY + 12)
    let (font, color) = (Font(13, bold: isCurrent), isCurrent ? Theme.agent : Theme.dimText)
    // All are named alike, so that the longest name decides.
    let longest = canvas.width(of: "episode \(recording.episodes.count)", Font(13, bold: true))
    let name =
      longest <= frame.width
      ? recording.name(ofEpisode: episode) : recording.shortName(ofEpisode: episode)
    canvas.text(name, at: CGPoint(x: frame.minX, y: line), font, color)
    if isReached && (recording.isOfSteps || !isCurrent) && frame.width > 110 {
      canvas.text(
        number(recording.returns[episode]), at: CGPoint(x: frame.maxX, y: line), Font(12), Theme.dimText,
        .trailing)
    }
    var panel = EpisodePanel(
      recording: recording, episode: episode,
      time: !isReached ? 0 : isCurrent ? playhead.time : recording.episodes[episode].length, bounds: bounds,
      layerOwner: layerOwner)
    panel.showsPolicy = false
    panel.isSmall = true
    panel.draw(on: canvas, in: space)
    if isCurrent { canvas.stroke(frame, Theme.agent, width: 1.5, radius: 3) }
  }
}
