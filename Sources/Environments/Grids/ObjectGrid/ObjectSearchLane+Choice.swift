import Foundation

extension ObjectSearchLane {
  /// What the decision to search depends on, roughly.
  struct Situation: Equatable {
    let found: UInt32
    let episode: Int
    let steps: Int
    let unseen: Int
  }

  /// How many steps a way takes on average.
  private var travel: Double { 0.6 * Double(distribution.greatestSide) }

  /// How many steps an episode of the task has, as far as is known, if `time` of them have passed.
  private func length(after time: Int) -> Int {
    if let timeLimit { return timeLimit > 0 ? min(timeLimit, horizon) : horizon }
    let least = Double(max(distribution.leastTimeLimit, time + 1))
    let greatest = Double(max(distribution.greatestTimeLimit, time + 2))
    let mean = (greatest - least) / log(greatest / least)
    return greatest - least < 1 ? min(time + 2, horizon) : min(Int(mean), horizon)
  }

  private var timeLeft: Int { max(1, length(after: time) - time) }
  private var laterCount: Double { Double(max(0, episodeCount - 1 - episode)) }

  /// Which objects can be fetched without a search: their types and places are known.
  private func isFound(_ object: Int) -> Bool {
    belongs[object] && (environment.showsObjects || places[object] >= 0)
  }

  private func income(of object: Int, isPresent: Bool, hoping: Bool = false) -> ObjectIncome {
    let estimate = estimates[types[object]]
    return ObjectIncome(
      reward: hoping ? estimate.gain : estimate.reward, termination: estimate.termination.mean,
      respawn: estimate.respawn.mean, isPresent: isPresent)
  }

  /// About what can still be had in this episode, and in a later one.
  private func prospects(with extra: Int? = nil) -> (now: Double, later: Double) {
    let known = places.indices.filter { $0 == extra || isFound($0) && estimates[types[$0]].isKnown }
    let now = known.map { income(of: $0, isPresent: isPresent[$0], hoping: $0 == extra) }
    let later = known.map { income(of: $0, isPresent: true, hoping: $0 == extra) }
    return (
      ObjectIncome.total(of: now, time: Double(timeLeft), travel: travel),
      ObjectIncome.total(of: later, time: Double(length(after: 0)), travel: travel)
    )
  }

  /// What it is worth to fetch an object at once: its reward, what is learnt, and what may be lost.
  private func worth(of object: Int, beside prospects: (now: Double, later: Double)) -> Double {
    let estimate = estimates[types[object]]
    let worth = estimate.reward - estimate.termination.mean * prospects.now
    guard !estimate.isKnown else { return worth }
    let hope = self.prospects(with: object)
    return worth + (1 - estimate.termination.mean) * (hope.now - prospects.now)
      + laterCount * (hope.later - prospects.later)
  }

  // MARK: Where to go

  mutating func chosenMove() -> Int {
    let prospects = prospects()
    let worths = places.indices.map { isFound($0) ? worth(of: $0, beside: prospects) : 0 }
    for cell in isAvoided.indices { isAvoided[cell] = false }
    for object in places.indices where places[object] >= 0 && worths[object] < 0 {
      isAvoided[places[object]] = isPresent[object] || estimates[types[object]].respawn.mean > 0.02
    }
    routes.measure(from: cell, avoiding: isAvoided, into: &distances)
    if let object = bestObject(worths) { return move(to: places[object]) }
    if !environment.showsObjects, let place = nearestUnseen, isSearchWorthIt(prospects) {
      return move(to: place)
    }
    return move(to: waitingPlace(worths))
  }

  private mutating func move(to place: Int) -> Int {
    guard place != cell else { return 4 }
    routes.measure(from: place, avoiding: isAvoided, into: &others)
    return routes.move(from: cell, along: others, avoiding: isAvoided)
  }

  /// The object that is present with the most worth per step.
  private func bestObject(_ worths: [Double]) -> Int? {
    var best: (object: Int, rate: Double)?
    for object in places.indices where isPresent[object] && isFound(object) && worths[object] > 0 {
      let distance = max(1, distances[places[object]])
      guard distance <= timeLeft else { continue }
      let rate = worths[object] / Double(distance)
      if rate > best?.rate ?? 0 { best = (object, rate) }
    }
    return best?.object
  }

  /// The nearest cell that was not entered; of several, one in a corner of what is left.
  private var nearestUnseen: Int? {
    var best: (cell: Int, distance: Int, freedom: Int)?
    for place in entered.indices
    where !entered[place] && routes.isOpen[place] && !isAvoided[place] && distances[place] <= timeLeft {
      guard distances[place] <= best?.distance ?? .max else { continue }
      let freedom = (0..<4).count { move in
        routes.neighbour(of: place, taking: move).map { routes.isOpen[$0] && !entered[$0] } ?? false
      }
      guard distances[place] < best?.distance ?? .max || freedom < best?.freedom ?? .max else { continue }
      best = (place, distances[place], freedom)
    }
    return best?.cell
  }

  /// Where what pays is reached soonest when it comes back; anywhere of a grid, that is its middle.
  private mutating func waitingPlace(_ worths: [Double]) -> Int {
    if environment.showsObjects {
      let middle = (distribution.greatestSide - 1) / 2
      let place = middle * environment.size + middle
      return distances[place] < ObjectRoutes.nowhere && !isAvoided[place] && routes.isOpen[place]
        ? place : cell
    }
    let wanted = places.indices.filter {
      isFound($0) && worths[$0] > 0 && income(of: $0, isPresent: false).respawn > 0
    }
    guard !wanted.isEmpty else { return cell }
    let key = wanted + isAvoided.indices.filter { isAvoided[$0] } + [routes.isOpen.count { $0 }]
    if let waiting, waiting.key == key { return waiting.place }
    var burden = Array(repeating: 0.0, count: distances.count)
    for object in wanted {
      let income = income(of: object, isPresent: false)
      let weight = worths[object] / (1 / income.respawn + travel)
      routes.measure(from: places[object], avoiding: isAvoided, into: &others)
      for place in burden.indices { burden[place] += weight * Double(others[place]) }
    }
    var best = (place: cell, burden: Double.infinity)
    for place in burden.indices where distances[place] < ObjectRoutes.nowhere && entered[place] {
      if burden[place] < best.burden - 1e-9 && !isAvoided[place] { best = (place, burden[place]) }
    }
    waiting = (key, best.place)
    return best.place
  }

  // MARK: Whether to search

  private mutating func isSearchWorthIt(_ prospects: (now: Double, later: Double)) -> Bool {
    let hidden = places.indices.filter { belongs[$0] && places[$0] < 0 }
    guard !hidden.isEmpty else { return false }
    let unseen = entered.indices.count { !entered[$0] && routes.isOpen[$0] }
    let found = places.indices.reduce(UInt32(0)) { places[$1] >= 0 ? $0 | 1 << UInt32($1) : $0 }
    let situation = Situation(
      found: found, episode: episode, steps: Int(8 * log2(Double(timeLeft))), unseen: unseen / 4)
    if let decision, decision.situation == situation { return decision.isWorthIt }
    let search = ObjectSearch(
      incomes: places.indices.filter { isFound($0) }.map { income(of: $0, isPresent: isPresent[$0]) },
      hidden: hidden.map { income(of: $0, isPresent: true) },
      hopes: hidden.map { income(of: $0, isPresent: true, hoping: true) }, travel: travel,
      length: Double(length(after: 0)))
    let isWorthIt = search.isWorthIt(time: Double(timeLeft), unseen: Double(unseen), laterCount: laterCount)
    decision = (situation, isWorthIt)
    return isWorthIt
  }
}

/// Whether to look for what is hidden, which may pay or cost.
struct ObjectSearch {
  /// What is found already.
  let incomes: [ObjectIncome]
  /// What is not: as it is expected, and as it is for who takes only what pays.
  let hidden: [ObjectIncome]
  let hopes: [ObjectIncome]
  let travel: Double
  /// The steps of an episode.
  let length: Double

  /// How many steps a new cell takes.
  private static let pace = 1.3
  /// How many finds are foreseen.
  private static let depth = 2

  func isWorthIt(time: Double, unseen: Double, laterCount: Double) -> Bool {
    let rest = Array(hidden.indices)
    let searched = worthOfSearch(incomes, rest, time, unseen, laterCount, Self.depth)
    return searched > worthOfStopping(incomes, time, laterCount) + 1e-9
  }

  private func worthOfStopping(_ found: [ObjectIncome], _ time: Double, _ laterCount: Double) -> Double {
    var value = ObjectIncome.total(of: found, time: time, travel: travel)
    guard laterCount > 0 else { return value }
    let fresh = found.map {
      ObjectIncome(
        reward: $0.reward, termination: $0.termination, respawn: $0.respawn, isPresent: true)
    }
    value += laterCount * ObjectIncome.total(of: fresh, time: length, travel: travel)
    return value
  }

  /// The better of the two, with `depth` finds foreseen.
  private func worth(
    _ found: [ObjectIncome], _ rest: [Int], _ time: Double, _ unseen: Double, _ laterCount: Double,
    _ depth: Int
  ) -> Double {
    let stopped = worthOfStopping(found, time, laterCount)
    guard depth > 0 else { return stopped }
    return max(stopped, worthOfSearch(found, rest, time, unseen, laterCount, depth))
  }

  /// With u objects in U cells the next one is found after about U/(u + 1) of them, if time is left.
  private func worthOfSearch(
    _ found: [ObjectIncome], _ rest: [Int], _ time: Double, _ unseen: Double, _ laterCount: Double,
    _ depth: Int
  ) -> Double {
    guard !rest.isEmpty, unseen >= 1, time >= 1 else { return -.infinity }
    let cells = unseen / Double(rest.count + 1) + 0.5
    let steps = min(cells * Self.pace, time)
    let share = min(1, time / (Self.pace * unseen))
    let chance = 1 - pow(1 - share, Double(rest.count))
    var sum = 0.0
    for (place, object) in rest.enumerated() {
      let others = Array(rest[..<place] + rest[(place + 1)...])
      let find = hidden[object]
      let more = found + [hopes[object]]
      let left = max(0, unseen - cells)
      var value = find.reward
      // What was just taken is back later, but for the episode that it ends.
      value += (1 - find.termination) * worth(more, others, time - steps, left, laterCount, depth - 1)
      if find.termination > 0 && laterCount > 0 {
        value += find.termination * worth(more, others, length, left, laterCount - 1, depth - 1)
      }
      sum += value
    }
    // Income goes on while the search does, for who finds nothing.
    let nothing = worthOfStopping(found, time - steps, laterCount)
    return chance * sum / Double(rest.count) + (1 - chance) * nothing
  }
}
