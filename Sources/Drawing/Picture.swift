import Foundation
import Scenes
import Trials

/// A trial as a picture: the agent before and after it has adapted, side by side in the same task; below, the
/// return of each episode; beside, what could be known of the task and what the agent remembers.
public struct Picture: Sendable {
  /// The size in logical pixels that everything is laid out for first.
  public static let usualSize = CGSize(width: 1280, height: 720)

  /// The trial.
  public private(set) var recording: Recording
  /// Whether the parameters of the task are shown.
  public var showsTask = true
  /// Whether the policy's moves are shown.
  public var showsPolicy = true
  private let bounds: Scene.Rectangle
  private let memory: MemoryPanel?
  private var layerOwner = LayerOwner()
  private let caption: CaptionText

  /// A picture of `recording`.
  public init(_ recording: Recording) {
    self.recording = recording
    bounds = recording.bounds
    caption = CaptionText(recording.caption)
    memory = MemoryPanel(of: recording)
  }

  /// What other agents get in the same task.
  public var references: [Recording.ReferenceReturns] {
    get { recording.references }
    set {
      recording.references = newValue
      layerOwner = LayerOwner()
    }
  }

  /// Draws the moment of `playhead` over the whole canvas.
  public func draw(_ playhead: Playhead, on canvas: Canvas) {
    let layout = PictureLayout(canvas.size, of: bounds)
    canvas.clear(Theme.background)
    drawHeader(playhead, on: canvas, layout)
    if recording.episodes.count > 1 {
      drawBefore(playhead, on: canvas, in: layout.before)
      drawNow(playhead, on: canvas, in: layout.now)
    } else {
      drawPanel("At the start", Playhead(), on: canvas, in: layout.before)
      drawPanel("Now: step \(playhead.time)", playhead, on: canvas, in: layout.now)
    }
    var plot = ReturnsPlot(recording: recording, playhead: playhead)
    plot.layerOwner = layerOwner
    plot.draw(on: canvas, in: layout.returns)
    drawSide(playhead, on: canvas, in: layout.side)
  }

  /// The point of the world below a point of the picture; nil where there is no world.
  public func worldPoint(at point: CGPoint, in size: CGSize) -> Scene.Point? {
    let layout = PictureLayout(size, of: bounds)
    for box in [layout.before, layout.now] where box.contains(point) {
      return Viewport(bounds, in: sceneSpace(of: box)).worldPoint(at: point)
    }
    return nil
  }

  /// The episode whose small picture lies at a point; nil where there is none.
  public func episode(at point: CGPoint, _ playhead: Playhead, in size: CGSize) -> Int? {
    guard memory == nil else { return nil }
    let film = FilmPanel(recording: recording, playhead: playhead, bounds: bounds, layerOwner: layerOwner)
    let weights = playhead.frame(of: recording).belief == nil ? [1.75, 1] : [1.35, 1.75, 1]
    let boxes = Panel.boxes(weights, in: PictureLayout(size, of: bounds).side)
    return film.episode(at: point, in: Panel.space(of: boxes[weights.count - 2]))
  }

  // MARK: Header

  private func drawHeader(_ playhead: Playhead, on canvas: Canvas, _ layout: PictureLayout) {
    let box = layout.header
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
      recording.isOfSteps
      ? "\(playhead.episode) of \(recording.episodes.count - 1) gradient steps"
      : "episode \(playhead.episode + 1) of \(recording.episodes.count)"
    let frame = playhead.frame(of: recording)
    let name = recording.isOfSteps ? "return of the amber path" : "return"
    return "\(place)  ·  step \(min(playhead.time, episode.length)) of \(recording.interface.horizon)"
      + "  ·  \(name) \(number(frame.returnSoFar))"
  }

  // MARK: Episodes

  private func drawBefore(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    let title = "Before: \(recording.name(ofEpisode: 0))"
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
      recording.isOfSteps
      ? "After \(count) gradient step\(count == 1 ? "" : "s"): \(parameterName(count))"
      : "After \(count) episode\(count == 1 ? "" : "s"): episode \(count + 1)"
    drawPanel(title, playhead, on: canvas, in: box)
  }

  /// While the first episode is played there is no adapted agent yet, only the world that waits for it.
  private func drawExpectation(on canvas: Canvas, in box: CGRect) {
    Panel.draw("After", on: canvas, in: box)
    var panel = EpisodePanel(
      recording: recording, episode: 0, time: 0, bounds: bounds, layerOwner: layerOwner)
    panel.showsPolicy = false
    panel.draw(on: canvas, in: sceneSpace(of: box))
    let reason = recording.isOfSteps ? "adapts after these rollouts" : "learns from episode 1"
    Panel.drawExpectation(reason, on: canvas, in: sceneSpace(of: box))
  }

  private func drawPanel(_ title: String, _ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    Panel.draw(title, returnText(playhead), on: canvas, in: box)
    var panel = EpisodePanel(
      recording: recording, episode: playhead.episode, time: playhead.time, bounds: bounds,
      layerOwner: layerOwner)
    panel.showsPolicy = showsPolicy
    panel.showsCause = true
    panel.draw(on: canvas, in: sceneSpace(of: box))
    panel.drawLegend(on: canvas, in: box)
  }

  private func returnText(_ playhead: Playhead) -> String {
    let episode = recording.episodes[playhead.episode]
    guard episode.fan.isEmpty else {
      return "mean of \(episode.fan.count): \(number(episode.meanReturn))"
    }
    return "return \(number(playhead.frame(of: recording).returnSoFar))"
  }

  /// Where the world lies in a panel; where its signs are explained, there is room for that.
  private func sceneSpace(of box: CGRect) -> CGRect {
    let panel = EpisodePanel(
      recording: recording, episode: 0, time: 0, bounds: bounds, layerOwner: layerOwner)
    return Panel.space(of: box, footer: panel.footer)
  }

  // MARK: The side

  private func drawSide(_ playhead: Playhead, on canvas: Canvas, in box: CGRect) {
    Panel.draw(sections(playhead, on: canvas), on: canvas, in: box)
  }

  private func sections(_ playhead: Playhead, on canvas: Canvas) -> [Panel.Section] {
    var sections: [Panel.Section] = []
    let frame = playhead.frame(of: recording)
    if let belief = frame.belief {
      let title = frame.agentBelief == nil ? "Exact belief about the task" : "Belief: exact, and the agent's"
      sections.append(
        Panel.Section(title: title, weight: 1.35) { box in
          let beliefs = [belief] + [frame.agentBelief].compactMap { $0 }
          for (belief, part) in zip(beliefs, Panel.columns(beliefs.count, in: box)) {
            Panel.drawBelief(belief, on: canvas, in: part)
          }
        })
    }
    if let memory {
      let count = memoryCount(playhead)
      sections.append(
        Panel.Section(title: "Memory, step by step", weight: 0.75, key: memory.valueKey) {
          memory.drawStrip(on: canvas, in: $0, upTo: count)
        })
      sections.append(
        Panel.Section(title: "Its principal components", weight: 1.1, key: memory.orderKey(of: recording)) {
          memory.drawComponents(on: canvas, in: $0, upTo: count)
        })
    } else {
      let film = FilmPanel(
        recording: recording, playhead: playhead, bounds: bounds, layerOwner: layerOwner)
      sections.append(Panel.Section(title: film.title, weight: 1.75) { film.draw(on: canvas, in: $0) })
      let plot = StepsPlot(recording: recording, playhead: playhead, layerOwner: layerOwner)
      sections.append(
        Panel.Section(title: "Return, step by step", weight: 1, key: .order(of: recording)) {
          plot.draw(on: canvas, in: $0)
        })
    }
    return sections
  }

  /// How many steps of the trial the agent remembers at `playhead`.
  private func memoryCount(_ playhead: Playhead) -> Int {
    recording.episodes[..<playhead.episode].reduce(0) { $0 + $1.length }
      + min(playhead.time + 1, recording.episodes[playhead.episode].length)
  }
}

/// Where the parts of a picture lie.
package struct PictureLayout {
  package let header: CGRect
  package let before: CGRect
  package let now: CGRect
  package let returns: CGRect
  package let side: CGRect

  /// The layout of a canvas of `size` logical pixels in which `world` is drawn twice: side by side or, where that
  /// makes it much larger, one above the other.
  package init(_ size: CGSize, of world: Scene.Rectangle) {
    let (beside, stacked) = (PictureLayout(size), PictureLayout(size, isStacked: true))
    func scale(_ layout: Self) -> Double { Viewport(world, in: Panel.space(of: layout.before)).scale }
    self = scale(stacked) > 1.25 * scale(beside) ? stacked : beside
  }

  /// The layout of a canvas of `size` logical pixels; the two panels lie one above the other where it is stacked.
  package init(_ size: CGSize, isStacked: Bool = false) {
    let (margin, gap) = (20.0, 12.0)
    let inner = CGRect(origin: .zero, size: size).insetBy(dx: margin, dy: margin - 4)
    header = CGRect(x: inner.minX, y: inner.minY, width: inner.width, height: 58)
    let body = CGRect(
      x: inner.minX, y: header.maxY + 4, width: inner.width, height: inner.maxY - header.maxY - 4)
    let sideWidth = (body.width * 0.29).rounded()
    side = CGRect(x: body.maxX - sideWidth, y: body.minY, width: sideWidth, height: body.height)
    let mainWidth = body.width - sideWidth - gap
    let returnsHeight = min(max(body.height * 0.29, 150), 260)
    let mainHeight = body.height - returnsHeight - gap
    let panelWidth = isStacked ? mainWidth : ((mainWidth - gap) / 2).rounded(.down)
    let panelHeight = isStacked ? ((mainHeight - gap) / 2).rounded(.down) : mainHeight
    before = CGRect(x: body.minX, y: body.minY, width: panelWidth, height: panelHeight)
    now = CGRect(
      x: isStacked ? body.minX : before.maxX + gap, y: isStacked ? before.maxY + gap : body.minY,
      width: panelWidth, height: panelHeight)
    returns = CGRect(x: body.minX, y: now.maxY + gap, width: mainWidth, height: returnsHeight)
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
