import Environments
import Foundation
import Randomness
import Scenes
import Simulation
import Testing
import Trials
import Viewer

@Suite struct GameTests {
  private static func game(_ simulator: any SimulatedEnvironment, reveals: Bool = false) -> Game {
    let key = RandomKey(seed: 2)
    let tasks = simulator.tasks(of: .test, count: nil, key: key)
    var caption = Recording.Caption()
    caption.environment = "a world"
    return Game(
      PlayedTrial(in: simulator, on: tasks, at: 3, key: key), caption: caption, reveals: reveals)
  }

  private static let grid = EnvironmentSimulator(
    GridNavigation(), distributions: [.test: .init()], horizon: 4, episodeCount: 2)

  private static func rival(in simulator: any SimulatedEnvironment) -> Recording {
    let key = RandomKey(seed: 2)
    return Recording(
      of: AgentFactory(reference: "oracle", in: simulator), in: simulator,
      on: simulator.tasks(of: .test, count: nil, key: key), at: 3, key: key)
  }

  /// The person plays, then the agent does in the same task; before that nothing of it is shown.
  @Test func theAgentPlaysWhenThePersonIsDone() {
    let game = Self.game(Self.grid)
    game.take(Self.rival(in: Self.grid))
    for _ in 0..<7 { _ = game.press(.right) }
    #expect(!game.trial.isOver && game.picture.replay == nil && !game.isMoving)
    _ = game.press(.space)
    #expect(game.trial.isOver && game.picture.replay != nil && game.isMoving)
    game.advance(by: 1000)
    #expect(!game.isMoving && game.picture.replay?.episode == 1)
    _ = game.press(.home)
    #expect(game.isMoving && game.picture.replay?.episode == 0)
  }

  @Test func theTaskIsHiddenUntilTheEndUnlessAskedFor() {
    func showsGoal(_ game: Game) -> Bool {
      game.picture.trial.episodes.last?.frames.last?.scene.shapes.contains {
        if case .rectangle(_, .goal, _) = $0 { true } else { false }
      } ?? false
    }
    let game = Self.game(Self.grid)
    #expect(!showsGoal(game))
    _ = game.press(.character("t"))
    #expect(showsGoal(game))
    _ = game.press(.character("t"))
    #expect(!showsGoal(game))
    for _ in 0..<8 { _ = game.press(.up) }
    #expect(showsGoal(game) && showsGoal(Self.game(Self.grid, reveals: true)))
  }

  /// While the button is held a point moves on, and no longer.
  @Test func aHeldButtonLeadsAPoint() {
    let simulator = EnvironmentSimulator(
      PointNavigation(), distributions: [.test: .init()], horizon: 30, episodeCount: 1)
    let game = Self.game(simulator)
    game.point(at: Scene.Point(x: 0.4, y: 0.4), isDown: true)
    #expect(game.isMoving && game.trial.view.episodes[0].length == 1)
    game.advance(by: 0.05)
    #expect(game.trial.view.episodes[0].length == 1)
    game.advance(by: 0.05)
    #expect(game.trial.view.episodes[0].length == 2)
    game.point(at: nil, isDown: false)
    game.advance(by: 10)
    #expect(!game.isMoving && game.trial.view.episodes[0].length == 2)
  }

  @Test func keysAskForWhatIsDoneElsewhere() {
    let game = Self.game(Self.grid)
    #expect(game.press(.character("n")) == .beginTrial && game.press(.backspace) == .beginTrial)
    #expect(game.press(.character("s")) == .savePicture && game.press(.character("v")) == .saveFilm)
    _ = game.press(.character("h"))
    #expect(game.showsHelp)
    _ = game.press(.escape)
    #expect(!game.showsHelp && !game.isOver)
    _ = game.press(.escape)
    #expect(game.isOver)
  }

  /// Whatever is pressed in whatever order, what is shown exists.
  @Test func randomKeysLeaveNothingBroken() {
    var random = RandomKey(seed: 6).stream()
    let keys: [Key] = [
      .up, .down, .left, .right, .space, .enter, .home, .end, .pageUp, .pageDown, .backspace,
      .character("0"), .character("4"), .character("9"), .character("h"), .character("t"), .character("b"),
      .character("s"), .character("-"), .character("+"), .character("p"),
    ]
    for simulator in [Self.grid, Self.bandit] as [any SimulatedEnvironment] {
      var game = Self.game(simulator)
      for step in 0..<3000 {
        _ = game.press(keys[random.integer(below: keys.count)])
        let point = Scene.Point(
          x: Float(random.integer(below: 7)) - 1, y: Float(random.integer(below: 7)) - 1)
        if step % 3 == 0 { game.point(at: step % 5 == 0 ? nil : point, isDown: step % 2 == 0) }
        game.advance(by: 0.1)
        if step % 97 == 0 { game.take(Self.rival(in: simulator)) }
        if step % 301 == 0 { game = Self.game(simulator) }
        #expect(game.picture.isOver == game.trial.isOver)
        if let replay = game.picture.replay, let rival = game.picture.rival {
          #expect(rival.episodes[replay.episode].frames.indices.contains(replay.time))
        }
      }
    }
  }

  private static let bandit = EnvironmentSimulator(
    Bandit(), distributions: [.test: .init()], horizon: 1, episodeCount: 6)
}

@Suite struct DialRowTests {
  private static func playback() -> Playback {
    let simulator = EnvironmentSimulator(
      PointDynamics(), distributions: [.test: .init()], horizon: 5, episodeCount: 1)
    let key = RandomKey(seed: 1)
    let tasks = simulator.tasks(of: .test, count: 1, key: key)
    var recording = Recording(
      of: AgentFactory(reference: "oracle", in: simulator), in: simulator, on: tasks, at: 0, key: key)
    recording.settings = simulator.settings(at: 0, of: tasks)
    return Playback(recording, taskCount: 1)
  }

  private static let size = CGSize(width: 1280, height: 82)

  /// Every place that a slider is drawn at leads back to the value that is drawn there.
  @Test func aSliderStandsWhereItIsMovedTo() throws {
    var playback = Self.playback()
    #expect(DialRow(playback).dials.map(\.name) == ["wind →", "wind ↑"])
    let index = try #require(DialRow(playback).dial(at: 400, in: Self.size))
    #expect(index == 1)
    let command = try #require(DialRow(playback).command(of: index, at: 500, in: Self.size))
    guard case .turn(1, let value) = command else {
      Issue.record("\(command)")
      return
    }
    #expect(playback.perform(command) == .set(1, value))
    #expect(playback.turned?.value == value && playback.isTouching && playback.isWaiting)
    #expect(DialRow(playback).dials[1].share == Double((value + 0.08) / 0.16))
    // At and beyond the ends are the ends.
    for (x, end) in [(-100.0, Float(-0.08)), (5000, 0.08)] {
      guard case .turn(1, let value) = DialRow(playback).command(of: 1, at: x, in: Self.size) else {
        continue
      }
      #expect(abs(value - end) < 1e-6)
    }
    playback.show(Self.playback().recording)
    #expect(playback.turned == nil && !playback.isWaiting)
  }

  @Test func thereIsOneForTheStepsOfAnAdaptiveAgent() throws {
    let simulator = EnvironmentSimulator(
      GridNavigation(), distributions: [.test: .init()], horizon: 5, episodeCount: 4)
    let key = RandomKey(seed: 1)
    var recording = Recording(
      of: AgentFactory(reference: "oracle", in: simulator), in: simulator,
      on: simulator.tasks(of: .test, count: nil, key: key), at: 0, key: key)
    recording.caption.course = .betweenEpisodes(rollouts: 1, steps: 3)
    var playback = Playback(recording, taskCount: 1)
    let row = DialRow(playback)
    #expect(row.dials.map(\.placeCount) == [4])
    let command = try #require(row.command(of: 0, at: 5000, in: Self.size))
    #expect(command == .showEpisode(3))
    _ = playback.perform(command)
    #expect(playback.playhead == .init(episode: 3, time: 5) && DialRow(playback).dials[0].share == 1)
  }
}
