import Autodiff
import Learning
import Randomness

/// The gradient of the loss of one shard of trials, to be timed.
public final class GradientBenchmark {
  private let workspace: Workspace<Float>

  /// A shard of `laneCount` trials of `stepCount` pulls of one of ten arms.
  public init(hiddenCount: Int, stepCount: Int, laneCount: Int) {
    let distribution = ActionDistribution(.discrete([10]))
    let network = RecurrentNetwork(
      featureCount: 14, memory: GatedRecurrentUnit(unitCount: hiddenCount), distribution: distribution,
      hasSeparateValue: false, initialStandardDeviation: 1)
    let loss = TrialPPOLoss(
      network: network, distribution: distribution, inputWidth: 10, clipRange: 0.2, valueCoefficient: 0.5)
    workspace = Workspace(loss.program(stepCount: stepCount, laneCount: laneCount))
    workspace.setInput(
      TrialPPOLoss.Port.parameters.rawValue, network.layout.initialValues(RandomKey(seed: 1)))
  }

  /// The floating-point operations of the matrix products of one run.
  public var operationCount: Int { workspace.program.productOperationCount }

  /// Calculates the gradient once.
  public func run() { workspace.run() }
}
