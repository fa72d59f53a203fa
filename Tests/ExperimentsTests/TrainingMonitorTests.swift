import Testing
import Training

@Suite struct TrainingMonitorTests {
  /// What a monitor says of `name` having `values` in iterations 1, 2 and so on of 1,000.
  private func warnings(_ name: String, _ values: [Double], hasDiscreteActions: Bool = true) -> [String] {
    var monitor = TrainingMonitor(iterationCount: 1000, hasDiscreteActions: hasDiscreteActions)
    var warnings: [String] = []
    for (index, value) in values.enumerated() {
      let status = TrainingStatus(
        iteration: index + 1, iterationCount: 1000, timeStepCount: 0, seconds: 0, metrics: [(name, value)])
      monitor.observe(status) { warnings.append($0) }
    }
    return warnings
  }

  @Test func tellsOnceOfAPolicyThatChangesTooMuch() {
    for name in ["approximateKL", "klDivergence"] {
      #expect(warnings(name, [0.01, 0.49]).isEmpty)
      #expect(
        warnings(name, [0.01, 0.6, 0.7]) == [
          "iteration 2: \(name) is 0.6000, more than 0.5: the policy changes too much in one update; "
            + "try a smaller optimizer.learningRate or fewer ppo.epochs"
        ])
    }
  }

  @Test func tellsOfAGradientThatIsFarAboveTheUsual() {
    let usual = (0..<51).map { 1 + Double($0 % 3) }
    #expect(warnings("gradientNorm", usual + [199, 2]).isEmpty)
    #expect(warnings("gradientNorm", usual + [201]).count == 1)
    #expect(warnings("gradientNorm", usual.dropLast() + [201]).isEmpty)
  }

  @Test func tellsOfAPolicyThatStopsExploringEarly() {
    let fall = Array(repeating: 2.0, count: 50) + [0.019]
    #expect(warnings("entropy", fall).count == 1)
    #expect(warnings("entropy", Array(repeating: 2.0, count: 100) + [0.019]).isEmpty)
    #expect(warnings("entropy", [2, 0.021]).isEmpty)
    #expect(warnings("entropy", fall, hasDiscreteActions: false).isEmpty)
    #expect(warnings("entropy", [1, 0.5, 0.001, -5], hasDiscreteActions: false).isEmpty)
    #expect(warnings("return", [1e9, -1e9, 0]).isEmpty)
  }
}
