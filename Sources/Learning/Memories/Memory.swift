import Autodiff

/// What a network remembers of a sequence: a part that reads inputs one after another, and carries a state from each to the
/// next, as a function of a flat parameter vector.
public protocol Memory: Sendable {
  /// The numbers of a lane that are carried from step to step.
  var stateCount: Int { get }
  /// The numbers of a lane that are read at each step: the first ones of the state.
  var outputCount: Int { get }

  /// Appends its parameters, their names below `name`, for inputs of `featureCount` features, the last of which is 1.
  func addParameters(to layout: inout ParameterLayout, _ name: String, featureCount: Int)

  /// Reads a sequence. Returns what is read after each step, `[T·B, output]`, and the state after the last, `[B, state]`.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - state: before the first step, `[B, state]`.
  ///   - matrix: its parameters by the end of their names.
  func unrolled(
    _ inputs: Node, from state: Node, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node)
}

/// The memories that a configuration can name.
public enum MemoryKind: String, Codable, Sendable, CaseIterable {
  /// A gated recurrent unit (Cho et al. 2014).
  case gru
  /// A long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// No memory: a layer that reads the present input alone.
  case none

  /// The memory of `unitCount` units, which keep what they hold for up to `chronoSpan` time steps at first.
  public func memory(unitCount: Int, chronoSpan: Float) -> any Memory {
    switch self {
    case .gru: GatedRecurrentUnit(unitCount: unitCount, chronoSpan: chronoSpan)
    case .lstm: LongShortTermMemory(unitCount: unitCount, chronoSpan: chronoSpan)
    case .none: MemorylessLayer(unitCount: unitCount)
    }
  }
}
