import Foundation
import Trials

/// What an agent remembers: one column for each time step of the trial, and its two principal components.
struct MemoryPanel {
  /// What is remembered, `[time step][unit]`, of the whole trial.
  let memories: [[Float]]
  /// The episode of each time step.
  let episodes: [Int]
  private let components: PrincipalComponents

  /// The memory of `recording`; nil where its agent keeps none.
  init?(of recording: Recording) {
    let steps = recording.episodes.enumerated().flatMap { index, episode in
      episode.frames.dropLast().map { (index, $0.memory) }
    }
    guard let first = steps.first, !first.1.isEmpty else { return nil }
    memories = steps.map(\.1)
    episodes = steps.map(\.0)
    components = PrincipalComponents(of: memories)
  }

  /// The most rows and columns of the strip.
  private static let (rowLimit, columnLimit) = (48, 120)

  /// What the colours of the strip mean.
  var valueKey: ColorKey { ColorKey(first: "−1", last: "1") { Theme.signed(2 * $0 - 1) } }

  /// What the colours of the way mean: the order of episodes or, of one episode, of its steps.
  func orderKey(of recording: Recording) -> ColorKey {
    .order(of: recording)
      ?? ColorKey(first: "step 0", last: "\(max(memories.count - 1, 0))", color: Theme.order)
  }

  private func color(ofStep step: Int) -> Color {
    let last = episodes.last ?? 0
    return Theme.order(
      last > 0 ? Double(episodes[step]) / Double(last) : Double(step) / Double(max(memories.count - 1, 1)))
  }

  /// Draws units as rows and time as columns, up to step `count`, and below them what time it is.
  func drawStrip(on canvas: Canvas, in box: CGRect, upTo count: Int) {
    let cells = CGRect(x: box.minX, y: box.minY, width: box.width, height: box.height - 15)
    drawCells(on: canvas, in: cells, upTo: count)
    drawTimes(on: canvas, in: box)
  }

  /// Draws the numbers of episodes where these begin, as far as there is room; of one episode, those of its steps.
  private func drawTimes(on canvas: Canvas, in box: CGRect) {
    let (font, y) = (Font(11), box.maxY)
    guard let last = episodes.last, last > 0 else {
      canvas.text("step 0", at: CGPoint(x: box.minX, y: y), font, Theme.dimText)
      canvas.text("\(memories.count - 1)", at: CGPoint(x: box.maxX, y: y), font, Theme.dimText, .trailing)
      return
    }
    let least = canvas.width(of: "episode 1", font) + 10
    let stride = max(1, Int((least * Double(last + 1) / box.width).rounded(.up)))
    for episode in Swift.stride(from: 0, through: last, by: stride) {
      guard let step = episodes.firstIndex(of: episode) else { continue }
      let point = CGPoint(x: box.minX + box.width * Double(step) / Double(memories.count), y: y)
      canvas.text(episode == 0 ? "episode 1" : "\(episode + 1)", at: point, font, Theme.dimText)
    }
  }

  private func drawCells(on canvas: Canvas, in box: CGRect, upTo count: Int) {
    let rowCount = min(memories[0].count, Self.rowLimit)
    let columnCount = min(memories.count, Self.columnLimit)
    canvas.fill(box, Theme.ground)
    let (width, height) = (box.width / Double(columnCount), box.height / Double(rowCount))
    for column in 0..<columnCount {
      let step = column * memories.count / columnCount
      guard step < count else { break }
      for row in 0..<rowCount {
        let value = memories[step][row * memories[0].count / rowCount]
        let cell = CGRect(
          x: box.minX + Double(column) * width, y: box.minY + Double(row) * height, width: width,
          height: height)
        canvas.fillSharply(cell, Theme.signed(Double(value)))
      }
    }
    for step in episodes.indices.dropFirst() where episodes[step] != episodes[step - 1] {
      guard (episodes.last ?? 0) < 20 else { break }
      let x = box.minX + box.width * Double(step) / Double(memories.count)
      canvas.line([CGPoint(x: x, y: box.minY), CGPoint(x: x, y: box.maxY)], Theme.background, width: 1.5)
    }
  }

  /// Draws the way of the memory through the plane of its principal components, up to step `count`.
  func drawComponents(on canvas: Canvas, in box: CGRect, upTo count: Int) {
    canvas.fill(box, Theme.ground, radius: 3)
    let (xs, ys) = (components.coordinates.map(\.x), components.coordinates.map(\.y))
    let (left, right, low, high) = (xs.min() ?? 0, xs.max() ?? 1, ys.min() ?? 0, ys.max() ?? 1)
    let inner = box.insetBy(dx: 12, dy: 12)
    func point(_ step: Int) -> CGPoint {
      CGPoint(
        x: inner.minX + inner.width * (xs[step] - left) / max(right - left, 1e-9),
        y: inner.maxY - inner.height * (ys[step] - low) / max(high - low, 1e-9))
    }
    let count = min(count, memories.count)
    for step in 1..<max(count, 1) {
      canvas.line([point(step - 1), point(step)], color(ofStep: step).faded(0.8), width: 1.5)
    }
    for step in 0..<count {
      canvas.disc(at: point(step), radius: 2, color(ofStep: step))
    }
    if count > 0 {
      canvas.disc(at: point(count - 1), radius: 5.5, Theme.agent)
      canvas.circle(at: point(count - 1), radius: 5.5, Theme.background, width: 1.5)
    }
  }
}
