import ArgumentParser
import Runs

extension CheckpointChoice: ExpressibleByArgument {
  /// A number of updates, or `best`.
  public init?(argument: String) { self.init(argument) }
}

extension ArgumentHelp {
  /// What `--checkpoint` takes.
  static var checkpoint: ArgumentHelp {
    ArgumentHelp(
      "Use this checkpoint: its number of updates, or best. The best is chosen among those kept, by the return in "
        + "held-out tasks if the training had evaluateEvery, else by the mean return of the 10 updates before. (default: "
        + "the latest)",
      valueName: "number|best")
  }
}

extension Console {
  /// The number of updates of the checkpoint in `run`; says by what it was chosen.
  static func iteration(_ choice: CheckpointChoice, in run: RunDirectory) throws -> Int {
    let (number, reason) = try choice.iteration(in: run)
    if let reason { note("metarl: checkpoint \(number) of \(run.path) is \(reason)") }
    return number
  }
}
