import Drawing
import Foundation
import Scenes
import Trials

/// Plays trials on a thread of its own, so that the window never waits. Of several requests that come while it
/// plays, only the last counts.
package final class RecordingLoader: @unchecked Sendable {
  /// What can be asked for.
  package enum Request {
    case task(Int)
    case touch(Scene.Point)
    case setting(Int, Float)
  }

  /// What came of it.
  package enum Answer {
    case picture(Picture)
    /// What other agents get in the task of the last picture.
    case references([Recording.ReferenceReturns])
    /// The same task with a later state of the agent.
    case refreshed(Picture)
    /// Touching there means nothing.
    case nothing
    case failure(String)
  }

  private let condition = NSCondition()
  private let recordingSource: any RecordingSource
  /// How often to look for a later state of the agent; nil for never.
  private let refreshInterval: TimeInterval?
  private var request: Request?
  /// Whether references are still to come.
  private var lacksReferences: Bool
  private var answers: [Answer] = []
  private var isStopping = false
  private var hasStopped = false
  /// The request that what is shown came from.
  private var shown: Request

  /// A loader that shows the task of number `number` at first, whose recording is there already where `isThere`, and
  /// every `refreshInterval` seconds looks for a later state of the agent.
  package init(
    _ recordingSource: any RecordingSource, showing number: Int, isThere: Bool = true,
    refreshInterval: TimeInterval? = nil
  ) {
    self.recordingSource = recordingSource
    self.refreshInterval = refreshInterval
    shown = .task(number)
    lacksReferences = isThere
    request = isThere ? nil : shown
    let thread = Thread { [self] in serve() }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Asks for a trial; an earlier request that has not begun is forgotten.
  package func ask(_ request: Request) {
    condition.lock()
    self.request = request
    condition.signal()
    condition.unlock()
  }

  /// What has come since the last time.
  package func takeAnswers() -> [Answer] {
    condition.lock()
    defer { condition.unlock() }
    defer { answers = [] }
    return answers
  }

  /// Ends the thread, after the trial that it plays.
  package func stop() {
    condition.lock()
    isStopping = true
    condition.signal()
    while !hasStopped { condition.wait() }
    condition.unlock()
  }

  private func serve() {
    condition.lock()
    while !isStopping {
      if let next = request {
        request = nil
        perform { answer(to: next) }
      } else if lacksReferences {
        lacksReferences = false
        perform { references() }
      } else if let refreshInterval {
        if !condition.wait(until: Date(timeIntervalSinceNow: refreshInterval)), request == nil, !isStopping {
          perform { refreshed() }
        }
      } else {
        condition.wait()
      }
    }
    hasStopped = true
    condition.broadcast()
    condition.unlock()
  }

  /// Works without the lock, which is held before and afterwards.
  private func perform(_ work: () -> Answer?) {
    condition.unlock()
    let answer = work()
    condition.lock()
    guard let answer else { return }
    // A picture makes whatever nobody has taken yet a thing of the past.
    if case .picture = answer { answers = [] }
    answers.append(answer)
  }

  private func references() -> Answer {
    do { return .references(try recordingSource.references()) } catch { return .failure("\(error)") }
  }

  private func answer(to request: Request) -> Answer {
    do {
      guard let recording = try recording(request) else { return .nothing }
      shown = request
      lacksReferences = true
      return .picture(Picture(recording))
    } catch {
      return .failure("\(error)")
    }
  }

  private func recording(_ request: Request) throws -> Recording? {
    switch request {
    case .task(let number): try recordingSource.recording(ofTask: number)
    case .touch(let point): try recordingSource.recording(touchedAt: point)
    case .setting(let quantity, let value): try recordingSource.recording(setting: quantity, to: value)
    }
  }

  private func refreshed() -> Answer? {
    do {
      guard try recordingSource.refresh(), let recording = try recording(shown) else { return nil }
      lacksReferences = true
      return .refreshed(Picture(recording))
    } catch {
      return .failure("\(error)")
    }
  }
}
