import Foundation
import Reports
import Testing

@Suite struct FigureTests {
  private func chart(_ names: [String] = ["a", "b"]) -> LineChart {
    var chart = LineChart(title: "Return of each episode", xLabel: "episode", yLabel: "return")
    chart.hasWholeSteps = true
    chart.curves = names.enumerated().map { index, name in
      LineChart.Curve(
        name: name, ink: .series(index),
        points: (0..<4).map { x in
          let y = Double(x * index)
          return .init(x: Double(x), y: y, lower: y - 0.5, upper: y + 0.5)
        }, hasMarks: true)
    }
    return chart
  }

  private func parsed(_ text: String) throws -> Reader { try Reader(text) }

  @Test func aChartIsWellFormedWhateverItsCurvesAreCalled() throws {
    let hostile = "\"/><script>alert(1)</script> & 'x' <![CDATA[ \u{0}"
    let reader = try parsed(chart([hostile, "b"]).figure.svg)
    #expect(!reader.elements.contains("script"))
    #expect(reader.text.contains("<script>alert(1)</script>"))
    #expect(reader.elements.filter { $0 == "polyline" }.count > 2)
    #expect(reader.elements.filter { $0 == "polygon" }.count == 2)
  }

  @Test func everyMarkLiesInTheFigure() {
    let figure = chart(["a", "a rather long name of an algorithm", "another rather long name", "b"]).figure
    for mark in figure.marks {
      for point in mark.corners {
        #expect((0...figure.width).contains(point.x) && (0...figure.height).contains(point.y), "\(mark)")
      }
    }
  }

  /// Longer than a line, a name goes on below; nothing of it is lost.
  @Test func aLegendHasTheWholeName() {
    let name = "rl2 " + (0..<12).map { "setting\($0)=0.0\($0)" }.joined(separator: " ")
    let letters = String(repeating: "x", count: 130)
    let figure = chart([name, letters, "b"]).figure
    let texts = figure.marks.compactMap { mark -> String? in
      if case .text(let text, _, _, _, _, _) = mark { text } else { nil }
    }
    #expect(texts.joined(separator: " ").contains(name) && texts.joined().contains(letters))
    #expect(texts.allSatisfy { $0.count <= 56 })
    for mark in figure.marks {
      for point in mark.corners { #expect((0...figure.height).contains(point.y), "\(mark)") }
    }
  }

  @Test func valuesThatAreNotFiniteAreLeftOut() throws {
    var chart = chart(["a"])
    chart.curves[0].points.append(.init(x: 4, y: .nan))
    chart.curves[0].points.append(.init(x: 5, y: .infinity))
    let svg = chart.figure.svg
    _ = try parsed(svg)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    chart.curves = []
    _ = try parsed(chart.figure.svg)
  }

  @Test func coloursAndDashesTellCurvesApart() {
    let inks = (0..<6).map { Ink.series($0) }
    #expect(Set(inks.map(\.colors.light)).count == 6 && Set(inks.map(\.colors.dark)).count == 6)
    #expect(Set(inks.map(\.dashes)).count == 6)
  }

  /// The ratio by which the lighter of two colours is lighter, as the guidelines for accessible pages define it: at
  /// least 3 for lines, on light paper and on dark.
  @Test func inksStandOutFromTheirPaper() {
    let inks =
      (0..<6).map { Ink.series($0) }
      + ["oracle", "bayesOptimal", "random", "blind"].map { Ink.reference($0) }
    for ink in inks {
      #expect(contrast(ink.colors.light, 0xFFFFFF) >= 3, "\(ink)")
      #expect(contrast(ink.colors.dark, 0x1A2029) >= 3, "\(ink)")
    }
    for ink in [Ink.text, .dim] {
      #expect(contrast(ink.colors.light, 0xFFFFFF) >= 4.5 && contrast(ink.colors.dark, 0x1A2029) >= 4.5)
    }
  }

  private func contrast(_ color: UInt32, _ other: UInt32) -> Double {
    let (one, two) = (luminance(color), luminance(other))
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }

  private func luminance(_ color: UInt32) -> Double {
    zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).reduce(0) { sum, component in
      let value = Double(color >> UInt32(component.0) & 255) / 255
      return sum + component.1 * (value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
    }
  }
}

extension Figure.Mark {
  /// The points between which it lies, its extent aside.
  var corners: [Figure.Point] {
    switch self {
    case .line(let points, _, _, _), .band(let points, _): points
    case .disc(let point, _, _, _), .text(_, let point, _, _, _, _): [point]
    case .box(let box, _, _): [.init(box.x, box.y), .init(box.maxX, box.maxY)]
    }
  }
}
