import Drawing
import Environments
import Randomness
import Scenes
import Simulation
import Testing
import Trials
import Viewer

@Suite struct PlaybackTests {
  private static func recording(task: Int = 0, episodeCount: Int = 3) -> Recording {
    let simulator = EnvironmentSimulator(
      GridNavigation(), distributions: [.test: .init()], horizon: 5, episodeCount: episodeCount)
    let key = RandomKey(seed: 1)
    var recording = Recording(
      of: AgentFactory(reference: "oracle", in: simulator), in: simulator,
      on: simulator.tasks(of: .test, count: nil, key: key), at: task, key: key)
    recording.caption.taskNumber = task
    return recording
  }

  private func playback() -> Playback { Playback(Self.recording(), taskCount: 21) }

  @Test func playsToTheEndAndThenFromTheStart() {
    var playback = playback()
    #expect(playback.isPlaying && playback.playhead == Playhead())
    playback.advance(by: playback.duration)
    #expect(playback.playhead == Playhead(episode: 0, time: 1))
    playback.advance(by: 100)
    #expect(!playback.isPlaying && playback.playhead == .end(of: playback.recording))
    #expect(playback.perform(.togglePlaying) == nil)
    #expect(playback.isPlaying && playback.playhead == Playhead())
  }

  @Test func stepsStopAndStayWithinTheTrial() {
    var playback = playback()
    _ = playback.perform(.step(1))
    #expect(!playback.isPlaying && playback.playhead == Playhead(episode: 0, time: 1))
    _ = playback.perform(.step(-5))
    #expect(playback.playhead == Playhead())
    _ = playback.perform(.stepEpisode(1))
    #expect(playback.playhead == Playhead(episode: 1, time: 5))
    _ = playback.perform(.stepEpisode(9))
    #expect(playback.playhead == .end(of: playback.recording))
    _ = playback.perform(.scrub(0.5))
    #expect(playback.playhead.index(in: playback.recording) == 9)
    _ = playback.perform(.scrub(7))
    #expect(playback.playhead == .end(of: playback.recording))
    _ = playback.perform(.restart)
    #expect(playback.isPlaying && playback.playhead == Playhead())
  }

  @Test func speedsDoubleWithinLimits() {
    var playback = playback()
    let usual = playback.duration
    _ = playback.perform(.accelerate(1))
    #expect(abs(playback.duration - usual / 2) < 1e-12)
    _ = playback.perform(.accelerate(-2))
    #expect(abs(playback.duration - usual * 2) < 1e-12)
    _ = playback.perform(.accelerate(100))
    #expect(playback.speed == 5)
    _ = playback.perform(.accelerate(-100))
    #expect(playback.speed == -3)
  }

  @Test func tasksFollowEachOtherInACircle() {
    var playback = playback()
    #expect(playback.perform(.stepTask(-1)) == .load(task: 20))
    #expect(playback.isWaiting)
    #expect(playback.perform(.stepTask(2)) == .load(task: 1))
    playback.show(Self.recording(task: 1))
    #expect(!playback.isWaiting && playback.recording.caption.taskNumber == 1)
  }

  /// While someone drags, the end of each new trial is shown; let go, it plays from the start.
  @Test func aTouchShowsWhatItLeadsToAndThenPlays() {
    var playback = playback()
    let point = Scene.Point(x: 2.5, y: 2.5)
    #expect(playback.perform(.touch(point)) == .touch(point))
    playback.show(Self.recording(task: 7))
    #expect(!playback.isPlaying && playback.playhead == .end(of: playback.recording))
    _ = playback.perform(.release)
    #expect(playback.isPlaying && playback.playhead == Playhead())
    // Let go before the trial is there, it plays when it comes.
    _ = playback.perform(.touch(point))
    _ = playback.perform(.release)
    playback.show(Self.recording(task: 8))
    #expect(playback.isPlaying && playback.playhead == Playhead())
  }

  @Test func aLaterCheckpointKeepsTheMomentThatIsLookedAt() {
    var playback = playback()
    _ = playback.perform(.stepEpisode(1))
    playback.show(Self.recording(), keepsMoment: true)
    #expect(playback.playhead == Playhead(episode: 1, time: 5) && !playback.isPlaying)
    playback.show(Self.recording(episodeCount: 1), keepsMoment: true)
    #expect(playback.playhead == Playhead(episode: 0, time: 5))
  }

  /// Whatever is done in whatever order, the moment that is shown exists.
  @Test func randomCommandsNeverLeaveTheTrial() {
    var playback = playback()
    var random = RandomKey(seed: 4).stream()
    for _ in 0..<20_000 {
      let number = random.integer(below: 41) - 20
      let commands: [Command] = [
        .togglePlaying, .step(number), .stepEpisode(number), .restart, .end, .accelerate(number),
        .scrub(Double(number) / 10), .stepTask(number), .touch(Scene.Point(x: 1, y: 1)), .release,
        .toggleTask,
        .togglePolicy, .toggleHelp, .takePicture, .record, .toggleFullScreen,
      ]
      _ = playback.perform(commands[random.integer(below: commands.count)])
      playback.advance(by: Double(random.integer(below: 10)) / 20)
      if number == 3 { playback.show(Self.short, keepsMoment: true) }
      if number == 4 { playback.show(Self.long) }
      let (episode, time) = (playback.playhead.episode, playback.playhead.time)
      #expect(playback.recording.episodes.indices.contains(episode))
      #expect((0...playback.recording.episodes[episode].length).contains(time))
    }
    #expect(!playback.isOver)
    _ = playback.perform(.quit)
    #expect(playback.isOver)
  }

  private static let short = recording(task: 2, episodeCount: 1)
  private static let long = recording(task: 3, episodeCount: 4)

  @Test func everyKeyOfTheHelpMeansSomething() {
    let keys: [Key] = [.space, .left, .right, .up, .down, .home, .end, .pageUp, .pageDown, .escape]
    #expect(keys.allSatisfy { $0.command != nil })
    #expect("r+-nptasvfhq?".allSatisfy { Key.character($0).command != nil })
    #expect(Key.character("z").command == nil)
  }
}
