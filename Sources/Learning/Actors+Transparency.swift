import Simulation
import Trials

extension ActionDistribution {
  /// What a policy with the given probabilities or means says.
  func choice(_ acting: Span<Float>) -> ActionChoice {
    var action = Array(repeating: Float(0), count: componentCount)
    var span = action.mutableSpan
    mode(acting, action: &span)
    guard case .discrete = space else { return ActionChoice(mode: action, probabilities: []) }
    return ActionChoice(mode: action, probabilities: (0..<acting.count).map { acting[$0] })
  }
}

extension TimeStep {
  /// The same moment with lane `lane` observing something else.
  func observing(_ observation: [Float], lane: Int) -> TimeStep {
    var changed = self
    for (index, value) in observation.enumerated() {
      changed.observation[lane * observation.count + index] = value
    }
    return changed
  }
}

extension RecurrentActor: TransparentAgent {
  /// The recurrent state of lane `lane`.
  public func memory(ofLane lane: Int) -> [Float] {
    workspace.withOutput(Port.newState, row: lane) { state in
      (0..<network.hiddenCount).map { state[$0] }
    }
  }

  /// What the policy said when lane `lane` acted last.
  public func lastChoice(ofLane lane: Int) -> ActionChoice {
    workspace.withOutput(Port.acting, row: lane) { distribution.choice($0) }
  }

  /// What the policy would say now. The recurrent state is an input that only `act` changes, and the last
  /// input, which the next one is made from, is left as it is.
  public func choices(observing observations: [[Float]], in timeStep: TimeStep, lane: Int) -> [ActionChoice] {
    observations.map { observation in
      var probe = input
      var span = probe.mutableSpan
      encoder.encode(timeStep.observing(observation, lane: lane), into: &span)
      workspace.setInput(Port.input, probe)
      workspace.run()
      return lastChoice(ofLane: lane)
    }
  }
}

extension FeedForwardActor {
  /// What the policy said when lane `lane` acted last.
  public func lastChoice(ofLane lane: Int) -> ActionChoice {
    workspace.withOutput(Port.acting, row: lane) { distribution.choice($0) }
  }

  /// What the policy says about each of `observations`.
  public func choices(observing observations: [[Float]], in timeStep: TimeStep, lane: Int) -> [ActionChoice] {
    observations.map { observation in
      var probe = input
      var span = probe.mutableSpan
      encoder.encode(timeStep.observing(observation, lane: lane), into: &span)
      workspace.setInput(Port.input, probe)
      workspace.run()
      return lastChoice(ofLane: lane)
    }
  }
}
