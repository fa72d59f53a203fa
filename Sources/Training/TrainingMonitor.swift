import Formats
import Runs

/// Watches the measurements of a training for signs that it is going wrong while all numbers are still finite.
/// Each sign is told of once.
package struct TrainingMonitor {
  /// The KL divergence between the old and the new policy, in nats, above which a step was too far: the
  /// trust regions in use allow about 0.01 to 0.05.
  static let klLimit = 0.5
  /// How many times its recent median a gradient's norm may be.
  static let gradientFactor = 100.0
  /// The share of its first entropy that a policy must keep during the first tenth of the training.
  static let entropyShare = 0.01

  private static let windowLength = 51

  private let iterationCount: Int
  private let hasDiscreteActions: Bool
  private var gradientNorms: [Double] = []
  private var firstEntropy: Double?
  private var told: Set<String>
  /// The signs so far, in order.
  package private(set) var warnings: [TrainingWarning]

  /// A training of so many updates, in which `warnings` were seen before. The entropy of real numbers may pass through
  /// zero; only that of choices has a floor.
  package init(iterationCount: Int, hasDiscreteActions: Bool, warnings: [TrainingWarning] = []) {
    self.iterationCount = iterationCount
    self.hasDiscreteActions = hasDiscreteActions
    self.warnings = warnings
    told = Set(warnings.map(\.measurement))
  }

  /// Looks at the measurements of an iteration.
  package mutating func observe(_ status: TrainingStatus, warn: (String) -> Void) {
    for (name, value) in status.metrics {
      guard let reason = reason(name, value, status) else { continue }
      guard told.insert(name).inserted else { continue }
      let warning = TrainingWarning(
        iteration: status.iteration, measurement: name,
        text: "\(name) is \(fixed(value, digits: 4)), \(reason)", advice: Self.advice(on: name))
      warnings.append(warning)
      warn(warning.description)
    }
  }

  /// What to try where a measurement goes wrong.
  private static func advice(on name: String) -> String {
    switch name {
    case "entropy":
      "try a greater entropy.coefficient, or temperature.targetSpread where there is that, or a smaller optimizer.learningRate"
    case "gradientNorm":
      "try a smaller optimizer.learningRate, or a smaller adaptation.stepSize where there is one"
    default: "try a smaller optimizer.learningRate or fewer ppo.epochs"
    }
  }

  private mutating func reason(_ name: String, _ value: Double, _ status: TrainingStatus) -> String? {
    switch name {
    case "approximateKL", "klDivergence":
      return value > Self.klLimit
        ? "more than \(Self.klLimit): the policy changes too much in one update" : nil
    case "gradientNorm": return gradientReason(value)
    case "entropy": return entropyReason(value, status)
    default: return nil
    }
  }

  private mutating func gradientReason(_ norm: Double) -> String? {
    let recent = gradientNorms.sorted()
    gradientNorms.append(norm)
    guard recent.count == Self.windowLength else { return nil }
    gradientNorms.removeFirst()
    let median = recent[Self.windowLength / 2]
    guard norm > Self.gradientFactor * median else { return nil }
    return
      "more than \(Int(Self.gradientFactor)) times the median of the last \(Self.windowLength) iterations"
  }

  private mutating func entropyReason(_ entropy: Double, _ status: TrainingStatus) -> String? {
    guard hasDiscreteActions else { return nil }
    guard let first = firstEntropy else {
      firstEntropy = entropy
      return nil
    }
    guard first > 0, entropy < Self.entropyShare * first else { return nil }
    guard status.iteration * 10 <= status.iterationCount else { return nil }
    return "less than a hundredth of what it was at first: the policy stopped exploring early"
  }
}
