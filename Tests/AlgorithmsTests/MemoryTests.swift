import Algorithms
import Autodiff
import Environments
import Learning
import Simulation
import Testing

/// What learners take is known before they are made.
@Suite struct MemoryTests {
  private func simulator(horizon: Int, episodeCount: Int) -> any Simulator {
    EnvironmentSimulator(
      GridNavigation(), distributions: [.train: .init(), .test: .init()], horizon: horizon,
      episodeCount: episodeCount)
  }

  /// A workspace grows evenly with the time steps, so that two short programs tell the size of a long one.
  @Test func twoShortProgramsTellTheSizeOfALongOne() throws {
    let configuration = RL2.Configuration()
    let simulator = simulator(horizon: 15, episodeCount: 4)
    let encoder = try configuration.encoder(for: simulator)
    let distribution = ActionDistribution(simulator.interface.action)
    let network = try configuration.network(encoder, distribution)
    func program(_ stepCount: Int) -> Program {
      TrialPPOLoss(
        network: network, distribution: distribution, inputWidth: encoder.width, clipRange: 0.2,
        valueCoefficient: 0.5
      ).program(stepCount: stepCount, laneCount: 8)
    }
    let size = ProgramSize(ofStepCount: 60, program: program)
    let exact = Double(program(60).workspaceByteCount)
    #expect(abs(size.workspaceByteCount - exact) < 0.05 * exact)
  }

  @Test func moreTrialsEpisodesAndUnitsTakeMore() throws {
    func bytes(_ change: (inout RL2.Configuration) -> Void, episodeCount: Int = 4) throws -> Double {
      var configuration = RL2.Configuration()
      change(&configuration)
      return try RL2.memory(
        of: configuration, for: simulator(horizon: 15, episodeCount: episodeCount),
        use: .training(threadCount: 1)
      ).byteCount
    }
    let usual = try bytes { _ in }
    #expect(usual > 1e7 && usual < 2e9)
    #expect(try bytes { $0.trials = 1_000_000 } > 50 * usual)
    #expect(try bytes({ _ in }, episodeCount: 1_000_000) > 1e12)
    #expect(try bytes { $0.network.hiddenUnits = 16_384 } > 1e10)
  }

  @Test func learnersOfABeliefCountWhatTheyDecode() throws {
    func bytes(_ change: (inout VariBAD.Configuration) -> Void) throws -> Double {
      var configuration = VariBAD.Configuration()
      change(&configuration)
      let points = EnvironmentSimulator(
        PointNavigation(), distributions: [.train: .init(), .test: .init()], horizon: 15, episodeCount: 4)
      return try VariBAD.memory(of: configuration, for: points, use: .training(threadCount: 1)).byteCount
    }
    let usual = try bytes { _ in }
    #expect(usual > 1e7 && usual < 2e9)
    #expect(try bytes { $0.inference.decodedSteps = 1000 } > 10 * usual)
    #expect(try bytes { $0.ppo.minibatches = 512 } != usual)
  }

  @Test func gradientBasedLearnersCountTasksAndFeatures() throws {
    func bytes(_ change: (inout MAMLConfiguration) -> Void, horizon: Int = 15) throws -> Double {
      var configuration = MAMLConfiguration()
      change(&configuration)
      return try MAML.memory(
        of: configuration, for: simulator(horizon: horizon, episodeCount: 1), use: .training(threadCount: 1)
      ).byteCount
    }
    let usual = try bytes { _ in }
    #expect(usual > 1e6 && usual < 2e9)
    #expect(try bytes { $0.tasks = 1_000_000 } > 1000 * usual)
    #expect(try bytes { $0.rollouts = 1_000_000 } > 1000 * usual)
    #expect(try bytes({ _ in }, horizon: 1_000_000) > 1e10)
  }
}
