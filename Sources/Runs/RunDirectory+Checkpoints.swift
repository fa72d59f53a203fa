import Formats
import Learning

extension RunDirectory {
  /// The hash by which the checkpoints of the run name it: that of its configuration.
  package var configurationHash: String {
    get throws {
      SHA256.hexadecimal(try DurableFile.readOwn(configurationPath, limit: TOML.sizeLimit))
    }
  }

  /// Makes `learner`, which is of its configuration, what `checkpoint` says; if it is to go on learning, with the records
  /// that it replays. Throws where that is not one of this run; `warn` hears where an earlier version wrote it, which did
  /// not note whose it is.
  package func restore(
    _ learner: any MetaLearner, to checkpoint: Checkpoint, withRecords: Bool = false,
    warn: (String) -> Void
  ) throws {
    let place = "checkpoint of iteration \(checkpoint.iteration) of \(path)"
    try locating(in: place) {
      try learner.restore(checkpoint.state)
      guard withRecords, let ring = learner.records else { return }
      guard let records = checkpoint.records else { throw InvalidParameter("records", "are missing") }
      try records.fill(ring)
    }
    if let hash = checkpoint.configurationHash {
      guard try hash == configurationHash else {
        throw Failure(
          .configuration,
          "\(place) is of another run, or config.toml has been changed: it names a configuration "
            + "\(hash.prefix(16)); that of config.toml is \(try configurationHash.prefix(16))")
      }
    } else {
      warn("\(place) does not say of which run it is, as an earlier version wrote it")
    }
  }
}
