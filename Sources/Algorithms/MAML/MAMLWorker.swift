import Autodiff
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// What is kept of one task of the meta-batch during an update; one thread of one process at a time works on it.
final class MAMLTask: @unchecked Sendable {
  /// The episodes before each adaptation step and after the last, which only the process has that played them.
  let rollouts: [Rollout]
  /// How many time steps all episodes took.
  private(set) var timeStepCount = 0
  /// The mean return of the episodes before each adaptation step and after the last.
  private(set) var meanReturns: [Double]
  /// The meta-parameters with the network's part adapted.
  var adapted: [Float]
  /// The gradient of the task's outer loss, or for Reptile the way back from the adapted parameters.
  var gradient: [Float]
  var loss: Float = 0
  var klDivergence: Float = 0
  /// The credit that the episodes before adaptation get.
  var credit: Float = 0
  /// The product of the task's Fisher information with a direction.
  var product: [Float]
  /// One more than where in `Self.places` a number stopped being finite; 0 where none did.
  private var fault = 0
  /// What products need besides the direction is calculated once and kept here.
  private let curvature: Workspace<Float>?
  private let curvatureStride: Int

  init(_ objective: MAMLObjective, _ interface: Interface, curvature: Program?, curvatureStride: Int) {
    let configuration = objective.configuration
    rollouts = (0...configuration.adaptation.steps).map { _ in
      objective.rollout(
        interface, laneCount: configuration.rollouts, looksForNovelties: configuration.exploration.bonus > 0)
    }
    meanReturns = Array(repeating: 0, count: rollouts.count)
    adapted = Array(repeating: 0, count: objective.parameterCount)
    gradient = adapted
    product = curvature == nil ? [] : adapted
    self.curvature = curvature.map { Workspace($0) }
    self.curvatureStride = curvatureStride
  }

  private static let places = ["observation", "action", "logProbability", "reward", "adaptedParameters"]

  /// The first place in which a number is not finite.
  var placeNotFinite: String? { fault == 0 ? nil : Self.places[fault - 1] }

  /// Notes of the episodes and the adapted parameters what all processes need to know.
  func summarize() {
    timeStepCount = rollouts.reduce(0) { $0 + $1.timeStepCount }
    for (step, rollout) in rollouts.enumerated() { meanReturns[step] = rollout.meanReturn }
    let names: [Rollout.Name] = [.inputs, .choices, .logProbabilities, .rewards]
    let place =
      rollouts.lazy.compactMap { $0.firstNonFinite(names)?.place }.first
      ?? (isFinite(adapted) ? nil : "adaptedParameters")
    fault = place.flatMap { Self.places.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
  }

  func moveSummary(by transfer: inout ShardTransfer) {
    transfer.move(&timeStepCount)
    transfer.move(&meanReturns)
    transfer.move(&fault)
  }

  func moveLoss(by transfer: inout ShardTransfer) {
    transfer.move(&loss)
    transfer.move(&klDivergence)
  }

  func moveGradient(by transfer: inout ShardTransfer) {
    moveLoss(by: &transfer)
    transfer.move(&gradient)
  }

  /// Gets ready for products at `parameters`.
  func beginProducts(_ parameters: [Float]) {
    guard let curvature else { return }
    curvature.setInput(MAMLObjective.Input.parameters, parameters)
    for (batch, rollout) in rollouts.enumerated() {
      curvature.load(rollout, batch: batch, stride: curvatureStride)
    }
  }

  func multiply(_ direction: [Float]) {
    guard let curvature else { return }
    curvature.setInput(MAMLObjective.Input.extra, direction)
    curvature.run()
    curvature.copyOutput(0, to: &product)
  }
}

/// One thread's means to play, adapt and differentiate.
final class MAMLWorker: @unchecked Sendable {
  private let configuration: MAMLConfiguration
  private let lanes: any Lanes
  private let actor: Actor
  private let adaptation: Workspace<Float>
  private let gradient: Workspace<Float>?
  private let loss: Workspace<Float>?
  private var baseline: LinearBaseline?
  private var actions: [Float]
  private var keys: [RandomKey]
  private var taskKeys: [RandomKey]

  /// The compiled programs, shared by all threads.
  struct Programs {
    let acting: ActingProgram
    let adaptation: Program
    var gradient: Program?
    var loss: Program?
  }

  init(_ objective: MAMLObjective, _ programs: Programs, _ simulator: any Simulator) {
    configuration = objective.configuration
    let laneCount = configuration.rollouts
    keys = Array(repeating: RandomKey(seed: 0), count: laneCount)
    taskKeys = keys
    lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    actor = Actor(programs.acting)
    adaptation = Workspace(programs.adaptation)
    gradient = programs.gradient.map { Workspace($0) }
    loss = programs.loss.map { Workspace($0) }
    baseline = objective.baseline
    actions = Array(repeating: 0, count: laneCount * simulator.interface.action.componentCount)
  }

  /// Draws a task, plays, adapts, plays again, and so on.
  func explore(
    _ task: MAMLTask, from parameters: [Float], taskKey: RandomKey, key: RandomKey, explorationBonus: Float
  ) {
    for index in parameters.indices { task.adapted[index] = parameters[index] }
    for lane in taskKeys.indices { taskKeys[lane] = taskKey }
    for (step, rollout) in task.rollouts.enumerated() {
      let key = key.child(step)
      for lane in keys.indices { keys[lane] = key.child(lane) }
      if step == 0 {
        lanes.restart(drawingFrom: .train, taskKeys: taskKeys, keys: keys)
      } else {
        lanes.restart(keys: keys)
      }
      actor.setParameters(task.adapted)
      actor.beginTrial(keys: keys)
      lanes.collect(actor, into: rollout, actions: &actions)
      rollout.estimateAdvantages(configuration, &baseline, explorationBonus: explorationBonus)
      if step < configuration.adaptation.steps {
        adaptation.adapt(
          &task.adapted, on: rollout, scale: step == 0 ? 1 : Float(configuration.adaptation.laterStepFactor))
      }
    }
    task.summarize()
  }

  /// Calculates loss, KL divergence and gradient of the task at `parameters`.
  func differentiate(_ task: MAMLTask, at parameters: [Float]) {
    guard let gradient else {
      for index in parameters.indices { task.gradient[index] = parameters[index] - task.adapted[index] }
      return
    }
    load(gradient, task, parameters)
    gradient.run()
    task.loss = gradient.scalar(0)
    task.klDivergence = gradient.scalar(1)
    gradient.copyOutput(2, to: &task.gradient)
  }

  /// Calculates loss and KL divergence of the task at `parameters`, adapting from there on the same episodes.
  func evaluateLoss(_ task: MAMLTask, at parameters: [Float]) {
    guard let loss else { return }
    load(loss, task, parameters)
    loss.run()
    task.loss = loss.scalar(0)
    task.klDivergence = loss.scalar(1)
  }

  private func load(_ workspace: Workspace<Float>, _ task: MAMLTask, _ parameters: [Float]) {
    workspace.setInput(MAMLObjective.Input.parameters, parameters)
    workspace.withInput(MAMLObjective.Input.extra) { $0[0] = task.credit }
    for (batch, rollout) in task.rollouts.enumerated() { workspace.load(rollout, batch: batch) }
  }
}

extension MAMLObjective {
  /// The baseline, or nil where there is none.
  var baseline: LinearBaseline? {
    configuration.baseline.linear ? LinearBaseline(encoder, ridge: configuration.baseline.ridge) : nil
  }

  /// The compiled step of the policy in `laneCount` lanes.
  func acting(laneCount: Int) -> ActingProgram {
    network.acting(distribution, encoder, laneCount: laneCount, vectorCount: parameterCount)
  }

  /// Room for `laneCount` episodes and what is calculated of them.
  func rollout(_ interface: Interface, laneCount: Int, looksForNovelties: Bool = false) -> Rollout {
    var columns = [
      Rollout.Column(.inputs, width: encoder.width),
      Rollout.Column(.outputs, width: distribution.outputCount),
      Rollout.Column(.choices, width: distribution.componentCount),
      Rollout.Column(.logProbabilities), Rollout.Column(.values), Rollout.Column(.returns),
      Rollout.Column(.advantages), Rollout.Column(.weights),
    ]
    if distribution.hasStandardDeviation {
      columns.append(
        Rollout.Column(.logStandardDeviation, width: distribution.componentCount, isConstant: true))
    }
    if looksForNovelties {
      columns += [Rollout.Column(.novelties), Rollout.Column(.earnings)]
    }
    return Rollout(stepCount: interface.horizon, laneCount: laneCount, columns: columns)
  }
}

extension Rollout {
  /// Weighs the time steps and estimates the advantage of every action against a baseline fitted to these very episodes,
  /// or without one against a constant.
  func estimateAdvantages(
    _ configuration: MAMLConfiguration, _ baseline: inout LinearBaseline?, explorationBonus: Float = 0
  ) {
    weighSteps()
    calculateEarnings(scale: 1, explorationBonus: explorationBonus)
    let discount = Float(configuration.discount)
    if baseline == nil {
      setValues(to: Float(configuration.baseline.constant))
    } else {
      fitValues(of: &baseline, discount: discount)
    }
    estimateAdvantages(discount: discount, lambda: Float(configuration.advantages.lambda))
    if configuration.advantages.normalize { normalizeAdvantages() }
  }
}

extension Workspace<Float> {
  /// Runs an adaptation program: takes one step from `parameters`.
  func adapt(_ parameters: inout [Float], on rollout: Rollout, scale: Float) {
    setInput(MAMLObjective.Input.parameters, parameters)
    withInput(MAMLObjective.Input.extra) { $0[0] = scale }
    load(rollout, batch: 0)
    run()
    copyOutput(0, to: &parameters)
  }

  /// Copies every `stride`-th step of the episodes into the inputs of batch `batch`.
  func load(_ rollout: Rollout, batch: Int, stride: Int = 1) {
    func copy(_ port: MAMLObjective.Port, _ name: Rollout.Name) {
      let values = rollout[name]
      let input = MAMLObjective.Input.port(port, ofBatch: batch)
      if stride == 1 || port == .logStandardDeviation {
        setInput(input, values)
      } else {
        thin(input, values, rollout.stepCount, stride: stride)
      }
    }
    copy(.inputs, .inputs)
    copy(.choices, .choices)
    copy(.logProbabilities, .logProbabilities)
    copy(.advantages, .advantages)
    copy(.outputs, .outputs)
    if rollout.has(.logStandardDeviation) { copy(.logStandardDeviation, .logStandardDeviation) }
    copy(.weights, .weights)
    if stride > 1 {
      withInput(MAMLObjective.Input.port(.weights, ofBatch: batch)) { weights in
        var sum: Float = 0
        for index in 0..<weights.count { sum += weights[index] }
        for index in 0..<weights.count { weights[index] /= sum }
      }
    }
  }

  private func thin(_ input: Int, _ values: [Float], _ stepCount: Int, stride: Int) {
    let width = values.count / stepCount
    let values = values.span
    withInput(input) { target in
      for step in 0..<target.count / width {
        for index in 0..<width { target[step * width + index] = values[step * stride * width + index] }
      }
    }
  }
}
