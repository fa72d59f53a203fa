import Formats
import Parallel

/// What launchers of several processes, such as mpirun, leave in the environment of each.
public enum Launch {
  /// The variables that say how many processes there are.
  private static let counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"]

  /// Throws where a launcher started this process beside others and the program cannot work together with them.
  public static func checkIsAlone(environment: [String: String]) throws {
    guard let count = counts.compactMap({ environment[$0].flatMap { Int($0) } }).max(), count > 1 else {
      return
    }
    throw Failure(
      .configuration,
      "a launcher started \(count) processes, but MPI is not built in: each would train alone. "
        + "swift build --traits default,MPI builds it in")
  }
}

#if MPI
  import Foundation
  import MessagePassing
  import Simulation

  /// The processes that a launcher such as mpirun or srun started together.
  public final class LaunchedRanks: Ranks, @unchecked Sendable {
    /// Which of the processes this is.
    public let index: Int
    /// How many there are.
    public let count: Int
    private let deadline: Double
    // Only the thread that trains reads and writes it.
    private var isBroken = false

    /// What launchers tell the processes that they start: Open MPI's, MPICH's, and those of clusters.
    private static let signs = [
      "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMI_RANK", "PMIX_RANK", "MPI_LOCALNRANKS",
    ]

    /// The processes of a launcher whose traces are in `environment`; nil where there are none. A process that lets the
    /// others wait for more than `deadline` seconds counts as lost.
    public init?(environment: [String: String], deadline: Double) throws {
      guard Self.signs.contains(where: { environment[$0] != nil }) else { return nil }
      guard metarl_ranks_are_built() else {
        throw Failure(
          .configuration,
          "a launcher started this process beside others, but MPI was not installed when it was built. "
            + "Install libopenmpi-dev, remove the build directory and build again.")
      }
      var (index, count): (Int32, Int32) = (0, 1)
      guard metarl_ranks_begin(&index, &count) else {
        throw Failure(.inputOutput, "MPI cannot be initialised")
      }
      self.index = Int(index)
      self.count = Int(count)
      self.deadline = deadline
    }

    /// Gives all processes the bytes of all.
    public func gather(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) throws {
      guard parts.allSatisfy({ $0.upperBound <= Int32.max }) else {
        throw Failure(.configuration, "\(bytes.count) bytes are more than MPI exchanges at once")
      }
      let status = metarl_ranks_gather(
        bytes.baseAddress, parts.map { Int32($0.count) }, parts.map { Int32($0.lowerBound) }, deadline)
      guard status != 0 else { return }
      isBroken = true
      throw LostRank(
        status == 1
          ? "a process has not answered for \(fixed(deadline, digits: 0)) seconds"
          : "a process can no longer be reached")
    }

    /// Ends this process's part of the training with exit code `code`, which `isShared` by all processes; otherwise
    /// this ends them all and does not return. Returns the code to exit with: the first process speaks for all.
    public func leave(code: Int32, isShared: Bool) -> Int32 {
      if isShared && !isBroken && metarl_ranks_end(deadline) { return isFirst ? code : 0 }
      // The first process may still be saving, and ends the others when it has.
      if !isFirst && isBroken { Thread.sleep(forTimeInterval: min(deadline, 30)) }
      metarl_ranks_abort(code)
    }
  }
#endif
