import Foundation
import Trials

/// What the colours of a range mean: a bar of them between the names of its ends.
struct ColorKey {
  /// What the first colour stands for.
  let first: String
  /// What the last colour stands for.
  let last: String
  /// The colour at a share of the range.
  let color: (Double) -> Color

  /// The order of the episodes of a trial, or of its adaptation steps; nil where there is but one.
  static func order(of recording: Recording) -> ColorKey? {
    let count = recording.episodes.count
    guard count > 1 else { return nil }
    return ColorKey(
      first: recording.name(ofEpisode: 0), last: recording.shortName(ofEpisode: count - 1),
      color: Theme.order)
  }

  private static let (barWidth, stripeCount, gap) = (40.0, 20, 5.0)

  /// Draws it in one line of text that ends at `point`.
  func draw(on canvas: Canvas, endingAt point: CGPoint) {
    let font = Font(11)
    canvas.text(last, at: point, font, Theme.dimText, .trailing)
    let left = point.x - canvas.width(of: last, font) - Self.gap - Self.barWidth
    let width = Self.barWidth / Double(Self.stripeCount)
    for stripe in 0..<Self.stripeCount {
      let box = CGRect(x: left + Double(stripe) * width, y: point.y - 8, width: width, height: 8)
      canvas.fillSharply(box, color(Double(stripe) / Double(Self.stripeCount - 1)))
    }
    canvas.text(first, at: CGPoint(x: left - Self.gap, y: point.y), font, Theme.dimText, .trailing)
  }
}
