import ArgumentParser
import Catalogue
import Drawing
import Evaluation
import Formats
import Foundation
import Runs
import Simulation
import Trials

/// `metarl render`: pictures of trials, without a display.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw an agent before and after it has adapted to a task.",
    discussion: """
      The trial is the same that `metarl evaluate` plays in this task with this seed. A .png or .svg file shows the end of \
      the trial, a .gif or .mp4 file shows all of it. Several tasks are drawn beside one another in one picture.
      """)

  @OptionGroup var demonstration: DemonstrationOptions

  @Option(help: "Write this file, whose name ends in .png, .svg, .gif or .mp4.")
  var output: String

  @Option(
    help: "Draw this number of tasks, from --task or 0 on; several need a .png or .svg file.")
  var tasks = 1

  @Option(
    help: ArgumentHelp(
      "Set width and height in pixels, such as 1920x1080. (default: 1280x720; 960x540 for a .gif)",
      valueName: "size"), transform: PictureSize.init(parsing:))
  var size: PictureSize?

  @Option(help: "Set the frames per second of a film. (default: 12; 30 for an .mp4)")
  var fps: Int?

  func validate() throws {
    try require("--tasks", tasks, atLeast: 1, atMost: OptionLimit.panels)
    try require("--fps", fps, atLeast: 1)
    guard let format else {
      throw ValidationError("--output is \(output); a name that ends in .png, .svg, .gif or .mp4 is needed.")
    }
    guard tasks == 1 || !format.isFilm else {
      throw ValidationError("--tasks is \(tasks); a contact sheet is a .png or .svg.")
    }
    // The delays of a GIF are hundredths of a second, and viewers wait longer where one is shorter than two.
    let most = format == .gif ? 50 : 100
    if let fps, fps > most {
      throw ValidationError(
        "--fps is \(fps); \(format == .gif ? "a .gif plays at most 50, an .mp4 100" : "at most 100 are possible")."
      )
    }
  }

  func run() throws {
    let show = try demonstration.make()
    let first = demonstration.task ?? (tasks == 1 ? show.mostInstructiveTask() : 0)
    // That there are as many tasks is told before the first of them is played.
    try show.check(first + tasks - 1)
    let recordings = try (first..<first + tasks).map { try show.completeRecording(ofTask: $0) }
    try withDrawing { try draw(recordings) }
    try Console.write(output + "\n")
  }

  private enum Format: String {
    case png, svg, gif, mp4
    var isFilm: Bool { self == .gif || self == .mp4 }
  }

  private var format: Format? {
    Format(rawValue: (output as NSString).pathExtension.lowercased())
  }

  private func draw(_ recordings: [Recording]) throws {
    let picture = Picture(recordings[0])
    let size = size ?? (format == .gif ? PictureSize(width: 960, height: 540) : PictureSize())
    switch format {
    case .gif:
      let film = Film(of: picture.recording, rate: fps ?? 12)
      try write(film.gif(of: picture, width: size.width, height: size.height, scale: size.scale))
    case .mp4: try encode(Film(of: picture.recording, rate: fps ?? 30), of: picture, size)
    case .svg:
      let data = try Canvas.svg(width: size.width, height: size.height, scale: size.scale) {
        draw(recordings, picture, on: $0)
      }
      try write(data)
    case .png, nil:
      let canvas = try Canvas(width: size.width, height: size.height, scale: size.scale)
      draw(recordings, picture, on: canvas)
      try write(canvas.png())
    }
  }

  private func draw(_ recordings: [Recording], _ picture: Picture, on canvas: Canvas) {
    if recordings.count > 1 {
      ContactSheet(recordings).draw(on: canvas)
    } else {
      picture.draw(.end(of: picture.recording), on: canvas)
    }
  }

  private func write(_ data: Data) throws { try DurableFile.write(Array(data), to: output) }

  private func encode(_ film: Film, of picture: Picture, _ size: PictureSize) throws {
    let canvas = try Canvas(width: size.width, height: size.height, scale: size.scale)
    let encoder = try VideoEncoder(path: output, width: size.width, height: size.height, rate: film.rate)
    for shot in film.shots {
      picture.draw(shot.playhead, on: canvas)
      let pixels = canvas.pixels
      for _ in 0..<shot.frameCount { try encoder.add(pixels) }
    }
    try encoder.finish()
  }
}

/// Which trial to show.
struct DemonstrationOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The run: its directory, or its name in runs/.", valueName: "run"))
  var name: String?

  @Option(help: "Show a reference agent of this environment.")
  var env: String?

  @Option(
    help: """
      Use this reference agent: random, oracle, bayesOptimal, blind, or a heuristic of the environment. (default: the \
      best one)
      """)
  var agent: String?

  @Option(
    help: """
      Choose the task by its number in an evaluation, counted from 0. (default: one of the first nine, the one in which \
      the return of the last episode exceeds that of the first the most)
      """)
  var task: Int?

  @Option(help: "Take the tasks from this split.")
  var split = TaskSplit.test

  @Option(
    help:
      "Play this number of episodes a trial. (default: the environment's, or one more than the adaptation steps)"
  )
  var episodes: Int?

  @Option(help: .checkpoint)
  var checkpoint: CheckpointChoice?

  @Option(help: "Draw tasks, physics and actions by this seed.")
  var seed = 0

  @Flag(help: "Take the most probable actions instead of drawing from the policy.")
  var greedy = false

  func validate() throws {
    try require("--task", task, atLeast: 0, atMost: OptionLimit.trials - 1)
    try require("--episodes", episodes, atLeast: 1, atMost: OptionLimit.trials)
    try require("--seed", seed, atLeast: 0)
    guard (name != nil) != (env != nil), agent == nil || env != nil else {
      throw ValidationError("A run is needed, or --env with or without --agent.")
    }
  }

  /// The agent that the options stand for.
  func make() throws -> Demonstration {
    var request = Evaluation.Request()
    request.split = split
    request.episodeCount = episodes
    request.seed = seed
    request.isGreedy = greedy
    if let env {
      return try Demonstration(
        ofReference: agent, in: environmentSearch.definition(env, catalogue: .complete), request: request)
    }
    let run = try RunDirectory.find(name ?? "")
    return try Demonstration(
      of: run, checkpoint: checkpoint.map { try Console.iteration($0, in: run) }, request: request,
      catalogue: .complete, warn: Console.warn)
  }
}

/// The size of a picture in pixels.
struct PictureSize {
  var width = 1280
  var height = 720

  init(width: Int = 1280, height: Int = 720) {
    self.width = width
    self.height = height
  }

  /// The size that a text such as `1920x1080` says.
  init(parsing text: String) throws {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map {
      Int($0)
    }
    guard parts.count == 2, let width = parts[0], let height = parts[1] else {
      throw ValidationError("--size is \(text); width and height are needed, such as 1280x720.")
    }
    guard (320...8192).contains(width), (240...8192).contains(height) else {
      throw ValidationError(
        "--size is \(text); a width of 320 to 8192 and a height of 240 to 8192 pixels are allowed.")
    }
    self.init(width: width, height: height)
  }

  var canvasSize: CGSize { CGSize(width: width, height: height) }

  /// Pixels for each logical one, so that everything fits.
  var scale: Double {
    min(Double(width) / Picture.usualSize.width, Double(height) / Picture.usualSize.height)
  }
}

/// Turns what drawing cannot do into a failure.
func withDrawing<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as DrawingUnavailable {
    throw Failure(.noDisplay, error.description)
  } catch let error as VideoEncoder.Problem {
    throw Failure(.inputOutput, error.description)
  }
}
