import ArgumentParser
import Drawing
import Viewer

/// `metarl watch`: a window in which an agent adapts.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch an agent adapt to tasks it has never seen, and give it some of your own.",
    discussion: "H shows the keys. Drag the goal, click a cell or pull a bar to change the task.")

  @OptionGroup var demonstration: DemonstrationOptions

  @Flag(help: "Show later checkpoints as training writes them.")
  var follow = false

  @Option(
    help:
      "Width and height of the picture in pixels. (default: 1280x720, or as much as fits the display)",
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
