import Drawing
import Environments
import Foundation
import Randomness
import Scenes
import Simulation
import Testing
import Trials

@Suite struct PlayheadTests {
  @Test func everyMomentHasOneNumber() {
    let recording = gridRecording()
    let playheads = (0..<recording.frameCount).map { Playhead(index: $0, in: recording) }
    #expect(Set(playheads).count == recording.frameCount)
    #expect(playheads.enumerated().allSatisfy { $1.index(in: recording) == $0 })
    #expect(playheads.last == .end(of: recording))
    #expect(Playhead(index: -3, in: recording) == Playhead())
    #expect(Playhead(index: 1_000_000, in: recording) == .end(of: recording))
  }

  @Test func aFilmShowsEveryMomentOfAShortTrialInOrder() {
    let recording = gridRecording()
    let film = Film(of: recording, rate: 30)
    let indices = film.shots.map { $0.playhead.index(in: recording) }
    #expect(indices == Array(0..<recording.frameCount))
    #expect(film.shots.allSatisfy { $0.frameCount > 0 })
    let seconds = Double(film.shots.reduce(0) { $0 + $1.frameCount }) / 30
    #expect(seconds > 5 && seconds < 16)
  }

  @Test func aFilmOfALongTrialIsStillShort() {
    let recording = gridRecording(episodeCount: 100)
    let film = Film(of: recording, rate: 10)
    #expect(film.shots.reduce(0) { $0 + $1.frameCount } < 160)
    #expect(film.shots.last?.playhead == .end(of: recording))
  }
}

@Suite struct GeometryTests {
  @Test func aViewportLeadsBackToTheWorld() throws {
    let world = Scene.Rectangle(x: -2, y: 1, width: 4, height: 2)
    let viewport = Viewport(world, in: CGRect(x: 10, y: 20, width: 100, height: 300))
    #expect(viewport.frame == CGRect(x: 10, y: 145, width: 100, height: 50))
    #expect(viewport.point(Scene.Point(x: -2, y: 1)) == CGPoint(x: 10, y: 195))
    let point = try #require(viewport.worldPoint(at: CGPoint(x: 60, y: 170)))
    #expect(abs(point.x) < 1e-6 && abs(point.y - 2) < 1e-6)
    #expect(viewport.worldPoint(at: CGPoint(x: 5, y: 170)) == nil)
  }

  /// Whatever the size, the parts lie within the picture and apart from each other.
  @Test(arguments: [(1280.0, 720.0), (1280, 960), (1920, 720), (1280, 1280)])
  func partsDoNotOverlap(width: Double, height: Double) {
    let size = CGSize(width: width, height: height)
    for isStacked in [false, true] {
      let layout = PictureLayout(size, isStacked: isStacked)
      let parts = [layout.header, layout.before, layout.now, layout.returns, layout.side]
      for (index, part) in parts.enumerated() {
        #expect(CGRect(origin: .zero, size: size).contains(part) && part.width > 100 && part.height > 50)
        for other in parts[..<index] { #expect(!part.intersects(other)) }
      }
    }
  }

  /// A world much wider than high is drawn twice one above the other, any other side by side.
  @Test(arguments: [(1, false), (1.6, false), (5, true), (20, true)])
  func wideWorldsLieOneAboveTheOther(width: Float, isStacked: Bool) {
    let world = Scene.Rectangle(x: 0, y: 0, width: width, height: 1)
    let layout = PictureLayout(Picture.usualSize, of: world)
    #expect((layout.now.minY > layout.before.maxY) == isStacked)
    #expect((layout.now.minX > layout.before.maxX) != isStacked)
  }

  @Test func ticksAreRound() {
    #expect(Ticks.values(from: -1.2, to: 11.3, count: 4) == [0, 5, 10])
    #expect(Ticks.values(from: 0, to: 0.01, count: 4).count >= 2)
    #expect(Ticks.values(from: 1, to: 1, count: 4).isEmpty)
    #expect(Ticks.label(-0.5) == "−0.5")
  }

  @Test func namesOfParameters() {
    #expect((0...2).map(parameterName) == ["θ", "φ₁", "φ₂"])
    #expect(parameterName(10) == "φ₁₀")
  }

  @Test func tasksAreDescribedInOneLine() {
    #expect(CaptionText.summary(ofJSON: #"{"goal":{"x":4,"y":-1.5}}"#) == "goal (x 4, y −1.5)")
    #expect(CaptionText.summary(ofJSON: "[0.25,1]") == "0.25 1")
    #expect(CaptionText.summary(ofJSON: #"{"layout":["www","w.w","www"]}"#) == "layout of 3 rows")
  }
}

@Suite struct PrincipalComponentsTests {
  /// Points on an ellipse with half axes 5 along (3, 4)/5 and 1 across.
  @Test func findTheAxesOfAnEllipse() {
    let angles = (0..<40).map { Float($0) * .pi / 20 }
    let vectors = angles.map { angle -> [Float] in
      let (long, short) = (5 * cosf(angle), sinf(angle))
      return [7 + 0.6 * long - 0.8 * short, 0.8 * long + 0.6 * short, 2]
    }
    let components = PrincipalComponents(of: vectors)
    for (angle, point) in zip(angles, components.coordinates) {
      #expect(abs(abs(point.x) - 5 * Double(abs(cosf(angle)))) < 1e-4)
      #expect(abs(abs(point.y) - Double(abs(sinf(angle)))) < 1e-4)
    }
  }

  @Test func constantVectorsHaveNone() {
    let components = PrincipalComponents(of: Array(repeating: [1, 2, 3], count: 4))
    #expect(components.coordinates.allSatisfy { $0.x == 0 && $0.y == 0 })
  }
}

@Suite struct SheetTests {
  /// Only what there is two of is told as two.
  @Test func aSheetSaysWhatItShows() {
    let (grid, maze, point) = (gridRecording(), mazeRecording(), adaptiveRecording())
    #expect(ContactSheet([grid]).legend == "each task: first episode, last episode, return of both")
    #expect(ContactSheet([grid]).returnText(of: grid).contains("→"))
    #expect(ContactSheet([maze]).legend == "each task: the one episode of the trial, and its return")
    #expect(!ContactSheet([maze]).returnText(of: maze).contains("→"))
    let steps = ContactSheet([point]).legend
    #expect(steps.contains("gradient step") && !steps.contains("episode"))
  }
}

@Suite struct WalkTests {
  private func leapCount(_ recording: Recording, isExpected: (Recording.Frame) -> Bool) -> (Int, Int) {
    var (count, expected) = (0, 0)
    for episode in recording.episodes {
      for (frame, next) in zip(episode.frames, episode.frames.dropFirst()) {
        guard let start = frame.scene.position, let end = next.scene.position else { continue }
        guard !EpisodePanel.isWalked(from: start, to: end, stride: frame.scene.stride) else { continue }
        count += 1
        expected += isExpected(next) ? 1 : 0
      }
    }
    return (count, expected)
  }

  /// In the maze all leaps begin in the goal, and nearly all ways from there are leaps.
  @Test func onlyTheGoalOfAMazeTakesElsewhere() {
    let recording = mazeRecording()
    let (count, paid) = leapCount(recording, isExpected: { $0.reward > 0 })
    let goalCount = recording.episodes[0].frames.count { $0.reward > 0 }
    #expect(count == paid && count > goalCount / 2 && goalCount > 5)
  }

  /// Ice is slid over; without transporters nobody leaps.
  @Test(arguments: [0, 3])
  func onlyTransportersOfAKrazyWorldTakeElsewhere(transporterCount: Int) {
    var distribution = KrazyWorld.TaskDistribution()
    (distribution.iceShare, distribution.deathShare) = (0.25, 0)
    distribution.transporterCount = transporterCount
    let simulator = EnvironmentSimulator(
      KrazyWorld(), distributions: [.test: distribution], horizon: 60, episodeCount: 6)
    let (count, _) = leapCount(recording(simulator, "random"), isExpected: { _ in true })
    #expect((count > 0) == (transporterCount > 0))
  }

  /// The first steps of a point are long beside those at the goal, but it walks.
  @Test func pointsWalk() {
    let simulator = EnvironmentSimulator(
      PointDynamics(), distributions: [.test: .init()], horizon: 60, episodeCount: 1)
    #expect(leapCount(recording(simulator, "oracle"), isExpected: { _ in true }).0 == 0)
  }
}
