import Foundation
import Randomness
import Simulation

extension TreasureHunt {
  /// `random`, `oracle`, `climb`, which looks from the top first, and `blind`.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    [
      .random(of: self),
      Reference(
        name: "oracle",
        summary: "Knows where the treasure is and goes there, round the mountain where that is cheaper.",
        makeLane: { TreasureLane(environment: self, horizon: horizon, treasure: $0) }),
      Reference(
        name: "climb", summary: "Climbs to the top, sees the treasure, goes there, and remembers.",
        makeLane: { _ in TreasureLane(environment: self, horizon: horizon, treasure: nil) }),
      Reference(
        name: "blind", summary: "Goes to the place that is best on average and stays: a fixed plan.",
        makeLane: { _ in TreasureRouteLane(route: bestPlace(distribution, horizon)) }),
    ]
  }

  fileprivate static let start = State(x: 0, y: -1)

  /// The return of going along `route` and staying at its end.
  fileprivate func returnOf(
    _ route: TreasureRoute, from start: State, steps: Int, _ reward: (State) -> Float
  ) -> Float {
    var (state, route, total) = (start, route, Float(0))
    for _ in 0..<min(steps, 200) {
      let move = route.next(from: state)
      state.x = clipped(state.x + Self.stepSize * move.x, to: Self.reach)
      state.y = clipped(state.y + Self.stepSize * move.y, to: Self.reach)
      total += reward(state)
    }
    return total
  }

  /// The way to the treasure that brings most: straight, or by way of a point beside the mountain.
  fileprivate func route(to task: Task, from state: State, steps: Int) -> TreasureRoute {
    let goal = SIMD2(task.x, task.y)
    let sides = (0..<8).map { index in
      let angle = Float(index) / 4 * .pi
      return SIMD2(cosf(angle), sinf(angle)) * (mountainRadius + 0.05)
    }
    let routes = [TreasureRoute(by: nil, to: goal)] + sides.map { TreasureRoute(by: $0, to: goal) }
    let returns = routes.map { returnOf($0, from: state, steps: steps) { reward(at: $0, in: task) } }
    let best = routes.indices.max { (returns[$0], $1) < (returns[$1], $0) } ?? 0
    return routes[best]
  }

  private func bestPlace(_ distribution: TaskDistribution, _ horizon: Int) -> TreasureRoute {
    let key = TreasureKey(
      constants: [treasureReward, stepPenalty, mountainHeight, mountainRadius, treasureRadius],
      distribution: distribution, horizon: horizon)
    return treasureRoutes.value(at: key) {
      let span = distribution.upperAngle - distribution.lowerAngle
      let tasks = (0..<128).map { index in
        Task(angle: (distribution.lowerAngle + (Float(index) + 0.5) / 128 * span) * .pi / 180)
      }
      // On the circle about the middle where a chord through a treasure's surroundings is longest.
      let radius = max(0, 1 - treasureRadius * treasureRadius).squareRoot()
      let places =
        [SIMD2(Self.start.x, Self.start.y)]
        + tasks.indices.filter { $0 % 4 == 0 }.flatMap { index in
          [SIMD2(tasks[index].x, tasks[index].y), radius * SIMD2(tasks[index].x, tasks[index].y)]
        }
      let routes = places.map { TreasureRoute(by: nil, to: $0) }
      let returns = routes.map { route in
        returnOf(route, from: Self.start, steps: horizon) { state in
          tasks.reduce(0) { $0 + reward(at: state, in: $1) }
        }
      }
      let best = routes.indices.max { (returns[$0], $1) < (returns[$1], $0) } ?? 0
      return routes[best]
    }
  }
}

private struct TreasureKey: Hashable, Sendable {
  let constants: [Float]
  let distribution: TreasureHunt.TaskDistribution
  let horizon: Int
}

private let treasureRoutes = Memo<TreasureKey, TreasureRoute>()

/// A way by one place to another.
private struct TreasureRoute: Sendable {
  private var waypoint: SIMD2<Float>?
  private let end: SIMD2<Float>

  init(by waypoint: SIMD2<Float>?, to end: SIMD2<Float>) { (self.waypoint, self.end) = (waypoint, end) }

  /// The action that leads on from `state`.
  mutating func next(from state: TreasureHunt.State) -> SIMD2<Float> {
    let place = SIMD2(state.x, state.y)
    if let waypoint, CornerNavigation.length(waypoint - place) < TreasureHunt.stepSize { self.waypoint = nil }
    let way = ((waypoint ?? end) - place) / TreasureHunt.stepSize
    return way.clamped(lowerBound: SIMD2(-1, -1), upperBound: SIMD2(1, 1))
  }
}

/// Goes along a route whatever is seen.
private struct TreasureRouteLane: ReferenceLane {
  var route: TreasureRoute

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let move = route.next(from: .init(x: observation[0], y: observation[1]))
    (action[0], action[1]) = (move.x, move.y)
  }
}

/// Goes to the treasure, once it is known, and until then to the top of the mountain.
private struct TreasureLane: ReferenceLane {
  let environment: TreasureHunt
  let horizon: Int
  private var treasure: TreasureHunt.Task?
  private var route: TreasureRoute?

  init(environment: TreasureHunt, horizon: Int, treasure: TreasureHunt.Task?) {
    (self.environment, self.horizon, self.treasure) = (environment, horizon, treasure)
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let state = TreasureHunt.State(x: observation[0], y: observation[1])
    if treasure == nil, observation[2] != 0 || observation[3] != 0 {
      treasure = TreasureHunt.Task(angle: atan2f(observation[3], observation[2]))
    }
    if moment.progress.isEpisodeStart { route = nil }
    let left = horizon - Int(moment.progress.timeOfEpisode)
    var route =
      self.route ?? treasure.map { environment.route(to: $0, from: state, steps: left) }
      ?? TreasureRoute(by: nil, to: .zero)
    let move = route.next(from: state)
    if treasure != nil { self.route = route }
    (action[0], action[1]) = (move.x, move.y)
  }
}
