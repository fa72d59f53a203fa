import Foundation
import Scenes
import Trials

/// A person's trial as a picture: the person to the left; to the right, afterwards, an agent in the same task; below,
/// the returns of both beside those of other agents.
public struct PlayPicture: Sendable {
  /// A key and what it does.
  public struct Hint: Sendable {
    let keys: String
    let meaning: String

    /// `keys` do what `meaning` says.
    public init(keys: String, meaning: String) {
      self.keys = keys
      self.meaning = meaning
    }
  }

  /// The person's trial so far, as much of it as may be seen.
  public var trial: Recording {
    // What was drawn of another trial, or of less of this one, is drawn anew.
    didSet { layerOwner = LayerOwner() }
  }
  /// Whether the trial is over.
  public var isOver = false
  /// The agent's trial in the same task, once it is there.
  public var rival: Recording?
  /// The moment of the agent's trial that is shown, once the person's is over.
  public var replay: Playhead?
  /// Whether it is shown what could be known of the task.
  public var showsBelief = false
  /// What the person can do.
  public var hints: [Hint] = []
  private var layerOwner = LayerOwner()

  /// A picture of the beginning of a trial.
  public init(_ trial: Recording) { self.trial = trial }

  private var playhead: Playhead { .end(of: trial) }
  /// The moment of the person's trial that is shown: the last, and afterwards the one that the agent is at, too.
  private var ownPlayhead: Playhead {
    guard let replay, let rival, replay.episode < trial.episodes.count else { return playhead }
    let isEnd = replay.time >= rival.episodes[replay.episode].length
    let length = trial.episodes[replay.episode].length
    return Playhead(episode: replay.episode, time: isEnd ? length : min(replay.time, length))
  }
  private var rivalName: String { rival.map { displayName(of: $0.caption.agent) } ?? "the agent" }

  private var bounds: Scene.Rectangle {
    guard isOver, let rival else { return trial.bounds }
    let (own, other) = (trial.bounds, rival.bounds)
    return own.including(Scene.Point(x: other.x, y: other.y), margin: 0)
      .including(Scene.Point(x: other.x + other.width, y: other.y + other.height), margin: 0)
  }

  /// The point of the world below a point of the picture; nil where the person is not.
  public func worldPoint(at point: CGPoint, in size: CGSize) -> Scene.Point? {
    let space = space(of: PictureLayout(size, of: bounds).before)
    return Viewport(bounds, in: space).worldPoint(at: point)
  }

  /// Draws it over the whole canvas.
  public func draw(on canvas: Canvas) {
    let layout = PictureLayout(canvas.size, of: bounds)
    canvas.clear(Theme.background)
    drawHeader(on: canvas, in: layout.header)
    drawPerson(on: canvas, in: layout.before)
    drawRival(on: canvas, in: layout.now)
    var plot = ReturnsPlot(recording: trial, playhead: playhead)
    plot.episodeCount = trial.interface.episodeCount
    plot.isUnfinished = !isOver
    plot.references = rival?.references ?? []
    if isOver, let rival {
      plot.rival = rival
      plot.references.removeAll { $0.name == rival.caption.agent }
    }
    plot.draw(on: canvas, in: layout.returns)
    Panel.draw(sections(on: canvas), on: canvas, in: layout.side)
  }

  // MARK: Parts

  private func drawHeader(on canvas: Canvas, in box: CGRect) {
    let caption = trial.caption
    canvas.text(
      "\(caption.environment)  ·  \(isOver ? "your trial is over" : "you are the agent")",
      at: CGPoint(x: box.minX, y: box.minY + 22), Font(21, bold: true), Theme.text)
    let frame = playhead.frame(of: trial)
    let count = trial.interface.episodeCount
    let moment =
      "episode \(playhead.episode + 1) of \(count)  ·  step \(playhead.time) of \(trial.interface.horizon)"
      + "  ·  last reward \(number(Double(lastReward)))  ·  return \(number(frame.returnSoFar))"
    canvas.text(moment, at: CGPoint(x: box.maxX, y: box.minY + 22), Font(15), Theme.text, .trailing)
    canvas.text(
      canvas.shortened(caption.summary, Font(14), toFit: box.width),
      at: CGPoint(x: box.minX, y: box.minY + 47), Font(14), Theme.dimText)
  }

  /// The last reward of the trial, also when a new episode has just begun.
  private var lastReward: Float {
    if playhead.time > 0 { return playhead.frame(of: trial).reward }
    return playhead.episode > 0 ? trial.episodes[playhead.episode - 1].frames.last?.reward ?? 0 : 0
  }

  private func drawPerson(on canvas: Canvas, in box: CGRect) {
    let moment = ownPlayhead
    let detail = "return \(number(moment.frame(of: trial).returnSoFar))"
    Panel.draw("You: episode \(moment.episode + 1)", detail, color: Theme.agent, on: canvas, in: box)
    panel(trial, moment).draw(on: canvas, in: space(of: box))
    panel(trial, moment).drawLegend(on: canvas, in: box)
  }

  private func drawRival(on canvas: Canvas, in box: CGRect) {
    let space = space(of: box)
    guard isOver, let rival, let replay else {
      Panel.draw("\(rivalName), afterwards", color: Theme.rival, on: canvas, in: box)
      let start = Playhead()
      panel(trial, start).draw(on: canvas, in: space)
      Panel.drawExpectation("plays in the same task when you are done", on: canvas, in: space)
      return
    }
    let episode = rival.episodes[replay.episode]
    let title = "\(rivalName): \(rival.name(ofEpisode: replay.episode))"
    let detail =
      episode.fan.isEmpty
      ? "return \(number(replay.frame(of: rival).returnSoFar))"
      : "mean of \(episode.fan.count): \(number(episode.meanReturn))"
    Panel.draw(title, detail, color: Theme.rival, on: canvas, in: box)
    panel(rival, replay).draw(on: canvas, in: space)
    panel(rival, replay).drawLegend(on: canvas, in: box)
  }

  /// Where the world lies in a panel.
  private func space(of box: CGRect) -> CGRect {
    let footers = ([trial] + (isOver ? [rival].compactMap(\.self) : [])).map { panel($0, Playhead()).footer }
    return Panel.space(of: box, footer: footers.max() ?? 0)
  }

  private func panel(_ recording: Recording, _ playhead: Playhead) -> EpisodePanel {
    EpisodePanel(
      recording: recording, episode: playhead.episode, time: playhead.time, bounds: bounds,
      layerOwner: layerOwner)
  }

  private func sections(on canvas: Canvas) -> [Panel.Section] {
    var sections: [Panel.Section] = []
    if let belief = playhead.frame(of: trial).belief, showsBelief {
      sections.append(
        Panel.Section(title: "What could be known of the task", weight: 1.5) {
          Panel.drawBelief(belief, on: canvas, in: $0)
        })
    } else if playhead.frame(of: trial).scene.position != nil && trial.interface.episodeCount > 1 {
      let film = FilmPanel(recording: trial, playhead: ownPlayhead, bounds: bounds, layerOwner: layerOwner)
      let title = film.isWhole ? "Your episodes" : "Your episodes: \(film.title)"
      sections.append(Panel.Section(title: title, weight: 1.5) { film.draw(on: canvas, in: $0) })
    }
    let table = ScoreTable(trial: trial, isOver: isOver, rival: rival)
    sections.append(Panel.Section(title: "Sum of returns", weight: 1.1) { table.draw(on: canvas, in: $0) })
    sections.append(Panel.Section(title: "Keys", weight: 1.3) { drawHints(on: canvas, in: $0) })
    return sections
  }

  private func drawHints(on canvas: Canvas, in box: CGRect) {
    let line = min(21, box.height / Double(max(hints.count, 1)))
    let width = hints.map { canvas.width(of: $0.keys, Font(12, bold: true)) }.max() ?? 0
    for (index, hint) in hints.enumerated() {
      let y = box.minY + Double(index) * line + 12
      canvas.text(hint.keys, at: CGPoint(x: box.minX + 2, y: y), Font(12, bold: true), Theme.agent)
      canvas.text(hint.meaning, at: CGPoint(x: box.minX + width + 16, y: y), Font(12), Theme.dimText)
    }
  }
}

/// What the person and other agents have got in as many episodes as are over.
private struct ScoreTable {
  let trial: Recording
  let isOver: Bool
  let rival: Recording?

  private struct Row {
    let name: String
    let color: Color
    let returns: [Double]
  }

  private var finishedCount: Int { isOver ? trial.episodes.count : trial.episodes.count - 1 }

  private var rows: [Row] {
    let own = Row(name: "you", color: Theme.agent, returns: trial.returns)
    guard let rival else { return [own] }
    let name = rival.caption.agent
    let agent = isOver ? [Row(name: displayName(of: name), color: Theme.rival, returns: rival.returns)] : []
    let others = rival.references.filter { !isOver || $0.name != name }.map {
      Row(name: displayName(of: $0.name), color: Theme.line(of: $0.name).color, returns: $0.episodes)
    }
    return [own] + agent + others
  }

  func draw(on canvas: Canvas, in box: CGRect) {
    let count = finishedCount
    let caption =
      count == 0 ? "no episode is over yet" : count == 1 ? "after episode 1" : "after \(count) episodes"
    canvas.text(caption, at: CGPoint(x: box.minX + 2, y: box.minY + 11), Font(12), Theme.dimText)
    for (index, row) in rows.enumerated() {
      let y = box.minY + 36 + Double(index) * 22
      let font = Font(14, bold: index == 0)
      canvas.text(row.name, at: CGPoint(x: box.minX + 2, y: y), font, row.color)
      let sum = count == 0 ? "–" : number(row.returns.prefix(count).reduce(0, +))
      canvas.text(sum, at: CGPoint(x: box.maxX - 2, y: y), font, Theme.text, .trailing)
    }
  }
}
