/// When a window draws: as soon as something has changed, but at most sixty times a second.
package struct Pace {
  package typealias Instant = ContinuousClock.Instant

  /// The usual time from one picture to the next where all changes all the time.
  package static let interval = Duration.microseconds(16_667)
  /// How often a window looks whether something that moves has moved.
  private static let shortestWait = Duration.milliseconds(4)
  /// How long a window in which nothing moves waits for events before it looks for answers of other threads.
  private static let longestWait = Duration.milliseconds(40)

  private var due: Instant
  /// Whether something has changed that is not drawn yet.
  private var isPending = false

  /// From `start` on a picture may be drawn.
  package init(start: Instant) { due = start }

  /// How long to wait for events at `now`.
  package func wait(at now: Instant, isMoving: Bool) -> Duration {
    let rest = max(now.duration(to: due), .zero)
    if isPending { return rest }
    return isMoving ? max(rest, Self.shortestWait) : Self.longestWait
  }

  /// Whether to draw at `now`, where what is to be seen `hasChanged` since the last picture. If so, the next picture is
  /// due an interval after this one was, so that waits which end late do not add up; but never sooner than half an
  /// interval from now.
  package mutating func draws(at now: Instant, hasChanged: Bool) -> Bool {
    isPending = hasChanged && now < due
    guard hasChanged && !isPending else { return false }
    due = max(due + Self.interval, now + Self.interval / 2)
    return true
  }
}
