import Foundation
import Synchronization

/// What a training can go on from while an iteration runs, for a process that is killed before that ends: the launcher
/// of several processes gives them a fraction of a second.
package final class SafePoint: Sendable {
  private let pending = Mutex<(run: RunDirectory, checkpoint: Checkpoint)?>(nil)

  /// Nothing noted.
  package init() {}

  /// Runs `body`, which writes the lines that belong to `checkpoint`, and notes that. Nobody ends the process meanwhile.
  package func move(to checkpoint: Checkpoint?, of run: RunDirectory, _ body: () throws -> Void = {}) throws {
    try pending.withLock { pending in
      try body()
      if let checkpoint { pending = (run, checkpoint) }
    }
  }

  /// Saves what was noted last, if there is no checkpoint of that yet, and then runs `end`, before which nothing else
  /// can be noted or written.
  package func save(_ end: () -> Void) {
    pending.withLock { pending in
      if let (run, checkpoint) = pending { try? Self.save(checkpoint, of: run) }
      end()
    }
  }

  private static func save(_ checkpoint: Checkpoint, of run: RunDirectory) throws {
    guard try !run.checkpoints.iterations().contains(checkpoint.iteration) else { return }
    try run.checkpoints(keeping: .max).save(checkpoint, isHurried: true)
  }
}
