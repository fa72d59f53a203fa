import Randomness
import Simulation

extension ObjectGrid {
  /// `random` and `oracle`; where objects are hidden, `sweep` too, which explores.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let oracle = Reference<Self>(
      name: "oracle",
      summary: showsObjects
        ? "Knows what objects pay and goes for the most reward per step, around those that cost; not proven best."
        : "Knows the objects and plays the optimal policy for the time left.",
      makeLane: { task in
        if showsObjects { return GreedyObjectLane(environment: self, task: task) }
        return PlannedObjectLane(task: task, stride: size, plan: ObjectPlan(task, horizon: horizon))
      })
    guard !showsObjects else { return [.random(of: self), oracle] }
    return [
      .random(of: self), oracle,
      Reference(
        name: "sweep",
        summary:
          "Goes to the nearest cell not seen, remembers what was where, and fetches what pays when it is back.",
        makeLane: { _ in ObjectSweepLane(environment: self) }),
    ]
  }
}

extension ObjectGrid {
  /// The expected return of an episode under the optimal policy, for objects that stay where they are.
  public func optimalReturn(of task: Task, horizon: Int) -> Double {
    ObjectPlan(task, horizon: horizon).expectedReturn
  }
}

/// The optimal policy of one grid whose objects stay where they are.
///
/// With m the set of objects that exist, the value of arriving in cell c is the object's reward and, unless that
/// ends the episode, E V(c, m′), where every object of the others that did not exist before is back in m′ with
/// its probability; V_t(c, m) is the greatest value of arriving over the moves from c.
struct ObjectPlan: Sendable {
  /// The best move, `[time step][set of objects, cell]`; equal policies share their memory.
  let moves: [[UInt8]]
  /// The expected return of an episode.
  let expectedReturn: Double

  init(_ task: ObjectGrid.Task, horizon: Int) {
    let problem = ObjectProblem(task)
    let stepCount = task.timeLimit > 0 ? min(task.timeLimit, horizon) : horizon
    var values = Array(repeating: 0.0, count: problem.stateCount)
    var moves: [[UInt8]] = []
    var best = Array(repeating: UInt8(4), count: problem.stateCount)
    for _ in 0..<stepCount {
      problem.improve(&values, &best)
      moves.append(moves.last == best ? moves[moves.count - 1] : best)
    }
    self.moves = moves.reversed()
    expectedReturn = values[problem.stateCount - problem.cellCount + problem.start]
  }

  func move(cell: Int, existing: Int, cellCount: Int, at time: Int) -> Int {
    Int(moves[min(time, moves.count - 1)][existing * cellCount + cell])
  }
}

/// The tables of one grid. A state is (set of existing objects, cell), numbered in this order.
private struct ObjectProblem {
  private let side: Int
  let cellCount: Int
  let setCount: Int
  let start: Int
  /// The cell that each move leads to, `[cell, move]`; a wall leads to itself.
  private let next: [Int]
  /// The number of the object in each cell, or −1.
  private let objectAt: [Int]
  private let objects: [ObjectGrid.Object]

  var stateCount: Int { setCount * cellCount }

  init(_ task: ObjectGrid.Task) {
    side = task.side
    let side = task.side
    cellCount = side * side
    setCount = 1 << task.objects.count
    objects = task.objects
    start = Int(task.start.y) * side + Int(task.start.x)
    next = (0..<side * side).flatMap { cell in
      (0..<5).map { move in
        let (x, y) = task.cell(from: (cell % side, cell / side), taking: move)
        return y * side + x
      }
    }
    var objectAt = Array(repeating: -1, count: side * side)
    for (index, object) in task.objects.enumerated() {
      objectAt[Int(object.cell.y) * side + Int(object.cell.x)] = index
    }
    self.objectAt = objectAt
  }

  /// One step of backward induction.
  func improve(_ values: inout [Double], _ best: inout [UInt8]) {
    let returned = expectation(of: values, without: nil, cells: 0..<cellCount)
    var arrival = returned
    for (index, object) in objects.enumerated() {
      let cell = Int(object.cell.y) * side + Int(object.cell.x)
      let afterwards = expectation(of: values, without: index, cells: cell..<cell + 1)
      for set in 0..<setCount where set >> index & 1 == 1 {
        arrival[set * cellCount + cell] =
          Double(object.reward)
          + (1 - Double(object.termination)) * afterwards[(set & ~(1 << index)) * cellCount + cell]
      }
    }
    for set in 0..<setCount {
      for cell in 0..<cellCount {
        var (top, choice) = (-Double.infinity, 4)
        for move in [4, 0, 1, 2, 3] {
          let value = arrival[set * cellCount + next[cell * 5 + move]]
          if value > top + 1e-12 { (top, choice) = (value, move) }
        }
        values[set * cellCount + cell] = top
        best[set * cellCount + cell] = UInt8(choice)
      }
    }
  }

  /// The mean of `values` over what comes back of the objects that do not exist, but for object `collected`.
  private func expectation(of values: [Double], without collected: Int?, cells: Range<Int>) -> [Double] {
    var result = values
    for (index, object) in objects.enumerated() where index != collected && object.respawn > 0 {
      let respawn = Double(object.respawn)
      for set in 0..<setCount where set >> index & 1 == 0 {
        for cell in cells {
          let (absent, present) = (set * cellCount + cell, (set | 1 << index) * cellCount + cell)
          result[absent] += respawn * (result[present] - result[absent])
        }
      }
    }
    return result
  }
}

/// Follows the optimal policy.
private struct PlannedObjectLane: ReferenceLane {
  let task: ObjectGrid.Task
  /// The cells from one row to the next in the numbers that are observed.
  let stride: Int
  let plan: ObjectPlan

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let (y, x) = Int(observation[0]).quotientAndRemainder(dividingBy: stride)
    var existing = 0
    for index in task.objects.indices where observation[1 + index] > 0 { existing |= 1 << index }
    action[0] = Float(
      plan.move(
        cell: y * task.side + x, existing: existing, cellCount: task.side * task.side,
        at: Int(moment.progress.timeOfEpisode)))
  }
}
