import Autodiff
import Learning
import Randomness
import Simulation
import Trials

/// An agent that adapts to its task by steps of policy gradient on the episodes it has played.
public final class MAMLAgent: AdaptiveAgent {
  /// The episodes that one adaptation step learns from.
  public let rolloutCount: Int
  /// How many adaptation steps it was trained to take, but at least 1.
  public var trainedStepCount: Int { max(1, configuration.adaptationSteps) }
  /// Whether it acts with the most probable actions.
  public var isGreedy: Bool

  private let configuration: MAMLConfiguration
  private let actor: FeedForwardActor
  private let experience: Experience
  private let adaptation: Workspace<Float>
  private var baseline: LinearBaseline?
  private let initial: [Float]
  private var adapted: [Float]
  private var stepCount = 0

  init(_ objective: MAMLObjective, _ interface: Interface, parameters: [Float], isGreedy: Bool) {
    configuration = objective.configuration
    self.isGreedy = isGreedy
    rolloutCount = configuration.evaluationRollouts
    let program = FeedForwardActor.program(
      objective.network, objective.distribution, objective.encoder, laneCount: rolloutCount,
      vectorCount: objective.parameterCount)
    actor = FeedForwardActor(
      objective.network, objective.distribution, objective.encoder, program: program,
      laneCount: rolloutCount)
    experience = Experience(
      stepCount: interface.horizon, laneCount: rolloutCount, inputWidth: objective.encoder.width,
      distribution: objective.distribution)
    adaptation = Workspace(
      objective.adaptationProgram(stepCount: interface.horizon, laneCount: rolloutCount))
    baseline = objective.baseline
    initial = parameters
    adapted = parameters
  }

  /// Goes back to the parameters before any experience.
  public func beginTask() {
    adapted = initial
    stepCount = 0
  }

  /// Takes over the adapted parameters of `other`.
  public func takeMemory(of other: any Agent) {
    guard let other = other as? MAMLAgent else { preconditionFailure("\(other) is another kind of agent") }
    adapted = other.adapted
    stepCount = other.stepCount
  }

  /// Whether the adapted parameters are.
  public var isFinite: Bool { Learning.isFinite(adapted) }

  /// Begins a new episode in every lane.
  public func beginEpisodes(keys: [RandomKey]) {
    actor.setParameters(adapted)
    actor.begin(keys: keys)
    experience.begin()
  }

  /// Chooses the action of every lane.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    actor.act(on: timeStep, isGreedy: isGreedy, into: &actions)
    if !isGreedy { experience.record(actor, on: timeStep) }
  }

  /// Takes one adaptation step: the first with the full step size, later ones with their share of it.
  public func adapt(after end: TimeStep) {
    experience.finish(end)
    experience.estimateAdvantages(configuration, &baseline)
    adaptation.adapt(
      &adapted, on: experience, scale: stepCount == 0 ? 1 : Float(configuration.laterStepFactor))
    stepCount += 1
  }
}

extension MAMLAgent: TransparentAgent {
  /// Nothing: what it has learnt is in its parameters.
  public func memory(ofLane lane: Int) -> [Float] { [] }

  /// What the policy said when lane `lane` acted last.
  public func lastChoice(ofLane lane: Int) -> ActionChoice { actor.lastChoice(ofLane: lane) }

  /// What the adapted policy says about each of `observations`.
  public func choices(observing observations: [[Float]], in timeStep: TimeStep, lane: Int) -> [ActionChoice] {
    actor.choices(observing: observations, in: timeStep, lane: lane)
  }
}
