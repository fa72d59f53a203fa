import ArgumentParser
import Catalogue
import Drawing
import Evaluation
import Formats
import Foundation
import Runs
import Simulation
import Viewer

/// `metarl play`: a person is the agent.
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Play as the agent, and see afterwards what an agent does in the same task.",
    discussion: """
      The game is in a window, or in the terminal if there is no display. Move with the arrow keys or, in a window, with \
      the mouse. Digits choose actions by their numbers, n begins a new task, and q ends the game. If the input is a pipe \
      or a file, the keys are read from it, and only the returns are printed.
      """)

  @Argument(
    help: ArgumentHelp("Use this environment: a file, or the name of a file in envs/.", valueName: "env"),
    completion: .environments)
  var env: String

  @Option(help: "Take the tasks from this split.")
  var split = TaskSplit.test

  @Option(help: "Draw tasks and physics by this seed.")
  var seed = 0

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Let the agent of this run play in the same task. (default: the best reference agent)", valueName: "run"
    ),
    completion: .runs)
  var rivalRun: String?

  @Flag(help: "Show what agents have to find out, such as the goal.")
  var reveal = false

  @Flag(help: "Play in the terminal even if there is a display.")
  var terminal = false

  func validate() throws { try require("--seed", seed, atLeast: 0) }

  func run() throws {
    if terminal && !Self.isOpen { throw Self.noInput }
    let show = try demonstration()
    if !terminal && !Self.isFed {
      do {
        return try PlayViewer(show, caption: show.caption, seed: seed, reveals: reveal).run()
      } catch let error as DrawingUnavailable {
        guard Self.isTerminal else {
          throw Failure(.noDisplay, "\(error); metarl play --terminal needs none")
        }
        Console.note("metarl: \(error); playing in the terminal")
      }
    }
    let session = try PlaySession(show, seed: seed, reveals: reveal)
    if Self.isTerminal {
      try RawTerminal.use { try play(session, isShown: true) }
    } else {
      try play(session, isShown: false)
    }
    try Console.write(session.results)
  }

  /// The agent to compare with.
  private func demonstration() throws -> Demonstration {
    var request = Evaluation.Request()
    request.split = split
    request.seed = seed
    guard let rivalRun else {
      let environment = try environmentSearch.definition(env, catalogue: .complete)
      return try Demonstration(ofReference: nil, in: environment, request: request)
    }
    let show = try Demonstration(
      of: RunDirectory.find(rivalRun), request: request, catalogue: .complete, warn: Console.warn)
    let name = (env as NSString).lastPathComponent.replacingOccurrences(of: ".toml", with: "")
    guard name == show.environment.name else {
      throw Failure(.configuration, "run \(rivalRun) was trained in \(show.environment.name), not in \(name)")
    }
    return show
  }

  private static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Whether there is a standard input at all.
  private static var isOpen: Bool { fcntl(STDIN_FILENO, F_GETFD) >= 0 }

  private static var noInput: Failure {
    Failure(.usage, "standard input is closed; metarl play reads keys from it")
  }

  /// Whether keys come from a pipe or a file.
  private static var isFed: Bool {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0 else { return false }
    return [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  private func play(_ session: PlaySession, isShown: Bool) throws {
    var (reader, isFirst) = (KeyReader(), true)
    func show() throws {
      if isShown { try Console.writeUnchanged("\u{1B}[H\u{1B}[2J" + printableLines(session.screen)) }
    }
    try show()
    while true {
      guard let byte = try FileHandle.standardInput.read(upToCount: 1)?.first else {
        if isFirst { throw Self.noInput }
        break
      }
      isFirst = false
      let (key, ends) = reader.read(byte)
      if ends { break }
      guard let key else { continue }
      try session.press(key)
      try show()
    }
  }
}

/// A terminal that passes every key on at once and prints none.
enum RawTerminal {
  /// Runs `body` and puts the terminal back into its usual state.
  static func use(_ body: () throws -> Void) throws {
    var usual = termios()
    guard tcgetattr(STDIN_FILENO, &usual) == 0 else {
      throw Failure(.inputOutput, "the terminal does not say how it is set")
    }
    var raw = usual
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    defer { tcsetattr(STDIN_FILENO, TCSANOW, &usual) }
    try body()
  }
}
