import Autodiff
import Learning
import Simulation

/// The losses of gradient-based meta-learning as graphs. With θ the initial parameters, Dₖ the episodes before
/// adaptation step k, and D′ those after the last:
///
///     φ₀ = θ,   φₖ₊₁ = φₖ − αₖ ∇ L(φₖ, Dₖ)                                 inner loop
///     J(θ) = L′(φ_K, D′) + η Σₖ mean KL(π_old ‖ φₖ) / K − e Σₖ mean ρₖ      outer loss of a task
///
/// where e is the credit for exploration and ρ the ratio of probabilities. Everything is of one task; the
/// mean over tasks is taken outside.
package struct MAMLObjective: Sendable {
  package let configuration: MAMLConfiguration
  package let network: FeedForwardNetwork
  package let distribution: ActionDistribution
  package let encoder: ObservationInput
  /// The entries of the network's layout that the inner loop changes.
  package let adaptedEntries: [Int]
  /// Where the learned step size of each adapted entry lies in the meta-parameters.
  private let stepSizeOffsets: [Int]
  /// The meta-parameters: the network's, then the step sizes if they are learned.
  package let parameterCount: Int

  package init(_ configuration: MAMLConfiguration, _ interface: Interface) {
    self.configuration = configuration
    distribution = ActionDistribution(interface.action)
    encoder = ObservationInput(
      interface.observation, map: interface.map, cropRadius: configuration.input.cropRadius)
    network = FeedForwardNetwork(
      encoder,
      hiddenCounts: Array(
        repeating: configuration.network.hiddenUnits, count: configuration.network.hiddenLayers),
      contextCount: configuration.adaptation.parameters == .context
        ? configuration.adaptation.contextSize : 0,
      activation: configuration.network.activation, outputCount: distribution.outputCount,
      standardDeviationCount: distribution.hasStandardDeviation ? distribution.componentCount : 0,
      initialStandardDeviation: Float(configuration.exploration.initialStandardDeviation))
    let roles = network.roles
    adaptedEntries = roles.indices.filter { index in
      switch configuration.adaptation.parameters {
      case .everything: true
      case .head: roles[index] == .head
      case .context: roles[index] == .context
      }
    }
    var count = network.layout.count
    var offsets: [Int] = []
    if configuration.adaptation.learnedStepSizes {
      for entry in adaptedEntries {
        offsets.append(count)
        count += network.layout.entries[entry].shape.count
      }
    }
    stepSizeOffsets = offsets
    parameterCount = count
  }

  /// The inputs of a program that stand for one batch of episodes, in order.
  package enum Port: Int, CaseIterable {
    case inputs, choices, logProbabilities, advantages, weights, outputs, logStandardDeviation
  }

  /// Episodes as nodes; rows are steps, `[T · lanes, …]`, the lanes of a step together.
  package struct Episodes {
    package let inputs: Node
    package let choices: Node
    package let logProbabilities: Node
    package let advantages: Node
    package let weights: Node
    package let outputs: Node
    package let logStandardDeviation: Node?
    package let laneCount: Int
  }

  package func episodes(_ graph: Graph, _ name: String, stepCount: Int, laneCount: Int) -> Episodes {
    let rows = stepCount * laneCount
    func input(_ port: Port, _ width: Int) -> Node { graph.input("\(name).\(port)", rows, width) }
    let inputs = input(.inputs, encoder.width)
    let choices = input(.choices, distribution.componentCount)
    let logProbabilities = input(.logProbabilities, 1)
    let advantages = input(.advantages, 1)
    let weights = input(.weights, 1)
    let outputs = input(.outputs, distribution.outputCount)
    let logStandardDeviation = graph.input(
      "\(name).logStandardDeviation", 1, max(distribution.componentCount, 1))
    return Episodes(
      inputs: inputs, choices: choices, logProbabilities: logProbabilities, advantages: advantages,
      weights: weights, outputs: outputs,
      logStandardDeviation: distribution.hasStandardDeviation ? logStandardDeviation : nil,
      laneCount: laneCount)
  }

  // MARK: The inner loop

  /// The matrices of the network before adaptation. A context is zero then and is not learned.
  package func initialMatrices(_ parameters: Node) -> [Node] {
    zip(network.matrices(of: parameters), network.roles).map { matrix, role in
      role == .context ? matrix.stopGradient() : matrix
    }
  }

  private func logProbability(_ matrices: [Node], _ episodes: Episodes) -> Node {
    let result = network.result(episodes.inputs, matrices)
    return distribution.logProbability(
      of: episodes.choices, result.outputs, logStandardDeviation: result.logStandardDeviation)
  }

  /// log(π / π_old), zero where an episode is over.
  private func logRatio(_ logProbability: Node, _ episodes: Episodes) -> Node {
    let isTaken = episodes.weights.isGreater(than: episodes.weights.graph.constant(0))
    return isTaken.select(
      logProbability - episodes.logProbabilities, episodes.weights.graph.constant(0))
  }

  /// The loss that an adaptation step descends on.
  package func innerLoss(_ matrices: [Node], _ episodes: Episodes) -> Node {
    let logProbability = logProbability(matrices, episodes)
    let weighted = episodes.advantages * episodes.weights
    switch configuration.adaptation.loss {
    case .policyGradient: return -(logProbability * weighted).sum()
    case .likelihoodRatio: return -(logRatio(logProbability, episodes).exponential() * weighted).sum()
    case .dice:
      let isTaken = episodes.weights.isGreater(than: episodes.weights.graph.constant(0))
      let taken = isTaken.select(logProbability, episodes.weights.graph.constant(0))
      let sum = Self.sumOverTime(taken, laneCount: episodes.laneCount)
      func magicBox(_ x: Node) -> Node { (x - x.stopGradient()).exponential() }
      return -((magicBox(sum) - magicBox(sum - taken)) * weighted).sum()
    }
  }

  /// Σ up to and including each step, `[T · lanes, 1]`, by doubling strides.
  private static func sumOverTime(_ values: Node, laneCount: Int) -> Node {
    var (sum, stride) = (values, laneCount)
    while stride < values.shape.rows {
      let earlier = Node.concatenateRows([
        values.graph.constant(0, stride, 1), sum.slice(rows: 0..<values.shape.rows - stride),
      ])
      (sum, stride) = (sum + earlier, 2 * stride)
    }
    return sum
  }

  /// The matrices after an adaptation step.
  ///
  /// - Parameters:
  ///   - parameters: the meta-parameters, which hold learned step sizes.
  ///   - scale: what the step size is multiplied by.
  package func adapted(
    _ matrices: [Node], _ parameters: Node, on episodes: Episodes, scale: Node, isDetached: Bool
  ) -> [Node] {
    let slopes = innerLoss(matrices, episodes).gradient(withRespectTo: adaptedEntries.map { matrices[$0] })
    var matrices = matrices
    for (index, entry) in adaptedEntries.enumerated() {
      let slope = isDetached ? slopes[index].stopGradient() : slopes[index]
      let shape = network.layout.entries[entry].shape
      if configuration.adaptation.learnedStepSizes {
        let offset = stepSizeOffsets[index]
        let rates = parameters.slice(columns: offset..<offset + shape.count).reshaped(
          shape.rows, shape.columns)
        matrices[entry] = matrices[entry] - scale * (rates * slope)
      } else {
        matrices[entry] = matrices[entry] - (scale * configuration.adaptation.stepSize) * slope
      }
    }
    return matrices
  }

  /// φ₀, φ₁, … φ_K.
  package func course(_ parameters: Node, _ support: [Episodes]) -> [[Node]] {
    var course = [initialMatrices(parameters)]
    for (step, episodes) in support.enumerated() {
      let scale = parameters.graph.constant(step == 0 ? 1 : configuration.adaptation.laterStepFactor)
      course.append(
        adapted(
          course[step], parameters, on: episodes, scale: scale,
          isDetached: configuration.outer.gradient != .exact))
    }
    return course
  }

  // MARK: The outer loss

  package struct Outer {
    /// J, `[1, 1]`.
    package let loss: Node
    /// Mean KL(old ‖ new) of the policies after adaptation, `[1, 1]`.
    package let klDivergence: Node
  }

  /// The outer loss of a task.
  ///
  /// - Parameter credit: e, the credit of the episodes before adaptation, `[1, 1]`.
  package func outer(
    _ parameters: Node, support: [Episodes], query: Episodes, credit: Node
  ) -> Outer {
    let course = course(parameters, support)
    var (loss, klDivergence) = (parameters.graph.constant(0), parameters.graph.constant(0))
    for (step, weight) in countedSteps(stepCount: support.count) {
      let episodes = step == support.count ? query : support[step]
      let result = network.result(episodes.inputs, course[step])
      let logProbability = distribution.logProbability(
        of: episodes.choices, result.outputs, logStandardDeviation: result.logStandardDeviation)
      let ratio = logRatio(logProbability, episodes).exponential()
      let weighted = weight * (episodes.advantages * episodes.weights)
      var gain = ratio * weighted
      if configuration.outer.optimizer == .ppo {
        let range = configuration.ppo.clipRange
        gain = gain.minimum(ratio.clipped(1 - range, 1 + range) * weighted)
      }
      loss = loss - gain.sum()
      klDivergence = klDivergence + weight * self.klDivergence(result, episodes)
    }
    if configuration.outer.explorationCoefficient > 0 {
      for (matrices, episodes) in zip(course, support) {
        let ratio = logRatio(self.logProbability(matrices, episodes), episodes).exponential()
        loss = loss - credit * (ratio * episodes.weights).sum()
      }
    }
    if configuration.outer.klPenalty > 0 {
      let penalty = configuration.outer.klPenalty / Double(support.count)
      for (matrices, episodes) in zip(course, support) {
        loss = loss + penalty * self.klDivergence(network.result(episodes.inputs, matrices), episodes)
      }
    }
    return Outer(loss: loss, klDivergence: klDivergence)
  }

  /// The adaptation steps after which the policy counts in the outer loss, and the weight of each.
  private func countedSteps(stepCount: Int) -> [(step: Int, weight: Double)] {
    guard configuration.outer.everyStepCounts && stepCount > 0 else { return [(stepCount, 1)] }
    return (1...stepCount).map { ($0, 1 / Double(stepCount)) }
  }

  private func klDivergence(_ result: FeedForwardNetwork.Result, _ episodes: Episodes) -> Node {
    let rows = distribution.klDivergence(
      fromOutputs: episodes.outputs, logStandardDeviation: episodes.logStandardDeviation, to: result.outputs,
      logStandardDeviation: result.logStandardDeviation)
    return (rows * episodes.weights).sum()
  }

  /// The product of `direction` with the second derivative of the mean KL divergence after adaptation, where
  /// that KL divergence is zero: (∂φ-outputs/∂θ)ᵀ F (∂φ-outputs/∂θ) v, `[1, parameterCount]`.
  ///
  /// At zero the terms that the full Hessian has besides vanish, so this is exact, and all that depends on
  /// the parameters alone is calculated once for all directions.
  package func fisherProduct(
    _ parameters: Node, direction: Node, support: [Episodes], query: Episodes
  ) -> Node {
    let course = course(parameters, support)
    var pairing = parameters.graph.constant(0)
    for (step, weight) in countedSteps(stepCount: support.count) {
      let episodes = step == support.count ? query : support[step]
      let result = network.result(episodes.inputs, course[step])
      let change = result.outputs.tangent(along: direction, of: parameters)
      let product = distribution.fisherProduct(
        outputs: result.outputs, logStandardDeviation: result.logStandardDeviation, changeOfOutputs: change,
        changeOfLogStandardDeviation: result.logStandardDeviation?.tangent(along: direction, of: parameters),
        weights: weight * episodes.weights)
      pairing = pairing + (result.outputs * product.outputs.stopGradient()).sum()
      if let logStandardDeviation = result.logStandardDeviation, let other = product.logStandardDeviation {
        pairing = pairing + (logStandardDeviation * other.stopGradient()).sum()
      }
    }
    return pairing.gradient(withRespectTo: [parameters])[0]
  }

  // MARK: Programs

  /// Where the inputs of the programs below lie: the parameters, the extra input, then the episodes.
  package enum Input {
    package static let (parameters, extra) = (0, 1)
    package static func port(_ port: Port, ofBatch batch: Int) -> Int {
      2 + batch * Port.allCases.count + port.rawValue
    }
  }

  /// One adaptation step, `[1, parameterCount]` from the same; the extra input is the scale of the step.
  package func adaptationProgram(stepCount: Int, laneCount: Int) -> Program {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, parameterCount)
    let scale = graph.input("scale", 1, 1)
    let episodes = episodes(graph, "support", stepCount: stepCount, laneCount: laneCount)
    let matrices = adapted(
      network.matrices(of: parameters), parameters, on: episodes, scale: scale, isDetached: false)
    var parts = matrices.map { $0.reshaped(1, $0.shape.count) }
    if parameterCount > network.layout.count {
      parts.append(parameters.slice(columns: network.layout.count..<parameterCount))
    }
    return Program([Node.concatenateColumns(parts)])
  }

  /// The graph of the outer problem; the extra input is the credit for exploration or a direction.
  private func problem(
    stepCount: Int, laneCount: Int, extra: (String, Int)
  ) -> (parameters: Node, extra: Node, support: [Episodes], query: Episodes) {
    let graph = Graph()
    let parameters = graph.input("parameters", 1, parameterCount)
    let extra = graph.input(extra.0, 1, extra.1)
    let batches = (0...configuration.adaptation.steps).map {
      episodes(graph, "episodes\($0)", stepCount: stepCount, laneCount: laneCount)
    }
    return (parameters, extra, Array(batches.dropLast()), batches[configuration.adaptation.steps])
  }

  /// The meta-gradient of a task, `[1, parameterCount]`, its loss and its KL divergence.
  package func gradientProgram(stepCount: Int, laneCount: Int) -> Program {
    let (parameters, credit, support, query) = problem(
      stepCount: stepCount, laneCount: laneCount, extra: ("credit", 1))
    let outer = outer(parameters, support: support, query: query, credit: credit)
    return Program([outer.loss, outer.klDivergence, outer.loss.gradient(withRespectTo: [parameters])[0]])
  }

  /// The loss of a task and its KL divergence.
  package func lossProgram(stepCount: Int, laneCount: Int) -> Program {
    let (parameters, credit, support, query) = problem(
      stepCount: stepCount, laneCount: laneCount, extra: ("credit", 1))
    let outer = outer(parameters, support: support, query: query, credit: credit)
    return Program([outer.loss, outer.klDivergence])
  }

  /// The product of the Fisher information of a task with a direction.
  package func productProgram(stepCount: Int, laneCount: Int) -> Program {
    let (parameters, direction, support, query) = problem(
      stepCount: stepCount, laneCount: laneCount, extra: ("direction", parameterCount))
    let product = fisherProduct(parameters, direction: direction, support: support, query: query)
    let inputs = (support + [query]).flatMap { episodes in
      [
        episodes.inputs, episodes.choices, episodes.logProbabilities, episodes.advantages, episodes.weights,
        episodes.outputs,
      ]
    }
    return Program([product], holding: [parameters] + inputs)
  }
}
