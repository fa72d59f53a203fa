import Drawing

/// Curves with intervals over common axes, and what they are called.
public struct LineChart: Sendable {
  /// One curve.
  public struct Curve: Sendable {
    /// What it is called.
    public let name: String
    /// How it is drawn.
    public let ink: Ink
    /// The points, by rising x.
    public var points: [Point]
    /// Whether every point has a mark.
    public var hasMarks = false

    /// A curve.
    public init(name: String, ink: Ink, points: [Point], hasMarks: Bool = false) {
      self.name = name
      self.ink = ink
      self.points = points
      self.hasMarks = hasMarks
    }
  }

  /// One point of a curve.
  public struct Point: Hashable, Sendable {
    /// The place along the axis.
    public let x: Double
    /// The value.
    public let y: Double
    /// The ends of its interval; the value itself where there is none.
    public let lower, upper: Double

    /// A point, with an interval or without one.
    public init(x: Double, y: Double, lower: Double? = nil, upper: Double? = nil) {
      self.x = x
      self.y = y
      self.lower = lower ?? y
      self.upper = upper ?? y
    }
  }

  /// What the chart shows.
  public let title: String
  /// What the axes are.
  public let xLabel, yLabel: String
  /// The curves; later ones lie above earlier ones.
  public var curves: [Curve] = []
  /// Whether x counts things, so that there is nothing between whole numbers.
  public var hasWholeSteps = false
  /// Names in place of numbers along x, from 0.
  public var xNames: [String] = []

  /// A chart without curves.
  public init(title: String, xLabel: String, yLabel: String) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
  }

  private static let (width, plotHeight) = (480.0, 230.0)
  private static let (left, right, top) = (60.0, 16.0, 12.0)

  /// The chart as a figure.
  public var figure: Figure {
    let plot = Figure.Box(
      x: Self.left, y: Self.top, width: Self.width - Self.left - Self.right, height: Self.plotHeight)
    var figure = Figure(title: title, width: Self.width, height: plot.maxY + 46)
    figure.summary = curves.map(\.name).joined(separator: ", ")
    guard let axes = Axes(of: curves, in: plot, hasMargin: hasWholeSteps) else {
      figure.text("There is nothing to show.", at: .init(plot.x, plot.y + 20))
      return figure
    }
    draw(axes, on: &figure)
    for curve in curves { draw(curve, axes, on: &figure) }
    drawLegend(on: &figure, from: plot.maxY + 58)
    return figure
  }

  private func draw(_ axes: Axes, on figure: inout Figure) {
    let plot = axes.plot
    for tick in Ticks.values(from: axes.low, to: axes.high, count: 5) {
      let y = axes.y(tick)
      figure.line([.init(plot.x, y), .init(plot.maxX, y)], .grid)
      figure.text(Ticks.label(tick), at: .init(plot.x - 8, y + 4), .end)
    }
    for (x, label) in xTicks(axes) {
      figure.text(label, at: .init(axes.x(x), plot.maxY + 18), .middle)
    }
    figure.line([.init(plot.x, plot.maxY), .init(plot.maxX, plot.maxY)], .dim)
    figure.text(xLabel, at: .init(plot.x + plot.width / 2, plot.maxY + 36), .middle)
  }

  private func xTicks(_ axes: Axes) -> [(x: Double, label: String)] {
    guard hasWholeSteps else {
      return Ticks.values(from: axes.first, to: axes.last, count: 5).map { ($0, Self.short($0)) }
    }
    let count = Int(axes.last - axes.first) + 1
    let stride = max(1, (count + 9) / 10)
    return Swift.stride(from: Int(axes.first), through: Int(axes.last), by: stride).map { index in
      (Double(index), xNames.indices.contains(index) ? xNames[index] : String(index))
    }
  }

  private func draw(_ curve: Curve, _ axes: Axes, on figure: inout Figure) {
    let points = curve.points.filter { $0.y.isFinite }
    guard !points.isEmpty else { return }
    let band = points.filter { $0.lower.isFinite && $0.upper.isFinite }
    if band.contains(where: { $0.lower < $0.upper }) {
      let upper = band.map { Figure.Point(axes.x($0.x), axes.y($0.upper)) }
      let lower = band.reversed().map { Figure.Point(axes.x($0.x), axes.y($0.lower)) }
      figure.add(.band(upper + lower, curve.ink))
      if hasWholeSteps {
        for point in band where point.lower < point.upper {
          let x = axes.x(point.x)
          figure.line([.init(x, axes.y(point.lower)), .init(x, axes.y(point.upper))], curve.ink, width: 1.5)
        }
      }
    }
    let places = points.map { Figure.Point(axes.x($0.x), axes.y($0.y)) }
    figure.line(places, curve.ink, width: 2.2, dashes: curve.ink.dashes)
    guard curve.hasMarks else { return }
    for (place, point) in zip(places, points) {
      figure.add(.disc(place, radius: 3.6, curve.ink, note: Self.note(curve.name, point)))
    }
  }

  private static func note(_ name: String, _ point: Point) -> String {
    let interval =
      point.lower < point.upper ? " (\(Number.text(point.lower)) to \(Number.text(point.upper)))" : ""
    return "\(name): \(Number.text(point.y))\(interval)"
  }

  /// The names of the curves in rows, each beside a piece of its line.
  private func drawLegend(on figure: inout Figure, from start: Double) {
    var (x, y) = (Self.left, start)
    for curve in curves {
      let lines = Number.lines(curve.name, of: 56)
      let width = 34 + (lines.map { Figure.width(of: $0, size: 12) }.max() ?? 0) + 14
      if x > Self.left && x + width > Self.width {
        x = Self.left
        y += 18
      }
      figure.line(
        [.init(x, y - 4), .init(x + 26, y - 4)], curve.ink, width: 2.2, dashes: curve.ink.dashes)
      if curve.hasMarks { figure.add(.disc(.init(x + 13, y - 4), radius: 3.6, curve.ink, note: "")) }
      for (index, line) in lines.enumerated() {
        figure.text(line, at: .init(x + 32, y + Double(index) * 15), .start, .text)
      }
      x += width
      guard lines.count > 1 else { continue }
      y += Double(lines.count - 1) * 15
      x = Self.width
    }
    figure.height = y + 10
  }

  /// A large number in thousands or millions.
  private static func short(_ value: Double) -> String {
    switch abs(value) {
    case 1e9...: Ticks.label(value / 1e9) + " G"
    case 1e6...: Ticks.label(value / 1e6) + " M"
    case 1e4...: Ticks.label(value / 1e3) + " k"
    default: Ticks.label(value)
    }
  }

  /// The ranges that the plot shows.
  private struct Axes {
    let plot: Figure.Box
    let first, last, low, high: Double
    let margin: Double

    init?(of curves: [Curve], in plot: Figure.Box, hasMargin: Bool) {
      let points = curves.flatMap(\.points).filter { $0.y.isFinite && $0.x.isFinite }
      guard let first = points.map(\.x).min(), let last = points.map(\.x).max() else { return nil }
      let values = points.flatMap { [$0.y, $0.lower, $0.upper] }.filter(\.isFinite)
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      let space = high > low ? 0.06 * (high - low) : max(1e-3, abs(high) * 0.1)
      self.plot = plot
      self.first = first
      self.last = last
      self.low = low - space
      self.high = high + space
      margin = hasMargin || last == first ? plot.width / (2 * (last - first + 1)) : 0
    }

    func x(_ value: Double) -> Double {
      guard last > first else { return plot.x + plot.width / 2 }
      return plot.x + margin + (value - first) / (last - first) * (plot.width - 2 * margin)
    }

    func y(_ value: Double) -> Double { plot.maxY - (value - low) / (high - low) * plot.height }
  }
}
