import Drawing
import Foundation
import Scenes
import Simulation
import Trials

/// A person's trial and, when it is over, the agent's in the same task. It knows nothing of windows and threads.
package final class Game {
  /// What must be done elsewhere because of a key.
  package enum Effect: Hashable {
    case beginTrial, savePicture, saveFilm, toggleFullScreen
  }

  /// What is to be seen.
  package struct Look: Equatable {
    var actionCount: Int
    var trialCount: Int
    var replay: Playback.Look?
    var flags: [Bool]
  }

  package private(set) var trial: PlayedTrial
  /// The agent's trial; it plays once the person's is over.
  package private(set) var replay: Playback?
  package private(set) var showsHelp = false
  package private(set) var isOver = false
  package private(set) var picture: PlayPicture
  private var reveals: Bool
  private var caption: Recording.Caption
  /// Where the pointer holds the button down.
  private var pointer: Scene.Point?
  private var elapsed = 0.0
  /// Seconds since the person's trial was over.
  private var secondsOver = 0.0
  private var actionCount = 0
  private var trialCount = 0

  /// A game that begins with `trial`; `reveals` shows what agents must find out.
  package init(_ trial: PlayedTrial, caption: Recording.Caption, reveals: Bool) {
    self.trial = trial
    self.caption = caption
    self.reveals = reveals
    picture = PlayPicture(trial.view)
    update()
  }

  package var look: Look {
    Look(
      actionCount: actionCount, trialCount: trialCount, replay: trial.isOver ? replay?.look : nil,
      flags: [
        showsHelp, reveals, picture.showsBelief, picture.rival != nil,
        picture.rival?.references.isEmpty == false,
      ])
  }

  /// Whether something moves by itself.
  package var isMoving: Bool { pointer != nil || (trial.isOver && replay?.isPlaying == true) }

  /// The trial as a film shows it.
  package var recording: Recording {
    var recording = trial.recording
    recording.caption = caption
    recording.caption.agent = "you"
    recording.references = picture.rival?.references ?? []
    return recording
  }

  // MARK: What happens

  /// The next trial begins.
  package func begin(_ trial: PlayedTrial, taskNumber: Int) {
    self.trial = trial
    caption.taskNumber = taskNumber
    (replay, pointer, secondsOver) = (nil, nil, 0)
    trialCount += 1
    picture.rival = nil
    update()
  }

  /// The agent's trial in the task of the present one has come.
  package func take(_ recording: Recording) {
    replay = Playback(recording, taskCount: 1)
    picture.rival = recording
    update()
  }

  /// What other agents get in the task of the present trial has come.
  package func take(_ references: [Recording.ReferenceReturns]) {
    picture.rival?.references = references
    replay?.references = references
  }

  /// A key went down.
  package func press(_ key: Key) -> Effect? {
    if key == .escape && showsHelp { showsHelp = false } else if let effect = perform(key) { return effect }
    update()
    return nil
  }

  private func perform(_ key: Key) -> Effect? {
    switch key {
    case .escape, .character("q"): isOver = true
    case .backspace, .character("n"): return .beginTrial
    case .character("h"), .character("?"), .character("/"): showsHelp.toggle()
    case .character("t"): reveals.toggle()
    case .character("b"): picture.showsBelief.toggle()
    case .character("s"): return .savePicture
    case .character("v"): return .saveFilm
    case .character("f"): return .toggleFullScreen
    default:
      if trial.isOver {
        // Whoever still holds down the key of a move does not mean the replay.
        if secondsOver > 0.6, let command = key.command { _ = replay?.perform(command) }
      } else if let pressed = key.pressed, let action = trial.action(for: pressed) {
        take(action)
      }
    }
    return nil
  }

  /// The pointer went down at a point of the world, or was dragged there, or let go.
  package func point(at point: Scene.Point?, isDown: Bool) {
    guard !trial.isOver else { return pointer = nil }
    let holds = pointer != nil || isDown
    pointer = holds ? point : nil
    if isDown, let point { act(toward: point) }
    update()
  }

  private func act(toward point: Scene.Point) {
    elapsed = 0
    guard let action = trial.action(toward: point) else { return }
    take(action)
    // Only where actions are real numbers a button that is held goes on acting.
    if case .discrete = trial.interface.action { pointer = nil }
  }

  private func take(_ action: [Float]) {
    trial.take(action)
    actionCount += 1
    if trial.isOver { pointer = nil }
  }

  /// Seconds from one action to the next while the button is held.
  private static let pace = 0.08

  /// Lets `seconds` go by.
  package func advance(by seconds: Double) {
    if trial.isOver {
      secondsOver += seconds
      replay?.advance(by: seconds)
    } else if let pointer {
      elapsed += seconds
      if elapsed >= Self.pace { act(toward: pointer) }
    } else {
      return
    }
    update()
  }

  private func update() {
    picture.trial = reveals || trial.isOver ? trial.recording : trial.view
    picture.trial.caption = caption
    picture.isOver = trial.isOver
    picture.replay = trial.isOver ? replay?.playhead : nil
    picture.hints = hints
  }

  // MARK: Words

  private var hints: [PlayPicture.Hint] {
    KeyBinding.playing(trial).map { PlayPicture.Hint(keys: $0.keys, meaning: $0.meaning) }
  }
}

extension Key {
  /// What it means to a person who is the agent, after the keys of MiniGrid: arrows move, the space bar and Enter do
  /// what is left.
  var pressed: PlayedTrial.Key? {
    switch self {
    case .up: .up
    case .right: .right
    case .down: .down
    case .left: .left
    case .space, .enter: .stay
    case .character(let character): character.wholeNumberValue.map(PlayedTrial.Key.digit)
    default: nil
    }
  }
}

extension KeyBinding {
  /// What someone who plays can press now.
  static func playing(_ trial: PlayedTrial) -> [KeyBinding] {
    (trial.isOver ? replay : actions(of: trial)) + [
      KeyBinding(keys: "N  Backspace", meaning: "a new task"),
      KeyBinding(keys: "T, B", meaning: "reveal the task; show the belief"),
      KeyBinding(keys: "S, V", meaning: "save the picture; your trial as a film"),
      KeyBinding(keys: "F, H, Q", meaning: "full screen; help; close"),
    ]
  }

  private static let replay = [
    KeyBinding(keys: "Space", meaning: "play or pause the agent's trial"),
    KeyBinding(keys: "← →  ↑ ↓", meaning: "its steps and episodes"),
    KeyBinding(keys: "R, End, + −", meaning: "its start and end; faster, slower"),
  ]

  private static func actions(of trial: PlayedTrial) -> [KeyBinding] {
    switch trial.interface.action {
    case .box: return [KeyBinding(keys: "Mouse, arrows", meaning: "hold the button: move towards it")]
    case .discrete(let counts):
      let moves =
        trial.actionNames.contains("up")
        ? [KeyBinding(keys: "← → ↑ ↓", meaning: "move; click beside you does, too")] : []
      let stays =
        trial.actionNames.contains("stay") ? [KeyBinding(keys: "Space  Enter", meaning: "stay")] : []
      let digits = KeyBinding(
        keys: "0 … \(min(counts.first ?? 1, 10) - 1)",
        meaning: moves.isEmpty ? "choose an action; a click does, too" : "choose an action by its number")
      return moves + stays + [digits]
    }
  }
}
