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

  /// Draws units as rows and time as columns, up to step `count`.
  func drawStrip(on canvas: Canvas, in box: CGRect, upTo count: Int) {
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
    let lastEpisode = max(episodes.last ?? 0, 1)
    let count = min(count, memories.count)
    for step in 1..<max(count, 1) {
      let color = Theme.heat(0.35 + 0.65 * Double(episodes[step]) / Double(lastEpisode))
      canvas.line([point(step - 1), point(step)], color.faded(0.8), width: 1.5)
    }
    for step in 0..<count {
      let color = Theme.heat(0.35 + 0.65 * Double(episodes[step]) / Double(lastEpisode))
      canvas.disc(at: point(step), radius: 2, color)
    }
    if count > 0 {
      canvas.disc(at: point(count - 1), radius: 5.5, Theme.agent)
      canvas.circle(at: point(count - 1), radius: 5.5, Theme.background, width: 1.5)
    }
  }
}
