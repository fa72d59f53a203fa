import Autodiff
import Learning
import Randomness
import Simulation
import Trials

extension VariBAD {
  /// The networks of VariBAD, and the loss of encoder and decoder, as functions of flat parameter vectors.
  package struct Model: Sendable {
    private let configuration: Configuration
    private let stepLimit: Int
    private let space: Space
    let distribution: ActionDistribution
    package let encoder: NetworkInput
    package let belief: TaskEncoder
    package let decoder: RewardDecoder
    package let policy: RecurrentNetwork
    /// The observations that were reached, which trials keep.
    let reached: Rollout.Column

    /// Throws `InvalidParameter` where the configuration does not suit agents of `interface`.
    package init(_ configuration: Configuration, _ interface: Interface) throws {
      self.configuration = configuration
      stepLimit = interface.trialLength
      space = interface.observation
      distribution = ActionDistribution(interface.action)
      encoder = try configuration.input.encoder(for: interface, readsTime: true)
      let settings = configuration.inference
      belief = TaskEncoder(
        featureCount: encoder.featureCount, memory: configuration.network.makeMemory(),
        latentCount: settings.latentCount)
      decoder = RewardDecoder(
        settings.likelihood, latentCount: settings.latentCount, unitCount: settings.decoderUnits,
        observation: interface.observation)
      policy = RecurrentNetwork(
        featureCount: encoder.featureCount, memory: GivenState(stateCount: 2 * settings.latentCount),
        distribution: distribution, hasSeparateValue: configuration.value.separateMemory,
        initialStandardDeviation: Float(configuration.exploration.initialStandardDeviation),
        readoutCount: configuration.network.readoutUnits)
      reached = Rollout.Column(.reached, width: interface.observation.componentCount)
    }

    /// The loss of the policy, which goes on from the belief at each time step.
    var policyLoss: TrialPPOLoss {
      TrialPPOLoss(
        network: policy, distribution: distribution, inputWidth: encoder.width,
        clipRange: configuration.ppo.clipRange, valueCoefficient: configuration.value.coefficient,
        readsContext: true)
    }

    /// How many parameters encoder and decoder have together.
    package var inferenceCount: Int { belief.layout.count + decoder.layout.count }

    /// Those parameters at first.
    package func initialInference(_ key: RandomKey) -> [Float] {
      belief.layout.initialValues(key) + decoder.layout.initialValues(key)
    }

    /// The compiled step of encoder and policy in `laneCount` lanes, whose parameters lie one after another.
    ///
    /// - Parameter isTelling: whether it notes how probable a reward is for each observation, as far as that is predicted.
    package func acting(laneCount: Int, isTelling: Bool = false) -> ActingProgram {
      let deviation = policy.deviation(fromParameter: inferenceCount)
      return ActingProgram(
        distribution, encoder, laneCount: laneCount, parameterCount: inferenceCount + policy.layout.count,
        stateCount: belief.stateCount, shownStateCount: 2 * belief.latentCount,
        kept: (belief.keptCount, stepLimit), deviation: deviation,
        noting: [Rollout.Column(.values), Rollout.Column(.context, width: policy.stateCount)]
          + (isTelling && decoder.saysProbabilities
            ? [Rollout.Column(.rewardProbabilities, width: decoder.observationCount)] : [])
      ) { [self] input, state, past, parameters in
        let inference = parameters.slice(columns: 0..<belief.layout.count)
        let own = parameters.slice(columns: inferenceCount..<parameters.shape.columns)
        let read = belief.step(input, from: state, after: past, parameters: inference)
        let posterior = [read.latent.mean, read.latent.logVariance]
        let context = Node.concatenateColumns(posterior + (policy.hasSeparateValue ? posterior : []))
        let result = policy.unrolled(input, from: context, parameters: own)
        let told =
          isTelling
          ? decoder.rewardProbabilities(
            read.latent.mean, parameters: parameters.slice(columns: belief.layout.count..<inferenceCount))
          : nil
        return (result.outputs, read.state, read.kept, [result.values, context] + [told].compactMap { $0 })
      }
    }

    /// The inputs of the loss program: what every decoder needs, then what one needs that decodes all observations at once,
    /// or one at a time.
    private enum Port {
      static let (parameters, inputs, weights, noise, rewards) = (0, 1, 2, 3, 4)
      static let visits = 5
      static let (observations, mask, decoded, decodedWeights) = (5, 6, 7, 8)
    }

    /// What the loss program measures beside the gradient, each a mean over time steps.
    static let statistics = ["rewardLoss", "posteriorKL"]

    /// The gradient of the loss of encoder and decoder over a shard of trials, and the statistics.
    package func inferenceProgram(stepCount: Int, laneCount: Int) -> Program {
      let (loss, parameters, statistics) = inferenceGraph(stepCount: stepCount, laneCount: laneCount)
      return Program([loss.gradient(withRespectTo: [parameters])[0], statistics], holding: [parameters])
    }

    /// The loss of encoder and decoder as a graph.
    package func inferenceGraph(
      stepCount: Int, laneCount: Int
    ) -> (loss: Node, parameters: Node, statistics: Node) {
      let graph = Graph()
      let rows = stepCount * laneCount
      let parameters = graph.input("parameters", 1, inferenceCount)
      let inputs = graph.input("inputs", rows, encoder.width)
      let weights = graph.input("weights", rows, 1)
      let noise = graph.input("noise", rows, belief.latentCount)

      let posteriors = belief.posteriors(
        inputs, laneCount: laneCount, parameters: parameters.slice(columns: 0..<belief.layout.count))
      let rewardLoss = rewardLoss(
        posteriors.sample(noise: noise), weights: weights, laneCount: laneCount,
        parameters: parameters.slice(columns: belief.layout.count..<inferenceCount))
      let klDivergence =
        (weights * posteriors.klDivergenceFromStepBefore(laneCount: laneCount)).sum()
      return (
        rewardLoss + configuration.inference.klCoefficient * klDivergence, parameters,
        Node.concatenateColumns([rewardLoss, klDivergence])
      )
    }

    /// The weighted sum of −log p of all rewards of a trial by latent vectors of its steps, `[T·B, latent]`.
    private func rewardLoss(_ latent: Node, weights: Node, laneCount: Int, parameters: Node) -> Node {
      let (graph, rows) = (latent.graph, latent.shape.rows)
      guard let observationInput = decoder.observationInput else {
        let rewards = graph.input("rewards", laneCount, decoder.observationCount)
        let visits = graph.input("visits", laneCount, decoder.observationCount)
        return (weights * decoder.loss(latent, visits: visits, rewards: rewards, parameters: parameters))
          .sum()
      }
      let rewards = graph.input("rewards", rows, 1)
      let observations = graph.input("observations", rows, observationInput.width)
      let mask = graph.input("mask", rows, 1)
      let count = configuration.inference.decodedSteps * laneCount
      let (decoded, decodedWeights) = (
        graph.input("decoded", count, 1), graph.input("decodedWeights", count, 1)
      )
      let losses = decoder.loss(
        latent.rows(at: decoded), observations: observations, rewards: rewards, mask: mask,
        laneCount: laneCount, parameters: parameters)
      return (decodedWeights * losses).sum()
    }

    // MARK: Loading

    /// Writes parameters to the loss program's inputs.
    func load(_ parameters: [Float], to workspace: Workspace<Float>) {
      workspace.setInput(Port.parameters, parameters)
    }

    /// Writes the trial in lane `source` of `rollout` to a lane of the loss program's inputs.
    func load(
      _ source: Int, of rollout: Rollout, to lane: ProgramLane, weight: Float, _ key: RandomKey
    ) {
      rollout.copy(.inputs, of: source, to: lane, input: Port.inputs)
      let length = rollout.lengths[source]
      lane.write(Port.weights) { $0 < length ? weight : 0 }
      var random = key.stream()
      lane.write(Port.noise, width: belief.latentCount) { _ in random.normal() }
      if let observationInput = decoder.observationInput {
        loadEach(source, of: rollout, to: lane, weight: weight, observationInput, &random)
      } else {
        loadVisits(source, of: rollout, to: lane)
      }
    }

    private func reached(_ source: Int, _ time: Int, of rollout: Rollout) -> Range<Int> {
      let row = time * rollout.laneCount + source
      return row * reached.width..<(row + 1) * reached.width
    }

    /// How often each observation was reached, and what that brought on average.
    private func loadVisits(_ source: Int, of rollout: Rollout, to lane: ProgramLane) {
      let (observations, rewards) = (rollout[.reached], rollout[.rewards])
      let first = lane.lane.index * decoder.observationCount
      let places = first..<first + decoder.observationCount
      lane.workspace.withInput(Port.visits) { visits in
        lane.workspace.withInput(Port.rewards) { sums in
          for place in places { (visits[place], sums[place]) = (0, 0) }
          for time in 0..<rollout.lengths[source] {
            let observation = observations.span.extracting(reached(source, time, of: rollout))
            let place = first + space.number(of: observation)
            visits[place] += 1
            sums[place] += decoder.target(rewards[time * rollout.laneCount + source])
          }
          for place in places where visits[place] > 0 { sums[place] /= visits[place] }
        }
      }
    }

    /// What was reached at each step and what that brought; and some steps whose latent vectors are decoded for all.
    private func loadEach(
      _ source: Int, of rollout: Rollout, to lane: ProgramLane, weight: Float, _ input: ObservationInput,
      _ random: inout RandomStream
    ) {
      let (length, laneCount) = (rollout.lengths[source], lane.lane.count)
      let (observations, rewards) = (rollout[.reached], rollout[.rewards])
      lane.write(Port.mask) { $0 < length ? 1 : 0 }
      lane.write(Port.rewards) { decoder.target(rewards[$0 * rollout.laneCount + source]) }
      lane.workspace.withInput(Port.observations) { target in
        for time in 0..<lane.stepCount {
          let start = (time * laneCount + lane.lane.index) * input.width
          var row = target._mutatingExtracting(start..<start + input.width)
          input.encode(
            observations.span.extracting(reached(source, time, of: rollout)), laneCount: 1, into: &row)
        }
      }
      let count = configuration.inference.decodedSteps
      lane.workspace.withInput(Port.decoded) { target in
        for place in 0..<count {
          let step = random.integer(below: length)
          target[place * laneCount + lane.lane.index] = Float(step * laneCount + lane.lane.index)
        }
      }
      lane.workspace.withInput(Port.decodedWeights) { target in
        for place in 0..<count {
          target[place * laneCount + lane.lane.index] = weight * Float(length) / Float(count)
        }
      }
    }
  }
}
