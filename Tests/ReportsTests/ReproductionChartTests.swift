import Formats
import Reports
import Testing

@Suite struct ReproductionChartTests {
  private static let cells = """
    [{"name": "n=10, k=5", "value": 6.6, "standardError": 0.01, "published": 6.7, "exact": 6.66,
      "reproducedFrom": 6.63, "mark": "short"},
     {"name": "<b>&", "value": 157.5, "standardError": 0.19, "published": null, "exact": null,
      "reproducedFrom": null, "mark": null},
     {"name": "not measured", "value": null, "standardError": null, "mark": null}]
    """

  private func figure(_ cells: String = ReproductionChartTests.cells) throws -> Figure {
    let text = "{\"title\": \"Total reward\", \"cells\": \(cells)}"
    return ReproductionChart(try JSON.parse(Array(text.utf8))).figure
  }

  @Test func aRowShowsOursBesideWhatWasPublishedAndTheBest() throws {
    let figure = try figure()
    let reader = try Reader(figure.svg)
    for text in ["n=10, k=5", "6.600 ± 0.020", "short", "157.5 ± 0.4", "<b>&"] {
      #expect(reader.text.contains(text), "\(text)")
    }
    #expect(!reader.text.contains("not measured") && !reader.elements.contains("b"))
    let squares = figure.marks.compactMap {
      if case .box(let box, _, let note) = $0 { (box, note) } else { nil }
    }
    let discs = figure.marks.compactMap {
      if case .disc(let point, _, _, let note) = $0 { (point, note) } else { nil }
    }
    #expect(
      squares.map(\.1) == ["published: 6.700", ""] && discs.map(\.1) == ["ours: 6.600", "ours: 157.5", ""])
    // Published lies to the right of ours, as it is greater.
    #expect(squares[0].0.x > discs[0].0.x)
  }

  @Test func everyMarkLiesInTheFigure() throws {
    for figure in [try figure(), try figure("[]")] {
      for mark in figure.marks {
        for point in mark.corners {
          #expect((0...figure.width).contains(point.x) && (0...figure.height).contains(point.y), "\(mark)")
        }
      }
    }
  }
}
