import Randomness
import Simulation

/// Shortest ways on the cells of an object grid.
private struct ObjectRoutes {
  let side: Int
  let stride: Int
  /// Whether a cell may be entered, `[y, x]` with rows of `stride` cells.
  var isOpen: [Bool]

  init(side: Int, stride: Int, isOpen: (Int, Int) -> Bool) {
    (self.side, self.stride) = (side, stride)
    self.isOpen = Array(repeating: false, count: side * stride)
    for y in 0..<side {
      for x in 0..<side { self.isOpen[y * stride + x] = isOpen(x, y) }
    }
  }

  /// The cell that a move leads to, walls left aside; nil beyond the sides.
  func neighbour(of cell: Int, taking move: Int) -> Int? {
    let (y, x) = cell.quotientAndRemainder(dividingBy: stride)
    switch move {
    case 0: return y + 1 < side ? cell + stride : nil
    case 1: return y > 0 ? cell - stride : nil
    case 2: return x > 0 ? cell - 1 : nil
    default: return x + 1 < side ? cell + 1 : nil
    }
  }

  /// From `start`, the number of moves to every cell and the first of them; nil where there is no way round cells
  /// that `costs`.
  func ways(from start: Int, avoiding costs: (Int) -> Bool) -> [(distance: Int, move: Int)?] {
    var ways = [(distance: Int, move: Int)?](repeating: nil, count: isOpen.count)
    ways[start] = (0, 4)
    var frontier = [start]
    while !frontier.isEmpty {
      var reached: [Int] = []
      for cell in frontier {
        guard let way = ways[cell] else { continue }
        for move in 0..<4 {
          guard let next = neighbour(of: cell, taking: move), ways[next] == nil, isOpen[next], !costs(next)
          else { continue }
          ways[next] = (way.distance + 1, way.distance == 0 ? move : way.move)
          reached.append(next)
        }
      }
      frontier = reached
    }
    return ways
  }
}

/// Goes for the object with the most reward per step, around those that cost.
struct GreedyObjectLane: ReferenceLane {
  private let environment: ObjectGrid
  private let rewards: [Float]
  private let routes: ObjectRoutes

  init(environment: ObjectGrid, task: ObjectGrid.Task) {
    self.environment = environment
    rewards = task.objects.map(\.reward)
    routes = ObjectRoutes(side: task.side, stride: environment.size) { !task.isWall(x: $0, y: $1) }
  }

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let places = rewards.indices.map { Int(observation[1 + $0]) - 1 }
    let costly = Set(zip(places, rewards).filter { $0.1 < 0 }.map(\.0))
    let ways = routes.ways(from: Int(observation[0])) { costly.contains($0) }
    var best = (worth: Float(0), move: 4)
    for (place, reward) in zip(places, rewards) where place >= 0 && reward > 0 {
      guard let way = ways[place] else { continue }
      let worth = reward / Float(max(way.distance, 1))
      if worth > best.worth { best = (worth, way.move) }
    }
    action[0] = Float(best.move)
  }
}

/// Explores a grid whose objects are hidden: goes to the nearest cell it has not entered, learns from rewards and
/// from objects that vanish what was where, keeps away from what costs, and goes for what pays while it is there.
/// With nothing left to explore, it waits.
struct ObjectSweepLane: ReferenceLane {
  /// What was in a cell: its reward, and its number where that is known.
  private struct Find {
    var reward: Float
    var object: Int?
  }

  private let environment: ObjectGrid
  private var routes: ObjectRoutes
  private var entered: Set<Int> = []
  /// What has been found, by cell.
  private var finds: [Int: Find] = [:]
  private var existed: [Bool] = []
  /// The cell that the previous move was to end in.
  private var target: Int?

  init(environment: ObjectGrid) {
    self.environment = environment
    let map = environment.map
    routes = ObjectRoutes(side: environment.size, stride: environment.size) {
      map.isEmpty || !map.isWall(x: $0, y: $1)
    }
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let cell = Int(observation[0])
    let existing = (0..<environment.objectCount).map { observation[1 + $0] > 0 }
    if !moment.progress.isTrialStart { learn(moment, cell: cell, existing: existing) }
    entered.insert(cell)
    existed = existing
    let move = choose(from: cell, existing: existing)
    target = move == 4 ? cell : routes.neighbour(of: cell, taking: move)
    action[0] = Float(move)
  }

  /// At the end of an episode all objects are back, and only the reward tells that something was found.
  private mutating func learn(_ moment: Moment, cell: Int, existing: [Bool]) {
    guard let target else { return }
    if moment.progress.isEpisodeStart {
      if moment.previousReward != 0 && finds[target] == nil {
        finds[target] = Find(reward: moment.previousReward, object: nil)
      }
      if moment.previousReward != 0 { entered.insert(target) }
      return
    }
    if cell != target { routes.isOpen[target] = false }
    for object in existing.indices where existed[object] && !existing[object] {
      finds[cell] = Find(reward: moment.previousReward, object: object)
    }
  }

  private func choose(from cell: Int, existing: [Bool]) -> Int {
    let present = finds.filter { find in find.value.object.map { existing[$0] } ?? true }
    let ways = routes.ways(from: cell) { (present[$0]?.reward ?? 0) < 0 }
    var best = (worth: Float(0), cell: -1, move: 4)
    for (place, find) in present where find.reward > 0 {
      guard let way = ways[place] else { continue }
      let worth = find.reward / Float(max(way.distance, 1))
      // The order of a dictionary must not decide.
      if worth > best.worth || worth == best.worth && place < best.cell { best = (worth, place, way.move) }
    }
    if best.worth > 0 { return best.move }
    guard existing.count(where: { $0 }) > present.count else { return 4 }
    let unseen = ways.indices.filter { ways[$0] != nil && !entered.contains($0) }
    let nearest = unseen.min { (ways[$0]?.distance ?? 0) < (ways[$1]?.distance ?? 0) }
    return nearest.flatMap { ways[$0]?.move } ?? 4
  }
}
