import Foundation
import Scenes
import Simulation

extension Bandit {
  /// The prior of every arm's mean.
  public func belief(over distribution: TaskDistribution) -> (any TaskBelief<Bandit>)? {
    MeansBelief(environment: self, distribution: distribution)
  }
}

/// The posterior density of every arm's mean, on a grid of means.
private struct MeansBelief: TaskBelief {
  typealias Subject = Bandit
  private static let levelCount = 64

  let environment: Bandit
  /// The range of means.
  let range: ClosedRange<Double>
  /// The logarithm of each density up to a constant, `[arm][level]`.
  var logDensities: [[Double]]

  init(environment: Bandit, distribution: Bandit.TaskDistribution) {
    self.environment = environment
    let isBernoulli = environment.kind == .bernoulli
    range = isBernoulli ? 0...1 : Double(distribution.lower)...Double(distribution.upper)
    logDensities = []
    let prior = (0..<Self.levelCount).map { level in
      let mean = mean(ofLevel: level)
      return isBernoulli ? (distribution.alpha - 1) * log(mean) + (distribution.beta - 1) * log(1 - mean) : 0
    }
    logDensities = Array(repeating: prior, count: environment.armCount)
  }

  private func mean(ofLevel level: Int) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double(level) + 0.5) / Double(Self.levelCount)
  }

  mutating func update(
    from state: Bandit.State, taking action: [Float], to next: Bandit.State, outcome: Outcome
  ) {
    for level in 0..<Self.levelCount {
      logDensities[Int(action[0])][level] += logLikelihood(of: outcome.reward, mean: mean(ofLevel: level))
    }
  }

  private func logLikelihood(of reward: Float, mean: Double) -> Double {
    switch environment.kind {
    case .bernoulli: return log(reward > 0 ? mean : 1 - mean)
    case .gaussian:
      let error = (Double(reward) - mean) / max(Double(environment.standardDeviation), 1e-3)
      return -error * error / 2
    }
  }

  /// A column for each arm, as strong as the root of the density, so that faint ones are seen as well.
  func draw(into scene: inout Scene) {
    let height = Float(range.upperBound - range.lowerBound)
    scene.bounds = Scene.Rectangle(x: 0, y: Float(range.lowerBound), width: 1.6 * height, height: height)
    let densities = logDensities.map { logs in
      let most = logs.max() ?? 0
      let weights = logs.map { exp($0 - most) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
    let most = densities.joined().max() ?? 1
    let heats = (0..<Self.levelCount).flatMap { level in
      densities.map { Float(($0[level] / most).squareRoot()) }
    }
    let heatMap = scene.bounds
    scene.bounds.y -= 0.2 * height
    scene.bounds.height += 0.2 * height
    for arm in 0..<environment.armCount where environment.armCount <= 20 {
      let x = (Float(arm) + 0.5) * heatMap.width / Float(environment.armCount)
      scene.text("\(arm + 1)", at: Scene.Point(x: x, y: heatMap.y - 0.1 * height), height: 0.09 * height)
    }
    scene.heatMap(heats, columnCount: environment.armCount, over: heatMap)
  }
}
