import Kernels
import Randomness
import Simulation

/// Lanes that take random actions.
final class RandomStepper {
  private let lanes: any Lanes
  private let keys: [RandomKey]
  private let bounds: [(lower: Float, width: Float, isWhole: Bool)]
  private let laneCount: Int
  private var uniform: [Float]
  private var block: UInt64 = 0

  init(_ simulator: any Simulator, laneCount: Int) {
    self.laneCount = laneCount
    keys = (0..<laneCount).map { RandomKey(seed: 3).child($0) }
    lanes = simulator.beginTrial(drawingFrom: "train", keys: keys)
    switch simulator.interface.action {
    case .discrete(let counts): bounds = counts.map { (0, Float($0), true) }
    case .box(let lower, let upper): bounds = zip(lower, upper).map { ($0, $1 - $0, false) }
    }
    uniform = Array(repeating: 0, count: laneCount * bounds.count)
  }

  /// Takes `stepCount` steps in every lane, drawing new tasks when trials end; returns how many steps.
  func run(stepCount: Int) -> Int {
    for _ in 0..<stepCount {
      if lanes.timeStep.activeLaneCount == 0 { lanes.restart(drawingFrom: "train", keys: keys) }
      drawActions()
      lanes.step(taking: uniform)
    }
    return stepCount * laneCount
  }

  private func drawActions() {
    metarl_philox_uniform_f32(1, 2, block, uniform.count, &uniform)
    block += UInt64((uniform.count + 3) / 4)
    for (component, bound) in bounds.enumerated() {
      for index in stride(from: component, to: uniform.count, by: bounds.count) {
        let value = bound.lower + bound.width * uniform[index]
        uniform[index] = bound.isWhole ? value.rounded(.down) : value
      }
    }
  }
}
