import Scenes

/// Observes one lane while it is stepped. Observing changes neither states nor random numbers.
public protocol LaneObserver: AnyObject {
  /// What the lane looks like now.
  var scene: Scene { get }
  /// The part of `scene` that would be the same in every task. It can be shown to someone who does not know the task.
  var veiledScene: Scene { get }
  /// The exact belief about the task, drawn; nil where it cannot be computed.
  var belief: Scene? { get }
  /// What an agent believes that says how probable a reward is for each observation, drawn in the same way; nil where that
  /// cannot be compared.
  func belief(saying probabilities: [Float]) -> Scene?
  /// The scene after `action`, `[action]`, before a next episode begins. Where `isVeiled`, shapes that reveal the task are
  /// left out.
  func foresee(_ action: [Float], isVeiled: Bool) -> Scene
  /// Updates the belief by the transition that `action` leads to; the lane must be stepped with that action next.
  func learn(from action: [Float])
  /// The landmarks: states in which the policy is worth showing, with their observations.
  var landmarks: [Landmark] { get }
  /// The position that `action` leads to from the landmark at `index`; nil where it is not drawn.
  func destination(ofLandmark index: Int, taking action: [Float]) -> Scene.Point?
}

/// A state to show a policy in.
public struct Landmark: Sendable {
  /// Where it is drawn.
  public let position: Scene.Point
  /// What is observed there, `[observation]`.
  public let observation: [Float]
}

/// The observer of a lane of an environment.
final class EnvironmentLaneObserver<Subject: Environment>: LaneObserver {
  private let environment: Subject
  private let lanes: EnvironmentLanes<Subject>
  private let lane: Int
  private var knowledge: Subject.Belief?
  /// The last episode that the knowledge has begun with.
  private var knownEpisode: Int32 = -1
  private let states: [Subject.State]
  /// Some tasks of all splits, by which to find what tells them apart.
  private lazy var otherTasks = lanes.someTasks(count: 16)
  let landmarks: [Landmark]

  init(_ environment: Subject, _ lanes: EnvironmentLanes<Subject>, lane: Int) {
    self.environment = environment
    self.lanes = lanes
    self.lane = lane
    // What is known where tasks are shifted is not computed.
    knowledge = lanes.shifts == nil ? lanes.prior : nil
    let task = lanes.batch.tasks[lane]
    states = environment.landmarks(in: task)
    landmarks = states.map { state in
      Landmark(
        position: environment.scene(of: state, in: task).position ?? Scene.Point(x: 0, y: 0),
        observation: environment.observation(of: state, in: task))
    }
  }

  private var task: Subject.Task { lanes.batch.tasks[lane] }

  var scene: Scene { environment.scene(of: lanes.batch.states[lane], in: task) }

  var veiledScene: Scene { veiledScene(of: lanes.batch.states[lane]) }

  private func veiledScene(of state: Subject.State) -> Scene {
    otherTasks.reduce(into: environment.scene(of: state, in: task)) { scene, other in
      scene.keepCommonShapes(with: environment.scene(of: state, in: other))
    }
  }

  var belief: Scene? {
    beginEpisode()
    guard let knowledge else { return nil }
    var scene = Scene()
    knowledge.draw(into: &scene)
    return scene.shapes.isEmpty ? nil : scene
  }

  func belief(saying probabilities: [Float]) -> Scene? {
    guard let knowledge, let beliefs else { return nil }
    var scene = Scene()
    knowledge.draw(beliefs.distribution(saying: probabilities), into: &scene)
    return scene.shapes.isEmpty ? nil : scene
  }

  /// Beliefs about rewards, where the numbers of the exact belief are about these.
  private lazy var beliefs: RewardBeliefs? = {
    let observations = environment.rewardedObservations
    guard let prior = lanes.prior, prior.width == observations.count, prior.width > 0 else { return nil }
    var numbers = Array(repeating: Float(0), count: prior.width)
    var span = numbers.mutableSpan
    prior.write(into: &span)
    return RewardBeliefs(observations, in: environment.observation, prior: numbers)
  }()

  func foresee(_ action: [Float], isVeiled: Bool) -> Scene {
    let state = successor(taking: action).state
    return isVeiled ? veiledScene(of: state) : environment.scene(of: state, in: task)
  }

  func learn(from action: [Float]) {
    guard knowledge != nil else { return }
    beginEpisode()
    let next = successor(taking: action)
    knowledge?.learn(
      from: lanes.batch.states[lane], taking: physical(action).span, to: next.state, outcome: next.outcome,
      observing: environment.observation(of: next.state, in: task).span)
  }

  private func beginEpisode() {
    let progress = lanes.batch.timeStep.progress[lane]
    guard progress.isEpisodeStart, !progress.isTrialOver, progress.episode != knownEpisode else { return }
    knownEpisode = progress.episode
    let state = lanes.batch.states[lane]
    knowledge?.beginEpisode(in: state, observing: environment.observation(of: state, in: task).span)
  }

  private func successor(taking action: [Float]) -> (state: Subject.State, outcome: Outcome) {
    var (state, random) = (lanes.batch.states[lane], lanes.batch.streams[lane])
    let outcome = environment.step(&state, taking: physical(action).span, in: task, using: &random)
    return (state, outcome)
  }

  /// What the environment makes of an action of the agent.
  private func physical(_ action: [Float]) -> [Float] {
    lanes.shifts?.physical(action, lane: lane) ?? action
  }

  func destination(ofLandmark index: Int, taking action: [Float]) -> Scene.Point? {
    var (state, random) = (states[index], lanes.batch.streams[lane])
    _ = environment.step(&state, taking: physical(action).span, in: task, using: &random)
    return environment.scene(of: state, in: task).position
  }
}
