import Randomness
import Simulation

/// Fetches objects: learns from rewards, and from objects that vanish, what each type pays, where objects are that are
/// hidden, and how often they end the episode and come back; goes for what is worth it in the time left, searches
/// where that brings more, and else waits where what pays is soonest reached.
struct ObjectSearchLane: ReferenceLane {
  let environment: ObjectGrid
  let distribution: ObjectGrid.TaskDistribution
  let horizon: Int
  let episodeCount: Int
  var routes: ObjectRoutes
  /// What is believed of each type.
  var estimates: [ObjectEstimate]
  /// The type of each object that is observed.
  let types: [Int]
  /// The time limit of the task, where it is known; 0 for none.
  var timeLimit: Int?

  /// Where each object is, or will be again; −1 for what is not known.
  var places: [Int]
  /// Which objects exist now, and which ones the task has at all.
  var isPresent: [Bool]
  var belongs: [Bool]
  var entered: [Bool]
  var cell = 0
  /// The cell that the previous move was to end in.
  private var target: Int?
  var time = 0
  var episode = 0

  /// Buffers, `[cell]`.
  var isAvoided: [Bool]
  var distances: [Int]
  var others: [Int]
  /// Where to wait was found for this situation.
  var waiting: (key: [Int], place: Int)?
  /// Whether to search was decided for this situation.
  var decision: (situation: Situation, isWorthIt: Bool)?

  /// An agent that knows the distribution alone.
  init(
    environment: ObjectGrid, distribution: ObjectGrid.TaskDistribution, horizon: Int, episodeCount: Int
  ) {
    (self.environment, self.distribution) = (environment, distribution)
    (self.horizon, self.episodeCount) = (horizon, episodeCount)
    let (map, side) = (environment.map, distribution.greatestSide)
    routes = ObjectRoutes(size: environment.size) { x, y in
      x < side && y < side && (map.isEmpty || !map.isWall(x: x, y: y))
    }
    estimates = distribution.leastReward.indices.map { ObjectEstimate(type: $0, of: distribution) }
    let count = environment.objectCount
    types = (0..<count).map { distribution.types[min($0, distribution.types.count - 1)] }
    timeLimit =
      distribution.leastTimeLimit == distribution.greatestTimeLimit ? distribution.greatestTimeLimit : nil
    places = Array(repeating: -1, count: count)
    (isPresent, belongs) = (places.map { _ in false }, places.map { _ in false })
    (entered, isAvoided) = (routes.isOpen.map { _ in false }, routes.isOpen.map { _ in false })
    (distances, others) = (routes.isOpen.map { _ in 0 }, routes.isOpen.map { _ in 0 })
  }

  /// An agent that is told the task.
  init(
    environment: ObjectGrid, distribution: ObjectGrid.TaskDistribution, horizon: Int, episodeCount: Int,
    knowing task: ObjectGrid.Task
  ) {
    self.init(
      environment: environment, distribution: distribution, horizon: horizon, episodeCount: episodeCount)
    routes = ObjectRoutes(size: environment.size) { x, y in
      x < task.side && y < task.side && !task.isWall(x: x, y: y)
    }
    for object in task.objects where estimates.indices.contains(object.type) {
      estimates[object.type] = ObjectEstimate(object)
    }
    timeLimit = task.timeLimit
    guard !environment.showsObjects else { return }
    for (index, object) in task.objects.enumerated() where index < places.count {
      places[index] = environment.place(of: object.cell)
    }
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    let seen = Int(observation[0])
    if moment.progress.isEpisodeStart {
      if !moment.progress.isTrialStart { learnOfEnd(moment) }
      episode = Int(moment.progress.episode)
      look(observation, isStart: true)
    } else {
      learn(moment, arrivingIn: seen, seeing: observation)
      look(observation, isStart: false)
    }
    time = Int(moment.progress.timeOfEpisode)
    cell = seen
    entered[cell] = true
    let move = chosenMove()
    target = routes.neighbour(of: cell, taking: move) ?? cell
    action[0] = Float(move)
  }

  // MARK: What happens

  private mutating func look(_ observation: Span<Float>, isStart: Bool) {
    for object in isPresent.indices {
      let value = Int(observation[1 + object])
      isPresent[object] = value > 0
      if isStart { belongs[object] = value > 0 }
      if environment.showsObjects { places[object] = value - 1 }
    }
  }

  private mutating func learn(_ moment: Moment, arrivingIn seen: Int, seeing observation: Span<Float>) {
    if let target, seen != target { learnOfWall(in: target) }
    for object in isPresent.indices where belongs[object] {
      let exists = observation[1 + object] > 0
      if isPresent[object] && !exists {
        learn(of: object, in: seen, reward: moment.previousReward, endsEpisode: false)
      } else if !isPresent[object] {
        estimates[types[object]].respawn.see(exists)
      }
    }
  }

  private mutating func learn(of object: Int, in cell: Int, reward: Float, endsEpisode: Bool) {
    estimates[types[object]].see(reward: reward)
    estimates[types[object]].termination.see(endsEpisode)
    guard !environment.showsObjects else { return }
    for other in places.indices where places[other] == cell { places[other] = -1 }
    places[object] = cell
  }

  /// At the end of an episode all objects are back, and only the reward tells that something was found.
  private mutating func learnOfEnd(_ moment: Moment) {
    let isTerminated = moment.progress.previousEnding == .terminated
    let reward = moment.previousReward
    guard let target, reward != 0 else {
      if isTerminated && timeLimit == nil { timeLimit = time + 1 }
      return
    }
    entered[target] = true
    let here = places.indices.first { places[$0] == target }
    let new = places.indices.first {
      places[$0] < 0 && belongs[$0] && estimates[types[$0]].allows(reward)
    }
    if let object = here ?? (environment.showsObjects ? nil : new) {
      learn(of: object, in: target, reward: reward, endsEpisode: isTerminated)
    }
  }

  /// Two walls side by side at the end of what was entered are the side of the grid.
  private mutating func learnOfWall(in wall: Int) {
    routes.isOpen[wall] = false
    guard distribution.leastSide < distribution.greatestSide, environment.map.isEmpty else { return }
    let size = environment.size
    let side = max(wall % size, wall / size)
    guard side >= distribution.leastSide, wall % size != wall / size else { return }
    let isColumn = wall % size == side
    let line = (0..<size).map { isColumn ? $0 * size + side : side * size + $0 }
    let isBeyond = { (cell: Int) in max(cell % size, cell / size) >= side }
    guard line.count(where: { !routes.isOpen[$0] }) >= 2,
      !entered.indices.contains(where: { entered[$0] && isBeyond($0) })
    else { return }
    for cell in routes.isOpen.indices where isBeyond(cell) { routes.isOpen[cell] = false }
  }
}
