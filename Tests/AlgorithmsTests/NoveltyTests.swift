import Algorithms
import Environments
import Formats
import Learning
import Randomness
import Simulation
import Testing
import Trials

@Suite("A bonus for new observations")
struct NoveltyTests {
  static let laneCount = 6

  /// Room for what `actor` does in `simulator`, in which new observations are noted if `looksForNovelties`.
  static func rollout(_ actor: Actor, _ simulator: any Simulator, looksForNovelties: Bool) -> Rollout {
    let novelties = looksForNovelties ? [Rollout.Column(.novelties)] : []
    return Rollout(
      stepCount: simulator.interface.trialLength, laneCount: laneCount,
      columns: actor.columns + [Rollout.Column(.earnings), Rollout.Column(.advantages)] + novelties)
  }

  /// Trials of `simulator` by a policy that is nearly random.
  static func rollout(_ simulator: any Simulator, looksForNovelties: Bool) throws -> Rollout {
    let distribution = ActionDistribution(simulator.interface.action)
    let encoder = try NetworkInput(simulator.interface)
    let network = RecurrentNetwork(
      featureCount: encoder.featureCount, memory: GatedRecurrentUnit(unitCount: 4),
      distribution: distribution,
      hasSeparateValue: false, initialStandardDeviation: 1)
    let actor = Actor(network.acting(distribution, encoder, laneCount: laneCount, stepLimit: 1))
    actor.setParameters(network.layout.initialValues(RandomKey(seed: 1)))
    let rollout = rollout(actor, simulator, looksForNovelties: looksForNovelties)
    var actions = Array(repeating: Float(0), count: laneCount)
    // A second trial, which must not know what the first has seen.
    for trial in 0..<2 {
      let keys = (0..<laneCount).map { RandomKey(seed: 4).child(trial).child($0) }
      let lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
      actor.beginTrial(keys: keys)
      lanes.collect(actor, into: rollout, actions: &actions)
    }
    return rollout
  }

  /// Lakes, where trials differ in length.
  static let lakes = EnvironmentSimulator(
    FrozenLake(), distributions: [.train: .init(), .test: .init()], horizon: 12, episodeCount: 3)

  @Test("counts an observation once in a trial, whatever the episode")
  func onceInATrial() throws {
    let rollout = try Self.rollout(Self.lakes, looksForNovelties: true)
    let (inputs, novelties) = (rollout[.inputs], rollout[.novelties])
    let width = inputs.count / (rollout.stepCount * Self.laneCount)
    var newCount = 0
    for lane in 0..<Self.laneCount {
      // The column and the row are the first two terms of the input.
      let cells = (0..<rollout.lengths[lane]).map { time in
        let row = (time * Self.laneCount + lane) * width
        return Array(inputs[row..<row + 2])
      }
      for time in 1..<cells.count {
        let isNew = !cells[..<time].contains(cells[time])
        #expect(novelties[(time - 1) * Self.laneCount + lane] == (isNew ? 1 : 0))
        newCount += isNew ? 1 : 0
      }
    }
    #expect(newCount > Self.laneCount)
  }

  @Test("is added to scaled rewards")
  func advantages() throws {
    let (plain, curious) = (
      try Self.rollout(Self.lakes, looksForNovelties: false),
      try Self.rollout(Self.lakes, looksForNovelties: true)
    )
    #expect(!plain.has(.novelties) && plain[.inputs] == curious[.inputs])
    for rollout in [plain, curious] {
      rollout.calculateEarnings(scale: 2, explorationBonus: 0.25)
      rollout.estimateAdvantages(discount: 0, lambda: 0)
      #expect(rollout[.rewards] == plain[.rewards])
    }
    for lane in 0..<Self.laneCount {
      for time in 0..<plain.lengths[lane] {
        let index = time * Self.laneCount + lane
        let difference = curious[.advantages][index] - plain[.advantages][index]
        #expect(abs(difference - 0.25 * curious[.novelties][index]) < 1e-6)
        #expect(plain[.advantages][index] == 2 * plain[.rewards][index] - plain[.values][index])
      }
    }
  }

  @Test("is all that there is in episodes for finding out", arguments: [0, 1, 2])
  func credit(uncreditedCount: Int) throws {
    let grid = EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 6, episodeCount: 3)
    let rollout = try Self.rollout(grid, looksForNovelties: true)
    rollout.calculateEarnings(scale: 2, explorationBonus: 0.25, uncreditedCount: uncreditedCount)
    var (episodes, creditedSum) = (Array(repeating: 0, count: Self.laneCount), Float(0))
    for time in 0..<rollout.stepCount {
      for lane in 0..<Self.laneCount where time < rollout.lengths[lane] {
        let index = time * Self.laneCount + lane
        let reward = episodes[lane] < uncreditedCount ? 0 : 2 * rollout[.rewards][index]
        #expect(rollout[.earnings][index] == reward + 0.25 * rollout[.novelties][index])
        creditedSum += abs(reward)
        if rollout.endings[index] != .none { episodes[lane] += 1 }
      }
    }
    #expect(creditedSum > 0 && episodes.allSatisfy { $0 > uncreditedCount })
  }

  /// A corner of a large room, which random moves hardly ever reach.
  static var corner: any Simulator {
    var room = GridNavigation()
    (room.width, room.height, room.stepReward) = (13, 13, 0)
    var corner = GridNavigation.TaskDistribution()
    corner.goals = [[12, 12]]
    return EnvironmentSimulator(
      room, distributions: [.train: corner, .test: corner], horizon: 40, episodeCount: 1)
  }

  @Test("lets MAML find a goal that it does not meet by chance")
  func mamlFindsTheGoal() throws {
    func lastReturn(explorationBonus: Double) throws -> Double {
      let learner = try MAMLTests.learner(
        MAMLTests.small {
          $0.iterations = 80
          $0.network.hiddenUnits = 16
          $0.rollouts = 10
          $0.outer.optimizer = .ppo
          $0.ppo.epochs = 8
          $0.optimizer.learningRate = 1e-2
          $0.exploration.bonus = explorationBonus
        }, Self.corner, threads: 2)
      return try MAMLTests.run(learner, 0..<80)["return"] ?? .nan
    }
    let (without, with) = (try lastReturn(explorationBonus: 0), try lastReturn(explorationBonus: 0.1))
    #expect(without < 1 && with > 5)
  }

  @Test("lets RL² find a goal that it does not meet by chance")
  func findsTheGoal() throws {
    func lastReturn(explorationBonus: Double) throws -> Double {
      let learner = try RL2Tests.learner(
        Self.corner,
        RL2Tests.small {
          $0.iterations = 60
          $0.trials = 64
          $0.network.hiddenUnits = 16
          $0.shardTrials = 16
          $0.ppo.minibatches = 4
          $0.optimizer.learningRate = 1e-2
          $0.exploration.bonus = explorationBonus
        }, threads: 2)
      var last = 0.0
      for iteration in 0..<60 {
        let key = RandomKey(seed: 5).child("train").child(iteration)
        last = try learner.update(iteration: iteration, key: key)["return"] ?? .nan
      }
      return last
    }
    let (without, with) = (try lastReturn(explorationBonus: 0), try lastReturn(explorationBonus: 0.1))
    #expect(without < 1 && with > 5)
  }

  @Test("is refused where it means nothing")
  func refusals() throws {
    func key(_ simulator: any Simulator, _ bonus: Double) -> String? {
      do { _ = try RL2Tests.learner(simulator, RL2Tests.small { $0.exploration.bonus = bonus }) } catch let
        error
        as InvalidParameter
      { return error.key } catch {}
      return nil
    }
    #expect(key(RL2Tests.pointNavigation, 0.1) == "exploration.bonus")
    #expect(key(RL2Tests.gridNavigation, -0.1) == "exploration.bonus")
    #expect(key(RL2Tests.gridNavigation, 0.1) == nil)
    func mamlKey(_ simulator: any Simulator, _ bonus: Double) -> String? {
      do { _ = try MAMLTests.learner(MAMLTests.small { $0.exploration.bonus = bonus }, simulator) } catch let
        error
        as InvalidParameter
      { return error.key } catch {}
      return nil
    }
    #expect(mamlKey(MAMLTests.pointNavigation, 0.1) == "exploration.bonus")
    #expect(mamlKey(MAMLTests.bandit, -0.1) == "exploration.bonus")
    #expect(mamlKey(MAMLTests.bandit, 0.1) == nil)
  }
}
