import Foundation
import Randomness
import Simulation

extension FrozenLake {
  /// `random`; `oracle`, exact where moves do not slip; `explorer`, which learns where the ice holds; `blind`, which
  /// goes the same way in every lake.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    var knownReturns: (@Sendable () -> [Double])?
    // No shortest way has more moves than there are cells, less one.
    if slip == 0 && horizon >= size * size - 1 {
      knownReturns = { Array(repeating: 1, count: episodeCount) }
    }
    return [
      .random(of: self),
      Reference(
        name: "oracle", summary: "Knows the lake and goes to the goal by a shortest way.",
        makeLane: { LakeLane(environment: self, maps: [LakeMap(of: $0)], prior: distribution) },
        expectedReturns: knownReturns),
      Reference(
        name: "explorer",
        summary: "Takes the way that is most likely to hold, given where the ice held and broke.",
        makeLane: { _ in
          let side = distribution.side == 0 ? size : distribution.side
          let swaps = [(false, 1 - distribution.swapProbability), (true, distribution.swapProbability)]
          let maps = swaps.filter { $0.1 > 0 }.map { LakeMap(side: side, isSwapped: $0.0, chance: $0.1) }
          return LakeLane(environment: self, maps: maps, prior: distribution)
        }),
      Reference(
        name: "blind", summary: "Goes right and up by turns, whatever happens.",
        makeLane: { _ in StaircaseLane() }),
    ]
  }
}

/// What is known of a lake if the actions mean what they are taken to mean.
private struct LakeMap {
  let side: Int
  let isSwapped: Bool
  /// Cells that are known to be frozen, and to be holes, as in a task.
  var frozen: UInt64
  var holes: UInt64
  /// Cells that were left in this attempt, and those of them that were found broken.
  var left: UInt64 = 0
  var broken: UInt64 = 0
  /// The logarithm of how probable it is that this is what actions mean, up to a constant.
  var logProbability: Double
  var cell = GridCell(x: 0, y: 0)

  /// All of one lake.
  init(of task: FrozenLake.Task) {
    (side, isSwapped, logProbability) = (task.side, task.isSwapped, 0)
    (frozen, holes) = (~task.holes, task.holes)
  }

  /// Nothing but the corners.
  init(side: Int, isSwapped: Bool, chance: Float) {
    (self.side, self.isSwapped, logProbability) = (side, isSwapped, log(Double(chance)))
    frozen = FrozenLake.bit(x: 0, y: 0) | FrozenLake.bit(x: side - 1, y: side - 1)
    holes = 0
  }

  /// A task in which cells are where they are in this map.
  var geometry: FrozenLake.Task { FrozenLake.Task(holes: holes, side: side, isSwapped: isSwapped) }

  var goal: GridCell { GridCell(x: side - 1, y: side - 1) }

  mutating func beginAttempt() { (cell, left, broken) = (GridCell(x: 0, y: 0), 0, 0) }
}

/// Goes where it believes the ice to hold.
private struct LakeLane: ReferenceLane {
  let environment: FrozenLake
  /// What may be so, one for each meaning of the actions.
  var maps: [LakeMap]
  private let riskOfUnknown: Double
  private let riskOfLeft: Double
  private static let costOfMove = 0.01

  init(environment: FrozenLake, maps: [LakeMap], prior: FrozenLake.TaskDistribution) {
    self.environment = environment
    self.maps = maps
    riskOfUnknown = -log(Double(prior.frozenProbability))
    riskOfLeft = -log(max(1 - Double(environment.crackProbability), 1e-6))
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = GridCell(x: Int(observation[0]), y: Int(observation[1]))
    if !moment.progress.isTrialStart { learn(moment, seeing: seen) }
    if moment.progress.isEpisodeStart { for index in maps.indices { maps[index].beginAttempt() } }
    let best = maps.indices.reduce(0) { maps[$1].logProbability > maps[$0].logProbability ? $1 : $0 }
    action[0] = Float(move(in: maps[best]))
  }

  private mutating func learn(_ moment: Moment, seeing seen: GridCell) {
    for index in maps.indices { learn(moment, seeing: seen, in: &maps[index]) }
    let best = maps.map(\.logProbability).reduce(-Double.infinity) { max($0, $1) }
    for index in maps.indices {
      // Where nothing can be so, whatever it was that was wrong, all is possible again.
      maps[index].logProbability = best > -1e6 ? maps[index].logProbability - best : 0
    }
  }

  private func learn(_ moment: Moment, seeing seen: GridCell, in map: inout LakeMap) {
    let next = environment.cell(from: map.cell, taking: Int(moment.previousAction[0]), in: map.geometry)
    let bit = FrozenLake.bit(next)
    let hasArrived = moment.previousReward > 0
    let hasFallen =
      environment.recovers
      ? moment.previousReward < 0 : moment.progress.previousEnding == .terminated && !hasArrived
    if hasArrived != (next == map.goal)
      || (hasFallen && (next == map.cell || map.frozen & ~map.left & bit != 0))
    {
      map.logProbability -= 1e9
      return
    }
    if hasFallen {
      if map.left & bit == 0 { map.holes |= bit } else { map.broken |= bit }
      return
    }
    if map.holes & bit != 0 { map.logProbability -= 1e9 }
    guard !moment.progress.isEpisodeStart else {
      if environment.slip == 0 { map.frozen |= bit }
      return
    }
    let isSlip = environment.slip > 0 && seen == map.cell
    map.logProbability += log(max(likelihood(of: seen, in: isSlip ? map.cell : next, of: map), 1e-300))
    if isSlip { return }
    if next != map.cell { map.left |= FrozenLake.bit(map.cell) }
    map.frozen |= bit
    map.cell = next
  }

  /// The probability of seeing `seen` in `cell`.
  private func likelihood(of seen: GridCell, in cell: GridCell, of map: LakeMap) -> Double {
    let noise = Double(environment.noise)
    var count = 0
    for x in -1...1 {
      for y in -1...1 {
        let shown = GridCell(
          x: max(0, min(environment.size - 1, Int(cell.x) + x)),
          y: max(0, min(environment.size - 1, Int(cell.y) + y)))
        count += shown == seen ? 1 : 0
      }
    }
    return (1 - noise) * (seen == cell ? 1 : 0) + noise * Double(count) / 9
  }

  /// The first action of the way to the goal with the least risk, found from the goal backwards.
  private func move(in map: LakeMap) -> Int {
    let geometry = map.geometry
    var costs = Array(repeating: Double.infinity, count: 64)
    var isDone = Array(repeating: false, count: 64)
    costs[Self.index(map.goal)] = 0
    while true {
      let open = costs.indices.filter { !isDone[$0] && costs[$0] < .infinity }
      guard let nearest = open.min(by: { costs[$0] < costs[$1] }) else { break }
      isDone[nearest] = true
      let cell = GridCell(x: nearest % 8, y: nearest / 8)
      let cost = costs[nearest] + risk(of: cell, in: map)
      for action in 1...4 {
        // Ways lead back by the opposite moves, whatever the actions are called.
        let before = environment.cell(from: cell, taking: action, in: geometry)
        costs[Self.index(before)] = min(costs[Self.index(before)], cost)
      }
    }
    let worths = (1...4).map { action -> Double in
      let next = environment.cell(from: map.cell, taking: action, in: geometry)
      return next == map.cell ? .infinity : costs[Self.index(next)] + risk(of: next, in: map)
    }
    let best = worths.indices.reduce(0) { worths[$1] < worths[$0] - 1e-12 ? $1 : $0 }
    return worths[best] < .infinity ? best + 1 : 0
  }

  private static func index(_ cell: GridCell) -> Int { Int(8 * cell.y + cell.x) }

  /// The negative logarithm of the probability that `cell` holds, and a little for the move.
  private func risk(of cell: GridCell, in map: LakeMap) -> Double {
    let bit = FrozenLake.bit(cell)
    if (map.holes | map.broken) & bit != 0 { return .infinity }
    if map.left & bit != 0 { return Self.costOfMove + riskOfLeft }
    return Self.costOfMove + (map.frozen & bit != 0 ? 0 : riskOfUnknown)
  }
}

/// Goes right and up by turns; where these have changed places, up and right.
private struct StaircaseLane: ReferenceLane {
  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = moment.progress.timeOfEpisode % 2 == 0 ? 1 : 3
  }
}
