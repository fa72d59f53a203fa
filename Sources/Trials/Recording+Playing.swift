import Randomness
import Scenes
import Simulation

extension Recording {
  /// Plays the trial of an agent of `agents` in the task at `index` of `tasks`, with random numbers from below `key`.
  public init(
    of agents: AgentFactory, isGreedy: Bool = false, in simulator: any Simulator, on tasks: TaskSet,
    at index: Int,
    key: RandomKey
  ) {
    switch agents.course {
    case .online:
      let lanes = simulator.beginTrial(in: tasks, at: [index], keys: [key])
      let agent = agents.makeAgent(lanes, isGreedy)
      agent.beginTrial(keys: [key])
      let films = lanes.film(of: agent, interface: simulator.interface)
      let returns = lanes.returns.map(Double.init)
      episodes = zip(films, returns).map { Episode(frames: $0, meanReturn: $1) }
    case .betweenEpisodes(let rolloutCount, _):
      let course = BatchCourse(
        in: simulator, rolloutCount: rolloutCount, stepCount: simulator.interface.episodeCount - 1)
      episodes = Self.episodes(of: course, agents, isGreedy: isGreedy, on: tasks, at: index, key: key)
    }
    interface = simulator.interface
    caption.course = agents.course
  }

  /// The episodes after 0, 1, … steps. The frames are of the most probable actions, fan and return of the rollouts that
  /// are learnt from, unless `isGreedy`.
  private static func episodes(
    of course: BatchCourse, _ agents: AgentFactory, isGreedy: Bool, on tasks: TaskSet, at index: Int,
    key: RandomKey
  ) -> [Episode] {
    let interface = course.simulator.interface
    let keys = (0..<course.rolloutCount).map { key.child($0) }
    let agent = agents.makeAgent(course.lanes(in: tasks, at: index, keys: keys), isGreedy)
    var episodes: [Episode] = []
    course.play(agent, in: tasks, at: index, key: key) { lanes, mode in
      if mode == .sampled {
        episodes[episodes.count - 1].fan = lanes.paths(of: agent, interface: interface)
      } else {
        let films = lanes.film(of: agent, interface: interface)
        episodes.append(Episode(frames: films.first ?? [], meanReturn: 0))
      }
      if mode == PolicyMode(isGreedy: isGreedy) {
        let sum = lanes.returns.reduce(0) { $0 + Double($1) }
        episodes[episodes.count - 1].meanReturn = sum / Double(course.rolloutCount)
      }
    }
    return episodes
  }
}

/// Films lane 0 of a batch that an agent acts in.
private struct Camera: TrialObserver {
  let lanes: any Lanes
  let inside: (any TransparentAgent)?
  let inferring: (any InferringAgent)?
  let interface: Interface
  let observer: any LaneObserver
  /// The frames, `[episode][time]`.
  private(set) var episodes: [[Recording.Frame]] = [[]]
  private var returnSoFar = 0.0
  /// What is known of the moment before its action is chosen.
  private var moment: (scene: Scene, belief: Scene?, moves: [Recording.Move], reward: Float)?
  /// What the lane will look like after the action.
  private var next = Scene()

  init(_ lanes: any Lanes, agent: any Agent, interface: Interface) {
    self.lanes = lanes
    inside = agent.transparent
    inferring = agent.inferring
    self.interface = interface
    observer = lanes.observer(ofLane: 0)
  }

  mutating func willAct(on timeStep: TimeStep) {
    let progress = timeStep.progress[0]
    guard !progress.isTrialOver else {
      moment = nil
      return
    }
    let reward = progress.isEpisodeStart ? 0 : timeStep.previousReward[0]
    moment = (observer.scene, observer.belief, moves, reward)
  }

  mutating func didAct(_ actions: [Float], on timeStep: TimeStep) {
    guard let moment else { return }
    let action = Array(actions[..<interface.action.componentCount])
    next = observer.foresee(action, isVeiled: false)
    observer.learn(from: action)
    append(
      Recording.Frame(
        scene: moment.scene, belief: moment.belief, agentBelief: agentBelief, returnSoFar: returnSoFar,
        reward: moment.reward, action: action, choice: inside?.lastChoice(ofLane: 0), moves: moment.moves,
        memory: inside?.memory(ofLane: 0) ?? []))
  }

  /// What the agent believed when it acted last.
  private var agentBelief: Scene? {
    inferring.flatMap { observer.belief(saying: $0.rewardProbabilities(ofLane: 0)) }
  }

  mutating func didStep(to timeStep: TimeStep) {
    guard let moment else { return }
    let reward = timeStep.previousReward[0]
    returnSoFar += Double(reward)
    guard timeStep.progress[0].previousEnding != .none else { return }
    append(
      Recording.Frame(
        scene: next, belief: observer.belief, agentBelief: agentBelief, returnSoFar: returnSoFar,
        reward: reward, action: [], choice: nil, moves: moment.moves,
        memory: inside?.memory(ofLane: 0) ?? []))
    episodes.append([])
    returnSoFar = 0
  }

  private mutating func append(_ frame: Recording.Frame) { episodes[episodes.count - 1].append(frame) }

  /// What the policy would do now at every landmark; without memory that stays the same for an episode.
  private var moves: [Recording.Move] {
    let landmarks = observer.landmarks
    guard let inside, !landmarks.isEmpty else { return [] }
    if inside.memory(ofLane: 0).isEmpty, let last = episodes.last?.last { return last.moves }
    let choices = inside.choices(observing: landmarks.map(\.observation), in: lanes.timeStep, lane: 0)
    return landmarks.indices.flatMap { index in
      actions(of: choices[index]).compactMap { action, probability in
        observer.destination(ofLandmark: index, taking: action).map {
          Recording.Move(from: landmarks[index].position, to: $0, probability: probability)
        }
      }
    }
  }

  /// The actions worth drawing: all of a single discrete component, else the most probable one.
  private func actions(of choice: ActionChoice) -> [(action: [Float], probability: Float)] {
    guard case .discrete(let counts) = interface.action, counts.count == 1 else { return [(choice.mode, 1)] }
    return choice.probabilities.enumerated().map { ([Float($0)], $1) }
  }
}

/// Notes where every lane goes.
private struct Tracker: TrialObserver {
  let observers: [any LaneObserver]
  let actionWidth: Int
  /// The path of each lane.
  private(set) var paths: [[Scene.Point]]

  init(_ lanes: any Lanes, interface: Interface) {
    observers = (0..<lanes.timeStep.laneCount).map { lanes.observer(ofLane: $0) }
    actionWidth = interface.action.componentCount
    paths = observers.map { [$0.scene.position].compactMap(\.self) }
  }

  mutating func didAct(_ actions: [Float], on timeStep: TimeStep) {
    for lane in observers.indices where !timeStep.progress[lane].isTrialOver {
      let action = Array(actions[lane * actionWidth..<(lane + 1) * actionWidth])
      let scene = observers[lane].foresee(action, isVeiled: false)
      if let position = scene.position { paths[lane].append(position) }
    }
  }
}

extension Lanes {
  /// Room for the actions of a step, `[lane, action]`.
  fileprivate func noActions(of interface: Interface) -> [Float] {
    Array(repeating: 0, count: timeStep.laneCount * interface.action.componentCount)
  }

  /// Lets `agent` play all trials to their end; returns the frames of lane 0, `[episode][time]`.
  fileprivate func film(of agent: any Agent, interface: Interface) -> [[Recording.Frame]] {
    var camera = Camera(self, agent: agent, interface: interface)
    var actions = noActions(of: interface)
    play(agent, actions: &actions, observer: &camera)
    return camera.episodes.dropLast()
  }

  /// Lets `agent` play all trials to their end; returns the path of each lane.
  fileprivate func paths(of agent: any Agent, interface: Interface) -> [[Scene.Point]] {
    var tracker = Tracker(self, interface: interface)
    var actions = noActions(of: interface)
    play(agent, actions: &actions, observer: &tracker)
    return tracker.paths
  }
}
