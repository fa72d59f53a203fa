import Autodiff
import Learning
import Simulation

/// What updates of MAML work with: compiled programs, a worker for each thread, and room for each task.
struct MAMLMachinery {
  let workers: [MAMLWorker]
  let tasks: [MAMLTask]
  let operations: Operations

  /// The floating-point operations of the matrix products that one task takes.
  struct Operations {
    /// Playing and adapting.
    var exploration = 0
    /// The gradient of the outer loss.
    var gradient = 0
    /// One product with the Fisher information.
    var curvature = 0
    /// The outer loss alone.
    var loss = 0
  }

  init(_ objective: MAMLObjective, _ simulator: any Simulator, threadCount: Int) {
    let (configuration, interface) = (objective.configuration, simulator.interface)
    let (horizon, rollouts) = (interface.horizon, configuration.rollouts)
    var programs = MAMLWorker.Programs(
      acting: objective.acting(laneCount: rollouts),
      adaptation: objective.adaptationProgram(stepCount: horizon, laneCount: rollouts))
    var curvature: Program?
    let stride = min(configuration.trpo.curvatureStride, horizon)
    if configuration.outer.gradient != .reptile {
      programs.gradient = objective.gradientProgram(stepCount: horizon, laneCount: rollouts)
    }
    if configuration.outer.optimizer == .trpo {
      programs.loss = objective.lossProgram(stepCount: horizon, laneCount: rollouts)
      curvature = objective.productProgram(
        stepCount: (horizon + stride - 1) / stride, laneCount: rollouts)
    }
    let stepCount = configuration.adaptation.steps
    operations = Operations(
      exploration: programs.acting.program.productOperationCount * horizon * (stepCount + 1)
        + programs.adaptation.productOperationCount * stepCount,
      gradient: programs.gradient?.productOperationCount ?? 0,
      curvature: curvature?.productOperationCount ?? 0, loss: programs.loss?.productOperationCount ?? 0)
    workers = (0..<threadCount).map { [programs] _ in MAMLWorker(objective, programs, simulator) }
    tasks = (0..<configuration.tasks).map { [curvature] _ in
      MAMLTask(objective, interface, curvature: curvature, curvatureStride: stride)
    }
  }
}
