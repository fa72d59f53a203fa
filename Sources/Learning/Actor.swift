import Autodiff
import Foundation
import Randomness
import Simulation
import Trials

/// A policy at work in a batch of lanes.
///
/// Its memory, where it has one, is the recurrent state, which is zero at the start of a trial and at no other time, or what
/// was kept of the steps of the trial.
public final class Actor: Policy {
  /// What it decides by.
  public private(set) var step: ActingProgram
  /// Whether it takes the most probable actions.
  public var isGreedy: Bool
  /// Whether its input has an exact belief about the task.
  public var readsBelief: Bool { step.readsBelief }
  /// Whether all parameters are.
  public private(set) var isFinite = true
  private var workspace: Workspace<Float>
  private var streams: [RandomStream]
  /// σ of a continuous policy, `[component]`.
  private var deviation: [Float]
  /// How many steps of the trial there were.
  private var stepCount = 0

  /// The inputs of the last step, `[lane, input]`.
  private var input: [Float]
  /// The actions as the policy chose them, `[lane, component]`.
  private var choices: [Float]
  /// log π of the chosen actions, `[lane]`.
  private var logProbabilities: [Float]

  private typealias Input = ActingProgram.Input
  private typealias Output = ActingProgram.Output

  /// An actor that has no parameters yet.
  public init(_ step: ActingProgram, isGreedy: Bool = false) {
    self.step = step
    self.isGreedy = isGreedy
    let (laneCount, distribution) = (step.laneCount, step.distribution)
    workspace = Workspace(step.program)
    streams = Array(repeating: RandomKey(seed: 0).stream(), count: laneCount)
    input = Array(repeating: 0, count: laneCount * step.encoder.width)
    choices = Array(repeating: 0, count: laneCount * distribution.componentCount)
    logProbabilities = Array(repeating: 0, count: laneCount)
    deviation = Array(
      repeating: 1, count: distribution.hasStandardDeviation ? distribution.componentCount : 0)
  }

  /// An actor with `parameters`.
  public convenience init(_ step: ActingProgram, isGreedy: Bool, parameters: [Float]) {
    self.init(step, isGreedy: isGreedy)
    setParameters(parameters)
  }

  /// Takes over parameters.
  public func setParameters(_ parameters: [Float]) {
    workspace.setInput(Input.parameters, parameters)
    isFinite = Trials.isFinite(parameters)
    guard case .parameters(let range) = step.deviation else { return }
    for (component, index) in range.enumerated() { deviation[component] = expf(parameters[index]) }
  }

  /// Forgets the past: the lanes have new tasks.
  public func beginTrial(keys: [RandomKey]) {
    precondition(keys.count == step.laneCount, "\(keys.count) keys for \(step.laneCount) lanes")
    for lane in keys.indices { streams[lane] = keys[lane].child("agent").stream() }
    stepCount = 0
    guard step.hasMemory else { return }
    workspace.withInput(Input.state) { state in
      for index in 0..<state.count { state[index] = 0 }
    }
  }

  /// Takes over the recurrent state of `other`, and its last input, which the next one is made from.
  public func takeMemory(of other: Actor) {
    precondition(
      other.step.laneCount == step.laneCount, "\(other.step.laneCount) lanes for \(step.laneCount)")
    input = other.input
    stepCount = other.stepCount
    guard step.hasMemory else { return }
    if let room = step.room {
      if stepCount > room.stepLimit { makeRoom(forSteps: stepCount) }
      workspace.copyInput(Input.past, from: other.workspace, rowCount: stepCount * step.laneCount)
    }
    let state = other.workspace.withInput(Input.state) { state in
      let state = state.span
      return state.indices.map { state[$0] }
    }
    if let state { workspace.setInput(Input.state, state) }
  }

  /// Chooses the action of every lane.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    encode(timeStep)
    if let room = step.room {
      if stepCount == room.stepLimit { makeRoom(forSteps: 2 * stepCount) }
      workspace.withInput(Input.stepCount) { $0[0] = Float(stepCount) }
    }
    workspace.run()
    if step.hasMemory { workspace.copyOutput(Output.newState, toInput: Input.state) }
    if step.room != nil {
      workspace.copyOutput(Output.kept, toInput: Input.past, atRow: stepCount * step.laneCount)
      stepCount += 1
    }
    if case .output(let port) = step.deviation { workspace.copyOutput(port, to: &deviation) }
    step.distribution.choose(
      workspace, output: Output.acting, isGreedy: isGreedy, deviation: deviation, using: &streams,
      choices: &choices, actions: &actions, logProbabilities: &logProbabilities)
  }

  /// Makes room for what is kept of `count` steps, in trials that are longer than was thought.
  private func makeRoom(forSteps count: Int) {
    guard let larger = step.room?.makeProgram(count), let limit = step.room?.stepLimit else { return }
    let other = Workspace<Float>(larger.program)
    other.copyInput(Input.parameters, from: workspace, rowCount: 1)
    other.copyInput(Input.past, from: workspace, rowCount: min(stepCount, limit) * step.laneCount)
    (step, workspace) = (larger, other)
  }

  private func encode(_ timeStep: TimeStep) {
    var encoded = input.mutableSpan
    step.encoder.encode(timeStep, into: &encoded)
    workspace.setInput(Input.features, input)
  }

  // MARK: For learners

  /// Inputs, choices, log π and what the program notes.
  public var columns: [Rollout.Column] {
    [
      Rollout.Column(.inputs, width: step.encoder.width),
      Rollout.Column(.choices, width: step.distribution.componentCount), Rollout.Column(.logProbabilities),
    ] + step.outputs.map(\.column)
  }

  /// Writes what it decided last.
  public func write(to rollout: Rollout, at time: Int) {
    rollout.write(.inputs, input, at: time)
    rollout.write(.choices, choices, at: time)
    rollout.write(.logProbabilities, logProbabilities, at: time)
    for output in step.outputs {
      rollout.write(output.column.name, at: time) { workspace.copyOutput(output.port, to: &$0) }
    }
  }
}

// MARK: For pictures

extension Actor: TransparentAgent {
  /// The recurrent state of lane `lane`; nothing where there is none.
  public func memory(ofLane lane: Int) -> [Float] {
    guard step.hasMemory else { return [] }
    return workspace.withOutput(Output.newState, row: lane) { state in
      (0..<step.shownStateCount).map { state[$0] }
    }
  }

  /// What the policy said when lane `lane` acted last.
  public func lastChoice(ofLane lane: Int) -> ActionChoice {
    workspace.withOutput(Output.acting, row: lane) { step.distribution.choice($0) }
  }

  /// What the policy would say now. The recurrent state is an input that only `act` changes, and the last
  /// input, which the next one is made from, is left as it is.
  public func choices(observing observations: [[Float]], in timeStep: TimeStep, lane: Int) -> [ActionChoice] {
    observations.map { observation in
      var probe = input
      var span = probe.mutableSpan
      step.encoder.encode(timeStep.observing(observation, lane: lane), into: &span)
      workspace.setInput(Input.features, probe)
      workspace.run()
      return lastChoice(ofLane: lane)
    }
  }
}

extension Actor: InferringAgent {
  /// Itself, if it notes how probable rewards are.
  public var inferring: (any InferringAgent)? { rewardProbabilities == nil ? nil : self }

  /// As it noted when it acted last.
  public func rewardProbabilities(ofLane lane: Int) -> [Float] {
    guard let port = rewardProbabilities else { return [] }
    return workspace.withOutput(port, row: lane) { values in values.indices.map { values[$0] } }
  }

  private var rewardProbabilities: Int? {
    step.outputs.first { $0.column.name == .rewardProbabilities }?.port
  }
}

extension Rollout.Name {
  /// For each observation, how probable it is that reaching it is rewarded by more than 0, `[observation]`.
  public static let rewardProbabilities = Rollout.Name("rewardProbability")
}

extension ActionDistribution {
  /// What a policy with the given probabilities or means says.
  fileprivate func choice(_ acting: Span<Float>) -> ActionChoice {
    var action = Array(repeating: Float(0), count: componentCount)
    var span = action.mutableSpan
    mode(acting, action: &span)
    guard case .discrete = space else { return ActionChoice(mode: action, probabilities: []) }
    return ActionChoice(mode: action, probabilities: (0..<acting.count).map { acting[$0] })
  }
}

extension TimeStep {
  /// The same moment with lane `lane` observing something else.
  fileprivate func observing(_ observation: [Float], lane: Int) -> TimeStep {
    var changed = self
    for (index, value) in observation.enumerated() {
      changed.observation[lane * observation.count + index] = value
    }
    return changed
  }
}
