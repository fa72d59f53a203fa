import Formats
import Scenes
import Simulation
import Trials

/// A person as the agent in the terminal: one trial after the other, in tasks that the person does not know.
public final class PlaySession {
  /// What a person can press.
  public typealias Key = PlayedTrial.Key

  private let demonstration: Demonstration
  private let sampler: TaskSampler
  private let reveals: Bool
  private let painter = TextPainter()
  private var trialNumber = 0
  private var trial: PlayedTrial
  /// The agents to compare with, and the return of each episode of theirs in the same task.
  private var others: [Recording.ReferenceReturns] = []

  /// A session in the tasks of `demonstration`, whose agent is one to compare with; `reveals` shows what agents must
  /// find out.
  public init(_ demonstration: Demonstration, seed: Int, reveals: Bool) throws {
    self.demonstration = demonstration
    self.reveals = reveals
    sampler = TaskSampler(seed: seed, taskCount: demonstration.taskCount)
    trial = try demonstration.trialToPlay(inTask: sampler.taskNumber(ofTrial: 0))
    try compare()
  }

  /// Whether the trial is over.
  public var isTrialOver: Bool { trial.isOver }

  /// Takes the action that `pressed` stands for, if it stands for one.
  public func press(_ pressed: Key) throws {
    if pressed == .newTask { return try beginTrial() }
    if let action = trial.action(for: pressed) { trial.take(action) }
  }

  private func beginTrial() throws {
    trialNumber += 1
    trial = try demonstration.trialToPlay(inTask: sampler.taskNumber(ofTrial: trialNumber))
    try compare()
  }

  private func compare() throws {
    let recording = try demonstration.completeRecording(ofTask: sampler.taskNumber(ofTrial: trialNumber))
    let agent = Recording.ReferenceReturns(name: recording.caption.agent, episodes: recording.returns)
    others =
      recording.references.filter { ReferenceRole(of: $0.name) != .random && $0.name != agent.name } + [agent]
  }
}

extension PlaySession {
  /// What the person sees now.
  public var screen: String {
    let (environment, step, interface) = (demonstration.environment, trial.timeStep, trial.interface)
    let progress = step.progress[0]
    let place =
      isTrialOver
      ? "the trial is over; n begins another"
      : "episode \(progress.episode + 1) of \(interface.episodeCount), "
        + "step \(progress.timeOfEpisode + 1) of at most \(interface.horizon)"
    let seen = step.observation.map { fixed(Double($0), digits: $0 == $0.rounded() ? 0 : 3) }
    let sight = seen.isEmpty ? "" : "observation \(seen.joined(separator: " ")), "
    let recording = reveals ? trial.recording : trial.view
    let picture = recording.episodes.last?.frames.last?.scene ?? Scene()
    let lines = picture.position == nil ? [] : painter.lines(of: picture)
    return
      (["\(environment.name): \(printable(environment.summary))", place]
      + lines + ["\(sight)last reward \(fixed(Double(step.previousReward[0]), digits: 3))", keys, ""])
      .joined(separator: "\n") + "\n" + results
  }

  /// The return of each episode of the person and of the agents to compare with, in the same task.
  public var results: String {
    let finishedCount = trial.finishedEpisodeCount
    let shown = Array(max(0, finishedCount - 8)..<finishedCount)
    func row(_ name: String, _ returns: [Double]) -> [String] {
      [name] + shown.map { fixed(returns[$0], digits: 2) }
        + [fixed(returns.prefix(finishedCount).reduce(0, +), digits: 2)]
    }
    let rows =
      [["episode"] + shown.map { String($0 + 1) } + ["sum"], row("you", trial.returns.map(Double.init))]
      + others.map { row($0.name, $0.episodes) }
    return aligned(rows).joined(separator: "\n") + "\n"
  }

  private var keys: String {
    switch trial.interface.action {
    case .discrete(let counts):
      let digits = counts.first.map { "0 to \(min($0, 10) - 1) choose an action" } ?? ""
      return (trial.actionNames.contains("up") ? "arrow keys move, " : "") + digits
        + ", n a new task, q ends"
    case .box: return "arrow keys move, space does nothing, n a new task, q ends"
    }
  }
}

/// The keys in what a terminal sends.
public struct KeyReader {
  private var escape: [UInt8] = []

  /// A reader at the beginning.
  public init() {}

  /// What `byte` completes: a key, the wish to end, or nothing yet.
  public mutating func read(_ byte: UInt8) -> (key: PlaySession.Key?, ends: Bool) {
    if !escape.isEmpty || byte == 0x1B {
      escape.append(byte)
      if escape.count < 3 { return (nil, false) }
      defer { escape = [] }
      return (Self.arrows[escape[2]], false)
    }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return (.digit(Int(byte - UInt8(ascii: "0"))), false)
    case UInt8(ascii: " "): return (.stay, false)
    case UInt8(ascii: "n"): return (.newTask, false)
    case UInt8(ascii: "q"), 3, 4: return (nil, true)
    default: return (nil, false)
    }
  }

  private static let arrows: [UInt8: PlaySession.Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
  ]
}
