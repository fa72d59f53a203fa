import Foundation
import Trials

/// How the return of an episode grows, step by step, of every episode until now.
struct StepsPlot {
  let recording: Recording
  let playhead: Playhead
  /// Whose layers the canvas keeps.
  let layerOwner: LayerOwner

  func draw(on canvas: Canvas, in box: CGRect) {
    let plot = CGRect(x: box.minX + 40, y: box.minY + 4, width: box.width - 48, height: box.height - 26)
    let curves = recording.episodes.map { $0.frames.map(\.returnSoFar) }
    let values = curves.joined().filter(\.isFinite)
    let (low, most) = (values.min() ?? 0, values.max() ?? 0)
    // A flat curve lies at the bottom of an axis of length 1.
    let high = most > low ? most : low + 1
    let longest = max(curves.map(\.count).max() ?? 2, 2) - 1
    func point(_ step: Int, _ value: Double) -> CGPoint {
      CGPoint(
        x: plot.minX + plot.width * Double(step) / Double(longest),
        y: plot.maxY - plot.height * (value - low) / (high - low))
    }
    for tick in Ticks.values(from: low, to: high, count: 3) {
      let y = point(0, tick).y
      canvas.line([CGPoint(x: plot.minX, y: y), CGPoint(x: plot.maxX, y: y)], Theme.grid)
      canvas.text(
        Ticks.label(tick), at: CGPoint(x: plot.minX - 6, y: y + 4), Font(11), Theme.dimText, .trailing)
    }
    canvas.text("step 0", at: CGPoint(x: plot.minX, y: box.maxY - 2), Font(11), Theme.dimText)
    canvas.text("\(longest)", at: CGPoint(x: plot.maxX, y: box.maxY - 2), Font(11), Theme.dimText, .trailing)
    if recording.episodes.count > 1 {
      let name = recording.name(ofEpisode: playhead.episode)
      canvas.text(name, at: CGPoint(x: plot.midX, y: box.maxY - 2), Font(11), Theme.agent, .center)
    }
    func draw(_ episode: Int, _ color: Color, upTo time: Int, isCurrent: Bool, on canvas: Canvas) {
      let points = curves[episode].prefix(time + 1).enumerated().map(point)
      canvas.line(points, color, width: isCurrent ? 2.5 : 1.5)
      if let last = points.last { canvas.disc(at: last, radius: isCurrent ? 4 : 2.5, color) }
    }
    // Those of earlier episodes stay; of adaptation steps, all are known from the start.
    let name = LayerName(layerOwner, episode: 0, frame: box, part: .plot)
    canvas.accumulate(name, upTo: recording.isOfSteps ? curves.count : playhead.episode) {
      layer, episodes in
      for episode in episodes {
        let share = Double(episode) / Double(max(curves.count - 1, 1))
        draw(episode, Theme.order(share), upTo: .max - 1, isCurrent: false, on: layer)
      }
    }
    draw(playhead.episode, Theme.agent, upTo: playhead.time, isCurrent: true, on: canvas)
  }
}
