import ArgumentParser
import Drawing
import Viewer

/// `metarl watch`: a window in which an agent adapts.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch an agent adapt to tasks that it has never seen, and change the tasks yourself.",
    discussion: "Press H to see the keys. Drag the goal, click a cell or move a slider to change the task.")

  @OptionGroup var demonstration: DemonstrationOptions

  @Flag(help: "Show each new checkpoint as soon as the training writes it.")
  var follow = false

  @Option(
    help:
      "Set width and height of the picture in pixels. (default: 1280x720, or less on a small display)",
    transform: PictureSize.init(parsing:))
  var size: PictureSize?

  func validate() throws {
    guard !follow || (demonstration.name != nil && demonstration.checkpoint == nil) else {
      throw ValidationError("--follow is for a run, without --checkpoint.")
    }
  }

  func run() throws {
    let show = try demonstration.make()
    let first = try show.recording(ofTask: demonstration.task ?? show.mostInstructiveTask())
    try withDrawing {
      try Viewer(show, first: first, follows: follow, size: size?.canvasSize).run()
    }
  }
}
