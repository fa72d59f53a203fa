import ArgumentParser
import Experiments
import Foundation

/// `metarl play`: a person is the agent.
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Be the agent yourself, in the terminal, beside the best agents known.",
    discussion: """
      Arrow keys move, digits choose actions by number, n begins a new task, q ends. Where the input is no terminal, \
      keys are read from it, and only the returns are printed.
      """)

  @Argument(
    help: ArgumentHelp("The environment: a file, or the name of a file in envs/.", valueName: "env"),
    completion: .environments)
  var env: String

  @Option(help: "The split that tasks are from.")
  var split = "test"

  @Option(help: "The seed of tasks and physics.")
  var seed = 0

  @Flag(help: "Show what agents must find out, such as the goal.")
  var reveal = false

  func validate() throws { try require("--seed", seed, atLeast: 0) }

  func run() throws {
    let environment = try environmentSearch.definition(env, catalogue: .complete)
    let session = try PlaySession(environment, split: split, seed: seed, reveals: reveal)
    let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    if isTerminal {
      try RawTerminal.use { try play(session, isShown: true) }
    } else {
      try play(session, isShown: false)
    }
    try Console.write(session.results)
  }

  private func play(_ session: PlaySession, isShown: Bool) throws {
    var reader = KeyReader()
    func show() throws { if isShown { try Console.write("\u{1B}[H\u{1B}[2J" + session.screen) } }
    try show()
    while let byte = try FileHandle.standardInput.read(upToCount: 1)?.first {
      let (key, ends) = reader.read(byte)
      if ends { break }
      guard let key else { continue }
      session.press(key)
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
