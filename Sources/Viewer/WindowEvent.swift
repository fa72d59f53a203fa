import Foundation

/// Something that has happened to a window.
enum WindowEvent: Hashable, Sendable {
  /// A key went down.
  case key(Key)
  /// The left button went down, at a pixel from the top left corner.
  case pointerDown(CGPoint)
  /// The pointer moved while the left button was down.
  case pointerDragged(CGPoint)
  /// The left button went up.
  case pointerUp
  /// Size or visibility changed; the window must be drawn again.
  case changed
  /// Someone closed it.
  case close
}

/// A key on the keyboard.
package enum Key: Hashable, Sendable {
  case space, left, right, up, down, home, end, pageUp, pageDown, escape, enter, backspace
  /// What it writes without modifiers.
  case character(Character)

  /// What the key means.
  package var command: Command? {
    switch self {
    case .space: .togglePlaying
    case .left: .step(-1)
    case .right: .step(1)
    case .up: .stepEpisode(1)
    case .down: .stepEpisode(-1)
    case .home: .restart
    case .end: .end
    case .pageUp: .stepTask(-1)
    case .pageDown: .stepTask(1)
    case .escape: .quit
    case .enter, .backspace: nil
    case .character(let character): Self.command(of: character)
    }
  }

  private static func command(of character: Character) -> Command? {
    switch character {
    case "r": .restart
    case "+", "=": .accelerate(1)
    case "-": .accelerate(-1)
    case "n": .stepTask(1)
    case "p": .stepTask(-1)
    case "t": .toggleTask
    case "a": .togglePolicy
    case "s": .takePicture
    case "v": .record
    case "f": .toggleFullScreen
    case "h", "?", "/": .toggleHelp
    case "q": .quit
    default: nil
    }
  }
}
