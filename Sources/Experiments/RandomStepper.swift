import Kernels
import Randomness
import Simulation

/// Lanes that take random actions.
final class RandomStepper {
  private let lanes: any Lanes
  private let keys: [RandomKey]
  private let laneCount: Int
  private var actions: RandomActions

  init(_ simulator: any Simulator, laneCount: Int) {
    self.laneCount = laneCount
    keys = (0..<laneCount).map { RandomKey(seed: 3).child($0) }
    lanes = simulator.beginTrial(drawingFrom: "train", keys: keys)
    actions = RandomActions(simulator.interface.action, laneCount: laneCount)
  }

  /// Takes `stepCount` steps in every lane, drawing new tasks when trials end; returns how many steps.
  func run(stepCount: Int) -> Int {
    for _ in 0..<stepCount {
      if lanes.timeStep.activeLaneCount == 0 { lanes.restart(drawingFrom: "train", keys: keys) }
      actions.draw()
      lanes.step(taking: actions.values)
    }
    return stepCount * laneCount
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
