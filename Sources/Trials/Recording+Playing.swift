import Randomness
import Scenes
import Simulation

extension Recording {
  /// Plays the trial of an agent in the task at `index` of `tasks`, with random numbers from below `key`.
  public init(
    of makeAgent: (any Lanes) -> any Agent, in simulator: any Simulator, on tasks: TaskSet, at index: Int,
    key: RandomKey
  ) {
    let lanes = simulator.beginTrial(in: tasks, at: [index], keys: [key])
    let agent = makeAgent(lanes)
    agent.beginTrial(keys: [key])
    var camera = Camera(lanes, agent: agent, interface: simulator.interface)
    camera.playToTheEnd()
    let returns = lanes.returns.map(Double.init)
    episodes = zip(camera.episodes, returns).map { Episode(frames: $0, meanReturn: $1) }
    interface = simulator.interface
  }

  /// Plays the trial of an agent that adapts between episodes: 0, 1, … `stepCount` adaptation steps. The
  /// frames are of the most probable actions, fan and return of the rollouts that are learnt from, unless
  /// `isGreedy`.
  public init(
    of agent: any AdaptiveAgent, isGreedy: Bool, in simulator: any Simulator, on tasks: TaskSet,
    at index: Int, stepCount: Int, key: RandomKey
  ) {
    let simulator = simulator.with(episodeCount: 1)
    let course = AdaptationCourse(agent: agent, simulator: simulator, stepCount: stepCount)
    var episodes: [Episode] = []
    course.play(in: tasks, at: index, key: key) { lanes, isLearning in
      var camera = Camera(lanes, agent: agent, interface: simulator.interface)
      if isLearning {
        episodes[episodes.count - 1].fan = camera.pathsToTheEnd()
      } else {
        camera.playToTheEnd()
        episodes.append(Episode(frames: camera.episodes.first ?? [], meanReturn: 0))
      }
      if isLearning != isGreedy {
        let sum = lanes.returns.reduce(0) { $0 + Double($1) }
        episodes[episodes.count - 1].meanReturn = sum / Double(agent.rolloutCount)
      }
    }
    self.episodes = episodes
    interface = simulator.interface
  }
}

/// Films lane 0 of a batch that an agent acts in.
private struct Camera {
  let lanes: any Lanes
  let agent: any Agent
  let interface: Interface
  let onlooker: any Onlooker
  /// The frames, `[episode][time]`.
  private(set) var episodes: [[Recording.Frame]] = [[]]
  private var returnSoFar = 0.0
  private var actions: [Float]

  init(_ lanes: any Lanes, agent: any Agent, interface: Interface) {
    self.lanes = lanes
    self.agent = agent
    self.interface = interface
    onlooker = lanes.onlooker(ofLane: 0)
    actions = Array(repeating: 0, count: lanes.timeStep.laneCount * interface.action.componentCount)
  }

  /// Plays until lane 0 is over, and then goes on without film until all are.
  mutating func playToTheEnd() {
    while lanes.timeStep.activeLaneCount > 0 {
      if lanes.timeStep.progress[0].isTrialOver { step() } else { film() }
    }
    episodes.removeLast()
  }

  /// Plays and returns the path of each lane.
  mutating func pathsToTheEnd() -> [[Scene.Point]] {
    let onlookers = (0..<lanes.timeStep.laneCount).map { lanes.onlooker(ofLane: $0) }
    var paths = onlookers.map { [$0.scene.position].compactMap(\.self) }
    let width = interface.action.componentCount
    while lanes.timeStep.activeLaneCount > 0 {
      agent.act(on: lanes.timeStep, into: &actions)
      for lane in onlookers.indices where !lanes.timeStep.progress[lane].isTrialOver {
        let scene = onlookers[lane].foresee(
          Array(actions[lane * width..<(lane + 1) * width]), isVeiled: false)
        if let position = scene.position { paths[lane].append(position) }
      }
      lanes.step(taking: actions)
    }
    return paths
  }

  private mutating func step() {
    agent.act(on: lanes.timeStep, into: &actions)
    lanes.step(taking: actions)
  }

  private mutating func film() {
    let (scene, belief, moves) = (onlooker.scene, onlooker.belief, moves)
    let reward = lanes.timeStep.progress[0].isEpisodeStart ? 0 : lanes.timeStep.previousReward[0]
    agent.act(on: lanes.timeStep, into: &actions)
    let action = Array(actions[..<interface.action.componentCount])
    let next = onlooker.foresee(action, isVeiled: false)
    onlooker.learn(from: action)
    let inside = agent as? any TransparentAgent
    let memory = inside?.memory(ofLane: 0) ?? []
    append(
      Recording.Frame(
        scene: scene, belief: belief, returnSoFar: returnSoFar, reward: reward, action: action,
        choice: inside?.lastChoice(ofLane: 0), moves: moves, memory: memory))
    lanes.step(taking: actions)
    let last = lanes.timeStep.previousReward[0]
    returnSoFar += Double(last)
    guard lanes.timeStep.progress[0].previousEnding != .none else { return }
    append(
      Recording.Frame(
        scene: next, belief: onlooker.belief, returnSoFar: returnSoFar, reward: last, action: [], choice: nil,
        moves: moves, memory: memory))
    episodes.append([])
    returnSoFar = 0
  }

  private mutating func append(_ frame: Recording.Frame) { episodes[episodes.count - 1].append(frame) }

  /// What the policy would do now at every landmark; without memory that stays the same for an episode.
  private var moves: [Recording.Move] {
    let landmarks = onlooker.landmarks
    guard let agent = agent as? any TransparentAgent, !landmarks.isEmpty else { return [] }
    if agent.memory(ofLane: 0).isEmpty, let last = episodes.last?.last { return last.moves }
    let choices = agent.choices(observing: landmarks.map(\.observation), in: lanes.timeStep, lane: 0)
    return landmarks.indices.flatMap { index in
      actions(of: choices[index]).compactMap { action, probability in
        onlooker.destination(ofLandmark: index, taking: action).map {
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
