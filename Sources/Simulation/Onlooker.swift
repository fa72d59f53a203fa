import Randomness

/// Looks on as one lane is stepped. Looking changes neither states nor random numbers.
public protocol Onlooker: AnyObject {
  /// What the lane looks like now.
  var scene: Scene { get }
  /// What is known of the task, where that can be computed.
  var belief: Scene? { get }
  /// What the lane will look like after `action`, `[action]`, before a next episode begins. The belief learns
  /// from it; the lane must be stepped with the same action next.
  func foresee(_ action: [Float]) -> Scene
  /// The observations of the landmarks and where they are.
  var landmarks: [Landmark] { get }
  /// Where `action` leads to from the landmark at `index`.
  func destination(ofLandmark index: Int, taking action: [Float]) -> Scene.Point?
}

/// A state to show a policy in.
public struct Landmark: Sendable {
  /// Where it is drawn.
  public let position: Scene.Point
  /// What is observed there, `[observation]`.
  public let observation: [Float]
}

/// The one onlooker.
final class LaneOnlooker<Subject: Environment>: Onlooker {
  private let environment: Subject
  private let lanes: EnvironmentLanes<Subject>
  private let lane: Int
  private var knowledge: (any TaskBelief<Subject>)?
  private let states: [Subject.State]
  let landmarks: [Landmark]

  init(_ environment: Subject, _ lanes: EnvironmentLanes<Subject>, lane: Int) {
    self.environment = environment
    self.lanes = lanes
    self.lane = lane
    knowledge = environment.belief(over: lanes.distribution)
    let task = lanes.batch.tasks[lane]
    states = environment.landmarks(in: task)
    let width = lanes.batch.interface.observation.componentCount
    landmarks = states.map { state in
      var observation = Array(repeating: Float(0), count: width)
      var span = observation.mutableSpan
      environment.observe(state, in: task, into: &span)
      let position = environment.scene(of: state, in: task).position ?? Scene.Point(x: 0, y: 0)
      return Landmark(position: position, observation: observation)
    }
  }

  private var task: Subject.Task { lanes.batch.tasks[lane] }

  var scene: Scene { environment.scene(of: lanes.batch.states[lane], in: task) }

  var belief: Scene? {
    guard let knowledge else { return nil }
    var scene = Scene()
    knowledge.draw(into: &scene)
    return scene
  }

  func foresee(_ action: [Float]) -> Scene {
    let before = lanes.batch.states[lane]
    var (state, random) = (before, lanes.batch.streams[lane])
    let outcome = environment.step(&state, taking: action.span, in: task, using: &random)
    knowledge?.update(from: before, taking: action, to: state, outcome: outcome)
    return environment.scene(of: state, in: task)
  }

  func destination(ofLandmark index: Int, taking action: [Float]) -> Scene.Point? {
    var (state, random) = (states[index], lanes.batch.streams[lane])
    _ = environment.step(&state, taking: action.span, in: task, using: &random)
    return environment.scene(of: state, in: task).position
  }
}

extension EnvironmentSimulator {
  /// The task that a touch of the drawing of one task at `point` makes of it, as a set of its own; nil where
  /// that means nothing.
  public func task(at index: Int, of tasks: TaskSet, touchedAt point: Scene.Point) -> TaskSet? {
    guard let members = tasks.tasks as? [Subject.Task] else {
      preconditionFailure("the tasks are not tasks of \(Subject.name)")
    }
    return environment.task(members[index], touchedAt: point).map {
      TaskSet(tasks: [$0], split: tasks.split, count: 1, distinctCount: nil, json: json([$0]))
    }
  }
}
