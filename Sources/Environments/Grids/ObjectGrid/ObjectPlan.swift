import Randomness
import Simulation
import Synchronization

/// The optimal policy of one grid whose objects stay where they are.
///
/// With m the set of objects that exist, the value of arriving in cell c is the object's reward and, unless that
/// ends the episode, E V(c, m′), where every object of the others that did not exist before is back in m′ with
/// its probability; V_t(c, m) is the greatest value of arriving over the moves from c.
struct ObjectPlan: Sendable {
  /// The expected return of an episode.
  let expectedReturn: Double
  private let cellCount: Int
  private let stepCount: Int
  /// Where the changes of each state begin, `[state + 1]`.
  private let firstChange: [Int32]
  /// With how many steps left the best move of a state changes, growing within a state.
  private let stepsLeft: [Int32]
  /// The best move from then on.
  private let moves: [UInt8]

  /// Plans for an episode of `horizon` steps, or of the task's time limit.
  init(_ task: ObjectGrid.Task, horizon: Int) {
    let problem = ObjectProblem(task)
    cellCount = problem.cellCount
    stepCount = task.timeLimit > 0 ? min(task.timeLimit, horizon) : horizon
    var values = Array(repeating: 0.0, count: problem.stateCount)
    var best = Array(repeating: UInt8(4), count: problem.stateCount)
    var changes: [(state: Int32, stepsLeft: Int32, move: UInt8)] = []
    for step in 1...stepCount {
      problem.improve(&values, &best) { changes.append((Int32($0), Int32(step), $1)) }
    }
    expectedReturn = values[problem.stateCount - problem.cellCount + problem.start]
    var counts = Array(repeating: Int32(0), count: problem.stateCount + 1)
    for change in changes { counts[Int(change.state) + 1] += 1 }
    for state in 0..<problem.stateCount { counts[state + 1] += counts[state] }
    firstChange = counts
    var (stepsLeft, moves) = (
      Array(repeating: Int32(0), count: changes.count), Array(repeating: UInt8(4), count: changes.count)
    )
    for change in changes {
      let place = Int(counts[Int(change.state)])
      (stepsLeft[place], moves[place]) = (change.stepsLeft, change.move)
      counts[Int(change.state)] += 1
    }
    (self.stepsLeft, self.moves) = (stepsLeft, moves)
  }

  /// The best move in a cell of the grid's own numbers, where the objects of the set `existing` exist.
  func move(cell: Int, existing: Int, at time: Int) -> Int {
    let left = Int32(max(1, stepCount - time))
    let state = existing * cellCount + cell
    var change = Int(firstChange[state + 1]) - 1
    while change >= Int(firstChange[state]) {
      if stepsLeft[change] <= left { return Int(moves[change]) }
      change -= 1
    }
    return 4
  }

  /// How many values a plan computes.
  static func cost(of distribution: ObjectGrid.TaskDistribution, horizon: Int) -> Int {
    let cellCount = distribution.greatestSide * distribution.greatestSide
    return (cellCount << distribution.types.count).multipliedReportingOverflow(by: horizon).partialValue
  }

  private struct Key: Hashable, Sendable {
    let task: ObjectGrid.Task
    let horizon: Int
  }

  /// The plans of late: every agent that is told the same task needs the same one.
  private static let plans = Mutex<[Key: ObjectPlan]>([:])

  /// The plan for `task`, made only where it is not remembered.
  static func shared(_ task: ObjectGrid.Task, horizon: Int) -> ObjectPlan {
    let key = Key(task: task, horizon: horizon)
    if let plan = plans.withLock({ $0[key] }) { return plan }
    // Outside of the lock, for threads plan for different tasks.
    let plan = ObjectPlan(task, horizon: horizon)
    plans.withLock { plans in
      if plans.count >= 2048 { plans.removeAll() }
      plans[key] = plan
    }
    return plan
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
  }

  /// One step of backward induction; `change` is told of each state whose best move is another one now.
  func improve(_ values: inout [Double], _ best: inout [UInt8], change: (Int, UInt8) -> Void) {
    var arrival = expectation(of: values, without: nil, cells: 0..<cellCount)
    for (index, object) in objects.enumerated() {
      let cell = Int(object.cell.y) * side + Int(object.cell.x)
      let afterwards = expectation(of: values, without: index, cells: cell..<cell + 1)
      for set in 0..<setCount where set >> index & 1 == 1 {
        arrival[set * cellCount + cell] =
          Double(object.reward)
          + (1 - Double(object.termination)) * afterwards[(set & ~(1 << index)) * cellCount + cell]
      }
    }
    let (arrivals, next) = (arrival.span, next.span)
    var tops = values.mutableSpan
    var choices = best.mutableSpan
    for first in stride(from: 0, to: stateCount, by: cellCount) {
      for cell in 0..<cellCount {
        // A move that is as good as another stays the best one.
        var choice = Int(choices[first + cell])
        var top = arrivals[first + next[cell * 5 + choice]]
        for move in 0..<5 {
          let value = arrivals[first + next[cell * 5 + move]]
          if value > top + 1e-12 { (top, choice) = (value, move) }
        }
        tops[first + cell] = top
        guard Int(choices[first + cell]) != choice else { continue }
        choices[first + cell] = UInt8(choice)
        change(first + cell, UInt8(choice))
      }
    }
  }

  /// The mean of `values` over what comes back of the objects that do not exist, but for object `collected`; of
  /// `cells` only.
  private func expectation(of values: [Double], without collected: Int?, cells: Range<Int>) -> [Double] {
    var means = values
    var result = means.mutableSpan
    for (index, object) in objects.enumerated() where index != collected && object.respawn > 0 {
      let respawn = Double(object.respawn)
      for set in 0..<setCount where set >> index & 1 == 0 {
        let (absent, present) = (set * cellCount, (set | 1 << index) * cellCount)
        for cell in cells {
          result[absent + cell] += respawn * (result[present + cell] - result[absent + cell])
        }
      }
    }
    return means
  }
}

/// Follows the optimal policy; stays where its task has no such cell.
struct PlannedObjectLane: ReferenceLane {
  let task: ObjectGrid.Task
  /// The cells from one row to the next in the numbers that are observed.
  let stride: Int
  let plan: ObjectPlan

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let (y, x) = Int(observation[0]).quotientAndRemainder(dividingBy: stride)
    guard x < task.side && y < task.side else {
      action[0] = 4
      return
    }
    var existing = 0
    for index in task.objects.indices where observation[1 + index] > 0 { existing |= 1 << index }
    let time = Int(moment.progress.timeOfEpisode)
    action[0] = Float(plan.move(cell: y * task.side + x, existing: existing, at: time))
  }
}
