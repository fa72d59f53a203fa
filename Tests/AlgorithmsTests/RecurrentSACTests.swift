import Algorithms
import Autodiff
import Environments
import Formats
import Foundation
import Learning
import Parallel
import Randomness
import Simulation
import Testing

@Suite("Recurrent SAC")
struct RecurrentSACTests {
  static let discrete = Interface(
    observation: .discrete([3]), action: .discrete([4]), horizon: 3, episodeCount: 1)
  static let real = Interface(
    observation: .box(lower: [-1], upper: [1]), action: .box(lower: [-1, -1], upper: [1, 1]), horizon: 3,
    episodeCount: 1)

  static func configuration(_ change: (inout RecurrentSAC.Configuration) -> Void = { _ in })
    -> RecurrentSAC.Configuration
  {
    var configuration = RecurrentSAC.Configuration()
    (configuration.network.hiddenUnits, configuration.network.readoutUnits) = (4, 5)
    configuration.rewardScale = 2
    change(&configuration)
    return configuration
  }

  /// The inputs of the loss program in two lanes of three time steps, of which the second lane takes two.
  private struct Batch {
    var actor: [Double]
    var critic: [Double]
    var temperature = [-1.5]
    var target: [Double]
    var inputs: [Double] = []
    var choices: [Double] = []
    var rewards: [Double]
    var noise: [Double] = []
    let weights = [0.2, 0.2, 0.2, 0.2, 0.2, 0]
    let discounts = [0.9, 0.9, 0.9, 0, 0, 0]

    init(_ model: RecurrentSAC.Model, _ interface: Interface) throws {
      var random = RandomKey(seed: 7).stream()
      func drawn(_ count: Int, _ scale: Float) -> [Double] {
        (0..<count).map { _ in Double(random.normal() * scale) }
      }
      func point(_ layout: ParameterLayout, _ seed: UInt64) -> [Double] {
        layout.initialValues(RandomKey(seed: seed)).map { Double($0) + Double(random.normal()) * 0.3 }
      }
      actor = point(model.policy.layout, 1)
      critic = point(model.values.layout, 2)
      target = point(model.values.layout, 3)
      rewards = drawn(6, 1)
      let encoder = try NetworkInput(interface)
      var step = TimeStep(laneCount: 2, interface: interface)
      var row = Array(repeating: Float(0), count: 2 * encoder.width)
      for time in 0..<3 {
        for lane in 0..<2 {
          step.progress[lane].timeOfEpisode = Int32(time)
          step.previousReward[lane] = random.normal()
          step.observation[lane] =
            interface.observation.isDiscrete ? Float(random.integer(below: 3)) : random.normal()
        }
        var span = row.mutableSpan
        encoder.encode(step, into: &span)
        inputs += row.map(Double.init)
        for _ in 0..<2 * interface.action.componentCount {
          choices.append(
            interface.action.isDiscrete ? Double(random.integer(below: 4)) : Double(random.uniform()) - 0.5)
          noise.append(Double(random.normal()))
        }
      }
    }

    func run(_ program: Program) -> (gradient: [Double], statistics: [Double]) {
      let workspace = Workspace<Double>(program)
      for (index, values) in [
        actor, critic, temperature, target, [0.4], inputs, choices, rewards, weights, discounts, noise,
      ].enumerated() { workspace.setInput(index, values) }
      workspace.run()
      return (workspace.output(0), workspace.output(1))
    }
  }

  /// What each part of the gradient must be the slope of: the critic's of its own loss, with the goals held, the actor's
  /// of the policy's, with the action values held.
  @Test(
    "has the gradients of central differences, and none where they are stopped", arguments: [discrete, real])
  func gradients(_ interface: Interface) throws {
    let model = try RecurrentSAC.Model(Self.configuration(), interface)
    let program = model.lossProgram(stepCount: 3, laneCount: 2)
    let batch = try Batch(model, interface)
    let gradient = batch.run(program).gradient
    func difference(_ part: WritableKeyPath<Batch, [Double]>, _ index: Int, _ statistic: Int) -> Double {
      let sides = [1e-5, -1e-5].map { change in
        var moved = batch
        moved[keyPath: part][index] += change
        return moved.run(program).statistics[statistic]
      }
      return (sides[0] - sides[1]) / 2e-5
    }
    for (part, offset, statistic) in [
      (\Batch.critic, batch.actor.count, 0), (\.actor, 0, 1),
    ] as [(WritableKeyPath<Batch, [Double]>, Int, Int)] {
      let slopes = batch[keyPath: part].indices.map { difference(part, $0, statistic) }
      let found = gradient[offset..<offset + slopes.count]
      let longest = slopes.map(abs).max() ?? 0
      #expect(longest > 0.01)
      let worst = zip(slopes, found).map { abs($0 - $1) }.max() ?? .nan
      #expect(worst < 1e-6 * longest)
    }
    // log α · (H − H̄), whose weights sum to 1.
    let excess = batch.run(program).statistics[2] - 0.4
    #expect(abs((gradient.last ?? 0) - excess) < 1e-9)
    #expect(gradient.count == model.parameterCount)
  }

  /// With no weights but the bias of the action values all of them are c, and the policy draws evenly among four actions:
  /// goals are 2 r + γ (c + α log 4), at the end of a trial 2 r.
  @Test("has the loss of goals that are known by hand")
  func goals() throws {
    let model = try RecurrentSAC.Model(Self.configuration(), Self.discrete)
    var batch = try Batch(model, Self.discrete)
    for part in [\Batch.actor, \.critic, \.target] as [WritableKeyPath<Batch, [Double]>] {
      batch[keyPath: part] = batch[keyPath: part].map { _ in 0 }
    }
    for (part, value) in [(\Batch.critic, 0.3), (\.target, 0.7)]
      as [(WritableKeyPath<Batch, [Double]>, Double)]
    {
      for entry in model.values.layout.entries where entry.name.hasSuffix("outputBias") {
        for index in entry.offset..<entry.offset + entry.shape.count { batch[keyPath: part][index] = value }
      }
    }
    let statistics = batch.run(model.lossProgram(stepCount: 3, laneCount: 2)).statistics
    let worth = 0.7 + exp(-1.5) * log(4.0)
    let goals = zip(batch.rewards, batch.discounts).map { 2 * $0 + $1 * worth }
    let errors = goals.map { ($0 - 0.3) * ($0 - 0.3) }
    let loss = zip(errors, batch.weights).map { $0 * $1 }.reduce(0, +)
    #expect(abs(statistics[0] - loss) < 1e-9)
    let policyLoss = -exp(-1.5) * log(4.0) - 0.3
    #expect(abs(statistics[1] - policyLoss) < 1e-9)
    #expect(abs(statistics[2] - log(4.0)) < 1e-9 && abs(statistics[3] - 0.3) < 1e-9)
  }

  @Test("refuses discrete actions of several components")
  func severalComponents() {
    let interface = Interface(
      observation: .discrete([3]), action: .discrete([2, 2]), horizon: 3, episodeCount: 1)
    #expect(throws: InvalidParameter.self) { try RecurrentSAC.Model(Self.configuration(), interface) }
  }

  @Test("replays what was played, and keeps as many trials as it is told")
  func replay() throws {
    let learner = try RecurrentSAC(
      Self.configuration { ($0.trials, $0.replay.capacity, $0.replay.batchTrials) = (8, 20, 4) },
      for: RL2Tests.gridNavigation, key: RandomKey(seed: 5), pool: ThreadPool(threadCount: 1))
    let ring = try #require(learner.records)
    for iteration in 0..<4 {
      let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 6).child(iteration))
      let last = ring.numbers.upperBound
      #expect(last == 8 * (iteration + 1) && ring.count == min(last, 20))
      let length = RL2Tests.gridNavigation.interface.trialLength
      // The rewards are the last numbers of a record.
      let returns = (last - 8..<last).map { number in
        ring.withRecord(number) { record -> Double in
          #expect(record[0] == Float(length))
          return (record.count - length..<record.count).reduce(0.0) { $0 + Double(record[$1]) }
        }
      }
      let mean: Double = returns.reduce(0, +) / 8
      #expect(abs(mean - (metrics["return"] ?? .nan)) < 1e-5)
    }
  }

  @Test("learns to look for the better arms of every task")
  func learns() throws {
    let world = EnvironmentSimulator(
      Bandit(), distributions: [.train: .init(), .test: .init()], horizon: 1, episodeCount: 10)
    let learner = try RecurrentSAC(
      Self.configuration {
        ($0.iterations, $0.trials, $0.replay.batchTrials, $0.gradientSteps) = (300, 32, 32, 4)
        ($0.network.hiddenUnits, $0.network.readoutUnits) = (32, 32)
        ($0.targetRate, $0.discount, $0.rewardScale, $0.optimizer.learningRate) = (0.05, 0.9, 1, 3e-3)
      }, for: world, key: RandomKey(seed: 5), pool: ThreadPool(threadCount: 1))
    var returns: [Double] = []
    for iteration in 0..<300 {
      let metrics = try learner.update(iteration: iteration, key: RandomKey(seed: 6).child(iteration))
      returns.append(metrics["return"] ?? .nan)
    }
    let (first, last) = (returns.prefix(30).reduce(0, +) / 30, returns.suffix(30).reduce(0, +) / 30)
    #expect(last > first + 0.5, "\(first) at first, \(last) at last")
  }
}
