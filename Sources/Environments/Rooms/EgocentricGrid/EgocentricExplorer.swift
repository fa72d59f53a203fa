import Randomness
import Simulation

/// An agent that knows what kind of building it is in, and of the building and the mission what it has seen.
///
/// It goes where the nearest unknown place beside known floor comes into view, opens doors, takes a key to the door
/// that it fits, and goes to what may be wanted once it has seen that. It keeps its map for the trial, and then takes
/// the fewest steps that it knows of.
struct EgocentricExplorer: ReferenceLane {
  /// How missions of a kind of building are fulfilled.
  enum Manner {
    /// A goal or a ball is searched for, behind a locked door if need be.
    case search
    /// One of several things, or of several doors, is wanted: the nearest one not yet tried is tried.
    case tryThings, tryDoors
    /// A thing is seen, and then the end that has the same one is gone to.
    case match
  }

  private let environment: EgocentricGrid
  private let manner: Manner
  private let horizon: Int
  private var map: EgocentricMap
  private var walks = EgocentricWalks()
  private var plan: [UInt8] = []
  /// Whether the plan leads to what is wanted, as far as is known.
  private var isFinal = false
  /// Whether the agent has been there since an episode began, so that it knows where it starts.
  private var knowsStart = false
  private var hasSeenNew = true
  /// The place of what is being tried, of what was right, and of what was not.
  private var tried: Int?
  private var right: Int?
  private var wrong: Set<Int> = []

  init(_ environment: EgocentricGrid, _ manner: Manner, horizon: Int) {
    (self.environment, self.manner, self.horizon) = (environment, manner, horizon)
    map = EgocentricMap(viewSize: environment.viewSize, seesThroughWalls: environment.seesThroughWalls)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if moment.progress.isEpisodeStart { beginEpisode(after: moment, observing: observation) }
    hasSeenNew = map.see(observation) || hasSeenNew
    if plan.isEmpty || hasSeenNew && !isFinal {
      plan = newPlan(remaining: horizon - Int(moment.progress.timeOfEpisode))
      hasSeenNew = false
    }
    // A turn harms nothing where no plan is left.
    let next = plan.isEmpty ? 0 : Int(plan.removeFirst())
    map.take(next)
    action[0] = Float(next)
  }

  private mutating func beginEpisode(after moment: Moment, observing observation: Span<Float>) {
    if knowsStart && map.agrees(with: observation) {
      map.beginEpisode()
      if let tried, moment.progress.previousEnding == .terminated {
        if moment.previousReward > 0 { right = tried } else { wrong.insert(tried) }
      }
    } else {
      map = EgocentricMap(viewSize: map.viewSize, seesThroughWalls: map.seesThroughWalls)
      (right, wrong) = (nil, [])
    }
    (knowsStart, plan, isFinal, hasSeenNew, tried) = (true, [], false, true, nil)
  }

  private mutating func newPlan(remaining: Int) -> [UInt8] {
    if let plan = finalPlan(remaining: remaining) {
      isFinal = true
      return plan
    }
    if manner == .search, let plan = keyPlan() { return plan }
    let map = map
    return walk(to: { map.isWorthLooking(from: $0, $1) }) ?? []
  }

  /// The way to what is wanted, or may be, where that is known.
  private mutating func finalPlan(remaining: Int) -> [UInt8]? {
    switch manner {
    case .search: return searchPlan(remaining: remaining)
    case .tryThings: return trialPlan([3]) { $0 == $1 + EgocentricMap.offset(of: $2) }
    case .tryDoors:
      return trialPlan([6]) { door, place, _ in
        [1, EgocentricMap.stride].contains(abs(door - place))
      }
    case .match: return matchingEnd().flatMap { end in walk(to: { place, _ in place == end }, through: end) }
    }
  }

  private func searchPlan(remaining: Int) -> [UInt8]? {
    let ball = map.thingPlaces.first { EgocentricMap.kind(of: map.firstTile(at: $0)) == .ball }
    guard map.goal != nil || ball != nil, let (task, state) = map.task(fetching: ball) else { return nil }
    return EgocentricPlanner(environment: environment, task: task).plan(from: state, horizon: remaining)
  }

  /// The way to a locked door with its key, or to a key.
  private mutating func keyPlan() -> [UInt8]? {
    let map = map
    func isKeyAhead(_ tile: UInt8) -> Bool { EgocentricMap.kind(of: tile) == .key }
    func isLockAhead(_ tile: UInt8) -> Bool { EgocentricMap.opens(map.carried, tile) }
    let isWanted = map.carried == 0 ? isKeyAhead : isLockAhead
    let path = walk(to: { isWanted(map.tile(at: $0 + EgocentricMap.offset(of: $1))) })
    return path.map { $0 + [map.carried == 0 ? 3 : 5] }
  }

  /// The way to the nearest thing that may be wanted, and `action` there.
  private mutating func trialPlan(
    _ action: [UInt8], isThere: (_ thing: Int, _ place: Int, _ direction: Int) -> Bool
  ) -> [UInt8]? {
    let places = right.map { [$0] } ?? map.thingPlaces.filter { !wrong.contains($0) }
    var reached: Int?
    let path = walk(to: { place, direction in
      reached = places.first { isThere($0, place, direction) }
      return reached != nil
    })
    tried = reached
    return path.map { $0 + action }
  }

  /// The end beside the thing that is like the one near the start, in the row above or below the corridor's.
  private func matchingEnd() -> Int? {
    let seen = map.thingPlaces.map { (place: $0, up: EgocentricMap.distance(to: $0).up) }
    guard let sign = seen.first(where: { abs($0.up) == 1 }), let end = seen.first(where: { abs($0.up) == 2 })
    else { return nil }
    let isAlike = map.firstTile(at: sign.place) == map.firstTile(at: end.place)
    let toCorridor = -end.up.signum() * EgocentricMap.stride
    return end.place + (isAlike ? 1 : 3) * toCorridor
  }

  private mutating func walk(
    to isTarget: (_ place: Int, _ direction: Int) -> Bool, through end: Int? = nil
  ) -> [UInt8]? {
    let (map, manner) = (map, manner)
    return walks.shortest(in: map, to: isTarget) { place in
      // Beside a thing may be the wrong end.
      if manner == .match && place != end {
        let isBeside = map.thingPlaces.contains { abs($0 - place) == EgocentricMap.stride }
        return isBeside ? nil : EgocentricWalks.cost(of: map.tile(at: place))
      }
      let tile = map.tile(at: place)
      if EgocentricMap.opens(map.carried, tile) { return 2 }
      // The goal is gone to in one go; where doors are to be visited none may be opened.
      let isLeftOut = tile == EgocentricTile.goal || manner == .tryDoors && EgocentricMap.isThing(tile)
      return isLeftOut ? nil : EgocentricWalks.cost(of: tile)
    }
  }
}

/// Shortest walks through a building with nothing to be carried, by breadth-first search.
struct EgocentricWalks {
  /// The search in which each place and direction was reached last, and from where.
  private var searches = Array(repeating: Int32(0), count: 4 * EgocentricMap.stride * EgocentricMap.stride)
  private var parents: [Int32]
  private var number: Int32 = 0

  init() { parents = searches }

  /// How many steps it takes to enter a place with this tile; nil where that cannot be, or leads to no good.
  static func cost(of tile: UInt8) -> Int? {
    if EgocentricMap.kind(of: tile) == .closedDoor { return 2 }
    return EgocentricMap.isOpen(tile) && tile != EgocentricTile.lava ? 1 : nil
  }

  /// The fewest actions to where `isTarget` holds, where to enter a place takes one step, or two with a door to open.
  mutating func shortest(
    in map: EgocentricMap, to isTarget: (_ place: Int, _ direction: Int) -> Bool, cost: (_ place: Int) -> Int?
  ) -> [UInt8]? {
    number += 1
    // What is reached now, by the next action and by the one after that.
    var now = [(node: 4 * map.place + map.direction, parent: -1)]
    var (next, later): ([(node: Int, parent: Int)], [(node: Int, parent: Int)]) = ([], [])
    while !now.isEmpty || !next.isEmpty {
      for (node, parent) in now where searches[node] != number {
        (searches[node], parents[node]) = (number, Int32(parent))
        let (place, direction) = (node / 4, node % 4)
        if isTarget(place, direction) { return actions(to: node, cost: cost) }
        next += [3, 1].map { (node: 4 * place + (direction + $0) % 4, parent: node) }
        let ahead = place + EgocentricMap.offset(of: direction)
        if let steps = cost(ahead) {
          let arrival = (node: 4 * ahead + direction, parent: node)
          if steps == 1 { next.append(arrival) } else { later.append(arrival) }
        }
      }
      (now, next, later) = (next, later, [])
    }
    return nil
  }

  private func actions(to node: Int, cost: (Int) -> Int?) -> [UInt8] {
    var (actions, node) = ([UInt8](), node)
    while parents[node] >= 0 {
      let parent = Int(parents[node])
      if node / 4 == parent / 4 {
        actions.append(node % 4 == (parent + 3) % 4 ? 0 : 1)
      } else {
        actions += cost(node / 4) == 1 ? [2] : [2, 5]
      }
      node = parent
    }
    return actions.reversed()
  }
}
