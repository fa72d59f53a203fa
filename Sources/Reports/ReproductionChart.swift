import Formats
import Simulation

/// A published table done again: a row for each cell with ours, its 95 % interval, what was published, what was asked
/// and the best, on an axis of its own, since cells have scales of their own.
public struct ReproductionChart: Sendable {
  /// One cell of the table.
  struct Row: Sendable {
    let name: String
    let value: Double
    /// Half of the 95 % interval.
    let reach: Double
    let published, asked, best: Double?
    let mark: String?

    /// The row of a cell of the document; nil where it has no value.
    init?(_ cell: Value) {
      guard let name = cell["name"]?.string, let value = cell["value"]?.double, value.isFinite else {
        return nil
      }
      self.name = name
      self.value = value
      let error = cell["standardError"]?.double ?? 0
      reach = error.isFinite ? 1.96 * error : 0
      (published, asked) = (cell["published"]?.double, cell["reproducedFrom"]?.double)
      best = cell["exact"]?.double
      mark = cell["mark"]?.string
    }

    /// The least and the greatest number that the row shows.
    var range: ClosedRange<Double> {
      let numbers = [value - reach, value + reach] + [published, asked, best].compactMap(\.self)
      return (numbers.min() ?? 0)...(numbers.max() ?? 1)
    }
  }

  /// What the table is.
  public let title: String
  let rows: [Row]

  /// The chart of a document that `metarl reproduce` writes.
  public init(_ document: Value) {
    title = document["title"]?.string ?? ""
    rows = (document["cells"]?.array ?? []).compactMap(Row.init)
  }

  private static let width = 640.0
  private static let axis = (first: 220.0, last: 440.0)
  private static let (rowHeight, top) = (30.0, 44.0)
  private static let (ours, published, asked, best) = (
    Ink.series(0), Ink.series(1), Ink.dim, Ink.reference(ReferenceRole.bayesOptimal.name)
  )

  /// The chart as a figure.
  public var figure: Figure {
    let height = Self.top + Self.rowHeight * Double(max(rows.count, 1)) + 40
    var figure = Figure(title: title, width: Self.width, height: height)
    figure.summary = rows.map { "\($0.name) \(Number.text($0.value))" }.joined(separator: ", ")
    figure.text(Number.shortened(title, to: 84), at: .init(14, 24), size: 14, .start, .text, isBold: true)
    if rows.isEmpty { figure.text("Nothing was trained.", at: .init(14, Self.top + 16)) }
    for (index, row) in rows.enumerated() {
      draw(row, at: Self.top + Self.rowHeight * (Double(index) + 0.5), on: &figure)
    }
    drawLegend(at: height - 18, on: &figure)
    return figure
  }

  private func draw(_ row: Row, at y: Double, on figure: inout Figure) {
    let (range, axis) = (row.range, Self.axis)
    let extent = range.upperBound - range.lowerBound
    func x(_ value: Double) -> Double {
      guard extent > 0 else { return (axis.first + axis.last) / 2 }
      return axis.first + (value - range.lowerBound) / extent * (axis.last - axis.first)
    }
    figure.text(Number.shortened(row.name, to: 34), at: .init(14, y + 4), .start, .text)
    figure.line([.init(axis.first, y), .init(axis.last, y)], .grid)
    if let asked = row.asked {
      figure.line([.init(x(asked), y - 9), .init(x(asked), y + 9)], Self.asked, width: 1.5, dashes: [2, 2])
    }
    if let best = row.best {
      figure.line([.init(x(best), y - 9), .init(x(best), y + 9)], Self.best, width: 3)
    }
    if let published = row.published {
      let box = Figure.Box(x: x(published) - 4, y: y - 4, width: 8, height: 8)
      figure.add(.box(box, Self.published, note: "published: \(Number.text(published))"))
    }
    figure.line(
      [.init(x(row.value - row.reach), y), .init(x(row.value + row.reach), y)], Self.ours, width: 2.5)
    figure.add(.disc(.init(x(row.value), y), radius: 4.5, Self.ours, note: "ours: \(Number.text(row.value))"))
    let text = "\(Number.text(row.value)) ± \(Number.text(row.reach, like: row.value))"
    figure.text(text, at: .init(axis.last + 112, y + 4), .end, .text)
    figure.text(row.mark ?? "", at: .init(axis.last + 122, y + 4), .start, .dim, isBold: row.mark == "short")
  }

  private func drawLegend(at y: Double, on figure: inout Figure) {
    figure.add(.disc(.init(20, y - 4), radius: 4.5, Self.ours, note: ""))
    figure.line([.init(12, y - 4), .init(28, y - 4)], Self.ours, width: 2.5)
    figure.text("ours, 95 % interval", at: .init(36, y))
    figure.add(.box(.init(x: 172, y: y - 8, width: 8, height: 8), Self.published, note: ""))
    figure.text("published", at: .init(188, y))
    figure.line([.init(264, y - 13), .init(264, y + 5)], Self.asked, width: 1.5, dashes: [2, 2])
    figure.text("asked", at: .init(274, y))
    figure.line([.init(328, y - 13), .init(328, y + 5)], Self.best, width: 3)
    figure.text("best known; every row has its own axis", at: .init(338, y))
  }
}
