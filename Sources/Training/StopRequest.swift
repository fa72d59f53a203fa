import Dispatch
import Formats
import Foundation
import Synchronization

/// A request that a training stop early, which it does after the iteration at hand and after saving.
public final class StopRequest: @unchecked Sendable {
  private let signalNumber = Atomic<Int32>(0)
  private let termination = Mutex<(@Sendable () -> Void)?>(nil)
  // Only the initialisers write it.
  private var sources: [any DispatchSourceSignal] = []

  /// The signals that a training heeds: the user's, a cluster engine's before it takes the machine away, a
  /// closed terminal's.
  private static let signals = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP]

  /// Nobody asks.
  public init() {}

  /// Asks when a signal arrives that this process does not already ignore; the second ends the process at
  /// once with code 128 + signal. A reader of progress that went away does not end the training.
  public static func onSignals() -> StopRequest {
    signal(SIGPIPE, SIG_IGN)
    let request = StopRequest()
    request.sources = signals.filter(isHeeded).map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak request] in
        if number == SIGTERM { request?.terminate() }
        if request?.receive(number) == false { _exit(128 + number) }
      }
      source.activate()
      return source
    }
    return request
  }

  /// Takes note of a signal; false if it is not the first.
  package func receive(_ number: Int32) -> Bool {
    signalNumber.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
  }

  /// What SIGTERM leads to at once, beside the request to stop.
  func onTermination(_ body: (@Sendable () -> Void)?) { termination.withLock { $0 = body } }

  private func terminate() { termination.withLock { $0 }?() }

  /// The signal that asked; 0 where none did.
  var number: Int32 { signalNumber.load(ordering: .relaxed) }

  /// Takes over a signal that another process was sent.
  func adopt(_ number: Int32) { signalNumber.store(number, ordering: .relaxed) }

  /// Whether to stop.
  package var isMade: Bool { number != 0 }

  /// What the exit code tells: the user interrupted, or something else wants the machine.
  package var kind: Failure.Kind { number == SIGINT ? .interrupted : .stoppedEarly }

  /// A signal that is ignored from the start, as under `nohup`, stays so.
  private static func isHeeded(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return action.__sigaction_handler.sa_handler == nil
  }
}
