import Randomness

/// What is known of the task of each lane of a batch, which the lanes step along with.
struct LaneBeliefs<Subject: Environment>: Sendable {
  private let environment: Subject
  private var beliefs: [Subject.Belief]
  /// How many numbers say what is known of one task.
  let width: Int
  /// Room for the observation that a transition reaches.
  private var room: [Float]

  /// Nothing has happened yet in any of `laneCount` lanes.
  init(_ environment: Subject, prior: Subject.Belief, laneCount: Int) {
    self.environment = environment
    beliefs = Array(repeating: prior, count: laneCount)
    width = prior.width
    room = Array(repeating: 0, count: environment.observation.componentCount)
  }

  /// Trials begin in all lanes.
  mutating func beginTrials(_ batch: inout LaneBatch<Subject>) {
    for lane in beliefs.indices { beliefs[lane].beginTrial() }
    show(in: &batch)
  }

  /// Learns what `actions`, `[lane, action]`, are going to bring in lanes that are stepped by them next.
  mutating func foresee(_ actions: Span<Float>, in batch: borrowing LaneBatch<Subject>) {
    let width = actions.count / beliefs.count
    let environment = environment
    var observation: [Float] = []
    swap(&observation, &room)
    for lane in beliefs.indices where !batch.timeStep.progress[lane].isTrialOver {
      let action = actions.extracting(lane * width..<(lane + 1) * width)
      let before = batch.states[lane]
      var (state, random) = (before, batch.streams[lane])
      let outcome = environment.step(&state, taking: action, in: batch.tasks[lane], using: &random)
      var span = observation.mutableSpan
      environment.observe(state, in: batch.tasks[lane], into: &span)
      beliefs[lane].learn(
        from: before, taking: action, to: state, outcome: outcome, observing: observation.span)
    }
    swap(&observation, &room)
  }

  /// Lets agents see what is known now, episodes that have just begun included.
  mutating func show(in batch: inout LaneBatch<Subject>) {
    let componentCount = room.count
    for lane in beliefs.indices {
      let progress = batch.timeStep.progress[lane]
      if progress.isEpisodeStart && !progress.isTrialOver {
        let seen = batch.timeStep.observation.span
          .extracting(lane * componentCount..<(lane + 1) * componentCount)
        beliefs[lane].beginEpisode(in: batch.states[lane], observing: seen)
      }
      var numbers = batch.timeStep.belief.mutableSpan
      var mine = numbers._mutatingExtracting(lane * width..<(lane + 1) * width)
      beliefs[lane].write(into: &mine)
    }
  }
}
