import Autodiff
import Foundation

/// A memory with a policy head and a value head, as a function of a flat parameter vector.
///
/// The value function reads the policy's memory, or a second one of its own. With h what is read of a memory, policy and
/// value are linear in h, or in y = max(0, V h + W x), a readout that sees the input once more: what was remembered can then
/// be looked up by what is observed, without a change of the memory.
public struct RecurrentNetwork: Sendable {
  /// The features of the input.
  public let featureCount: Int
  /// What is remembered; of the policy and of the value function alike.
  public let memory: any Memory
  /// The width of the readout between state and heads; 0 where the heads read the state.
  public let readoutCount: Int
  /// The number of policy outputs.
  public let outputCount: Int
  /// Whether the value function has a memory of its own.
  public let hasSeparateValue: Bool
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let hasDeviation: Bool
  private let actionMemory: ActionMemory?

  /// A network for the inputs and actions given.
  ///
  /// - Parameters:
  ///   - initialDeviation: the standard deviation of a continuous policy at first.
  ///   - readoutCount: the width of the readout; 0 for none.
  ///   - actionMemory: what judges every action by what it brought, beside the memory; nil for nothing.
  public init(
    featureCount: Int, memory: any Memory, distribution: ActionDistribution, hasSeparateValue: Bool,
    initialDeviation: Float, readoutCount: Int = 0, actionMemory: ActionMemory? = nil
  ) {
    self.featureCount = featureCount
    self.actionMemory = actionMemory
    self.memory = memory
    self.readoutCount = readoutCount
    outputCount = distribution.outputCount
    self.hasSeparateValue = hasSeparateValue
    hasDeviation = distribution.hasDeviation
    var layout = ParameterLayout()
    for unit in hasSeparateValue ? ["policy", "value"] : ["policy"] {
      memory.addParameters(to: &layout, unit, featureCount: featureCount)
      if readoutCount > 0 {
        layout.add(
          "\(unit).readout", memory.outputCount, readoutCount, .orthogonal(gain: Float(2).squareRoot()))
        layout.add("\(unit).readoutInput", featureCount, readoutCount, .glorot)
      }
    }
    let headCount = readoutCount > 0 ? readoutCount : memory.outputCount
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
  public var stateCount: Int { memoriesStateCount + (actionMemory?.stateCount ?? 0) }

  private var memoriesStateCount: Int { (hasSeparateValue ? 2 : 1) * memory.stateCount }

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
    func remembered(_ unit: String, _ columns: Range<Int>) -> (outputs: Node, finalState: Node) {
      memory.unrolled(inputs, from: state.slice(columns: columns)) {
        layout.matrix("\(unit).\($0)", of: parameters)
      }
    }
    let policy = remembered("policy", 0..<memory.stateCount)
    let value = hasSeparateValue ? remembered("value", memory.stateCount..<memoriesStateCount) : policy
    let last = inputs.shape.rows - state.shape.rows..<inputs.shape.rows
    var finals = hasSeparateValue ? [policy.finalState, value.finalState] : [policy.finalState]
    let policyReadout = readout("policy", policy.outputs, inputs, parameters)
    let valueReadout = hasSeparateValue ? readout("value", value.outputs, inputs, parameters) : policyReadout
    var outputs = head("policy", policyReadout, parameters)
    var values = head("value", valueReadout, parameters)
    if let actionMemory {
      let counts = actionMemory.states(inputs, from: state.slice(columns: memoriesStateCount..<stateCount))
      let judgement = actionMemory.judgement(counts, inputs, context: policyReadout, layout, parameters)
      outputs = outputs + judgement.outputs
      let probabilities = outputs.logSoftmax().exponential().stopGradient()
      values = values + (probabilities * judgement.values).sumOverColumns()
      finals.append(counts.slice(rows: last))
    }
    return Result(
      outputs: outputs, values: values,
      finalState: Node.concatenateColumns(finals),
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
}
