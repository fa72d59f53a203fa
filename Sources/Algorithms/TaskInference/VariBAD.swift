import Autodiff
import Formats
import Learning
import Parallel
import Randomness
import Simulation
import Trials

/// VariBAD: a recurrent encoder learns what can be known of the task from what it has seen of a trial, by predicting the
/// rewards of the whole trial, past and future; a policy that reads this belief is trained by proximal policy optimisation.
///
/// With q_t = N(μ_t, σ_t²) what is believed at time step t of a trial of T steps, and r_i the reward for reaching o_i,
///
///     L = mean_t [ Σ_i −log p(r_i | z_t, o_i) + β KL(q_t ‖ q_{t−1}) ],   z_t ~ q_t,   q_{−1} = N(0, I).
///
/// The policy and its values read μ_t, log σ_t² and the input; no gradient of theirs reaches the encoder.
///
/// Source: Zintgraf et al. 2020, "VariBAD: a very good method for Bayes-adaptive deep RL via meta-learning". Differs: the
/// encoder learns from the trials just played instead of a buffer; the time that has passed is an input.
public final class VariBAD: MetaLearner, @unchecked Sendable {
  /// VariBAD as `metarl list algorithms` shows it.
  public static var information: AlgorithmInformation { Configuration.information }

  private let configuration: Configuration
  private let pool: ThreadPool
  private let model: Model
  private let shards: TrialShards
  private let ppo: TrialPPO<Configuration>
  private let gradients: TrialGradients
  private var minibatches: TrialMinibatches
  private var inference: ParameterGroup
  private var policy: ParameterGroup
  /// How many time steps of the environment the last update took.
  public private(set) var timeStepsPerUpdate = 0

  /// A learner before its first update.
  public init(
    _ configuration: Configuration, for problem: ReinforcementProblem, key: RandomKey, pool: ThreadPool
  ) throws {
    let simulator = problem.simulator
    try configuration.validate()
    try configuration.validate(for: simulator.interface)
    let model = try Model(configuration, simulator.interface)
    (self.configuration, self.pool, self.model) = (configuration, pool, model)
    inference = ParameterGroup(model.initialInference(key), label: "inference")
    policy = ParameterGroup(model.policy.layout.initialValues(key), label: "policy")
    let stepCount = simulator.interface.trialLength
    ppo = TrialPPO(configuration, model.policyLoss, stepCount: stepCount, pool: pool)
    minibatches = TrialMinibatches(
      of: configuration.trials, count: configuration.inference.minibatches)
    gradients = TrialGradients(
      pool, batchCount: minibatches.size, shardTrials: configuration.shardTrials, stepCount: stepCount,
      parameterCount: model.inferenceCount, program: model.inferenceProgram)
    shards = TrialShards(
      simulator, trialCount: configuration.trials, shardTrials: configuration.shardTrials,
      columns: configuration.learnedColumns + [model.reached]
    ) { model.acting(laneCount: $0) }
  }

  // MARK: One update

  /// Plays trials, improves the policy on them, and then the encoder and what it predicts with.
  public func update(iteration: Int, key: RandomKey) throws -> Metrics {
    try ppo.play(
      shards, parameters: inference.values + policy.values, iteration: iteration, key: key.child("trials"),
      pool: pool)
    timeStepsPerUpdate = shards.timeStepCount
    var (metrics, effort) = try ppo.improve(&policy, on: shards, iteration: iteration, key: key)
    try infer(iteration, key.child("inference"), &metrics, &effort)
    effort.write(to: &metrics)
    return metrics
  }

  private func infer(
    _ iteration: Int, _ key: RandomKey, _ metrics: inout Metrics, _ effort: inout Effort
  ) throws {
    let (settings, rollouts, longest) = (configuration.inference, shards.rollouts, shards.longest)
    let stepSize = settings.optimizer.learningRate(in: iteration, of: configuration)
    var (sums, norms) = (SIMD8<Double>(), 0.0)
    minibatches.begin()
    for epoch in 0..<settings.epochs {
      minibatches.shuffle(key.child(epoch))
      for index in 0..<minibatches.count {
        let (trials, parameters) = (minibatches[index], inference.values)
        let weight = 1 / Float(rollouts.timeStepCount(of: trials))
        let noise = key.child("noise").child(epoch).child(index)
        try gradients.calculate(
          longest: longest, prepare: { [model] in model.load(parameters, to: $0) },
          load: { [model] place, lane in
            let (rollout, source) = rollouts.trial(trials[trials.startIndex + place])
            model.load(source, of: rollout, to: lane, weight: weight, noise.child(place))
          })
        effort += gradients.effort(longest: longest)
        gradients.addStatistics(to: &sums)
        let norm = inference.step(
          gradient: gradients.gradient, learningRate: Float(stepSize),
          maximumNorm: Float(settings.optimizer.maximumGradientNorm))
        guard norm.isFinite else { throw Divergence(place: "inference gradient", iteration: iteration) }
        norms += Double(norm)
      }
    }
    let count = Double(settings.epochs * minibatches.count)
    for (index, name) in Model.statistics.enumerated() { metrics[name] = sums[index] / count }
    metrics["inferenceGradientNorm"] = norms / count
  }

  // MARK: State and agents

  /// The parameters of encoder and decoder, and those of the policy, with their optimizers.
  public var state: LearnerState { [inference, policy].state }

  /// Takes over what `state` gave.
  public func restore(_ state: LearnerState) throws {
    var groups = [inference, policy]
    try groups.restore(state)
    (inference, policy) = (groups[0], groups[1])
  }

  /// An agent with the present parameters.
  public func agent(laneCount: Int, isGreedy: Bool) -> any Agent {
    Actor(
      model.acting(laneCount: laneCount, isTelling: true), isGreedy: isGreedy,
      parameters: inference.values + policy.values)
  }

  /// The memory of a learner.
  public static func memory(
    of configuration: Configuration, for problem: ReinforcementProblem, use: LearnerUse
  ) throws -> MemoryEstimate {
    let interface = problem.simulator.interface
    let model = try Model(configuration, interface)
    return TrialMemory(
      interface: interface, parameterCount: model.inferenceCount + model.policy.layout.count,
      trialCount: configuration.trials, shardTrials: configuration.shardTrials,
      stepWidth: model.encoder.width + model.policy.stateCount + model.distribution.componentCount + 2
        + configuration.learnedWidth + model.reached.width,
      acting: { model.acting(laneCount: $0).program },
      gradients: [
        .init(of: configuration.trials / configuration.ppo.minibatches, model.policyLoss.program),
        .init(of: configuration.trials / configuration.inference.minibatches, model.inferenceProgram),
      ]
    ).estimate(for: use)
  }
}
