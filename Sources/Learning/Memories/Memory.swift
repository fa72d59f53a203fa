import Autodiff

/// The part of a network that remembers: it reads the inputs of a sequence one after another and carries a state from each
/// step to the next. It is a function of a flat parameter vector.
public protocol Memory: Sendable {
  /// The numbers of a lane that are carried from step to step.
  var stateCount: Int { get }
  /// The numbers of a lane that are read at each step: the first ones of the state.
  var outputCount: Int { get }

  /// The numbers of a lane that are kept of every step until its trial ends, for memories that look back at steps; 0 by
  /// default, for those that carry a state.
  var keptCount: Int { get }

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

  /// Reads one step of a trial, `[B, 2 · terms]`, by what was kept of the steps before. Returns what is read, `[B, output]`,
  /// and what is to be kept of this step, `[B, kept]`. Only for memories that keep something.
  func step(
    _ inputs: Node, after past: Past, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, kept: Node)
}

/// What was kept of the steps before in the trials of some lanes.
public struct Past {
  /// Room for as many steps as a trial has, `[T·B, kept]`, the lanes of a step together.
  public let rows: Node
  /// How many steps there were, `[1, 1]`; what stands in later rows means nothing.
  public let count: Node
}

extension Memory {
  /// Nothing.
  public var keptCount: Int { 0 }

  /// Nothing is kept.
  public func step(
    _ inputs: Node, after past: Past, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, kept: Node) { preconditionFailure("\(self) carries a state") }

  /// Goes on in the middle of a trial: from `state`, or after `past` where it keeps something. Returns what is read, the
  /// state after it, and what is to be kept.
  public func continued(
    _ inputs: Node, from state: Node, after past: Past?, _ matrix: (_ name: String) -> Node
  ) -> (outputs: Node, finalState: Node, kept: Node?) {
    guard let past else {
      let read = unrolled(inputs, from: state, matrix)
      return (read.outputs, read.finalState, nil)
    }
    let read = step(inputs, after: past, matrix)
    return (read.outputs, read.outputs, read.kept)
  }
}

/// The memories that a configuration can name.
public enum MemoryKind: String, Codable, Sendable, CaseIterable {
  /// A gated recurrent unit (Cho et al. 2014).
  case gru
  /// A long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
  case lstm
  /// Gated linear recurrences (Feng et al. 2024).
  case linear
  /// A transformer, which attends to all steps of the trial (Vaswani et al. 2017).
  case transformer
  /// No memory: a layer that reads the present input alone.
  case none
}
