import Autodiff
import Randomness
import Simulation
import Trials

/// An agent in a supervised environment that predicts labels with parameters, and between episodes adapts these to the
/// examples that it was shown. It acts in one lane.
///
/// The last label of an episode, which no time step of the episode shows, is in the observation that it ends with.
public final class AdaptingPredictor: Agent {
  private let prediction: Workspace<Float>
  private let adaptation: Workspace<Float>
  private let initial: [Float]
  private var adapted: [Float]
  private var shown: ExampleSet
  private var input: [Float]
  private let labelCount: Int
  private var count = 0

  /// An agent that begins every trial with `parameters`.
  ///
  /// - Parameters:
  ///   - predicting: from parameters, `[1, parameter]`, and an input, `[1, input]`, to the prediction, `[1, label]`.
  ///   - adapting: from parameters and the inputs and labels of a set to parameters.
  ///   - set: room for the examples of an episode.
  public init(predicting: Program, adapting: Program, to set: ExampleSet, parameters: [Float]) {
    prediction = Workspace(predicting)
    adaptation = Workspace(adapting)
    shown = set
    input = Array(repeating: 0, count: set.inputs.count / set.count)
    labelCount = set.labels.count / set.count
    (initial, adapted) = (parameters, parameters)
  }

  /// Whether its parameters are.
  public var isFinite: Bool { Trials.isFinite(adapted) }

  /// Goes back to the parameters before any experience.
  public func beginTrial(keys: [RandomKey]) {
    adapted = initial
    beginEpisodes(keys: keys, isGreedy: false)
  }

  /// Takes over the adapted parameters of `other`, and what that was shown.
  public func takeMemory(of other: AdaptingPredictor) {
    (adapted, shown, count) = (other.adapted, other.shown, other.count)
    prediction.setInput(0, adapted)
  }

  /// Forgets the examples of the last episode. Nothing is drawn at random, so that greedy episodes are like others.
  public func beginEpisodes(keys: [RandomKey], isGreedy: Bool) {
    prediction.setInput(0, adapted)
    count = 0
  }

  /// Predicts a label.
  public func act(on timeStep: TimeStep, into actions: inout [Float]) {
    noteLabel(in: timeStep)
    for index in input.indices {
      input[index] = timeStep.observation[index]
      shown.inputs[count * input.count + index] = input[index]
    }
    count += 1
    prediction.setInput(1, input)
    prediction.run()
    prediction.copyOutput(0, to: &actions)
  }

  /// Adapts to all examples of the episode.
  public func learn(after end: TimeStep) {
    noteLabel(in: end)
    precondition(count == shown.count, "\(count) examples were shown, not \(shown.count)")
    adaptation.setInput(0, adapted)
    adaptation.setExamples([shown])
    adaptation.run()
    adaptation.copyOutput(0, to: &adapted)
  }

  /// What is observed has the label of the example before, if there is one.
  private func noteLabel(in timeStep: TimeStep) {
    guard count > 0 else { return }
    for index in 0..<labelCount {
      shown.labels[(count - 1) * labelCount + index] = timeStep.observation[input.count + index]
    }
  }
}

extension Workspace<Float> {
  /// Sets the inputs after the first, which are the inputs and labels of one set after another.
  public func setExamples(_ sets: [ExampleSet]) {
    for (index, set) in sets.enumerated() {
      setInput(1 + 2 * index, set.inputs)
      setInput(2 + 2 * index, set.labels)
    }
  }
}
