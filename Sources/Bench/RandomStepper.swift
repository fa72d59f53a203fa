import Kernels
import Randomness
import Simulation

/// Lanes that take random actions.
package final class RandomStepper {
  private let lanes: any Lanes
  private let keys: [RandomKey]
  private let trialLength: Int
  private var actions: RandomActions
  private var time = 0

  /// Lanes whose trials are broken off after `trialLength` time steps, if they last that long.
  package init(_ simulator: any Simulator, laneCount: Int, trialLength: Int = .max) {
    self.trialLength = trialLength
    keys = (0..<laneCount).map { RandomKey(seed: 3).child($0) }
    lanes = simulator.beginTrial(drawingFrom: .train, keys: keys)
    actions = RandomActions(simulator.interface.action, laneCount: laneCount)
  }

  /// Takes `stepCount` steps in every lane, drawing new tasks when all trials are over; returns how many those were. A
  /// lane that waits for the others takes none.
  package func run(stepCount: Int) -> Int {
    var takenCount = 0
    for _ in 0..<stepCount {
      if time == trialLength || lanes.timeStep.activeLaneCount == 0 {
        lanes.restart(drawingFrom: .train, keys: keys)
        time = 0
      }
      takenCount += lanes.timeStep.activeLaneCount
      actions.draw()
      lanes.step(taking: actions.values)
      time += 1
    }
    return takenCount
  }
}

/// Actions drawn uniformly, for many lanes at once.
struct RandomActions {
  /// The actions, `[lane, action]`.
  private(set) var values: [Float]
  private let bounds: [(lower: Float, width: Float, isWhole: Bool)]
  private let laneCount: Int
  private var block: UInt64 = 0

  init(_ space: Space, laneCount: Int) {
    self.laneCount = laneCount
    switch space {
    case .discrete(let counts): bounds = counts.map { (0, Float($0), true) }
    case .box(let lower, let upper): bounds = zip(lower, upper).map { ($0, $1 - $0, false) }
    }
    values = Array(repeating: 0, count: laneCount * bounds.count)
  }

  /// Draws all of them anew.
  mutating func draw() {
    metarl_philox_uniform_f32(1, 2, block, values.count, &values)
    block += UInt64((values.count + 3) / 4)
    let (bounds, laneCount, count) = (bounds, laneCount, bounds.count)
    var values = values.mutableSpan
    for (component, bound) in bounds.enumerated() {
      let (lower, width) = (bound.lower, bound.width)
      if bound.isWhole {
        for lane in 0..<laneCount {
          let index = lane &* count &+ component
          values[unchecked: index] = Self.floor(width * values[unchecked: index])
        }
      } else {
        for lane in 0..<laneCount {
          let index = lane &* count &+ component
          values[unchecked: index] = lower + width * values[unchecked: index]
        }
      }
    }
  }

  /// The whole number below `value`, which is from 0 to 2²²: without a call where the machine has no instruction.
  @inline(__always)
  private static func floor(_ value: Float) -> Float {
    let nearest = (value + 0x1p23) - 0x1p23
    return nearest > value ? nearest - 1 : nearest
  }
}
