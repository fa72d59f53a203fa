import Randomness
import Simulation

/// Finds out what actions do and what colours mean by what happens, and draws a map of what it has seen. With goals known
/// in reach it takes as many as it can; else it goes for the riddle, the energy or the view of new cells that is worth
/// most per step.
struct KrazyMapperLane: ReferenceLane {
  typealias Tile = KrazyWorld.Tile
  let environment: KrazyWorld
  let horizon: Int
  let episodeCount: Int
  private let size: Int
  /// An action in a cell.
  private struct CellAction: Hashable {
    let cell: GridCell
    let action: Int
  }

  private var directions: KrazyDirections
  private var colors: KrazyColors
  /// The colour that each cell has at the start of episodes, as far as it was seen.
  private var map: [Int?]
  /// Where transporters lead to, as far as is known.
  private var exits: [Int: Int] = [:]
  /// The actions that ended an episode on a deadly tile, by the cells that they were taken in.
  private var deadly: Set<CellAction> = []
  /// The cells that were emptied in this episode.
  private var emptied: Set<Int> = []
  private var energy = 0
  private var cell = GridCell(x: 0, y: 0)
  private var laterCount = 0
  /// The time steps of the episode that are left, and those that there is energy for.
  private var timeLeft = 0
  private var stepsLeft = 0

  init(
    environment: KrazyWorld, prior: KrazyWorld.TaskDistribution, horizon: Int, episodeCount: Int
  ) {
    self.environment = environment
    (self.horizon, self.episodeCount) = (horizon, episodeCount)
    size = environment.size
    directions = KrazyDirections(isTold: !prior.shufflesActions)
    colors = KrazyColors(totals: environment.tileCounts(of: prior), isTold: !prior.shufflesColors)
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
    // Episodes start on a plain tile.
    if moment.progress.isEpisodeStart, let color = map[index(cell)] { colors.learn(color, means: .plain) }
    laterCount = max(0, episodeCount - 1 - Int(moment.progress.episode))
    timeLeft = max(1, horizon - Int(moment.progress.timeOfEpisode))
    stepsLeft = max(1, min(energy, timeLeft))
    action[0] = Float(chosenAction(using: &random))
    energy -= 1
  }

  // MARK: What is seen

  private func index(_ cell: GridCell) -> Int { Int(cell.y) * size + Int(cell.x) }
  private func cell(at index: Int) -> GridCell { GridCell(x: index % size, y: index / size) }

  /// The cells in view and their places in the observation.
  private func forEachCell(inViewFrom cell: GridCell, _ body: (_ index: Int, _ component: Int) -> Void) {
    guard environment.view > 0 else {
      for index in map.indices { body(index, index + 2) }
      return
    }
    let reach = environment.view / 2
    var component = 2
    for y in Int(cell.y) - reach...Int(cell.y) + reach {
      for x in Int(cell.x) - reach...Int(cell.x) + reach {
        if x >= 0 && y >= 0 && x < size && y < size { body(y * size + x, component) }
        component += 1
      }
    }
  }

  private mutating func look(_ observation: Span<Float>) {
    var new: [(Int, Int)] = []
    forEachCell(inViewFrom: cell) { index, component in
      if map[index] == nil && !emptied.contains(index) { new.append((index, component)) }
    }
    for (index, component) in new {
      map[index] = Int(observation[component])
      colors.see(Int(observation[component]))
    }
  }

  private func color(under cell: GridCell, _ observation: Span<Float>) -> Int? {
    var place: Int?
    let here = index(cell)
    forEachCell(inViewFrom: cell) { index, component in if index == here { place = component } }
    return place.map { Int(observation[$0]) }
  }

  // MARK: What happened

  private mutating func learn(_ moment: Moment, arrivingIn seen: GridCell, seeing observation: Span<Float>) {
    let action = Int(moment.previousAction[0])
    guard !moment.progress.isEpisodeStart else {
      learnOfEnd(after: action, isTerminated: moment.progress.previousEnding == .terminated)
      return
    }
    directions.learn(action, leadsInOneOf: (0..<4).filter { mayLead($0, to: seen) })
    guard let direction = directions.direction(of: action) else { return }
    let target = environment.cell(from: cell, toward: direction)
    if moment.previousReward > 0 && seen != target { emptied.insert(index(seen)) }
    guard target != cell, !emptied.contains(index(target)), let color = map[index(target)] else { return }
    if seen == target {
      learn(color, of: target, toward: direction, now: self.color(under: seen, observation), moment)
    } else if seen != cell {
      let isAhead = isAhead(seen, toward: direction)
      if colors.kinds[color] == nil { colors.learn(color, means: isAhead ? .ice : .transporter) }
      if colors.kinds[color] == .transporter {
        (exits[index(target)], exits[index(seen)]) = (index(seen), index(target))
      }
    }
  }

  /// Whether a move in a direction may have led to a cell: to the next one, at an edge to none, over something that is
  /// not plain anywhere.
  private func mayLead(_ direction: Int, to seen: GridCell) -> Bool {
    let target = environment.cell(from: cell, toward: direction)
    if seen == target || target == cell { return seen == target }
    guard let color = map[index(target)], !emptied.contains(index(target)) else {
      return map[index(target)] == nil
    }
    switch colors.kinds[color] {
    case .plain, .goal, .energy: return false
    case .ice: return true
    default: return seen != cell
    }
  }

  private func isAhead(_ seen: GridCell, toward direction: Int) -> Bool {
    let (dx, dy) = (seen.x - cell.x, seen.y - cell.y)
    return direction % 2 == 0
      ? dx == 0 && (dy > 0) == (direction == 0) : dy == 0 && (dx > 0) == (direction == 1)
  }

  /// An episode that ends with energy left ends on a deadly tile.
  private mutating func learnOfEnd(after action: Int, isTerminated: Bool) {
    guard isTerminated && energy > 0 else { return }
    deadly.insert(CellAction(cell: cell, action: action))
    let suspects = (0..<4).filter { directions.chance(that: action, leads: $0) > 0 }.compactMap { direction in
      let target = environment.cell(from: cell, toward: direction)
      guard target != cell, !emptied.contains(index(target)), let color = map[index(target)] else {
        return nil as (direction: Int, color: Int)?
      }
      let kind = colors.kinds[color]
      return kind == nil || kind == .death || kind == .ice ? (direction, color) : nil
    }
    if !suspects.isEmpty { directions.learn(action, leadsInOneOf: suspects.map(\.direction)) }
    let unknown = Set(suspects.map(\.color))
    if unknown.count == 1, let color = unknown.first { colors.learn(color, means: .death) }
  }

  /// A tile that changes its colour when it is entered was taken, and leaves a plain one.
  private mutating func learn(
    _ color: Int, of target: GridCell, toward direction: Int, now: Int?, _ moment: Moment
  ) {
    guard let now else { return }
    guard now == color else {
      colors.learn(color, means: moment.previousReward > 0 ? .goal : .energy)
      colors.learn(now, means: .plain)
      emptied.insert(index(target))
      if moment.previousReward <= 0 { energy += environment.energyBonus }
      return
    }
    // On ice before an edge nobody slides.
    if environment.cell(from: target, toward: direction) != target { colors.learn(color, means: .plain) }
  }

  // MARK: Where to go

  /// The share of a goal that a step is worth for who has nothing better to do.
  private static let stepWorth = 0.04

  private func chosenAction(using random: inout RandomStream) -> Int {
    let board = believedBoard
    let start = KrazyWorld.State(cell: cell, energy: Int32(max(1, energy)))
    let plan = environment.mostGoals(in: board, horizon: timeLeft, from: start)
    if plan.count > 0, let direction = plan.actions.first { return action(toward: direction, using: &random) }
    if let direction = bestRiddle(on: board, from: start) { return action(toward: direction, using: &random) }
    return anyAction(using: &random)
  }

  /// An action that did not end an episode here, where there is one.
  private func anyAction(using random: inout RandomStream) -> Int {
    let choices = (0..<4).filter { !isDeadly($0) }
    return choices.isEmpty ? random.integer(below: 4) : choices[random.integer(below: choices.count)]
  }

  /// Whether an action ended an episode where the agent is.
  private func isDeadly(_ action: Int) -> Bool { deadly.contains(CellAction(cell: cell, action: action)) }

  /// The actions that lead in a direction from where the agent is, or may, without those that ended an episode.
  private func actions(toward direction: Int) -> [Int] {
    (0..<4).filter { directions.chance(that: $0, leads: direction) > 0 && !isDeadly($0) }
  }

  /// An action that leads in a direction, or may; of those that are not known one that risks the least.
  private func action(toward direction: Int, using random: inout RandomStream) -> Int {
    let actions = actions(toward: direction)
    guard !actions.isEmpty else { return anyAction(using: &random) }
    let first = random.integer(below: actions.count)
    let ordered = actions[first...] + actions[..<first]
    return ordered.max {
      directions.chance(that: $0, leads: direction) < directions.chance(that: $1, leads: direction)
    } ?? actions[first]
  }

  /// What a cell is now; nil where that is not known.
  private func kind(at index: Int) -> Tile? {
    emptied.contains(index) ? .plain : map[index].flatMap { $0 < 6 ? colors.kinds[$0] : nil }
  }

  /// The board as far as it is known, with actions that are directions; whatever is not known is deadly.
  private var believedBoard: KrazyWorld.Task {
    var board = KrazyWorld.Task(cellCount: size * size)
    board.start = cell
    var number: UInt8 = 0
    for index in map.indices {
      let kind = kind(at: index) ?? .death
      switch kind {
      case .goal, .energy:
        guard number < 12 else { continue }
        board.tiles[index] = kind.rawValue | number << 3
        number += 1
      case .transporter:
        guard let exit = exits[index], board.exits.count < 31 else {
          board.tiles[index] = Tile.death.rawValue
          continue
        }
        board.tiles[index] = kind.rawValue | UInt8(board.exits.count) << 3
        board.exits.append(UInt8(exit))
      default: board.tiles[index] = kind.rawValue
      }
    }
    return board
  }

  /// The direction of the first step to the place that is worth most per step, of those that can be reached.
  private func bestRiddle(on board: KrazyWorld.Task, from start: KrazyWorld.State) -> Int? {
    var best: (rate: Double, direction: Int)?
    var isVisited = map.map { _ in false }
    isVisited[index(cell)] = true
    var frontier: [(cell: GridCell, direction: Int)] = [(cell, -1)]
    var distance = 0
    while !frontier.isEmpty && distance < stepsLeft {
      distance += 1
      var next: [(cell: GridCell, direction: Int)] = []
      for (from, first) in frontier {
        for direction in 0..<4 where first >= 0 || !actions(toward: direction).isEmpty {
          var state = start
          state.cell = from
          let outcome = environment.step(&state, toward: direction, in: board)
          let (place, way) = (index(state.cell), first < 0 ? direction : first)
          guard !isVisited[place] else { continue }
          isVisited[place] = true
          let isSafe =
            !outcome.isTerminated
            || kind(at: place) != nil && kind(at: place) != .death
              && distance < stepsLeft
          if kind(at: place) == .death { continue }
          let rate = worth(of: place, after: distance) / Double(distance)
          if rate > best?.rate ?? 0 { best = (rate, way) }
          if isSafe && kind(at: place) != nil && kind(at: place) != .transporter {
            next.append((state.cell, way))
          }
        }
      }
      frontier = next
    }
    return best?.direction
  }

  /// What it is worth to enter a cell after so many steps.
  private func worth(of place: Int, after distance: Int) -> Double {
    let rest = Double(stepsLeft - distance)
    let bonus = min(Double(environment.energyBonus), Double(horizon)) * Self.stepWorth
    switch kind(at: place) {
    case .energy: return bonus
    case .goal, .death, .ice: return 0
    case .transporter: return exits[place] == nil ? sightWorth(of: 9) : 0
    case .plain: return sightWorth(of: newCellCount(from: place))
    case nil: break
    }
    func chance(_ kind: Tile) -> Double {
      map[place].map { $0 < 6 ? colors.chances[$0][Int(kind.rawValue)] : 0 } ?? colors.share(of: kind)
    }
    // A goal that is found is found for all later episodes, and so is the meaning of its colour.
    let goal = chance(.goal) * (1 + 1.5 * Double(laterCount))
    let knowledge = 0.05 * Double(laterCount)
    return goal + knowledge + chance(.energy) * bonus
      + sightWorth(of: newCellCount(from: place)) * (1 - chance(.death))
      - chance(.death) * rest * Self.stepWorth
  }

  /// What it is worth to see cells that were not seen yet: each may be a goal, in later episodes, too.
  private func sightWorth(of count: Int) -> Double {
    Double(count) * colors.share(of: .goal) * (0.5 + Double(laterCount)) * 0.7
  }

  private func newCellCount(from place: Int) -> Int {
    var count = 0
    forEachCell(inViewFrom: cell(at: place)) { index, _ in if map[index] == nil { count += 1 } }
    return count
  }
}
