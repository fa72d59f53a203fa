import Configuration
import Formats
import Foundation

/// A run and what its training came to: what decides whether it counts as another seed beside others.
package struct TrainedRun {
  /// The run.
  package let run: RunDirectory
  /// Its configuration.
  package let configuration: RunConfiguration
  /// The updates at its latest checkpoint.
  package let iteration: Int
  /// The hash of what the learner was then; nil where it cannot be read.
  let hash: String?
  /// The iteration, from 1, in which its training came to numbers that are not finite; nil where it did not.
  package let divergedIn: Int?

  /// What is known of `run`.
  package init(_ run: RunDirectory, catalogue: Catalogue) throws {
    try self.init(run, run.configuration(catalogue: catalogue))
  }

  /// What is known of `run`, whose configuration is known already.
  package init(_ run: RunDirectory, _ configuration: RunConfiguration) throws {
    self.run = run
    self.configuration = configuration
    iteration = try run.checkpoints.iterations().last ?? 0
    hash = run.checkpoints.hash(ofIteration: iteration)
    divergedIn = try run.divergence(configuration, iteration: iteration)
  }

  /// What runs that are taken together have in common.
  package struct Kind: Equatable {
    let settings: Table
    let iteration: Int
    let isDiverged: Bool
  }

  /// What this run has in common with those that differ from it in nothing but the seed.
  package var kind: Kind {
    Kind(settings: configuration.settings, iteration: iteration, isDiverged: divergedIn != nil)
  }

  /// How the training ended too early, in words; nil where it did not diverge.
  package var divergence: String? {
    divergedIn.map { "diverged in iteration \($0), so that it has \(iteration) updates" }
  }

  /// Throws where two of `runs` are one training, which counts once.
  package static func checkDistinct(_ runs: [TrainedRun]) throws {
    for (index, run) in runs.enumerated() {
      for other in runs[..<index] {
        if let reason = run.reasonToBe(other) { throw Failure(.configuration, reason) }
      }
    }
  }

  /// Throws where `runs` are not trainings that differ in nothing but the seed, and so cannot be taken together.
  package static func checkSeeds(_ runs: [TrainedRun]) throws {
    try checkDistinct(runs)
    for run in runs where runs.count > 1 {
      if let divergence = run.divergence {
        throw Failure(.configuration, "\(run.run.path) \(divergence); leave it out")
      }
    }
    for run in runs.dropFirst() {
      guard let reason = run.reasonNotToBeLike(runs[0]) else { continue }
      let paths = runs.map(\.run.path).joined(separator: " ")
      throw Failure(
        .configuration,
        "\(reason). Runs that differ in nothing but the seed are taken together; metarl runs compare \(paths) sets "
          + "others side by side")
    }
  }

  /// Why this is the training that `other` is; nil where it is another.
  package func reasonToBe(_ other: TrainedRun) -> String? {
    if run.isSameDirectory(as: other.run) {
      return "\(run.path) and \(other.run.path) are the same run, which counts once"
    }
    // Unequal settings may come to equal bytes, and are told apart by what evaluations make of them.
    guard configuration.settings == other.configuration.settings else { return nil }
    guard hash == nil || hash != other.hash else {
      return
        "\(run.path) is \(other.run.path) again: the last checkpoints of both have the same bytes, so they count "
        + "once"
    }
    guard iteration == other.iteration, configuration.seed == other.configuration.seed else { return nil }
    return "\(run.path) and \(other.run.path) have the same seed, \(configuration.seed), so they count once"
  }

  /// Why this is not a run as `other` with another seed; nil where it is.
  private func reasonNotToBeLike(_ other: TrainedRun) -> String? {
    let keys = Self.commonDifferences(other.configuration.settings, configuration.settings)
    guard keys.isEmpty else {
      return "\(run.path) differs from \(other.run.path) in \(keys.joined(separator: ", "))"
    }
    guard iteration == other.iteration else {
      return "\(run.path) has \(iteration) updates and \(other.run.path) \(other.iteration)"
    }
    return nil
  }

  /// The dotted paths of values that are in both tables and differ, in order; where there is none, all that differ.
  private static func commonDifferences(_ first: Table, _ second: Table) -> [String] {
    let common = Table.differences(of: [first, second].map { Table(flattening: $0) })
    return common.isEmpty ? differences([first, second]) : common
  }

  /// The dotted paths at which `tables` differ, in order.
  package static func differences(_ tables: [Table]) -> [String] {
    let flat = tables.map { Table(flattening: $0) }
    var keys: [String] = []
    var known: Set<String> = []
    for key in flat.flatMap(\.keys) where known.insert(key).inserted { keys.append(key) }
    return keys.filter { key in flat.contains { $0[key] != flat[0][key] } }
  }
}

extension RunDirectory {
  /// Whether `other` is this directory, however it is spelled.
  package func isSameDirectory(as other: RunDirectory) -> Bool {
    var (mine, its) = (stat(), stat())
    guard stat(path, &mine) == 0, stat(other.path, &its) == 0 else { return path == other.path }
    return mine.st_dev == its.st_dev && mine.st_ino == its.st_ino
  }

  /// The iteration, from 1, in which a training that stands at `iteration` came to numbers that are not finite; nil
  /// where it did not.
  fileprivate func divergence(_ configuration: RunConfiguration, iteration: Int) throws -> Int? {
    guard iteration < configuration.hyperparameters.iterationCount else { return nil }
    let document = try Self.document("\(divergencePath)/divergence.json")
    // What was resumed and went further has left it behind.
    return document?["iteration"]?.integer.flatMap { $0 > iteration ? $0 : nil }
  }
}

extension CheckpointStore {
  /// The hash of what the learner was after `iteration` updates, as it was written down; nil where that cannot be read.
  func hash(ofIteration iteration: Int) -> String? {
    let file = "\(path)/\(Self.name(iteration))/state.json"
    let document = (try? RunDirectory.document(file)) ?? nil
    return document?["sha256"]?["learner.safetensors"]?.string
  }
}
