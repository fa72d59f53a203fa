import Foundation
import Scenes
import Trials

/// One moment of one episode: the scene, the way there, and what the policy would do.
package struct EpisodePanel {
  let recording: Recording
  let episode: Int
  let time: Int
  /// The part of the world to show, the same for all panels of a picture.
  let bounds: Scene.Rectangle
  /// Whose layers the canvas keeps.
  let layerOwner: LayerOwner
  /// Whether the policy's moves are drawn.
  var showsPolicy = true
  /// Whether the rollouts are drawn that the last adaptation step learnt from.
  var showsCause = false
  /// Whether the panel is small: lines are then fainter, and there are no numbers.
  var isSmall = false

  private var frames: [Recording.Frame] { recording.episodes[episode].frames }
  private var frame: Recording.Frame { frames[min(time, frames.count - 1)] }

  /// What the signs mean.
  var legend: String? {
    if recording.isOfSteps {
      return episode > 0
        ? "grey: rollouts before the step   blue: after it   amber: greedy"
        : "blue: rollouts   amber: greedy, the most probable actions"
    }
    guard !frame.scene.actionPlaces.isEmpty else { return nil }
    if frame.scene.isActionTable {
      return probabilities.isEmpty
        ? "number: times taken   amber: in this episode   frame: state now"
        : "number: times taken   amber: in this episode   bar: probability"
    }
    return probabilities.isEmpty
      ? "above: times paid / taken   ring: taken now, green: it paid"
      : "disc: probability   above: paid / taken   ring: now, green: it paid"
  }

  /// How much room the legend takes at the bottom of a panel.
  var footer: Double { legend == nil ? 0 : 16 }

  /// Draws the legend at the bottom of the panel `box`.
  func drawLegend(on canvas: Canvas, in box: CGRect) {
    guard let legend else { return }
    canvas.text(
      canvas.shortened(legend, Font(12), toFit: box.width - 16), at: CGPoint(x: box.midX, y: box.maxY - 11),
      Font(12), Theme.dimText, .center)
  }

  /// Draws the scene into `space`.
  func draw(on canvas: Canvas, in space: CGRect) {
    let viewport = Viewport(bounds, in: space)
    let painter = ScenePainter(canvas: canvas, viewport: viewport)
    let (below, above) = ScenePainter.layers(of: frame.scene)
    canvas.clipped(to: viewport.frame, radius: 3, around: Theme.panel) {
      canvas.fill(viewport.frame, Theme.ground)
      painter.paint(below)
      if showsPolicy { drawMoves(painter) }
      if showsCause { drawCause(painter) }
      drawFan(painter)
      // What is worth reaching lies above the many lines that lead there.
      if !recording.episodes[episode].fan.isEmpty {
        painter.paint(below.filter { $0.role == .goal }[...])
      }
      drawPath(painter)
      if frame.scene.isActionTable {
        drawTable(painter)
      } else {
        drawPulls(painter)
        if showsPolicy { drawActionPlaces(painter) }
      }
      painter.paint(above)
    }
  }

  // MARK: Policy

  /// The moves of the policy now; at the end of an episode those of its start, which say what it meant to do.
  private var moves: [Recording.Move] { time >= frames.count - 1 ? frames[0].moves : frame.moves }

  private func drawMoves(_ painter: ScenePainter) {
    let moves = moves
    guard let first = moves.first else { return }
    let spacing = moves.lazy.map { distance($0.from, first.from) }.filter { $0 > 0 }.min() ?? 1
    let longest = moves.lazy.map { distance($0.from, $0.to) }.max() ?? 0
    let factor = longest > 0 ? 0.46 * spacing / longest : 0
    for move in moves where move.probability > 0.02 {
      let color = Theme.text.faded(0.15 + 0.5 * Double(move.probability))
      let start = painter.viewport.point(move.from)
      guard move.from != move.to else {
        painter.canvas.disc(at: start, radius: 1 + 4 * Double(move.probability).squareRoot(), color)
        continue
      }
      let reach = factor * move.probability
      let end = Scene.Point(
        x: move.from.x + (move.to.x - move.from.x) * reach, y: move.from.y + (move.to.y - move.from.y) * reach
      )
      painter.arrow(from: start, to: painter.viewport.point(end), color, width: 1.5)
    }
  }

  private func distance(_ point: Scene.Point, _ other: Scene.Point) -> Float {
    let (x, y) = (point.x - other.x, point.y - other.y)
    return (x * x + y * y).squareRoot()
  }

  /// How probable each action is; none where the agent does not say.
  private var probabilities: [Float] {
    (frame.choice ?? frames.last { $0.choice != nil }?.choice)?.probabilities ?? []
  }

  /// At the place of each action how probable it is, how often it was taken and how often that paid.
  private func drawActionPlaces(_ painter: ScenePainter) {
    let places = frame.scene.actionPlaces
    guard !places.isEmpty else { return }
    let probabilities = probabilities
    let spacing = spacing(of: places, painter)
    let most = min(0.42 * spacing, 20)
    for (action, place) in places.enumerated() {
      let center = painter.viewport.point(place)
      if action < probabilities.count {
        let radius = most * Double(probabilities[action]).squareRoot()
        painter.canvas.disc(at: center, radius: radius, Theme.agent.faded(0.85))
      } else if most > 9 && !isSmall {
        painter.canvas.circle(at: center, radius: min(most, 14), Theme.grid, width: 1.5)
        let base = CGPoint(x: center.x, y: center.y + 4.5)
        painter.canvas.text("\(action + 1)", at: base, Font(13), Theme.dimText, .center)
      }
      let top = CGPoint(x: center.x, y: center.y - most - 9)
      if spacing > 30 && !isSmall { drawTally(of: action, at: top, painter) }
    }
  }

  private func drawTally(of action: Int, at center: CGPoint, _ painter: ScenePainter) {
    let rewards = self.rewards(of: action)
    guard !rewards.isEmpty else { return }
    let paid = rewards.count { $0 > 0 }
    painter.canvas.text(
      "\(paid)/\(rewards.count)", at: center, Font(12, bold: true), Theme.text, .center)
  }

  /// At the place of the action that was taken last a ring, green and wide where it paid; in a small panel at the place of
  /// each that was taken, the larger the more often.
  private func drawPulls(_ painter: ScenePainter) {
    let places = frame.scene.actionPlaces
    guard !places.isEmpty else { return }
    if isSmall {
      let counts = places.indices.map { rewards(of: $0).count }
      let room = Double(places[0].y - frame.scene.bounds.y) * painter.viewport.scale
      let most = max(2.5, min(0.45 * spacing(of: places, painter), 14, room))
      for (place, count) in zip(places, counts) where count > 0 {
        let share = Double(count) / Double(max(1, counts.reduce(0, +)))
        painter.canvas.disc(
          at: painter.viewport.point(place), radius: max(1.5, most * share.squareRoot()),
          Theme.agent)
      }
    } else if time > 0, time < frames.count, let action = frames[time - 1].action.first,
      places.indices.contains(Int(action))
    {
      let center = painter.viewport.point(places[Int(action)])
      let radius = min(0.48 * spacing(of: places, painter), 22)
      let isPaid = frames[time].reward > 0
      painter.canvas.circle(
        at: center, radius: radius, isPaid ? Theme.goal : Theme.agent, width: isPaid ? 4 : 2)
    }
  }

  /// In a table of states and actions, how often each was taken in the trial until now, amber where also in this
  /// episode; in a small panel only those of this episode. Below the actions of this state, how probable they are.
  private func drawTable(_ painter: ScenePainter) {
    let (all, own) = (visits(since: 0), visits(since: episode))
    let spacing = spacing(of: frame.scene.actionPlaces, painter)
    let radius = min(0.2 * spacing, 13)
    for (place, count) in isSmall ? own : all {
      let (center, isOwn) = (painter.viewport.point(place), own[place] != nil)
      painter.canvas.disc(at: center, radius: radius, isOwn ? Theme.agent : Theme.background.faded(0.7))
      if isOwn { painter.canvas.circle(at: center, radius: radius, Theme.background, width: 1) }
      guard radius > 6 && !isSmall else { continue }
      painter.canvas.text(
        "\(count)", at: CGPoint(x: center.x, y: center.y + 4.2), Font(min(12, 1.1 * radius), bold: isOwn),
        isOwn ? Theme.background : Theme.text, .center)
    }
    guard showsPolicy && !isSmall else { return }
    for (place, probability) in zip(frame.scene.actionPlaces, probabilities) {
      let center = painter.viewport.point(place)
      let width = 0.9 * spacing * Double(probability)
      let bar = CGRect(x: center.x - width / 2, y: center.y + radius + 1, width: width, height: 3)
      painter.canvas.fill(bar, Theme.agent)
    }
  }

  /// How often something was done at each place of actions, from an episode on until now.
  private func visits(since first: Int) -> [Scene.Point: Int] {
    var visits: [Scene.Point: Int] = [:]
    for index in first...episode {
      let frames = recording.episodes[index].frames
      for frame in index == episode ? frames.prefix(time) : frames[...] {
        guard let action = frame.action.first, frame.scene.actionPlaces.indices.contains(Int(action)) else {
          continue
        }
        visits[frame.scene.actionPlaces[Int(action)], default: 0] += 1
      }
    }
    return visits
  }

  /// How far apart the places of actions are, in logical pixels.
  private func spacing(of places: [Scene.Point], _ painter: ScenePainter) -> Double {
    places.count > 1 ? Double(distance(places[0], places[1])) * painter.viewport.scale : 60
  }

  /// What an action has brought in the trial until now.
  private func rewards(of action: Int) -> [Float] {
    recording.episodes[...episode].enumerated().flatMap { index, episode in
      let frames = index == self.episode ? episode.frames.prefix(time + 1) : episode.frames[...]
      return zip(frames, frames.dropFirst()).filter { $0.0.action == [Float(action)] }.map(\.1.reward)
    }
  }

  // MARK: Paths

  /// The rollouts, step by step; in a small panel few say as much as all.
  private func drawFan(_ painter: ScenePainter) {
    let fan = recording.episodes[episode].fan
    // At the end of the episode those rollouts are shown to their ends that took longer.
    let isOver = time >= frames.count - 1
    let color = Theme.bayesOptimal.faded(isSmall ? 0.15 : 0.1)
    drawPaths(isSmall ? fan.prefix(16) : fan[...], upTo: isOver ? .max : time, color, .fan, painter)
  }

  /// The rollouts of the episode before, which the adaptation step was taken on.
  private func drawCause(_ painter: ScenePainter) {
    guard episode > 0 else { return }
    let fan = recording.episodes[episode - 1].fan
    drawPaths(fan[...], upTo: .max, Theme.random.faded(0.1), .cause, painter)
  }

  private func drawPaths(
    _ paths: ArraySlice<[Scene.Point]>, upTo time: Int, _ color: Color, _ part: LayerName.Part,
    _ painter: ScenePainter
  ) {
    guard !paths.isEmpty else { return }
    let viewport = painter.viewport
    let name = LayerName(layerOwner, episode: episode, frame: viewport.frame, part: part)
    let stride = frame.scene.stride
    let longest = max(paths.reduce(0) { max($0, $1.count) } - 1, 0)
    painter.canvas.accumulate(name, upTo: min(time, longest)) { canvas, steps in
      for step in steps {
        let moving = paths.indices.filter {
          paths[$0].count > step + 1
            && Self.isWalked(from: paths[$0][step], to: paths[$0][step + 1], stride: stride)
        }.map { paths[$0] }
        canvas.segments(
          moving.map { (viewport.point($0[step]), viewport.point($0[step + 1])) }, color, width: 1)
      }
    }
  }

  private func drawPath(_ painter: ScenePainter) {
    let path = frames.prefix(time + 1).compactMap(\.scene.position)
    let stride = frame.scene.stride
    var walks: [[Scene.Point]] = []
    for (index, point) in path.enumerated() {
      if index == 0 || !Self.isWalked(from: path[index - 1], to: point, stride: stride) { walks.append([]) }
      walks[walks.count - 1].append(point)
    }
    let lines = walks.map { $0.map(painter.viewport.point) }
    for line in lines { painter.canvas.line(line, Theme.background.faded(0.6), width: 5) }
    for line in lines { painter.canvas.line(line, Theme.agent, width: 2.5) }
    for (line, next) in zip(lines, lines.dropFirst()) {
      guard let from = line.last, let to = next.first else { continue }
      painter.canvas.line([from, to], Theme.agent.faded(0.5), width: 1, dashes: [2, 5])
    }
  }

  /// Whether a step led from one place to the other; else who is there was taken there.
  package static func isWalked(from start: Scene.Point, to end: Scene.Point, stride: Float?) -> Bool {
    guard let stride else { return true }
    let (across, up) = (abs(end.x - start.x), abs(end.y - start.y))
    return min(across, up) < 1e-3 && max(across, up) < stride + 1e-3
  }
}
