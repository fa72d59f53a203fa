import Randomness
import Simulation

/// Finds out what actions do and what colours mean by what happens, draws a map of what it has seen, and goes for goals
/// that it knows, else for colours that it does not know, else for cells that it has not seen.
struct KrazyMapperLane: ReferenceLane {
  private let environment: KrazyWorld
  private let size: Int
  /// The direction of each action, and what each colour means, as far as is known.
  private var directions: [Int?]
  private var kinds: [KrazyWorld.Tile?]
  /// The colour that each cell has at the start of episodes, as far as it was seen.
  private var map: [Int?]
  /// The cells that were emptied in this episode.
  private var emptied: Set<Int> = []
  private var energy = 0
  private var cell = GridCell(x: 0, y: 0)

  init(environment: KrazyWorld, prior: KrazyWorld.TaskDistribution) {
    self.environment = environment
    size = environment.size
    directions = prior.shufflesActions ? [nil, nil, nil, nil] : [0, 1, 2, 3]
    kinds = prior.shufflesColors ? Array(repeating: nil, count: 6) : KrazyWorld.Tile.allCases
    map = Array(repeating: nil, count: size * size)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = GridCell(x: Int(observation[0]), y: Int(observation[1]))
    if !moment.progress.isTrialStart { learn(moment, arrivingIn: seen, seeing: observation) }
    if moment.progress.isEpisodeStart { (energy, emptied) = (environment.energy, []) }
    cell = seen
    look(observation)
    energy -= 1
    action[0] = Float(chosenAction(using: &random))
  }

  // MARK: What is seen

  private func index(_ cell: GridCell) -> Int { Int(cell.y) * size + Int(cell.x) }
  private func cell(at index: Int) -> GridCell { GridCell(x: index % size, y: index / size) }

  /// The cells in view and their places in the observation.
  private func view(from cell: GridCell) -> [(index: Int, component: Int)] {
    if environment.view == 0 { return map.indices.map { ($0, $0 + 2) } }
    let reach = environment.view / 2
    var cells: [(index: Int, component: Int)] = []
    var component = 2
    for y in Int(cell.y) - reach...Int(cell.y) + reach {
      for x in Int(cell.x) - reach...Int(cell.x) + reach {
        let isInside = x >= 0 && y >= 0 && x < size && y < size
        if isInside { cells.append((y * size + x, component)) }
        component += 1
      }
    }
    return cells
  }

  private mutating func look(_ observation: Span<Float>) {
    for (index, component) in view(from: cell) where map[index] == nil && !emptied.contains(index) {
      map[index] = Int(observation[component])
    }
  }

  private func color(under cell: GridCell, _ observation: Span<Float>) -> Int? {
    let index = index(cell)
    return view(from: cell).first { $0.index == index }.map { Int(observation[$0.component]) }
  }

  // MARK: What happened

  private mutating func learn(_ moment: Moment, arrivingIn seen: GridCell, seeing observation: Span<Float>) {
    let action = Int(moment.previousAction[0])
    guard !moment.progress.isEpisodeStart else {
      learnOfEnd(after: action, isTerminated: moment.progress.previousEnding == .terminated)
      return
    }
    let (dx, dy) = (Int(seen.x - cell.x), Int(seen.y - cell.y))
    if abs(dx) + abs(dy) == 1 { learn(action, leads: dy == 1 ? 0 : dx == 1 ? 1 : dy == -1 ? 2 : 3) }
    guard let direction = directions[action] else { return }
    let target = environment.cell(from: cell, toward: direction)
    if moment.previousReward > 0 && seen != target { emptied.insert(index(seen)) }
    guard target != cell, !emptied.contains(index(target)), let color = map[index(target)] else { return }
    if seen == target {
      learn(color, of: target, toward: direction, now: self.color(under: seen, observation), moment)
    } else if kinds[color] == nil && seen != cell {
      let isAhead =
        direction % 2 == 0 ? dx == 0 && (dy > 0) == (direction == 0) : dy == 0 && (dx > 0) == (direction == 1)
      learn(color, means: isAhead ? .ice : .transporter)
    }
  }

  /// An episode that ends with energy left ends on a deadly tile.
  private mutating func learnOfEnd(after action: Int, isTerminated: Bool) {
    guard isTerminated && energy > 0, let direction = directions[action] else { return }
    let target = environment.cell(from: cell, toward: direction)
    guard !emptied.contains(index(target)), let color = map[index(target)], kinds[color] == nil else {
      return
    }
    learn(color, means: .death)
  }

  private mutating func learn(_ action: Int, leads direction: Int) {
    guard directions[action] == nil, !directions.contains(direction) else { return }
    directions[action] = direction
    let open = directions.indices.filter { directions[$0] == nil }
    guard open.count == 1 else { return }
    directions[open[0]] = (0..<4).first { !directions.contains($0) }
  }

  private mutating func learn(_ color: Int, means kind: KrazyWorld.Tile) {
    guard kinds[color] == nil, !kinds.contains(kind) else { return }
    kinds[color] = kind
  }

  /// A tile that changes its colour when it is entered was taken, and leaves a plain one.
  private mutating func learn(
    _ color: Int, of target: GridCell, toward direction: Int, now: Int?, _ moment: Moment
  ) {
    guard let now else { return }
    guard now == color else {
      learn(color, means: moment.previousReward > 0 ? .goal : .energy)
      learn(now, means: .plain)
      emptied.insert(index(target))
      if moment.previousReward <= 0 { energy += environment.energyBonus }
      return
    }
    // On ice before an edge nobody slides.
    if environment.cell(from: target, toward: direction) != target { learn(color, means: .plain) }
  }

  // MARK: Where to go

  private func chosenAction(using random: inout RandomStream) -> Int {
    let unknown = directions.indices.filter { directions[$0] == nil }
    if let action = unknown.first { return action }
    let ways = ways()
    let targets = map.indices.filter { ways[$0] != nil && $0 != index(cell) }
    func nearest(_ isWanted: (Int) -> Bool) -> (index: Int, distance: Int)? {
      targets.filter(isWanted).map { (index: $0, distance: ways[$0]?.distance ?? .max) }
        .min { ($0.distance, $0.index) < ($1.distance, $1.index) }
    }
    let goal = nearest { self.kind(at: $0) == .goal }
    let food = nearest { self.kind(at: $0) == .energy }
    let riddle = nearest { self.map[$0] != nil && self.kind(at: $0) == nil }
    let edge = nearest { index in self.view(from: self.cell(at: index)).contains { self.map[$0.index] == nil }
    }
    if let goal, goal.distance <= energy + 1 { return action(toward: goal.index, ways) }
    if let food, energy < food.distance + 4 || food.distance < 3 { return action(toward: food.index, ways) }
    let search = [riddle.map { ($0.index, $0.distance + 1) }, edge.map { ($0.index, $0.distance) }]
      .compactMap(\.self).min { $0.1 < $1.1 }
    if let search { return action(toward: search.0, ways) }
    return food.map { action(toward: $0.index, ways) } ?? random.integer(below: 4)
  }

  /// What a cell is now; nil where its colour means nothing yet.
  private func kind(at index: Int) -> KrazyWorld.Tile? {
    emptied.contains(index) ? .plain : map[index].flatMap { kinds[$0] }
  }

  /// The ways to all cells over tiles that are known to hold, and to what lies beside them: the first direction and
  /// the number of moves.
  private func ways() -> [(direction: Int, distance: Int)?] {
    var ways = [(direction: Int, distance: Int)?](repeating: nil, count: map.count)
    var frontier = [cell]
    ways[index(cell)] = (0, 0)
    while !frontier.isEmpty {
      var next: [GridCell] = []
      for from in frontier {
        let here = ways[index(from)] ?? (0, 0)
        for direction in 0..<4 {
          let to = environment.cell(from: from, toward: direction)
          guard ways[index(to)] == nil else { continue }
          let kind = kind(at: index(to))
          guard kind != .death && kind != .ice && kind != .transporter else { continue }
          ways[index(to)] = (here.distance == 0 ? direction : here.direction, here.distance + 1)
          // What is not known may be tried, but not walked over.
          if kind != nil { next.append(to) }
        }
      }
      frontier = next
    }
    return ways
  }

  private func action(toward index: Int, _ ways: [(direction: Int, distance: Int)?]) -> Int {
    directions.firstIndex(of: ways[index]?.direction) ?? 0
  }
}
