import Foundation
import Simulation

/// What thrusts have told of the physics.
///
/// With the delay and the signs taken for known, v′ = c v + M u is linear in c = 1 − friction and in the two numbers of
/// M, a rotation times 1 / mass: they are solved for by least squares. The first delay and signs that explain all that
/// was seen, within the ranges of the law, are taken for true.
struct PhysicsEstimate {
  /// The physics to act by.
  private(set) var model: PointDynamics.Task
  private let law: PointDynamics.TaskDistribution
  private var history: [Transition] = []
  private static let historyLimit = 12

  private struct Transition {
    let before: SIMD2<Double>
    /// The thrusts that have their effect now, by delay.
    let thrusts: [SIMD2<Double>]
    let after: SIMD2<Double>
  }

  init(_ law: PointDynamics.TaskDistribution) {
    self.law = law
    model = PointDynamics.Task()
    model.mass = (law.massLower + law.massUpper) / 2
    model.friction = (law.frictionLower + law.frictionUpper) / 2
    model.delay = law.delays.min() ?? 0
  }

  /// Learns from a step that nothing stopped.
  mutating func learn(
    from state: PointDynamics.State, thrust: SIMD2<Float>, to position: SIMD2<Float>, _ velocity: SIMD2<Float>
  ) {
    if law.windRange > 0 { model.wind = position - state.position - velocity }
    let thrusts = [thrust, state.thrusts.0, state.thrusts.1, state.thrusts.2]
    let turned = PointDynamics.turned(thrusts[model.delay] * model.signs, by: model.rotation)
    let expected = (1 - model.friction) * state.velocity + turned / model.mass
    let error = velocity - expected
    // Nothing new is learnt from what was foreseen.
    guard max(abs(error.x), abs(error.y)) > 1e-5 else { return }
    if history.count == Self.historyLimit { history.removeFirst() }
    history.append(
      Transition(
        before: SIMD2(state.velocity), thrusts: thrusts.map { SIMD2($0) }, after: SIMD2(velocity)))
    explain()
  }

  private mutating func explain() {
    let signs: [SIMD2<Float>] =
      law.flips
      ? [SIMD2(1, 1), SIMD2(1, -1), SIMD2(-1, 1), SIMD2(-1, -1)] : [SIMD2(1, 1)]
    for delay in Set(law.delays).sorted() {
      for signs in signs {
        if let explained = explanation(delay, signs) {
          model = explained
          return
        }
      }
    }
  }

  /// The physics with this delay and these signs that explain what was seen; nil where none do.
  private func explanation(_ delay: Int, _ signs: SIMD2<Float>) -> PointDynamics.Task? {
    let unknown = [law.frictionLower < law.frictionUpper, isScaleUnknown, law.rotationRange > 0]
    var values = [1 - Double(model.friction), 1 / Double(model.mass), 0]
    let rows: [Row] = history.flatMap { self.rows(of: $0, delay, SIMD2<Double>(signs)) }
    let free = unknown.indices.filter { unknown[$0] }
    Self.fit(&values, free, rows)
    let isExact = rows.allSatisfy { abs(Self.rest(of: $0, values)) < 2e-5 * (1 + abs($0.sum)) }
    guard isExact else { return nil }
    var task = model
    let scale = (values[1] * values[1] + values[2] * values[2]).squareRoot()
    guard scale > 0 else { return nil }
    (task.delay, task.signs) = (delay, signs)
    (task.friction, task.mass) = (Float(1 - values[0]), Float(1 / scale))
    task.rotation = Float(atan2(values[2], values[1]) * 180 / .pi)
    return isAllowed(task) ? task : nil
  }

  private var isScaleUnknown: Bool { law.massLower < law.massUpper || law.rotationRange > 0 }

  private func isAllowed(_ task: PointDynamics.Task) -> Bool {
    task.mass > 0.98 * law.massLower && task.mass < 1.02 * law.massUpper
      && task.friction > law.frictionLower - 0.02 && task.friction < law.frictionUpper + 0.02
      && abs(task.rotation) < law.rotationRange + 1
  }

  private typealias Row = (factors: [Double], sum: Double)

  /// v′ = c v + a u + b (u turned by a right angle), along each axis.
  private func rows(of transition: Transition, _ delay: Int, _ signs: SIMD2<Double>) -> [Row] {
    let thrust = transition.thrusts[delay] * signs
    return [
      ([transition.before.x, thrust.x, -thrust.y], transition.after.x),
      ([transition.before.y, thrust.y, thrust.x], transition.after.y),
    ]
  }

  /// What `values` leave unexplained.
  private static func rest(of row: Row, _ values: [Double]) -> Double {
    row.sum - row.factors[0] * values[0] - row.factors[1] * values[1] - row.factors[2] * values[2]
  }

  /// Least squares of the `free` values; where nothing tells of them they stay as they are.
  private static func fit(_ values: inout [Double], _ free: [Int], _ rows: [Row]) {
    let count = free.count
    guard count > 0 else { return }
    var matrix = (0..<count).map { row in (0...count).map { $0 == row ? 1e-12 : 0.0 } }
    for row in rows {
      let rest = rest(of: row, values)
      for (one, factor) in free.enumerated() {
        for (other, second) in free.enumerated() {
          matrix[one][other] += row.factors[factor] * row.factors[second]
        }
        matrix[one][count] += row.factors[factor] * rest
      }
    }
    for (number, change) in solution(of: matrix).enumerated() { values[free[number]] += change }
  }

  /// The solution of a positive definite system, its right side in the last column.
  private static func solution(of system: [[Double]]) -> [Double] {
    var (matrix, count) = (system, system.count)
    for pivot in 0..<count {
      for row in 0..<count where row != pivot {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot...count { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
  }
}
