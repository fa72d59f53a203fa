import Drawing
import Foundation
import Trials

/// A window in which a person is the agent; afterwards an agent plays in the same task.
public final class PlayViewer {
  private let recordingSource: any RecordingSource
  private let sampler: TaskSampler
  private let game: Game
  private let directory: String
  private var trialNumber = 0
  private var loader: RecordingLoader?

  /// A window for trials in the tasks of `recordingSource`, drawn by `seed`; `caption` says what is played. `reveals` shows
  /// what agents must find out. Pictures and films are saved in `directory`.
  public init(
    _ recordingSource: any RecordingSource, caption: Recording.Caption, seed: Int, reveals: Bool,
    saveIn directory: String = "."
  ) throws {
    self.recordingSource = recordingSource
    self.directory = directory
    sampler = TaskSampler(seed: seed, taskCount: recordingSource.taskCount)
    let number = sampler.taskNumber(ofTrial: 0)
    var caption = caption
    caption.taskNumber = number
    game = Game(try recordingSource.trialToPlay(inTask: number), caption: caption, reveals: reveals)
  }

  /// Opens the window and returns when it is closed. Throws `DrawingUnavailable` where there is no display.
  public func run() throws {
    let stage = try Stage(title: "metarl: play \(game.recording.caption.environment)", barHeight: barHeight)
    let number = sampler.taskNumber(ofTrial: 0)
    let loader = RecordingLoader(recordingSource, showing: number, isThere: false)
    self.loader = loader
    defer {
      loader.stop()
      stage.window.close()
    }
    try stage.run(self)
  }

  private func beginTrial(on stage: Stage) {
    let number = sampler.taskNumber(ofTrial: trialNumber + 1)
    do {
      game.begin(try recordingSource.trialToPlay(inTask: number), taskNumber: number)
      trialNumber += 1
      loader?.ask(.task(number))
    } catch {
      stage.messages.post("\(error)")
    }
  }

  private func take(_ answer: RecordingLoader.Answer, on stage: Stage) {
    switch answer {
    case .picture(let picture), .refreshed(let picture):
      // An answer that comes late belongs to an earlier trial.
      let isPresent = picture.recording.caption.taskNumber == sampler.taskNumber(ofTrial: trialNumber)
      if isPresent { game.take(picture.recording) }
    case .references(let references): game.take(references)
    case .nothing: break
    case .failure(let text): stage.messages.post(text)
    }
  }

  private func perform(_ effect: Game.Effect?, on stage: Stage) {
    let album = Album(directory: directory, messages: stage.messages)
    let name = Album.name(of: game.recording.caption)
    switch effect {
    case .beginTrial: beginTrial(on: stage)
    case .savePicture: album.savePicture(named: name, stage.layout, draw: game.picture.draw)
    case .saveFilm: album.saveFilm(named: name, of: Picture(game.recording))
    case .toggleFullScreen: stage.window.toggleFullScreen()
    case nil: break
    }
  }
}

extension PlayViewer: Show {
  var isOver: Bool { game.isOver }
  var isMoving: Bool { game.isMoving }
  var barHeight: Double { ControlBar.height }
  var appearance: Game.Look { game.look }

  func advance(by seconds: Double, on stage: Stage) {
    for answer in loader?.takeAnswers() ?? [] { take(answer, on: stage) }
    game.advance(by: seconds)
  }

  func handle(_ event: WindowEvent, on stage: Stage) {
    switch event {
    case .close: perform(game.press(.character("q")), on: stage)
    case .changed: break
    case .key(let key): perform(game.press(key), on: stage)
    case .pointerDown(let pixel): point(at: pixel, isDown: true, on: stage)
    case .pointerDragged(let pixel): point(at: pixel, isDown: false, on: stage)
    case .pointerUp: game.point(at: nil, isDown: false)
    }
  }

  private func point(at pixel: CGPoint, isDown: Bool, on stage: Stage) {
    let (layout, place) = (stage.layout, stage.layout.place(pixel))
    game.point(at: game.picture.worldPoint(at: place, in: layout.pictureSize), isDown: isDown)
  }

  func drawPicture(on canvas: Canvas) {
    game.picture.draw(on: canvas)
    if game.showsHelp { HelpOverlay.draw(KeyBinding.playing(game.trial), on: canvas) }
  }

  func drawBar(on canvas: Canvas, message: String?) {
    if game.trial.isOver, let replay = game.replay {
      ControlBar.draw(replay, message: message, hint: "N a new task    H help", on: canvas)
    } else {
      ControlBar.drawProgress(
        of: game.trial, message: message, hint: "N a new task    T reveal it    H help", on: canvas)
    }
  }
}
