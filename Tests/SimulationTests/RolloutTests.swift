import Randomness
import Simulation
import Testing
import Trials

/// What learners keep of trials, on the line of `Drift`, whose observation is position, age and the task's number.
@Suite struct RolloutTests {
  /// Five trials, whose episodes end by themselves after 1, 2 or 3 steps or by the time limit of 4.
  private static let simulator = EnvironmentSimulator(
    Drift(), distributions: [.train: .init(lifetimes: [1, 2, 3, 0], isFinite: true)], horizon: 4,
    episodeCount: 2)

  private static func rollout(_ pusher: Pusher, keepsReached: Bool = true) -> Rollout {
    let tasks = simulator.tasks(of: .train, count: 4, key: RandomKey(seed: 1))
    let lanes = simulator.beginTrial(in: tasks, keys: keys(4))
    var columns = pusher.columns
    if keepsReached {
      lanes.keepEndObservations()
      columns.append(Rollout.Column(.reached, width: 3))
    }
    let rollout = Rollout(stepCount: 8, laneCount: 4, columns: columns)
    var actions = Array(repeating: Float(0), count: 4)
    // A second time, after another trial has filled it.
    for round in 0..<2 {
      lanes.restart(keys: keys(4).map { $0.child(round) })
      pusher.beginTrial(keys: keys(4))
      lanes.collect(pusher, into: rollout, actions: &actions)
    }
    return rollout
  }

  @Test func lengthsAndEndingsAreThoseOfTheTrials() {
    let rollout = Self.rollout(Pusher())
    #expect(rollout.lengths == [2, 4, 6, 8] && rollout.timeStepCount == 20)
    for (lane, life) in [1, 2, 3, 4].enumerated() {
      let ending: Ending = life == 4 ? .truncated : .terminated
      for time in 0..<8 {
        let isEnd = time < 2 * life && (time + 1) % life == 0
        #expect(rollout.endings[time * 4 + lane] == (isEnd ? ending : .none))
      }
    }
  }

  @Test func whatWasReachedIsTheOldEpisodesEvenWhereTheNextOneBegins() {
    let pusher = Pusher()
    let rollout = Self.rollout(pusher)
    let (reached, rewards) = (rollout[.reached], rollout[.rewards])
    for (lane, life) in [1, 2, 3, 4].enumerated() {
      for time in 0..<2 * life {
        let row = (time * 4 + lane) * 3
        // The reward is the position reached, and the age tells whether the episode is still the same.
        #expect(reached[row] == rewards[time * 4 + lane])
        #expect(reached[row + 1] == Float(time % life + 1) && reached[row + 2] == Float(lane))
        let isEnd = (time + 1) % life == 0
        if time + 1 < 2 * life {
          #expect((pusher.seen[time + 1].observation[lane * 3] == reached[row]) == !isEnd)
        }
      }
    }
  }

  @Test func whatComesAfterTheEndIsBlank() {
    let short = EnvironmentSimulator(
      Drift(), distributions: [.train: .init(lifetimes: [2], isFinite: true)], horizon: 4, episodeCount: 2)
    let pusher = Pusher()
    let lanes = short.beginTrial(
      in: short.tasks(of: .train, count: 1, key: RandomKey(seed: 1)), keys: keys(1))
    let rollout = Rollout(stepCount: 8, laneCount: 1, columns: pusher.columns)
    rollout.withColumn(.choices) { for index in $0.indices { $0[index] = .nan } }
    var actions: [Float] = [0]
    lanes.collect(pusher, into: rollout, actions: &actions)
    #expect(rollout[.choices][4...].allSatisfy { $0 == 0 } && rollout[.rewards][4...].allSatisfy { $0 == 0 })
    #expect(rollout[.choices][..<4] == [0.25, 0.25, 0.25, 0.25])
    #expect(rollout.firstNonFinite([.choices, .rewards]) == nil)
  }

  @Test func theFirstNumberThatIsNotFiniteIsNamed() {
    let rollout = Self.rollout(Pusher(), keepsReached: false)
    rollout.withColumn(.rewards) { $0[5] = .nan }
    rollout.withColumn(.choices) { $0[6] = .infinity }
    let found = rollout.firstNonFinite([.choices, .rewards])
    #expect(found?.place == "action" && found?.lane == 2)
    #expect(rollout.firstNonFinite([.rewards])?.place == "reward")
  }

  @Test func aConstantColumnIsOneRow() {
    let rollout = Self.rollout(Pusher(), keepsReached: false)
    #expect(rollout[Pusher.width] == [0.5])
  }
}

/// Pushes by a quarter in every lane.
private final class Pusher: Policy {
  static let width = Rollout.Name("width")
  var seen: [TimeStep] = []

  let columns = [Rollout.Column(.choices), Rollout.Column(Pusher.width, isConstant: true)]
  func beginTrial(keys: [RandomKey]) { seen = [] }
  func takeMemory(of other: Pusher) {}
  func act(on timeStep: TimeStep, into actions: inout [Float]) {
    seen.append(timeStep)
    for lane in actions.indices { actions[lane] = 0.25 }
  }
  func write(to rollout: Rollout, at time: Int) {
    rollout.write(.choices, Array(repeating: 0.25, count: rollout.laneCount), at: time)
    rollout.write(Self.width, [0.5], at: time)
  }
}
