import Drawing
import Foundation
import Trials

/// The strip below the picture: a way through the trial, episode by episode, and what is going on.
struct ControlBar {
  /// The height in logical pixels.
  static let height = 44.0

  static let colors = (
    panel: Color(0x1A2029), track: Color(0x3A4656), text: Color(0xE8ECF2), dim: Color(0xA3AFBF),
    accent: Color(0xF5A623)
  )

  /// Where the trial can be scrubbed through, in the coordinates of the bar.
  static func track(in size: CGSize) -> CGRect {
    CGRect(x: 64, y: 0, width: max(size.width - 64 - 330, 50), height: size.height)
  }

  /// How far through the trial the point `x` is, 0 to 1.
  static func share(at x: Double, in size: CGSize) -> Double {
    let track = track(in: size)
    return min(max((x - track.minX) / track.width, 0), 1)
  }

  /// Draws the bar at the top of the canvas, and clears what lies below.
  static func draw(_ playback: Playback, message: String?, hint: String? = nil, on canvas: Canvas) {
    canvas.clear(colors.panel)
    drawButton(playback, on: canvas)
    drawTrack(playback, on: canvas)
    drawStatus(message, else: hint ?? status(playback), on: canvas)
  }

  /// Writes what there is to tell to the right, or else `usual`.
  static func drawStatus(_ message: String?, else usual: String, on canvas: Canvas) {
    let point = CGPoint(x: canvas.size.width - 20, y: height / 2 + 5)
    canvas.text(message ?? usual, at: point, Font(13), message == nil ? colors.dim : colors.text, .trailing)
  }

  /// Draws how far a person has come in a trial.
  static func drawProgress(of trial: PlayedTrial, message: String?, hint: String, on canvas: Canvas) {
    canvas.clear(colors.panel)
    let (track, count) = (track(in: canvas.size), trial.interface.episodeCount)
    let unit = track.width / Double(count)
    for episode in 0..<count {
      let isFinished = episode < trial.finishedEpisodeCount
      let length = episode < trial.view.episodes.count ? trial.view.episodes[episode].length : 0
      let share = isFinished ? 1 : Double(length) / Double(trial.interface.horizon)
      let x = track.minX + Double(episode) * unit
      let width = max(unit - (count <= 12 ? 3 : 0), 1)
      canvas.fill(CGRect(x: x, y: 13, width: width, height: 6), colors.track, radius: 3)
      if share > 0 {
        let color = colors.accent.faded(0.75)
        canvas.fill(CGRect(x: x, y: 13, width: width * share, height: 6), color, radius: 3)
      }
      guard count <= 12 else { continue }
      let isCurrent = episode == trial.finishedEpisodeCount
      canvas.text(
        "\(episode + 1)", at: CGPoint(x: x + width / 2, y: 35), Font(12, bold: isCurrent),
        isCurrent ? colors.accent : colors.dim, .center)
    }
    drawStatus(message, else: hint, on: canvas)
  }

  private static func status(_ playback: Playback) -> String {
    if playback.isWaiting { return "adapting …" }
    let speed = playback.speed < 0 ? "1/\(1 << -playback.speed)" : "\(1 << playback.speed)"
    return "speed \(speed)×    N next task    H help"
  }

  private static func drawButton(_ playback: Playback, on canvas: Canvas) {
    let (x, y) = (32.0, height / 2)
    if playback.isPlaying {
      for shift in [-7.0, 2] {
        canvas.fill(CGRect(x: x + shift, y: y - 8, width: 5, height: 16), colors.text, radius: 1)
      }
    } else {
      canvas.fill(
        [CGPoint(x: x - 6, y: y - 9), CGPoint(x: x + 9, y: y), CGPoint(x: x - 6, y: y + 9)],
        colors.text)
    }
  }

  private static func drawTrack(_ playback: Playback, on canvas: Canvas) {
    let track = track(in: canvas.size)
    let recording = playback.recording
    let index = playback.playhead.index(in: recording)
    let unit = track.width / Double(max(recording.frameCount, 1))
    let hasNames = recording.episodes.count <= 12
    var start = 0
    for (number, episode) in recording.episodes.enumerated() {
      let gap = hasNames ? 3.0 : 0
      let box = CGRect(
        x: track.minX + Double(start) * unit, y: 13, width: Double(episode.frames.count) * unit - gap,
        height: 6)
      canvas.fill(box, colors.track, radius: 3)
      let done = min(max(Double(index + 1 - start) * unit, 0), box.width)
      if done > 0 {
        canvas.fill(
          CGRect(x: box.minX, y: box.minY, width: done, height: 6), colors.accent.faded(0.75), radius: 3)
      }
      if hasNames {
        let isCurrent = number == playback.playhead.episode
        canvas.text(
          recording.shortName(ofEpisode: number), at: CGPoint(x: box.midX, y: 35), Font(12, bold: isCurrent),
          isCurrent ? colors.accent : colors.dim, .center)
      }
      start += episode.frames.count
    }
    let handle = CGPoint(x: track.minX + (Double(index) + 0.5) * unit, y: 16)
    canvas.disc(at: handle, radius: 7, colors.text)
  }
}

/// Keys and what they do, over a darkened picture.
enum HelpOverlay {
  static func draw(_ bindings: [KeyBinding], on canvas: Canvas) {
    let (text, accent) = (ControlBar.colors.text, ControlBar.colors.accent)
    canvas.fill(CGRect(origin: .zero, size: canvas.size), Color(0x0A0D12, alpha: 0.72))
    let line = 31.0
    let size = CGSize(width: 700, height: Double(bindings.count) * line + 84)
    let box = CGRect(
      x: (canvas.size.width - size.width) / 2, y: (canvas.size.height - size.height) / 2, width: size.width,
      height: size.height)
    canvas.fill(box, ControlBar.colors.panel, radius: 12)
    canvas.stroke(box, ControlBar.colors.track, width: 1, radius: 12)
    canvas.text("Keys", at: CGPoint(x: box.minX + 32, y: box.minY + 44), Font(20, bold: true), text)
    for (index, binding) in bindings.enumerated() {
      let y = box.minY + 84 + Double(index) * line
      canvas.text(binding.keys, at: CGPoint(x: box.minX + 32, y: y), Font(15, bold: true), accent)
      canvas.text(binding.meaning, at: CGPoint(x: box.minX + 200, y: y), Font(15), text)
    }
  }
}
