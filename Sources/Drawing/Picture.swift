import Foundation
import Simulation

/// A trial as a picture: the agent before and after it has adapted, side by side in the same task; below, the
/// return of each episode; beside, what could be known of the task and what the agent remembers.
public struct Picture: Sendable {
  /// The size in logical pixels that everything is laid out for first.
  public static let usualSize = CGSize(width: 1280, height: 720)

  /// The trial.
  public let recording: Recording
  /// Whether the parameters of the task are shown.
  public var showsTask = true
  /// Whether the policy's moves are shown.
  public var showsPolicy = true
  private let bounds: Scene.Rectangle
  private let memory: MemoryPanel?
  private let layerOwner = LayerOwner()

  /// A picture of `recording`.
  public init(_ recording: Recording) {
    self.recording = recording
    bounds = recording.bounds
    memory = MemoryPanel(of: recording)
  }

  /// Draws the moment of `playhead` over the whole canvas.
  public func draw(_ playhead: Playhead, on canvas: Canvas) {
    let layout = PictureLayout(canvas.size)
    canvas.clear(Theme.background)
    drawHeader(playhead, on: canvas, layout)
    if recording.episodes.count > 1 {
      drawBefore(playhead, on: canvas, in: layout.before)
      drawNow(playhead, on: canvas, in: layout.now)
    } else {
      drawPanel("At the start", Playhead(), on: canvas, in: layout.before)
      drawPanel("Now: step \(playhead.time)", playhead, on: canvas, in: layout.now)
    }
    ReturnsPlot(recording: recording, playhead: playhead).draw(on: canvas, in: layout.returns)
    drawSide(playhead, on: canvas, in: layout.side)
  }

  /// The point of the world below a point of the picture; nil where there is no world.
  public func worldPoint(at point: CGPoint, in size: CGSize) -> Scene.Point? {
    let layout = PictureLayout(size)
    for box in [layout.before, layout.now] where box.contains(point) {
      return Viewport(bounds, in: Self.sceneSpace(of: box)).worldPoint(at: point)
    }
    return nil
  }

  // MARK: Header

  private func drawHeader(_ playhead: Playhead, on canvas: Canvas, _ layout: PictureLayout) {
    let box = layout.header
    let caption = CaptionText(recording.caption)
    canvas.text(
      caption.title, at: CGPoint(x: box.minX, y: box.minY + 22), Font(21, bold: true), Theme.text)
    let moment = moment(playhead)
    canvas.text(moment, at: CGPoint(x: box.maxX, y: box.minY + 22), Font(15), Theme.text, .trailing)
    let task = caption.task(withParameters: showsTask)
    canvas.text(
      canvas.shortened(task, Font(14), toFit: box.width), at: CGPoint(x: box.minX, y: box.minY + 47),
      Font(14),
      Theme.dimText)
  }

  private func moment(_ playhead: Playhead) -> String {
    let episode = recording.episodes[playhead.episode]
    let place =
      recording.caption.isAdaptive
      ? "\(playhead.episode) of \(recording.episodes.count - 1) gradient steps"
      : "episode \(playhead.episode + 1) of \(recording.episodes.count)"
    let frame = playhead.frame(of: recording)
    return "\(place)  ·  step \(min(playhead.time, episode.length)) of \(recording.interface.horizon)"
      + "  ·  return \(number(frame.returnSoFar))"
  }

  // MARK: Episodes

  private func drawBefore(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    let title = recording.caption.isAdaptive ? "Before: θ" : "Before: episode 1"
    let isOver = playhead.time >= recording.episodes[playhead.episode].length
    let length = recording.episodes[0].length
    let time = isOver ? length : min(playhead.time, length)
    drawPanel(title, Playhead(episode: 0, time: time), on: canvas, in: box)
  }

  private func drawNow(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    guard playhead.episode > 0 else {
      drawExpectation(on: canvas, in: box)
      return
    }
    let count = playhead.episode
    let title =
      recording.caption.isAdaptive
      ? "After \(count) gradient step\(count == 1 ? "" : "s"): \(parameterName(count))"
      : "After \(count) episode\(count == 1 ? "" : "s"): episode \(count + 1)"
    drawPanel(title, playhead, on: canvas, in: box)
  }

  /// While the first episode is played there is no adapted agent yet, only the world that waits for it.
  private func drawExpectation(on canvas: Canvas, in box: CGRect) {
    drawFrame("After", nil, on: canvas, in: box)
    let space = Self.sceneSpace(of: box)
    var panel = EpisodePanel(
      recording: recording, episode: 0, time: 0, bounds: bounds, layerOwner: layerOwner)
    panel.showsPolicy = false
    panel.draw(on: canvas, in: space)
    canvas.fill(space, Theme.panel.faded(0.75))
    let text = recording.caption.isAdaptive ? "adapts after these rollouts" : "learns from episode 1"
    canvas.text(text, at: CGPoint(x: space.midX, y: space.midY + 5), Font(15), Theme.text, .center)
  }

  private func drawPanel(_ title: String, _ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    drawFrame(title, returnText(playhead), on: canvas, in: box)
    var panel = EpisodePanel(
      recording: recording, episode: playhead.episode, time: playhead.time, bounds: bounds,
      layerOwner: layerOwner)
    panel.showsPolicy = showsPolicy
    panel.draw(on: canvas, in: Self.sceneSpace(of: box))
    // Where the scene leaves room, what its signs mean.
    let bottom = Viewport(bounds, in: Self.sceneSpace(of: box)).frame.maxY
    guard showsPolicy, let legend = panel.legend, box.maxY - bottom > 30 else { return }
    canvas.text(legend, at: CGPoint(x: box.midX, y: bottom + 20), Font(12), Theme.dimText, .center)
  }

  private func returnText(_ playhead: Playhead) -> String {
    let episode = recording.episodes[playhead.episode]
    guard episode.fan.isEmpty else {
      return "mean of \(episode.fan.count): \(number(episode.meanReturn))"
    }
    return "return \(number(playhead.frame(of: recording).returnSoFar))"
  }

  private func drawFrame(_ title: String, _ detail: String?, on canvas: Canvas, in box: CGRect) {
    canvas.fill(box, Theme.panel, radius: 8)
    canvas.text(title, at: CGPoint(x: box.minX + 14, y: box.minY + 23), Font(14, bold: true), Theme.text)
    guard let detail else { return }
    canvas.text(detail, at: CGPoint(x: box.maxX - 14, y: box.minY + 23), Font(13), Theme.dimText, .trailing)
  }

  private static func sceneSpace(of box: CGRect) -> CGRect {
    CGRect(x: box.minX + 12, y: box.minY + 36, width: box.width - 24, height: box.height - 48)
  }

  // MARK: The side

  private func drawSide(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    var sections: [(title: String, weight: Double, draw: (CGRect) -> Void)] = []
    if let belief = playhead.frame(of: recording).belief {
      sections.append(
        (
          "Exact belief about the task", 1.35,
          { space in
            let viewport = Viewport(belief.bounds, in: space)
            canvas.clipped(to: viewport.frame, radius: 3) {
              ScenePainter(canvas: canvas, viewport: viewport).paint(belief)
            }
          }
        ))
    }
    if let memory {
      let count = memoryCount(playhead)
      sections.append(
        ("Memory of the agent, step by step", 0.75, { memory.drawStrip(on: canvas, in: $0, upTo: count) }))
      sections.append(
        ("Its two principal components", 1.1, { memory.drawComponents(on: canvas, in: $0, upTo: count) }))
    } else {
      sections.append((filmTitle, 1.75, { drawFilm(playhead, on: canvas, in: $0) }))
      let plot = StepsPlot(recording: recording, playhead: playhead)
      sections.append(("Return within an episode, step by step", 1, { plot.draw(on: canvas, in: $0) }))
    }
    let spacing = 12.0
    let height = box.height - spacing * Double(sections.count - 1)
    let weights = sections.reduce(0) { $0 + $1.weight }
    var top = box.minY
    for section in sections {
      let part = CGRect(x: box.minX, y: top, width: box.width, height: height * section.weight / weights)
      drawFrame(section.title, nil, on: canvas, in: part)
      section.draw(Self.sceneSpace(of: part))
      top = part.maxY + spacing
    }
  }

  /// How many steps of the trial the agent remembers at `playhead`.
  private func memoryCount(_ playhead: Playhead) -> Int {
    recording.episodes[..<playhead.episode].reduce(0) { $0 + $1.length }
      + min(playhead.time + 1, recording.episodes[playhead.episode].length)
  }

  private var filmTitle: String {
    recording.caption.isAdaptive ? "After each gradient step" : "Every episode"
  }

  private func drawFilm(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    let count = min(recording.episodes.count, 8)
    let columnCount = (1...count).max { thumbnailSize($0, count, box) < thumbnailSize($1, count, box) } ?? 1
    let rowCount = (count + columnCount - 1) / columnCount
    let size = CGSize(
      width: box.width / Double(columnCount), height: box.height / Double(max(rowCount, 1)))
    for index in 0..<count {
      let episode = count > 1 ? index * (recording.episodes.count - 1) / (count - 1) : 0
      let cell = CGRect(
        x: box.minX + Double(index % columnCount) * size.width,
        y: box.minY + Double(index / columnCount) * size.height, width: size.width, height: size.height)
      drawThumbnail(episode, playhead, on: canvas, in: cell.insetBy(dx: 4, dy: 4))
    }
  }

  /// How wide the world is drawn with `columnCount` columns.
  private func thumbnailSize(_ columnCount: Int, _ count: Int, _ box: CGRect) -> Double {
    let rowCount = (count + columnCount - 1) / columnCount
    let aspect = Double(bounds.width / bounds.height)
    return min(box.width / Double(columnCount) - 8, (box.height / Double(rowCount) - 26) * aspect)
  }

  private func drawThumbnail(_ episode: Int, _ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    let isAdaptive = recording.caption.isAdaptive
    let isCurrent = episode == playhead.episode
    let isReached = isAdaptive || episode <= playhead.episode
    let name = isAdaptive ? parameterName(episode) : "episode \(episode + 1)"
    let color = isCurrent ? Theme.agent : Theme.dimText
    canvas.text(name, at: CGPoint(x: box.minX + 2, y: box.minY + 12), Font(13, bold: isCurrent), color)
    if isReached && (isAdaptive || !isCurrent) {
      canvas.text(
        number(recording.returns[episode]), at: CGPoint(x: box.maxX - 2, y: box.minY + 12), Font(12),
        Theme.dimText, .trailing)
    }
    let space = CGRect(x: box.minX, y: box.minY + 18, width: box.width, height: box.height - 18)
    var panel = EpisodePanel(
      recording: recording, episode: episode,
      time: !isReached ? 0 : isCurrent ? playhead.time : recording.episodes[episode].length, bounds: bounds,
      layerOwner: layerOwner)
    panel.showsPolicy = false
    panel.isSmall = true
    panel.draw(on: canvas, in: space)
    if isCurrent { canvas.stroke(Viewport(bounds, in: space).frame, Theme.agent, width: 1.5, radius: 3) }
  }
}

/// Where the parts of a picture lie.
package struct PictureLayout {
  package let header: CGRect
  package let before: CGRect
  package let now: CGRect
  package let returns: CGRect
  package let side: CGRect

  /// The layout of a canvas of `size` logical pixels.
  package init(_ size: CGSize) {
    let (margin, gap) = (20.0, 12.0)
    let inner = CGRect(origin: .zero, size: size).insetBy(dx: margin, dy: margin - 4)
    header = CGRect(x: inner.minX, y: inner.minY, width: inner.width, height: 58)
    let body = CGRect(
      x: inner.minX, y: header.maxY + 4, width: inner.width, height: inner.maxY - header.maxY - 4)
    let sideWidth = (body.width * 0.29).rounded()
    side = CGRect(x: body.maxX - sideWidth, y: body.minY, width: sideWidth, height: body.height)
    let mainWidth = body.width - sideWidth - gap
    let panelWidth = ((mainWidth - gap) / 2).rounded(.down)
    let returnsHeight = min(max(body.height * 0.29, 150), 260)
    let panelHeight = body.height - returnsHeight - gap
    before = CGRect(x: body.minX, y: body.minY, width: panelWidth, height: panelHeight)
    now = CGRect(x: before.maxX + gap, y: body.minY, width: panelWidth, height: panelHeight)
    returns = CGRect(x: body.minX, y: before.maxY + gap, width: mainWidth, height: returnsHeight)
  }
}

extension Recording {
  /// The part of the world that holds the scenes and, as far as they do not go too far, the paths.
  var bounds: Scene.Rectangle {
    let scenes = episodes.compactMap { $0.frames.first?.scene }
    guard var bounds = scenes.first?.bounds else { return Scene().bounds }
    for scene in scenes {
      bounds = bounds.including(Scene.Point(x: scene.bounds.x, y: scene.bounds.y), margin: 0)
      let corner = Scene.Point(
        x: scene.bounds.x + scene.bounds.width, y: scene.bounds.y + scene.bounds.height)
      bounds = bounds.including(corner, margin: 0)
    }
    let (center, size) = (
      Scene.Point(x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2), bounds
    )
    for point in episodes.flatMap(\.path) {
      guard abs(point.x - center.x) < size.width && abs(point.y - center.y) < size.height else { continue }
      bounds = bounds.including(point, margin: 0.03 * size.width)
    }
    return bounds
  }
}

extension Canvas {
  /// As much of a text as fits, with an ellipsis where something is left out.
  func shortened(_ text: String, _ font: Font, toFit width: Double) -> String {
    guard self.width(of: text, font) > width else { return text }
    var (low, high) = (0, text.count)
    while low < high {
      let middle = (low + high + 1) / 2
      if self.width(of: text.prefix(middle) + "…", font) <= width { low = middle } else { high = middle - 1 }
    }
    return text.prefix(low) + "…"
  }
}
