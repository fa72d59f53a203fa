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
  /// The number of policy outputs.
  public var outputCount: Int { policyHead.outputCount }
  /// Whether the value function has a memory of its own.
  public let hasSeparateValue: Bool
  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  private let readout: Readout
  private let policyHead: LinearHead
  private let valueHead: LinearHead
  private let hasStandardDeviation: Bool
  private let actionHead: ActionHead?

  /// A network for the inputs and actions given.
  ///
  /// - Parameters:
  ///   - initialStandardDeviation: the standard deviation of a continuous policy at first.
  ///   - readoutCount: the width of the readout; 0 for none.
  ///   - actionHead: what reads exact counts of what every action brought, kept beside the memory; nil for nothing.
  public init(
    featureCount: Int, memory: any Memory, distribution: ActionDistribution, hasSeparateValue: Bool,
    initialStandardDeviation: Float, readoutCount: Int = 0, actionHead: ActionHead? = nil
  ) {
    self.featureCount = featureCount
    self.actionHead = actionHead
    self.memory = memory
    self.hasSeparateValue = hasSeparateValue
    hasStandardDeviation = distribution.hasStandardDeviation
    readout = Readout(unitCount: readoutCount, inputCount: memory.outputCount)
    policyHead = LinearHead(
      inputCount: readout.outputCount, outputCount: distribution.outputCount, gain: 0.01)
    valueHead = LinearHead(inputCount: readout.outputCount, outputCount: 1, gain: 1)
    var layout = ParameterLayout()
    for unit in hasSeparateValue ? ["policy", "value"] : ["policy"] {
      memory.addParameters(to: &layout, unit, featureCount: featureCount)
      readout.addParameters(to: &layout, unit, featureCount: featureCount)
    }
    policyHead.addParameters(to: &layout, "policy")
    valueHead.addParameters(to: &layout, "value")
    if hasStandardDeviation {
      layout.add(
        "policy.logStandardDeviation", 1, distribution.componentCount,
        .constant(logf(initialStandardDeviation)))
    }
    actionHead?.addParameters(to: &layout, contextCount: readout.outputCount)
    self.layout = layout
  }

  /// The width of the state that an agent carries from step to step.
  public var stateCount: Int { memoriesStateCount + (actionHead?.counts.stateCount ?? 0) }

  /// The numbers of a lane that an agent keeps of every step of its trial.
  public var keptCount: Int { (hasSeparateValue ? 2 : 1) * memory.keptCount }

  private var memoriesStateCount: Int { (hasSeparateValue ? 2 : 1) * memory.stateCount }

  /// What the network says about a sequence.
  public struct Result {
    /// `[T·B, outputs]`.
    public let outputs: Node
    /// `[T·B, 1]`.
    public let values: Node
    /// The state after the last step, `[B, state]`.
    public let finalState: Node
    /// What is to be kept of a step, `[B, kept]`, by memories that look back.
    public let kept: Node?
    /// log σ, `[1, components]`, of a continuous policy.
    public let logStandardDeviation: Node?
  }

  /// Unrolls the network over a sequence.
  ///
  /// - Parameters:
  ///   - inputs: sparse rows of features, `[T·B, 2 · terms]`, the lanes of a step together.
  ///   - state: before the first step, `[B, state]`.
  ///   - past: what was kept of the steps before a single step, for memories that look back; nil where a trial begins.
  ///   - parameters: `[1, layout.count]`.
  public func unrolled(
    _ inputs: Node, from state: Node, after past: Past? = nil, parameters: Node
  ) -> Result {
    func matrices(_ unit: String) -> (_ name: String) -> Node {
      { layout.matrix("\(unit).\($0)", of: parameters) }
    }
    func remembered(_ unit: String, _ index: Int) -> (outputs: Node, finalState: Node, kept: Node?) {
      let (width, kept) = (memory.stateCount, memory.keptCount)
      let own = past.map {
        Past(rows: $0.rows.slice(columns: index * kept..<(index + 1) * kept), count: $0.count)
      }
      return memory.continued(
        inputs, from: state.slice(columns: index * width..<(index + 1) * width), after: own, matrices(unit))
    }
    let policy = remembered("policy", 0)
    let value = hasSeparateValue ? remembered("value", 1) : policy
    var finals = hasSeparateValue ? [policy.finalState, value.finalState] : [policy.finalState]
    let kept = (hasSeparateValue ? [policy.kept, value.kept] : [policy.kept]).compactMap { $0 }
    let policyReadout = readout.outputs(policy.outputs, inputs, matrices("policy"))
    let valueReadout =
      hasSeparateValue ? readout.outputs(value.outputs, inputs, matrices("value")) : policyReadout
    var outputs = policyHead.outputs(policyReadout, matrices("policy"))
    var values = valueHead.outputs(valueReadout, matrices("value"))
    if let actionHead {
      let counts = actionHead.counts.unrolled(
        inputs, from: state.slice(columns: memoriesStateCount..<stateCount), matrices("counts"))
      let read = actionHead.outputs(counts.outputs, inputs, context: policyReadout, layout, parameters)
      outputs = outputs + read.preferences
      let probabilities = outputs.logSoftmax().exponential().stopGradient()
      values = values + (probabilities * read.values).sumOverColumns()
      finals.append(counts.finalState)
    }
    return Result(
      outputs: outputs, values: values,
      finalState: Node.concatenateColumns(finals),
      kept: kept.isEmpty ? nil : Node.concatenateColumns(kept),
      logStandardDeviation: hasStandardDeviation
        ? layout.matrix("policy.logStandardDeviation", of: parameters) : nil)
  }
}
