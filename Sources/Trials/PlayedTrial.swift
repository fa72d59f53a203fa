import Randomness
import Scenes
import Simulation

/// A trial in which someone outside is the agent, recorded action by action. One thread at a time uses it.
public final class PlayedTrial {
  /// What agents know of the world.
  public let interface: Interface
  /// The names of discrete actions, such as `up`; none where they have none.
  public let actionNames: [String]
  /// The trial so far, its last episode unfinished, as someone sees it who does not know the task.
  public private(set) var view: Recording
  /// The same with all that distinguishes the task.
  public private(set) var recording: Recording
  private let lanes: any Lanes
  private let observer: any LaneObserver

  /// A trial in the task at `index` of `tasks`; physics draws from below `key`.
  public init(in simulator: any Simulator & TaskEditor, on tasks: TaskSet, at index: Int, key: RandomKey) {
    interface = simulator.interface
    actionNames = simulator.actionNames
    lanes = simulator.beginTrial(in: tasks, at: [index], keys: [key])
    observer = lanes.observer(ofLane: 0)
    view = Recording(episodes: [], interface: interface)
    recording = view
    beginEpisode()
  }

  /// Whether the trial is over.
  public var isOver: Bool { lanes.timeStep.progress[0].isTrialOver }
  /// What an agent would see now.
  public var timeStep: TimeStep { lanes.timeStep }
  /// How many episodes are over.
  public var finishedEpisodeCount: Int { Int(lanes.timeStep.progress[0].episode) }
  /// The return of each episode of the trial; of those to come 0.
  public var returns: [Float] { lanes.returns }

  /// Takes `action`, `[action]`; nothing happens once the trial is over.
  public func take(_ action: [Float]) {
    precondition(interface.action.contains(action), "\(action) is not an action of \(interface.action)")
    guard !isOver else { return }
    let scenes = (
      seen: observer.foresee(action, isVeiled: true), full: observer.foresee(action, isVeiled: false)
    )
    observer.learn(from: action)
    lanes.step(taking: action)
    let (reward, sum) = (lanes.timeStep.previousReward[0], lanes.returns[view.episodes.count - 1])
    view.extend(taking: action, to: scenes.seen, belief: observer.belief, reward, sum: Double(sum))
    recording.extend(taking: action, to: scenes.full, belief: observer.belief, reward, sum: Double(sum))
    if lanes.timeStep.progress[0].previousEnding != .none && !isOver { beginEpisode() }
  }

  /// Where the agent is, if it is anywhere.
  public var position: Scene.Point? { view.episodes.last?.frames.last?.scene.position }

  private func beginEpisode() {
    view.beginEpisode(at: observer.veiledScene, belief: observer.belief)
    recording.beginEpisode(at: observer.scene, belief: observer.belief)
  }
}

extension Recording {
  fileprivate mutating func beginEpisode(at scene: Scene, belief: Scene?) {
    episodes.append(Episode(frames: [Frame(scene, belief, returnSoFar: 0, reward: 0)], meanReturn: 0))
  }

  fileprivate mutating func extend(
    taking action: [Float], to scene: Scene, belief: Scene?, _ reward: Float, sum: Double
  ) {
    let (episode, time) = (episodes.count - 1, episodes[episodes.count - 1].length)
    let last = episodes[episode].frames[time]
    episodes[episode].frames[time] = Frame(
      last.scene, last.belief, returnSoFar: last.returnSoFar, reward: last.reward, action: action)
    episodes[episode].frames.append(Frame(scene, belief, returnSoFar: sum, reward: reward))
    episodes[episode].meanReturn = sum
  }
}

extension Recording.Frame {
  /// A moment of which only the outside is known.
  fileprivate init(_ scene: Scene, _ belief: Scene?, returnSoFar: Double, reward: Float, action: [Float] = [])
  {
    self.init(
      scene: scene, belief: belief, agentBelief: nil, returnSoFar: returnSoFar, reward: reward,
      action: action, choice: nil,
      moves: [], memory: [])
  }
}
