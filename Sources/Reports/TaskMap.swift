import Drawing
import Scenes

/// The return of an agent by where the goal is.
public struct TaskMap: Sendable {
  /// A task that is at a place.
  public struct Place: Sendable {
    /// Where the goal is, in world units.
    public let goal: Scene.Rectangle
    /// Whether the goal is drawn as a rectangle that fills a cell.
    public let isCell: Bool
    /// The mean return there.
    public let value: Double
  }

  /// What is shown.
  public let title: String
  /// The tasks.
  public let places: [Place]
  /// The part of the world to show.
  let bounds: Scene.Rectangle
  /// The range of the colours: the same for maps that are to be compared.
  let range: ClosedRange<Double>

  private static let (width, side, margin) = (480.0, 330.0, 12.0)

  /// The range of the values in several maps.
  static func range(of places: [[Place]]) -> ClosedRange<Double> {
    let values = places.flatMap { $0.map(\.value) }.filter(\.isFinite)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    return low...max(high, low + 1e-9)
  }

  /// The map as a figure.
  public var figure: Figure {
    let scale = Self.side / Double(max(bounds.width, bounds.height))
    let box = Figure.Box(
      x: Self.margin, y: Self.margin, width: Double(bounds.width) * scale,
      height: Double(bounds.height) * scale)
    var figure = Figure(title: title, width: Self.width, height: max(box.maxY, 200) + Self.margin)
    figure.summary =
      "\(places.count) tasks, from \(Number.text(range.lowerBound)) to \(Number.text(range.upperBound))"
    figure.add(.box(box, .empty, note: ""))
    for place in places { draw(place, in: box, scale: scale, on: &figure) }
    drawKey(on: &figure, x: Self.margin + Self.side + 26, height: max(box.height, 180))
    return figure
  }

  private func draw(_ place: Place, in box: Figure.Box, scale: Double, on figure: inout Figure) {
    let share = (place.value - range.lowerBound) / (range.upperBound - range.lowerBound)
    let text = Number.text(place.value)
    let goal = place.goal
    let center = Figure.Point(
      box.x + Double(goal.x + goal.width / 2 - bounds.x) * scale,
      box.maxY - Double(goal.y + goal.height / 2 - bounds.y) * scale)
    guard place.isCell else {
      let radius = places.count > 300 ? 4.0 : places.count > 60 ? 6 : 8
      return figure.add(.disc(center, radius: radius, .heat(share), note: text))
    }
    let (width, height) = (Double(goal.width) * scale, Double(goal.height) * scale)
    let cell = Figure.Box(
      x: center.x - width / 2 + 1, y: center.y - height / 2 + 1, width: width - 2, height: height - 2)
    figure.add(.box(cell, .heat(share), note: text))
    guard width >= 40 else { return }
    figure.text(text, at: .init(center.x, center.y + 4), size: 12, .middle, .onHeat(share))
  }

  /// The scale of the colours.
  private func drawKey(on figure: inout Figure, x: Double, height: Double) {
    let (stepCount, top) = (40, Self.margin)
    for step in 0..<stepCount {
      let share = 1 - (Double(step) + 0.5) / Double(stepCount)
      let y = top + height * Double(step) / Double(stepCount)
      figure.add(
        .box(.init(x: x, y: y, width: 18, height: height / Double(stepCount) + 0.5), .heat(share), note: ""))
    }
    for share in [0, 0.25, 0.5, 0.75, 1] {
      let value = range.lowerBound + share * (range.upperBound - range.lowerBound)
      figure.text(
        Number.text(value),
        at: .init(x + 25, top + height * (1 - share) + (share == 1 ? 10 : share == 0 ? 0 : 4)))
    }
  }
}
