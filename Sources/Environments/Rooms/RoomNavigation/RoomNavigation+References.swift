import Randomness
import Simulation

extension RoomNavigation {
  /// `random`, `oracle`, and where its plan is not too large `bayesOptimal`, all exact; `blind`, which follows one
  /// path.
  public func references(
    for distribution: TaskDistribution, horizon: Int, episodeCount: Int
  ) -> [Reference<Self>] {
    let tasks = tasks(of: distribution) ?? []
    let known: @Sendable () -> RoomPlan = {
      RoomPlan.shared(self, .init(first: Corner.allCases, second: Corner.allCases), horizon, 1)
    }
    let always = [
      Reference<Self>.random(of: self) {
        Array(repeating: mean(of: tasks) { returnOfRandomMoves(in: $0, horizon) }, count: episodeCount)
      },
      Reference(
        name: "oracle", summary: "Knows the goals and maximises the return of the episode.",
        makeLane: { task in
          let plan = known()
          return RoomLane(environment: self, plan: plan, knowledge: plan.index(of: task))
        },
        expectedReturns: {
          let plan = known()
          return Array(repeating: mean(of: tasks) { plan.value(knowing: $0) }, count: episodeCount)
        }),
    ]
    let isFeasible = horizon * episodeCount <= RoomPlan.lengthLimit
    return always + (isFeasible ? [bayesOptimal(distribution, tasks, horizon, episodeCount)] : [])
      + (horizon <= RoomPath.lengthLimit ? [blind(tasks, horizon, episodeCount)] : [])
  }

  private func bayesOptimal(
    _ distribution: TaskDistribution, _ tasks: [Task], _ horizon: Int, _ episodeCount: Int
  ) -> Reference<Self> {
    let plan: @Sendable () -> RoomPlan = {
      RoomPlan.shared(
        self, .init(first: distribution.first, second: distribution.second), horizon, episodeCount)
    }
    return Reference(
      name: "bayesOptimal", summary: "Plans over what may still be where, all episodes ahead.",
      makeLane: { _ in RoomLane(environment: self, plan: plan(), knowledge: 0) },
      expectedReturns: {
        let plan = plan()
        return (0..<episodeCount).map { episode in mean(of: tasks) { plan.returns(in: $0)[episode] } }
      })
  }

  private func blind(_ tasks: [Task], _ horizon: Int, _ episodeCount: Int) -> Reference<Self> {
    let path: @Sendable () -> RoomPath = { RoomPath.shared(self, tasks, horizon) }
    return Reference(
      name: "blind", summary: "Follows one path, the best that a search finds, whatever happens.",
      makeLane: { _ in RoomPathLane(moves: path().moves) },
      expectedReturns: { Array(repeating: path().expectedReturn, count: episodeCount) })
  }

  private func mean(of tasks: [Task], _ value: (Task) -> Double) -> Double {
    tasks.reduce(0) { $0 + value($1) } / Double(tasks.count)
  }

  /// The expected return of uniformly random moves in one task, from the Markov chain of cells and stages.
  private func returnOfRandomMoves(in task: Task, _ horizon: Int) -> Double {
    var chances: [Place: Double] = [Place(State(cell: start)): 1]
    var total = 0.0
    for _ in 0..<horizon {
      var next: [Place: Double] = [:]
      for (place, chance) in chances.sorted(by: { $0.key < $1.key }) {
        for move in 0..<5 {
          var state = place.state
          total += chance / 5 * Double(reward(of: &state, taking: move, in: task))
          next[Place(state), default: 0] += chance / 5
        }
      }
      chances = next
    }
    return total
  }

  /// The reward of a move.
  func reward(of state: inout State, taking move: Int, in task: Task) -> Float {
    var random = RandomKey(seed: 0).stream()
    return step(&state, taking: [Float(move)].span, in: task, using: &random).reward
  }

  /// A state that dictionaries can hold, and that can be put in order.
  private struct Place: Hashable, Comparable {
    let cell: GridCell
    let stage: Int32

    init(_ state: State) { (cell, stage) = (state.cell, state.stage) }

    var state: State {
      var state = State(cell: cell)
      state.stage = stage
      return state
    }

    static func < (one: Self, other: Self) -> Bool {
      (one.stage, one.cell.y, one.cell.x) < (other.stage, other.cell.y, other.cell.x)
    }
  }
}

/// Follows a plan, and learns from what happens.
private struct RoomLane: ReferenceLane {
  let environment: RoomNavigation
  let plan: RoomPlan
  var knowledge: Int
  private var stage = 0
  /// Where the previous move ended; at the end of an episode the observation does not tell.
  private var arrived = GridCell(x: 0, y: 0)

  init(environment: RoomNavigation, plan: RoomPlan, knowledge: Int) {
    self.environment = environment
    self.plan = plan
    self.knowledge = knowledge
  }

  mutating func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    if !moment.progress.isTrialStart {
      let events = plan.events(at: arrived, stage: stage, knowing: knowledge)
      if let event = events.first(where: { $0.reward == moment.previousReward }) {
        (knowledge, stage) = (event.knowledge, event.stage)
      }
    }
    if moment.progress.isEpisodeStart { stage = 0 }
    let cell = GridCell(x: Int(observation[0]), y: Int(observation[1]))
    let move = plan.move(
      from: cell, stage: stage, knowing: knowledge, episode: Int(moment.progress.episode),
      time: Int(moment.progress.timeOfEpisode))
    arrived = environment.cell(from: cell, taking: move)
    action[0] = Float(move)
  }
}

/// Takes the same moves in every episode.
private struct RoomPathLane: ReferenceLane {
  let moves: [Int]

  func act(
    on moment: Moment, observing observation: Span<Float>, into action: inout MutableSpan<Float>,
    using random: inout RandomStream
  ) {
    action[0] = Float(moves[Int(moment.progress.timeOfEpisode)])
  }
}
