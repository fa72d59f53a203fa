import Environments
import PlainC
import Randomness
import Simulation

extension Benchmark {
  /// Steps the egocentric grid and the same building in plain C, in turn.
  mutating func measureAgainstPlainC(_ report: (Row) -> Void) {
    let (laneCount, horizon) = (4096, 100)
    let environment = EgocentricGrid()
    let simulator = EnvironmentSimulator(
      environment, distributions: [.train: .init()], horizon: horizon, episodeCount: 2)
    let ours = RandomStepper(simulator, laneCount: laneCount)
    var random = RandomKey(seed: 3).stream()
    let plain = PlainStepper(
      environment, task: environment.sampleTask(from: .init(), using: &random), horizon: horizon,
      laneCount: laneCount)
    var rates: [(ours: Double, plain: Double)] = []
    for _ in 0..<7 {
      rates.append(
        (
          Self.medianRate(repetitions: 1) { ours.run(stepCount: 40) },
          Self.medianRate(repetitions: 1) { plain.run(stepCount: 40) }
        ))
    }
    let name = EgocentricGrid.name
    let middle = rates.count / 2
    append(
      Row(
        work: "\(name) in plain C", threads: 1, value: rates.map(\.plain).sorted()[middle],
        unit: "environment steps/s"), report)
    append(
      Row(
        work: "\(name), times plain C", threads: 1,
        value: rates.map { $0.ours / $0.plain }.sorted()[middle], unit: ""), report)
  }
}

/// The egocentric grid in plain C, with random actions.
private final class PlainStepper {
  private let grid: OpaquePointer
  private let laneCount: Int
  private var actions: RandomActions
  private var observations: [Float]
  private var rewards: [Float]

  init(_ environment: EgocentricGrid, task: EgocentricGrid.Task, horizon: Int, laneCount: Int) {
    self.laneCount = laneCount
    actions = RandomActions(environment.action, laneCount: laneCount)
    observations = Array(repeating: 0, count: laneCount * environment.observation.componentCount)
    rewards = Array(repeating: 0, count: laneCount)
    grid = metarl_plain_create(
      laneCount, Int32(task.layout.width), Int32(task.layout.height), task.tiles, task.start.x, task.start.y,
      Int32(task.direction), Int32(environment.viewSize), environment.seesThroughWalls, Int32(horizon),
      Float(environment.rewardSpan))
  }

  deinit { metarl_plain_destroy(grid) }

  func run(stepCount: Int) -> Int {
    for _ in 0..<stepCount {
      actions.draw()
      metarl_plain_step(grid, actions.values, &observations, &rewards)
    }
    return stepCount * laneCount
  }
}
