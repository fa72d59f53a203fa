import Scenes
import Simulation

/// One trial as it was played, with all that pictures of it show. It does not know which algorithm it shows.
public struct Recording: Sendable {
  /// The episodes of the trial; of an agent that adapts between episodes, one for each adaptation step and
  /// one before the first.
  public internal(set) var episodes: [Episode]
  /// What agents know of the world.
  public let interface: Interface
  /// What there is to say about the trial.
  public var caption = Caption()
  /// What other agents get in the same task.
  public var references: [ReferenceReturns] = []
  /// What someone can change of the task, and what it is in this trial.
  public var settings: [TaskSetting] = []

  /// One episode.
  public struct Episode: Sendable {
    /// The moments from the first state to the last; one more than there are actions.
    public internal(set) var frames: [Frame]
    /// The paths of all rollouts that were played for this episode, where the agent plays several at once.
    public internal(set) var fan: [[Scene.Point]] = []
    /// The return that an evaluation reports: the mean over the rollouts.
    public internal(set) var meanReturn: Double

    /// How many actions were taken.
    public var length: Int { frames.count - 1 }
    /// Where the agent was, from the first state to the last.
    public var path: [Scene.Point] { frames.compactMap(\.scene.position) }
  }

  /// One moment.
  public struct Frame: Sendable {
    /// What it looks like.
    public let scene: Scene
    /// What could be known of the task by then.
    public let belief: Scene?
    /// What the agent believed of it; nil where it does not say that, or it cannot be drawn in the same way.
    public let agentBelief: Scene?
    /// The sum of rewards of the episode so far.
    public let returnSoFar: Double
    /// The reward of the action before; 0 at the start of an episode.
    public let reward: Float
    /// The action that is taken now; empty in the last frame.
    public let action: [Float]
    /// What the policy says now.
    public let choice: ActionChoice?
    /// Where the policy leads to from landmarks all over the scene.
    public let moves: [Move]
    /// What the agent remembers after this moment, `[unit]`.
    public let memory: [Float]
  }

  /// Where an action leads to and how probable it is.
  public struct Move: Hashable, Sendable {
    /// A landmark.
    public let from: Scene.Point
    /// Where the action leads to.
    public let to: Scene.Point
    /// The probability of the action; 1 for the most probable one of a continuous policy.
    public let probability: Float
  }

  /// The return of each episode of another agent in the same task.
  public struct ReferenceReturns: Hashable, Sendable {
    /// Who it is.
    public let name: String
    /// The mean return of each episode.
    public let episodes: [Double]

    /// The mean returns of agent `name`.
    public init(name: String, episodes: [Double]) {
      self.name = name
      self.episodes = episodes
    }
  }

  /// What there is to say about a trial.
  public struct Caption: Hashable, Sendable {
    /// The name of the environment.
    public var environment = ""
    /// What the environment is, in one sentence.
    public var summary = ""
    /// The name of the algorithm or of the reference agent.
    public var agent = ""
    /// The updates that the agent was trained with.
    public var iteration: Int?
    /// The number of the task in its split, from 0; nil for a task that someone made.
    public var taskNumber: Int?
    /// The split that the task is from.
    public var split = ""
    /// The seed of tasks, physics and actions.
    public var seed = 0
    /// What distinguishes the task, in words or as one JSON document.
    public var task = ""
    /// Whether the agent takes its most probable actions.
    public var isGreedy = false
    /// How the agent runs through a trial.
    public var course = TrialCourse.online

    /// Nothing to say yet.
    public init() {}
  }

  /// The return of each episode, as an evaluation with the same seed has it.
  public var returns: [Double] { episodes.map(\.meanReturn) }
}

/// Records trials of one trained agent, in any task. One thread at a time uses it.
///
/// The recordings have no returns of reference agents, since these can take longer than the trial.
public protocol RecordingSource: AnyObject {
  /// How many tasks there are.
  var taskCount: Int { get }
  /// The trial in task number `number`.
  func recording(ofTask number: Int) throws -> Recording
  /// The trial in the changed task after someone has touched the drawing of the last task at `point`; nil where a touch there
  /// changes nothing.
  func recording(touchedAt point: Scene.Point) throws -> Recording?
  /// The trial in the last task after its quantity number `quantity` was set to `value`.
  func recording(setting quantity: Int, to value: Float) throws -> Recording
  /// The returns of the reference agents in the task of the last trial.
  func references() throws -> [Recording.ReferenceReturns]
  /// A trial in task number `number` that a person plays. Any thread may ask for it.
  func trialToPlay(inTask number: Int) throws -> PlayedTrial
  /// Reads a later checkpoint of the agent if there is one; returns whether there was.
  func refresh() throws -> Bool
}

extension RecordingSource {
  /// The trial in the task of number `number` and what other agents get in it.
  public func completeRecording(ofTask number: Int) throws -> Recording {
    var recording = try recording(ofTask: number)
    recording.references = try references()
    return recording
  }
}
