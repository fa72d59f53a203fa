import Scenes
import Simulation

/// What someone at the window wants.
public enum Command: Hashable, Sendable {
  /// Play, or stop playing.
  case togglePlaying
  /// Stop, and go `count` moments on, or back where it is negative.
  case step(Int)
  /// Stop, and go to the end of an episode that lies `count` episodes on, or back.
  case stepEpisode(Int)
  /// Stop, and go to the end of an episode, or to the rollouts after an adaptation step.
  case showEpisode(Int)
  /// Go to the first moment and play.
  case restart
  /// Stop at the last moment.
  case end
  /// Play faster by a factor of 2 to the power `steps`.
  case accelerate(Int)
  /// Go to a share of the way through the trial, 0 to 1.
  case scrub(Double)
  /// Show the task `count` numbers on, or back.
  case stepTask(Int)
  /// Change the task by touching the world.
  case touch(Scene.Point)
  /// Change the quantity of the task that has a number.
  case turn(Int, Float)
  /// Let go of the world.
  case release
  /// Show or hide the parameters of the task.
  case toggleTask
  /// Show or hide what the policy would do.
  case togglePolicy
  /// Show or hide the help.
  case toggleHelp
  /// Fill the screen, or not.
  case toggleFullScreen
  /// Save the picture as it is.
  case takePicture
  /// Save the trial as a film.
  case record
  /// Close the window.
  case quit
}

/// A key that means something, and the words that explain it.
struct KeyBinding: Sendable {
  /// The keys as the help names them.
  let keys: String
  /// What they do.
  let meaning: String

  /// All of them, in the order of the help.
  static let all = [
    KeyBinding(keys: "Space", meaning: "play, pause"),
    KeyBinding(keys: "← →", meaning: "one step back, one step on"),
    KeyBinding(keys: "↑ ↓", meaning: "next, previous episode or gradient step"),
    KeyBinding(keys: "Home R, End", meaning: "from the start; to the end"),
    KeyBinding(keys: "+ −", meaning: "faster, slower"),
    KeyBinding(keys: "N P", meaning: "next, previous task"),
    KeyBinding(keys: "Mouse", meaning: "drag the goal, click a cell, pull a bar or a slider: it adapts anew"),
    KeyBinding(keys: "T, A", meaning: "show the task; show the policy"),
    KeyBinding(keys: "S, V", meaning: "save the picture; save the trial as a film"),
    KeyBinding(keys: "F", meaning: "full screen"),
    KeyBinding(keys: "H ?", meaning: "this help"),
    KeyBinding(keys: "Q Esc", meaning: "close"),
  ]
}
