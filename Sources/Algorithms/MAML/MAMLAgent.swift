import Autodiff
import Learning
import Randomness
import Simulation
import Trials

/// An agent that adapts to its task by steps of policy gradient on the episodes it has played.
public final class MAMLAgent: Agent {
  private let configuration: MAMLConfiguration
  private let actor: Actor
  private let rollout: Rollout
  private let adaptation: Workspace<Float>
  private var baseline: LinearBaseline?
  private let initial: [Float]
  private var adapted: [Float]
  private var stepCount = 0
  private var isBeginning = true

  init(_ objective: MAMLObjective, _ interface: Interface, parameters: [Float]) {
    configuration = objective.configuration
    let laneCount = configuration.evaluationRollouts
    actor = Actor(objective.acting(laneCount: laneCount))
    rollout = objective.rollout(interface, laneCount: laneCount)
    adaptation = Workspace(objective.adaptationProgram(stepCount: interface.horizon, laneCount: laneCount))
    baseline = objective.baseline
    initial = parameters
    adapted = parameters
  }

  /// Goes back to the parameters before any experience.
  public func beginTrial(keys: [RandomKey]) {
    adapted = initial
    stepCount = 0
    beginEpisodes(keys: keys, isGreedy: false)
  }

  /// Takes over the adapted parameters of `other`.
  public func takeMemory(of other: MAMLAgent) {
    adapted = other.adapted
    stepCount = other.stepCount
  }

  /// Whether the adapted parameters are.
  public var isFinite: Bool { Trials.isFinite(adapted) }

  /// Begins a new episode in every lane.
  public func beginEpisodes(keys: [RandomKey], isGreedy: Bool) {
    actor.isGreedy = isGreedy
    actor.setParameters(adapted)
    actor.beginTrial(keys: keys)
    isBeginning = true
  }

  /// Chooses the action of every lane.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    actor.act(on: timeStep, into: &actions)
    guard !actor.isGreedy else { return }
    if isBeginning { rollout.begin(at: timeStep) }
    isBeginning = false
    rollout.record(actor, on: timeStep)
  }

  /// Takes one adaptation step: the first with the full step size, later ones with `laterStepFactor` of it.
  public func learn(after end: TimeStep) {
    rollout.finish(at: end)
    rollout.estimateAdvantages(configuration, &baseline)
    adaptation.adapt(
      &adapted, on: rollout, scale: stepCount == 0 ? 1 : Float(configuration.adaptation.laterStepFactor))
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
