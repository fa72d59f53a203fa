import Autodiff
import Foundation

/// A gated recurrent unit with a policy head and a value head, as a function of a flat parameter vector.
///
///     r = σ(W_r x + U_r h)          z = σ(W_z x + U_z h)
///     n = tanh(W_n x + r ⊙ U_n h)          h' = (1 − z) ⊙ n + z ⊙ h
///
/// One input is always 1; its weights are the biases. The value function reads the policy's state, or that of a second unit of its own.
///
/// Policy and value are linear in h', or in y = max(0, V h' + W x), a readout that sees the input once more: what was
/// remembered can then be looked up by what is observed, without a change of the memory.
///
/// Source: Cho et al. 2014, in the form of Chung et al. 2014 with the reset gate after the product.
public struct RecurrentNetwork: Sendable {
  /// The features of the input.
  public let featureCount: Int
  /// The width of one unit's state.
  public let hiddenCount: Int
  /// The width of the readout between state and heads; 0 where the heads read the state.
  public let readoutCount: Int
  /// The number of policy outputs.
  public let outputCount: Int
  /// Whether the value function has a recurrent unit of its own.
  public let hasSeparateValue: Bool
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let hasDeviation: Bool
  private let actionMemory: ActionMemory?

  /// A network for the inputs and actions given.
  ///
  /// - Parameters:
  ///   - initialDeviation: the standard deviation of a continuous policy at first.
  ///   - memorySpan: up to how many time steps the units keep their state at first.
  ///   - readoutCount: the width of the readout; 0 for none.
  ///   - actionMemory: what judges every action by what it brought, beside the unit; nil for nothing.
  public init(
    featureCount: Int, hiddenCount: Int, distribution: ActionDistribution, hasSeparateValue: Bool,
    initialDeviation: Float, memorySpan: Float = 1, readoutCount: Int = 0, actionMemory: ActionMemory? = nil
  ) {
    self.featureCount = featureCount
    self.actionMemory = actionMemory
    self.hiddenCount = hiddenCount
    self.readoutCount = readoutCount
    outputCount = distribution.outputCount
    self.hasSeparateValue = hasSeparateValue
    hasDeviation = distribution.hasDeviation
    var layout = ParameterLayout()
    for unit in hasSeparateValue ? ["policy", "value"] : ["policy"] {
      layout.add("\(unit).input", featureCount, 3 * hiddenCount, .gatedInput(memorySpan: memorySpan))
      layout.add("\(unit).recurrent", hiddenCount, 3 * hiddenCount, .orthogonalBlocks(3))
      if readoutCount > 0 {
        layout.add("\(unit).readout", hiddenCount, readoutCount, .orthogonal(gain: Float(2).squareRoot()))
        layout.add("\(unit).readoutInput", featureCount, readoutCount, .glorot)
      }
    }
    let headCount = readoutCount > 0 ? readoutCount : hiddenCount
    layout.add("policy.output", headCount, outputCount, .orthogonal(gain: 0.01))
    layout.add("policy.outputBias", 1, outputCount, .constant(0))
    layout.add("value.output", headCount, 1, .orthogonal(gain: 1))
    layout.add("value.outputBias", 1, 1, .constant(0))
    if hasDeviation {
      layout.add("policy.logDeviation", 1, distribution.componentCount, .constant(logf(initialDeviation)))
    }
    actionMemory?.addParameters(to: &layout, contextCount: headCount)
    self.layout = layout
  }

  /// The width of the state that an agent carries from step to step.
  public var stateCount: Int { unitStateCount + (actionMemory?.stateCount ?? 0) }

  private var unitStateCount: Int { hasSeparateValue ? 2 * hiddenCount : hiddenCount }

  /// What the network says about a sequence.
  public struct Result {
    /// `[T·B, outputs]`.
    public let outputs: Node
    /// `[T·B, 1]`.
    public let values: Node
    /// The state after the last step, `[B, state]`.
    public let finalState: Node
    /// log σ, `[1, components]`, of a continuous policy.
    public let logDeviation: Node?
  }

  /// Unrolls the network over a sequence.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - state: before the first step, `[B, state]`.
  ///   - parameters: `[1, layout.count]`.
  public func unrolled(_ inputs: Node, from state: Node, parameters: Node) -> Result {
    let policyState = state.slice(columns: 0..<hiddenCount)
    let policy = states("policy", inputs, from: policyState, parameters)
    let value =
      hasSeparateValue
      ? states("value", inputs, from: state.slice(columns: hiddenCount..<unitStateCount), parameters) : policy
    let last = inputs.shape.rows - state.shape.rows..<inputs.shape.rows
    var finals = hasSeparateValue ? [policy, value] : [policy]
    let policyReadout = readout("policy", policy, inputs, parameters)
    let valueReadout = hasSeparateValue ? readout("value", value, inputs, parameters) : policyReadout
    var outputs = head("policy", policyReadout, parameters)
    var values = head("value", valueReadout, parameters)
    if let actionMemory {
      let memory = actionMemory.states(inputs, from: state.slice(columns: unitStateCount..<stateCount))
      let judgement = actionMemory.judgement(memory, inputs, context: policyReadout, layout, parameters)
      outputs = outputs + judgement.outputs
      let probabilities = outputs.logSoftmax().exponential().stopGradient()
      values = values + (probabilities * judgement.values).sumOverColumns()
      finals.append(memory)
    }
    return Result(
      outputs: outputs, values: values,
      finalState: Node.concatenateColumns(finals.map { $0.slice(rows: last) }),
      logDeviation: hasDeviation ? layout.matrix("policy.logDeviation", of: parameters) : nil)
  }

  /// What the heads read, `[T·B, readout]`, or the states as they are.
  private func readout(_ unit: String, _ states: Node, _ inputs: Node, _ parameters: Node) -> Node {
    guard readoutCount > 0 else { return states }
    let fromState = states.matrixProduct(layout.matrix("\(unit).readout", of: parameters))
    let fromInput = layout.matrix("\(unit).readoutInput", of: parameters).sparseProduct(with: inputs)
    return (fromState + fromInput).rectified()
  }

  private func head(_ name: String, _ states: Node, _ parameters: Node) -> Node {
    states.matrixProduct(layout.matrix("\(name).output", of: parameters))
      + layout.matrix("\(name).outputBias", of: parameters)
  }

  /// The states after each step, `[T·B, hidden]`.
  private func states(_ unit: String, _ inputs: Node, from initial: Node, _ parameters: Node) -> Node {
    let laneCount = initial.shape.rows
    let recurrent = layout.matrix("\(unit).recurrent", of: parameters)
    let inputWeight = layout.matrix("\(unit).input", of: parameters)
    let (resetColumns, updateColumns, candidateColumns) = (
      0..<hiddenCount, hiddenCount..<2 * hiddenCount, 2 * hiddenCount..<3 * hiddenCount
    )
    let gateInputWeight = inputWeight.slice(columns: 0..<2 * hiddenCount)
    let candidateInputWeight = inputWeight.slice(columns: candidateColumns)
    var states = [initial]
    for time in 0..<inputs.shape.rows / laneCount {
      let (input, state) = (inputs.slice(rows: time * laneCount..<(time + 1) * laneCount), states[time])
      // The candidate's part of the input is apart from the gates', so that their slopes need no copies.
      let fromInput = gateInputWeight.sparseProduct(with: input)
      let candidateInput = candidateInputWeight.sparseProduct(with: input)
      let fromState = state.matrixProduct(recurrent)
      let reset = (fromInput.slice(columns: resetColumns) + fromState.slice(columns: resetColumns)).sigmoid()
      let update = (fromInput.slice(columns: updateColumns) + fromState.slice(columns: updateColumns))
        .sigmoid()
      let candidateState = fromState.slice(columns: candidateColumns).copied()
      let candidate = (candidateInput + reset * candidateState).hyperbolicTangent()
      states.append((1 - update) * candidate + update * state)
    }
    return Node.concatenateRows(states).slice(rows: laneCount..<laneCount * states.count)
  }
}
