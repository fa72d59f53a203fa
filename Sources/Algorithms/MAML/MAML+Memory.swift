import Autodiff
import Learning
import Simulation

extension MAML {
  /// The memory of a learner: its parameters, the episodes of its tasks, and what each thread calculates with.
  package static func memory(
    of configuration: MAMLConfiguration, for simulator: any Simulator, use: LearnerUse
  ) throws -> MemoryEstimate {
    let objective = MAMLObjective(configuration, simulator.interface)
    var memory = MemoryEstimate()
    let parameterCount = Double(objective.parameterCount)
    switch use {
    case .acting(let threadCount, _, _):
      memory.add("\(objective.parameterCount) parameters", numbers: parameterCount, 12)
      memory.add(
        objective.memoryOfPlaying(
          simulator.interface, laneCount: configuration.evaluationRollouts, threadCount))
      memory.add(
        "\(configuration.evaluationRollouts) episodes",
        byteCount: Double(threadCount)
          * objective.experienceBytes(simulator.interface, laneCount: configuration.evaluationRollouts))
    case .training(let threadCount):
      let (rollouts, tasks) = (configuration.rollouts, Double(configuration.tasks))
      memory.add("\(objective.parameterCount) parameters", numbers: parameterCount, 12)
      memory.add("their gradients in \(configuration.tasks) tasks", numbers: parameterCount, 3, tasks)
      memory.add(objective.memoryOfPlaying(simulator.interface, laneCount: rollouts, threadCount))
      memory.add(
        "\(rollouts) episodes before and after each of \(configuration.adaptation.steps) steps in \(configuration.tasks) tasks",
        byteCount: tasks * Double(configuration.adaptation.steps + 1)
          * objective.experienceBytes(simulator.interface, laneCount: rollouts))
      memory.add(objective.memoryOfLearning(simulator.interface, threadCount))
    }
    return memory
  }
}

extension MAMLObjective {
  /// What each thread acts, adapts and fits baselines with.
  fileprivate func memoryOfPlaying(
    _ interface: Interface, laneCount: Int, _ threadCount: Int
  ) -> MemoryEstimate {
    var memory = MemoryEstimate()
    let acting = self.acting(laneCount: laneCount).program
    let adaptation = adaptationProgram(stepCount: interface.horizon, laneCount: laneCount)
    memory.add(
      "adaptation to \(laneCount) episodes of \(interface.horizon) time steps by \(threadCount) threads",
      byteCount: Double(threadCount) * Double(acting.workspaceByteCount + adaptation.workspaceByteCount))
    if configuration.baseline.linear {
      let features = Double(encoder.featureCount * (encoder.isSparse ? 1 : 2) + 4)
      memory.add(
        "baselines of \(Int(features)) features", byteCount: Double(threadCount) * 16 * features * features)
    }
    return memory
  }

  /// What the outer loop calculates with.
  fileprivate func memoryOfLearning(_ interface: Interface, _ threadCount: Int) -> MemoryEstimate {
    var memory = MemoryEstimate()
    let (horizon, rollouts) = (interface.horizon, configuration.rollouts)
    var threadBytes = 0
    if configuration.outer.gradient != .reptile {
      threadBytes += gradientProgram(stepCount: horizon, laneCount: rollouts).workspaceByteCount
    }
    if configuration.outer.optimizer == .trpo {
      threadBytes += lossProgram(stepCount: horizon, laneCount: rollouts).workspaceByteCount
      let stride = min(configuration.trpo.curvatureStride, horizon)
      let curvature = productProgram(stepCount: (horizon + stride - 1) / stride, laneCount: rollouts)
      memory.add(
        "the curvature of \(configuration.tasks) tasks",
        byteCount: Double(configuration.tasks) * Double(curvature.workspaceByteCount))
    }
    memory.add(
      "meta-gradients by \(threadCount) threads", byteCount: Double(threadCount) * Double(threadBytes))
    return memory
  }

  /// The bytes of `laneCount` episodes as they are kept.
  fileprivate func experienceBytes(_ interface: Interface, laneCount: Int) -> Double {
    let width = encoder.width + distribution.outputCount + distribution.componentCount + 6
    let novelties = configuration.exploration.bonus > 0 ? 10 : 0
    return 4 * Double(width + novelties) * Double(interface.horizon) * Double(laneCount)
  }
}
