import Autodiff
import Learning
import Simulation

/// What updates of MAML work with: compiled programs, a worker for each thread, and room for each task.
struct MAMLMachinery {
  let workers: [MAMLWorker]
  let tasks: [MAMLTask]
  /// The floating-point operations of the matrix products of one update with one line-search candidate.
  let productOperationCount: Int

  init(_ objective: MAMLObjective, _ simulator: any Simulator, threadCount: Int) {
    let (configuration, interface) = (objective.configuration, simulator.interface)
    let (horizon, rollouts) = (interface.horizon, configuration.rollouts)
    var programs = MAMLWorker.Programs(
      acting: FeedForwardActor.program(
        objective.network, objective.distribution, laneCount: rollouts,
        vectorCount: objective.parameterCount),
      adaptation: objective.adaptationProgram(stepCount: horizon, laneCount: rollouts))
    var curvature: Program?
    let stride = min(configuration.curvatureStride, horizon)
    if configuration.metaGradient != .reptile {
      programs.gradient = objective.gradientProgram(stepCount: horizon, laneCount: rollouts)
    }
    if configuration.outerOptimizer == .trpo {
      programs.loss = objective.lossProgram(stepCount: horizon, laneCount: rollouts)
      curvature = objective.productProgram(
        stepCount: (horizon + stride - 1) / stride, laneCount: rollouts)
    }
    let stepCount = configuration.adaptationSteps
    let perTask =
      programs.acting.productOperationCount * horizon * (stepCount + 1)
      + programs.adaptation.productOperationCount * stepCount
      + (programs.gradient?.productOperationCount ?? 0) + (programs.loss?.productOperationCount ?? 0)
      + (curvature?.productOperationCount ?? 0) * configuration.conjugateGradientSteps
    productOperationCount = perTask * configuration.tasks
    workers = (0..<threadCount).map { [programs] _ in MAMLWorker(objective, programs, simulator) }
    tasks = (0..<configuration.tasks).map { [curvature] _ in
      MAMLTask(objective, interface, curvature: curvature, curvatureStride: stride)
    }
  }
}
