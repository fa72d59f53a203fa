import Testing
import Viewer

/// Pace against a clock that is moved by hand.
@Suite struct PaceTests {
  private let start = ContinuousClock().now

  /// The pictures of one second in which something changes all the time and a picture takes `drawing`. Waiting takes
  /// whole milliseconds, as SDL counts them, and half of one more.
  private func pictureCount(drawing: Duration) -> Int {
    var (now, count) = (start, 0)
    var pace = Pace(start: start)
    while start.duration(to: now) < .seconds(1) {
      let wait = pace.wait(at: now, isMoving: true)
      now += .milliseconds(Int((wait / .milliseconds(1)).rounded(.up))) + .microseconds(500)
      if pace.draws(at: now, hasChanged: true) {
        count += 1
        now += drawing
      }
    }
    return count
  }

  @Test(arguments: [0, 5, 7, 10, 12]) func whatMovesIsDrawnSixtyTimesASecond(milliseconds: Int) {
    #expect((59...61).contains(pictureCount(drawing: .milliseconds(milliseconds))))
  }

  @Test func slowPicturesFollowEachOtherSoon() {
    #expect((40...41).contains(pictureCount(drawing: .milliseconds(20))))
  }

  @Test func aChangeIsDrawnAtOnceButNotTwiceInAnInterval() {
    var pace = Pace(start: start)
    let isDrawnAtOnce = pace.draws(at: start, hasChanged: true)
    #expect(isDrawnAtOnce)
    let soon = start + .milliseconds(5)
    #expect(pace.wait(at: soon, isMoving: false) > Pace.interval)
    let isDrawnSoonAgain = pace.draws(at: soon, hasChanged: true)
    #expect(!isDrawnSoonAgain)
    #expect(pace.wait(at: soon, isMoving: false) == Pace.interval - .milliseconds(5))
    let isDrawnWhenDue = pace.draws(at: start + Pace.interval, hasChanged: true)
    #expect(isDrawnWhenDue)
  }

  @Test func afterALongRestPicturesDoNotCrowd() {
    var pace = Pace(start: start)
    let later = start + .seconds(9)
    let isDrawn = pace.draws(at: later, hasChanged: true)
    #expect(isDrawn)
    let isDrawnAgain = pace.draws(at: later + .milliseconds(5), hasChanged: true)
    #expect(!isDrawnAgain)
  }

  @Test func aChangeThatIsTakenBackKeepsNobodyAwake() {
    var pace = Pace(start: start)
    _ = pace.draws(at: start, hasChanged: true)
    _ = pace.draws(at: start + .milliseconds(5), hasChanged: true)
    let isDrawn = pace.draws(at: start + .milliseconds(9), hasChanged: false)
    #expect(!isDrawn)
    #expect(pace.wait(at: start + .seconds(1), isMoving: false) > Pace.interval)
  }

  @Test func whereNothingChangesThereIsAlwaysAWait() {
    let pace = Pace(start: start)
    for isMoving in [false, true] {
      #expect(pace.wait(at: start + .seconds(9), isMoving: isMoving) >= .milliseconds(4))
    }
  }
}
