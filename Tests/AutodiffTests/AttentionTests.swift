import Autodiff
import Foundation
import Testing

/// Causal attention is what its formula says, for numbers of both kinds, and never looks ahead.
@Suite struct AttentionTests {
  /// The formula, written with loops: `[T·B, width]`.
  private func expected(_ qkv: [Double], times: Int, lanes: Int, heads: Int, width: Int) -> [Double] {
    func row(_ time: Int, _ lane: Int) -> Int { (time * lanes + lane) * 3 * width }
    let headWidth = width / heads
    var result = Array(repeating: 0.0, count: times * lanes * width)
    for lane in 0..<lanes {
      for head in 0..<heads {
        let slope = head == 0 ? 0 : pow(4, -Double(head))
        for time in 0..<times {
          let scores = (0...time).map { other in
            let product = (0..<headWidth).reduce(0.0) { sum, column in
              sum + qkv[row(time, lane) + head * headWidth + column]
                * qkv[row(other, lane) + width + head * headWidth + column]
            }
            return exp(product / Double(headWidth).squareRoot() - slope * Double(time - other))
          }
          for column in 0..<headWidth {
            result[(time * lanes + lane) * width + head * headWidth + column] =
              (0...time).reduce(0.0) {
                $0 + scores[$1] * qkv[row($1, lane) + 2 * width + head * headWidth + column]
              } / scores.reduce(0, +)
          }
        }
      }
    }
    return result
  }

  /// Times, lanes, heads and width: with and without parts of vectors and of blocks of queries.
  static let shapes = [(1, 1, 1, 3), (4, 2, 2, 8), (7, 3, 2, 10), (21, 2, 4, 64), (37, 1, 1, 17)]

  @Test(arguments: shapes)
  func isWhatItsFormulaSays(times: Int, lanes: Int, heads: Int, width: Int) {
    let graph = Graph()
    // Columns of a wider matrix, so that the stride is not the width.
    let whole = graph.input("qkv", times * lanes, 3 * width + 2)
    let qkv = whole.slice(columns: 1..<3 * width + 1)
    let program = Program([qkv.attention(laneCount: lanes, headCount: heads)])
    let values = sampleValues(times * lanes * (3 * width + 2), -2...2, seed: 1)
    let rowWidth = 3 * width + 2
    let part: [Double] = (0..<times * lanes).flatMap { row -> [Double] in
      Array(values[row * rowWidth + 1..<(row + 1) * rowWidth - 1])
    }
    let exact = expected(part, times: times, lanes: lanes, heads: heads, width: width)
    let double = Workspace<Double>(program)
    double.setInput(0, values)
    double.run()
    #expect(zip(double.output(0), exact).allSatisfy { abs($0 - $1) < 1e-12 })
    let single = Workspace<Float>(program)
    single.setInput(0, values.map { Float($0) })
    single.run()
    #expect(zip(single.output(0), exact).allSatisfy { abs(Double($0) - $1) < 2e-6 })
    #expect(program.productOperationCount == 2 * times * (times + 1) * lanes * width)
  }

  @Test(arguments: shapes)
  func hasTheGradientOfCentralDifferences(times: Int, lanes: Int, heads: Int, width: Int) {
    // Central differences of every number take long.
    guard times * lanes * width < 500 else { return }
    let graph = Graph()
    let (qkv, weights) = (
      graph.input("qkv", times * lanes, 3 * width), graph.input("weights", times * lanes, width)
    )
    let loss = (qkv.attention(laneCount: lanes, headCount: heads) * weights).sum()
    let values = [
      sampleValues(3 * times * lanes * width, -1.5...1.5, seed: 2),
      sampleValues(times * lanes * width, -1...1, seed: 3),
    ]
    #expect(gradientError(loss, [qkv, weights], values) < 1e-8)
  }

  @Test(arguments: shapes)
  func gradientsInSinglePrecisionAreThoseInDouble(times: Int, lanes: Int, heads: Int, width: Int) {
    let graph = Graph()
    let (qkv, weights) = (
      graph.input("qkv", times * lanes, 3 * width), graph.input("weights", times * lanes, width)
    )
    let loss = (qkv.attention(laneCount: lanes, headCount: heads) * weights).sum()
    let program = Program(loss.gradient(withRespectTo: [qkv]))
    let values = [
      sampleValues(3 * times * lanes * width, -1.5...1.5, seed: 2),
      sampleValues(times * lanes * width, -1...1, seed: 3),
    ]
    let (single, double) = (Workspace<Float>(program), Workspace<Double>(program))
    for (index, values) in values.enumerated() {
      double.setInput(index, values)
      single.setInput(index, values.map { Float($0) })
    }
    single.run()
    double.run()
    #expect(zip(single.output(0), double.output(0)).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  /// What comes later changes no bit of what was before, and lanes know nothing of each other.
  @Test func isCausalToTheBit() {
    let (times, lanes, heads, width) = (19, 3, 2, 32)
    let program = Program([
      Graph().input("qkv", times * lanes, 3 * width).attention(laneCount: lanes, headCount: heads)
    ])
    let workspace = Workspace<Float>(program)
    let values = sampleValues(times * lanes * 3 * width, -2...2, seed: 4).map { Float($0) }
    func output(_ values: [Float]) -> [Float] {
      workspace.setInput(0, values)
      workspace.run()
      return workspace.output(0)
    }
    let before = output(values)
    for time in 0..<times {
      for lane in 0..<lanes {
        var changed = values
        let row = time * lanes + lane
        for column in row * 3 * width..<(row + 1) * 3 * width { changed[column] += 1 }
        let after = output(changed)
        for other in 0..<times * lanes where other / lanes < time || other % lanes != lane {
          let range = other * width..<(other + 1) * width
          #expect(before[range] == after[range], "a change of row \(row) is seen in \(other)")
        }
        #expect(before[row * width..<(row + 1) * width] != after[row * width..<(row + 1) * width])
      }
    }
  }

  /// One time after another over what was kept gives what all times at once give.
  @Test(arguments: shapes)
  func isTheSameOneTimeAfterAnother(times: Int, lanes: Int, heads: Int, width: Int) {
    let values = sampleValues(times * lanes * 3 * width, -2...2, seed: 5).map { Float($0) }
    let all = Workspace<Float>(
      Program([Graph().input("qkv", times * lanes, 3 * width).attention(laneCount: lanes, headCount: heads)]))
    all.setInput(0, values)
    all.run()
    let graph = Graph()
    let (qkv, past, count) = (
      graph.input("qkv", lanes, 3 * width), graph.input("past", times * lanes, 2 * width),
      graph.input("count", 1, 1)
    )
    let step = Workspace<Float>(Program([qkv.attention(to: past, count: count, headCount: heads)]))
    var kept: [Float] = Array(repeating: .nan, count: times * lanes * 2 * width)
    var found: [Float] = []
    for time in 0..<times {
      let rows = time * lanes..<(time + 1) * lanes
      step.setInput(0, Array(values[rows.lowerBound * 3 * width..<rows.upperBound * 3 * width]))
      step.setInput(1, kept)
      step.setInput(2, [Float(time)])
      step.run()
      found += step.output(0)
      for row in rows {
        let source = row * 3 * width
        kept.replaceSubrange(
          row * 2 * width..<(row + 1) * 2 * width, with: values[source + width..<source + 3 * width])
      }
    }
    #expect(zip(found, all.output(0)).allSatisfy { abs($0 - $1) < 2e-6 })
  }
}
