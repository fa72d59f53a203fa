import Foundation
import Scenes
import Simulation

extension Bandit {
  /// The prior of every arm's mean.
  public func belief(in setting: ReferenceSetting<TaskDistribution>) -> ArmsBelief? {
    ArmsBelief(self, setting.distribution)
  }
}

/// The posterior of every arm's mean, which the number of its pulls and the sum of its rewards determine.
public struct ArmsBelief: TaskBelief {
  /// Independent arms.
  public typealias Subject = Bandit
  private static let levelCount = 64

  private let environment: Bandit
  private let distribution: Bandit.TaskDistribution
  /// The range of means.
  private let range: ClosedRange<Double>
  /// Of each arm.
  private var pulls: [Float]
  private var sums: [Float]

  init(_ environment: Bandit, _ distribution: Bandit.TaskDistribution) {
    (self.environment, self.distribution) = (environment, distribution)
    range =
      environment.kind == .bernoulli ? 0...1 : Double(distribution.lower)...Double(distribution.upper)
    pulls = Array(repeating: 0, count: environment.armCount)
    sums = pulls
  }

  /// Two numbers for each arm.
  public var width: Int { 2 * environment.armCount }

  /// Writes of each arm the expected mean, as a place in the range of means, from 0 to 1, and 1/√(1 + n) after n pulls.
  /// Expected by a Gaussian arm's n rewards is their mean, moved towards the middle of the range as by one more.
  public func write(into numbers: inout MutableSpan<Float>) {
    let isBernoulli = environment.kind == .bernoulli
    let weight = isBernoulli ? Float(distribution.alpha + distribution.beta) : 1
    let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    let expected = isBernoulli ? Float(distribution.alpha) : lower + width / 2
    for arm in pulls.indices {
      let mean = (expected + sums[arm]) / (weight + pulls[arm])
      numbers[2 * arm] = width > 0 ? (mean - lower) / width : 0
      numbers[2 * arm + 1] = 1 / (1 + pulls[arm]).squareRoot()
    }
  }

  /// No arm was pulled.
  public mutating func beginTrial() {
    for arm in pulls.indices { (pulls[arm], sums[arm]) = (0, 0) }
  }

  /// Counts a pull.
  public mutating func learn(
    from state: Bandit.State, taking action: Span<Float>, to next: Bandit.State, outcome: Outcome,
    observing observation: Span<Float>
  ) {
    let arm = Int(action[0])
    pulls[arm] += 1
    sums[arm] += outcome.reward
  }

  /// The logarithm of the density of an arm's mean, up to a constant.
  private func logDensity(ofArm arm: Int, mean: Double) -> Double {
    let (pulls, sum) = (Double(pulls[arm]), Double(sums[arm]))
    switch environment.kind {
    case .bernoulli:
      return (Double(distribution.alpha) - 1 + sum) * log(mean)
        + (Double(distribution.beta) - 1 + pulls - sum) * log(1 - mean)
    case .gaussian:
      let deviation = max(Double(environment.standardDeviation), 1e-3)
      return (sum - pulls * mean / 2) * mean / (deviation * deviation)
    }
  }

  private func mean(ofLevel level: Int) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double(level) + 0.5) / Double(Self.levelCount)
  }

  /// A column for each arm, as strong as the root of the density, so that faint ones are seen as well.
  public func draw(into scene: inout Scene) {
    let height = Float(range.upperBound - range.lowerBound)
    scene.bounds = Scene.Rectangle(x: 0, y: Float(range.lowerBound), width: 1.6 * height, height: height)
    let densities = pulls.indices.map { arm in
      let logs = (0..<Self.levelCount).map { logDensity(ofArm: arm, mean: mean(ofLevel: $0)) }
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
