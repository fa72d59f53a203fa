import Drawing
import Foundation
import Simulation

/// A row of sliders below the bar: the adaptation step that is shown, and what can be changed of the task.
package struct DialRow {
  /// One slider.
  package struct Dial {
    package let name: String
    /// What is written beside it.
    let text: String
    /// Where it stands, 0 to 1.
    package let share: Double
    /// How many places it has; nil where it can stand anywhere.
    package let placeCount: Int?
    /// What it means to move it to a share of its way.
    let command: (Double) -> Command
  }

  /// The height in logical pixels.
  static let height = 38.0
  /// The sliders from left to right.
  package let dials: [Dial]

  /// The sliders for what `playback` shows.
  package init(_ playback: Playback) {
    let recording = playback.recording
    let step = recording.isOfSteps ? [Self.stepDial(playback)] : []
    dials =
      step
      + recording.settings.enumerated().map { index, setting in
        Self.dial(setting, index, playback.turned?.quantity == index ? playback.turned?.value : nil)
      }
  }

  private static func stepDial(_ playback: Playback) -> Dial {
    let count = playback.recording.episodes.count
    return Dial(
      name: "gradient steps",
      text: "\(playback.playhead.episode)  \(parameterName(playback.playhead.episode))",
      share: Double(playback.playhead.episode) / Double(max(count - 1, 1)), placeCount: count
    ) {
      .showEpisode(Int(($0 * Double(count - 1)).rounded()))
    }
  }

  private static func dial(_ setting: TaskSetting, _ index: Int, _ turned: Float?) -> Dial {
    let (low, high) = (setting.range.lowerBound, setting.range.upperBound)
    let value = turned ?? setting.value
    let text = String(
      format: abs(value) < 10 ? "%.2f" : "%.0f", setting.step == nil ? value : value.rounded())
    return Dial(
      name: setting.name,
      text: (setting.step == nil ? text : "\(Int(value.rounded()))").replacingOccurrences(of: "-", with: "−"),
      share: Double((value - low) / max(high - low, .leastNormalMagnitude)),
      placeCount: setting.step.map { Int(((high - low) / $0).rounded()) + 1 }
    ) {
      let value = low + Float($0) * (high - low)
      guard let step = setting.step else { return .turn(index, value) }
      return .turn(index, low + ((value - low) / step).rounded() * step)
    }
  }

  // MARK: Places

  private func box(_ index: Int, in size: CGSize) -> CGRect {
    let width = min((size.width - 40) / Double(max(dials.count, 1)), 340)
    return CGRect(x: 20 + Double(index) * width, y: ControlBar.height, width: width, height: Self.height)
  }

  private func track(_ index: Int, in size: CGSize) -> (start: Double, end: Double) {
    let box = box(index, in: size)
    return (box.minX + min(112, 0.4 * box.width), box.maxX - min(84, 0.38 * box.width))
  }

  /// The slider at the place `x`; nil where there is none.
  package func dial(at x: Double, in size: CGSize) -> Int? {
    dials.indices.first { x >= box($0, in: size).minX && x < box($0, in: size).maxX }
  }

  /// What it means to move a slider to the place `x`.
  package func command(of index: Int, at x: Double, in size: CGSize) -> Command? {
    guard dials.indices.contains(index) else { return nil }
    let (start, end) = track(index, in: size)
    return dials[index].command(min(max((x - start) / max(end - start, 1), 0), 1))
  }

  // MARK: Drawing

  func draw(on canvas: Canvas) {
    let colors = ControlBar.colors
    for (index, dial) in dials.enumerated() {
      let (box, track) = (box(index, in: canvas.size), track(index, in: canvas.size))
      let y = box.midY - 4
      canvas.text(dial.name, at: CGPoint(x: box.minX, y: y + 5), Font(13), colors.dim)
      let line = CGRect(x: track.start, y: y - 2, width: track.end - track.start, height: 4)
      canvas.fill(line, colors.track, radius: 2)
      let x = track.start + dial.share * line.width
      for place in 0..<(dial.placeCount.map { $0 <= 12 ? $0 : 0 } ?? 0) {
        let share = Double(place) / Double(max((dial.placeCount ?? 2) - 1, 1))
        canvas.disc(at: CGPoint(x: track.start + share * line.width, y: y), radius: 4, colors.track)
      }
      canvas.disc(at: CGPoint(x: x, y: y), radius: 7, colors.accent)
      canvas.text(dial.text, at: CGPoint(x: track.end + 12, y: y + 5), Font(13, bold: true), colors.text)
    }
  }
}
