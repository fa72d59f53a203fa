import Randomness
import Simulation

/// A person as the agent: one trial after the other, in tasks that the person does not know.
public final class PlaySession {
  /// What a person can press.
  public enum Key: Hashable, Sendable {
    /// The arrow keys.
    case up, right, down, left
    /// The space bar.
    case stay
    /// A digit: the action of that number.
    case digit(Int)
    /// The key for a new task.
    case newTask
  }

  private let environment: EnvironmentDefinition
  private let simulator: any Simulator
  private let split: String
  private let key: RandomKey
  private let painter: TextPainter
  private var trial = 0
  private var lanes: any Lanes
  /// The agents to compare with, and the return of each episode of theirs in the same task.
  private var others: [(name: String, returns: [Float])] = []

  /// A session in tasks of `split`; `reveals` shows what agents must find out.
  public init(_ environment: EnvironmentDefinition, split: String, seed: Int, reveals: Bool) throws {
    try environment.checkSplit(split)
    self.environment = environment
    self.split = split
    simulator = environment.simulator
    key = RandomKey(seed: UInt64(seed)).child("play")
    painter = TextPainter(revealsTask: reveals)
    lanes = simulator.beginTrial(drawingFrom: split, keys: [key.child(0)])
    compare()
  }

  /// Whether the trial is over.
  public var isTrialOver: Bool { lanes.timeStep.progress[0].isTrialOver }

  /// Takes the action that `pressed` stands for, if it stands for one.
  public func press(_ pressed: Key) {
    if pressed == .newTask { return beginTrial() }
    guard !isTrialOver, let action = action(for: pressed) else { return }
    lanes.step(taking: action)
  }

  private func beginTrial() {
    trial += 1
    lanes = simulator.beginTrial(drawingFrom: split, keys: [key.child(trial)])
    compare()
  }

  private func compare() {
    let known = simulator.references.map(\.name)
    let names = Evaluation.referenceNames(among: known).filter { $0 != "random" && $0 != "blind" }
    others = names.map { name in
      let keys = [key.child(trial)]
      let lanes = simulator.beginTrial(drawingFrom: split, keys: keys)
      let agent = simulator.referenceAgent(name, for: lanes)
      agent.beginTrial(keys: keys)
      var action = Array(repeating: Float(0), count: simulator.interface.action.componentCount)
      while lanes.timeStep.activeLaneCount > 0 {
        agent.act(on: lanes.timeStep, into: &action)
        lanes.step(taking: action)
      }
      return (name, lanes.returns)
    }
  }

  /// `[action]`; nil where the key means nothing here.
  private func action(for pressed: Key) -> [Float]? {
    switch simulator.interface.action {
    case .discrete(let counts):
      guard counts.count == 1 else { return nil }
      if case .digit(let number) = pressed { return number < counts[0] ? [Float(number)] : nil }
      return simulator.actionNames.firstIndex(of: Self.name(of: pressed)).map { [Float($0)] }
    case .box(let lower, let upper):
      guard lower.count == 2 else { return nil }
      switch pressed {
      case .up: return [0, upper[1]]
      case .right: return [upper[0], 0]
      case .down: return [0, lower[1]]
      case .left: return [lower[0], 0]
      case .stay: return [0, 0]
      case .digit, .newTask: return nil
      }
    }
  }

  private static func name(of key: Key) -> String {
    switch key {
    case .up: "up"
    case .right: "right"
    case .down: "down"
    case .left: "left"
    case .stay: "stay"
    case .digit, .newTask: ""
    }
  }
}

extension PlaySession {
  /// What the person sees now.
  public var screen: String {
    let step = lanes.timeStep
    let progress = step.progress[0]
    let place =
      isTrialOver
      ? "the trial is over; n begins another"
      : "episode \(progress.episode + 1) of \(simulator.interface.episodeCount), "
        + "step \(progress.timeOfEpisode + 1) of at most \(simulator.interface.horizon)"
    let seen = step.observation.map { fixed(Double($0), digits: $0 == $0.rounded() ? 0 : 3) }
    let sight = seen.isEmpty ? "" : "observation \(seen.joined(separator: " ")), "
    let picture = lanes.onlooker(ofLane: 0).scene
    let lines = picture.position == nil ? [] : painter.lines(of: picture)
    return
      (["\(environment.name): \(environment.summary)", place]
      + lines + ["\(sight)last reward \(fixed(Double(step.previousReward[0]), digits: 3))", keys, ""])
      .joined(separator: "\n") + "\n" + results
  }

  /// The return of each episode of the person and of the agents to compare with, in the same task.
  public var results: String {
    let finishedCount = Int(lanes.timeStep.progress[0].episode)
    let count = simulator.interface.episodeCount
    let shown = Array(max(0, min(finishedCount, count) - 8)..<min(finishedCount, count))
    func row(_ name: String, _ returns: [Float]) -> [String] {
      [name] + shown.map { fixed(Double(returns[$0]), digits: 2) }
        + [fixed(returns.prefix(finishedCount).reduce(0) { $0 + Double($1) }, digits: 2)]
    }
    let rows =
      [["episode"] + shown.map { String($0 + 1) } + ["sum"], row("you", lanes.returns)]
      + others.map { row($0.name, $0.returns) }
    return EvaluationReport.aligned(rows).joined(separator: "\n") + "\n"
  }

  private var keys: String {
    switch simulator.interface.action {
    case .discrete(let counts):
      let digits = counts.first.map { "0 to \(min($0, 10) - 1) choose an action" } ?? ""
      return (simulator.actionNames.contains("up") ? "arrow keys move, " : "") + digits
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
