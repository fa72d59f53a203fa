import Environments
import Foundation
import Randomness
import Scenes
import Simulation
import Testing
import Trials
import Viewer

@Suite struct RecordingLoaderTests {
  private static let simulator = EnvironmentSimulator(
    GridNavigation(), distributions: [.test: .init()], horizon: 2, episodeCount: 1)

  /// Shows the oracle, and tells when what other agents get has been asked for.
  private final class FakeRecordings: RecordingSource {
    let referencesAreWanted = DispatchSemaphore(value: 0)
    let taskCount = 3

    func recording(ofTask number: Int) -> Recording {
      let key = RandomKey(seed: 1)
      return Recording(
        of: AgentFactory(reference: "oracle", in: simulator), in: simulator,
        on: simulator.tasks(of: .test, count: nil, key: key), at: number, key: key)
    }
    func recording(touchedAt point: Scene.Point) -> Recording? { nil }
    func recording(setting quantity: Int, to value: Float) -> Recording { recording(ofTask: 0) }
    func references() -> [Recording.ReferenceReturns] {
      referencesAreWanted.signal()
      return []
    }
    func trialToPlay(inTask number: Int) -> PlayedTrial {
      let key = RandomKey(seed: 1)
      return PlayedTrial(
        in: simulator, on: simulator.tasks(of: .test, count: nil, key: key), at: number, key: key)
    }
    func refresh() -> Bool { false }
  }

  /// A window that is slow to take its answers keeps the memory of one picture, not of all that it asked for.
  @Test func aPictureReplacesThoseThatNobodyTook() {
    let recordings = FakeRecordings()
    let loader = RecordingLoader(recordings, showing: 0)
    recordings.referencesAreWanted.wait()
    for number in 0..<3 {
      loader.ask(.task(number))
      recordings.referencesAreWanted.wait()
    }
    loader.stop()
    let answers = loader.takeAnswers()
    let pictures = answers.count { if case .picture = $0 { true } else { false } }
    #expect(pictures == 1 && answers.count == 2)
  }

  @Test func touchingWhereNothingIsChangesNothing() {
    let recordings = FakeRecordings()
    let loader = RecordingLoader(recordings, showing: 0)
    recordings.referencesAreWanted.wait()
    loader.ask(.touch(.init(x: 0, y: 0)))
    var answers: [RecordingLoader.Answer] = []
    while !answers.contains(where: { if case .nothing = $0 { true } else { false } }) {
      answers += loader.takeAnswers()
      Thread.sleep(forTimeInterval: 0.001)
    }
    loader.stop()
    #expect(!answers.contains { if case .picture = $0 { true } else { false } })
  }
}
