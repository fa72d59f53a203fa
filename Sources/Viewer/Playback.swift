import Drawing
import Scenes
import Trials

/// What the window shows, and how commands and time change it. It knows nothing of windows and threads.
public struct Playback: Sendable {
  /// What must be done elsewhere because of a command.
  public enum Effect: Hashable, Sendable {
    /// The trial in the task of number `number` is wanted.
    case load(task: Int)
    /// The trial in the task touched at a point is wanted.
    case touch(Scene.Point)
    /// The trial in the task with another value of the quantity that has a number is wanted.
    case set(Int, Float)
    /// The picture is to be saved.
    case savePicture
    /// The film is to be saved.
    case saveFilm
    /// The window is to fill the screen, or not.
    case toggleFullScreen
  }

  /// The trial.
  public private(set) var recording: Recording
  /// The moment that is shown.
  public private(set) var playhead = Playhead()
  /// Whether time goes on.
  public private(set) var isPlaying = true
  /// The powers of 2 that the usual speed is multiplied by.
  public private(set) var speed = 0
  /// Whether the help is shown.
  public private(set) var showsHelp = false
  /// Whether the parameters of the task are shown.
  public private(set) var showsTask = true
  /// Whether the policy is shown.
  public private(set) var showsPolicy = true
  /// Whether the window is to close.
  public private(set) var isOver = false
  /// Whether someone holds on to the world.
  public private(set) var isTouching = false
  /// Whether something was asked for that is not there yet.
  public private(set) var isWaiting = false
  /// The quantity of the task that someone has changed and its value, until the trial is there.
  public private(set) var turned: (quantity: Int, value: Float)?
  private var taskNumber: Int
  private let taskCount: Int
  /// Seconds since the playhead moved.
  private var elapsed = 0.0

  /// Shows `recording`, of one of `taskCount` tasks, from the start.
  public init(_ recording: Recording, taskCount: Int) {
    self.recording = recording
    self.taskCount = taskCount
    taskNumber = recording.caption.taskNumber ?? 0
  }

  /// The slowest and the fastest speed.
  private static let speeds = -3...5

  /// Does what someone wants; returns what must be done elsewhere.
  public mutating func perform(_ command: Command) -> Effect? {
    switch command {
    case .togglePlaying: togglePlaying()
    case .step(let count): go(to: playhead.index(in: recording) + count)
    case .stepEpisode(let count): show(episode: playhead.episode + count)
    case .showEpisode(let episode): show(episode: episode)
    case .restart:
      go(to: 0)
      isPlaying = true
    case .end: go(to: recording.frameCount - 1)
    case .accelerate(let steps):
      speed = min(max(speed + steps, Self.speeds.lowerBound), Self.speeds.upperBound)
    case .scrub(let share): go(to: Int(share * Double(recording.frameCount)))
    case .toggleTask: showsTask.toggle()
    case .togglePolicy: showsPolicy.toggle()
    case .toggleHelp: showsHelp.toggle()
    case .quit: isOver = true
    case .release: release()
    case .stepTask, .touch, .turn, .takePicture, .record, .toggleFullScreen: return effect(of: command)
    }
    return nil
  }

  private mutating func effect(of command: Command) -> Effect? {
    switch command {
    case .stepTask(let count):
      taskNumber = ((taskNumber + count) % taskCount + taskCount) % taskCount
      isWaiting = true
      return .load(task: taskNumber)
    case .touch(let point):
      isTouching = true
      isWaiting = true
      return .touch(point)
    case .turn(let quantity, let value):
      isTouching = true
      isWaiting = true
      turned = (quantity, value)
      return .set(quantity, value)
    case .takePicture: return .savePicture
    case .record: return .saveFilm
    default: return .toggleFullScreen
    }
  }

  private mutating func togglePlaying() {
    isPlaying.toggle()
    elapsed = 0
    if isPlaying && playhead == .end(of: recording) { playhead = Playhead() }
  }

  private mutating func go(to index: Int) {
    isPlaying = false
    playhead = Playhead(index: index, in: recording)
  }

  private mutating func show(episode: Int) {
    isPlaying = false
    let episode = min(max(episode, 0), recording.episodes.count - 1)
    playhead = Playhead(episode: episode, time: recording.episodes[episode].length)
  }

  /// A change that was made by hand is then shown from the start.
  private mutating func release() {
    guard isTouching else { return }
    isTouching = false
    if !isWaiting { playFromStart() }
  }

  private mutating func playFromStart() {
    playhead = Playhead()
    elapsed = 0
    isPlaying = true
  }

  /// Shows another trial: where someone is dragging, what it leads to; where a later checkpoint came while
  /// nothing played, the same moment; else from the start.
  public mutating func show(_ recording: Recording, keepsMoment: Bool = false) {
    self.recording = recording
    isWaiting = false
    turned = nil
    if isTouching {
      go(to: recording.frameCount - 1)
    } else if keepsMoment && !isPlaying {
      let episode = min(playhead.episode, recording.episodes.count - 1)
      playhead = Playhead(
        episode: episode, time: min(playhead.time, recording.episodes[episode].length))
    } else {
      playFromStart()
    }
  }

  /// What other agents get in the task of the trial.
  public var references: [Recording.ReferenceReturns] {
    get { recording.references }
    set { recording.references = newValue }
  }

  /// What was asked for cannot be had.
  public mutating func giveUp() {
    isWaiting = false
    turned = nil
  }

  /// Lets time go on by `seconds`.
  public mutating func advance(by seconds: Double) {
    guard isPlaying else { return }
    elapsed += seconds
    while isPlaying && elapsed >= duration {
      elapsed -= duration
      let next = playhead.index(in: recording) + 1
      if next >= recording.frameCount {
        isPlaying = false
      } else {
        playhead = Playhead(index: next, in: recording)
      }
    }
  }

  /// How long the moment of the playhead stays, in seconds.
  public var duration: Double {
    Film.duration(of: playhead, in: recording) * (speed < 0 ? Double(1 << -speed) : 1 / Double(1 << speed))
  }
}

extension Playback {
  /// All that what is drawn depends on, but for the recording.
  package struct Look: Equatable {
    var playhead: Playhead
    var flags: [Bool]
    var speed: Int
    var turned: Float?
  }

  var look: Look {
    Look(
      playhead: playhead, flags: [isPlaying, showsHelp, showsTask, showsPolicy, isWaiting], speed: speed,
      turned: turned?.value)
  }
}
