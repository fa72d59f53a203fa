import Drawing
import Foundation
import Trials

/// A window in which an agent adapts to one task after another, also to those that someone makes by hand.
public final class Viewer {
  private let recordingSource: any RecordingSource
  private var picture: Picture
  private var playback: Playback
  private let refreshInterval: TimeInterval?
  private let size: CGSize?
  private let directory: String
  private var loader: RecordingLoader?
  private var recordingCount = 0
  /// What the pointer holds on to.
  private var grip: Grip?

  /// What a pointer can hold on to.
  private enum Grip: Equatable {
    case world, track
    case dial(Int)
  }

  /// A window for the trials of `recordingSource`, of which `first` is shown at first. With `follows`, later states
  /// of the agent are shown as they appear. The picture has `size`, where that is given and fits. Pictures and films
  /// are saved in `directory`.
  public init(
    _ recordingSource: any RecordingSource, first: Recording, follows: Bool = false, size: CGSize? = nil,
    saveIn directory: String = "."
  ) {
    self.size = size
    self.recordingSource = recordingSource
    picture = Picture(first)
    playback = Playback(first, taskCount: recordingSource.taskCount)
    refreshInterval = follows ? 1 : nil
    self.directory = directory
  }

  /// Opens the window and returns when it is closed. Throws `DrawingUnavailable` where there is no display.
  public func run() throws {
    let caption = playback.recording.caption
    let stage = try Stage(title: "metarl: \(caption.environment)", barHeight: barHeight, size: size)
    let loader = RecordingLoader(
      recordingSource, showing: caption.taskNumber ?? 0, refreshInterval: refreshInterval)
    self.loader = loader
    defer {
      loader.stop()
      stage.window.close()
    }
    try stage.run(self)
  }

  private func take(_ answer: RecordingLoader.Answer, on stage: Stage) {
    recordingCount += 1
    switch answer {
    case .picture(let picture):
      self.picture = picture
      playback.show(picture.recording)
    case .refreshed(let picture):
      self.picture = picture
      playback.show(picture.recording, keepsMoment: true)
      stage.messages.post("checkpoint \(picture.recording.caption.iteration ?? 0)")
    case .references(let references):
      picture.references = references
      playback.references = references
    case .nothing: playback.giveUp()
    case .failure(let text):
      playback.giveUp()
      stage.messages.post(text)
    }
  }

  private func perform(_ command: Command, on stage: Stage) {
    let album = Album(directory: directory, messages: stage.messages)
    let name = Album.name(of: playback.recording.caption)
    switch playback.perform(command) {
    case .load(let number): loader?.ask(.task(number))
    case .touch(let point): loader?.ask(.touch(point))
    case .set(let quantity, let value): loader?.ask(.setting(quantity, value))
    case .toggleFullScreen: stage.window.toggleFullScreen()
    case .savePicture:
      // Without help and bar, as `metarl render` would draw it.
      album.savePicture(named: name, stage.layout) { picture.draw(playback.playhead, on: $0) }
    case .saveFilm: album.saveFilm(named: name, of: picture)
    case nil: break
    }
  }
}

extension Viewer: Show {
  struct Appearance: Equatable {
    var playback: Playback.Look
    /// How many recordings have come.
    var recordingCount: Int
  }

  var isOver: Bool { playback.isOver }
  var isMoving: Bool { playback.isPlaying || playback.isWaiting }
  var barHeight: Double {
    ControlBar.height + (DialRow(playback).dials.isEmpty ? 0 : DialRow.height)
  }
  var appearance: Appearance { Appearance(playback: playback.look, recordingCount: recordingCount) }

  func advance(by seconds: Double, on stage: Stage) {
    for answer in loader?.takeAnswers() ?? [] { take(answer, on: stage) }
    playback.advance(by: seconds)
  }

  func drawPicture(on canvas: Canvas) {
    picture.showsTask = playback.showsTask
    picture.showsPolicy = playback.showsPolicy
    picture.draw(playback.playhead, on: canvas)
    if playback.showsHelp { HelpOverlay.draw(KeyBinding.all, on: canvas) }
  }

  func drawBar(on canvas: Canvas, message: String?) {
    ControlBar.draw(playback, message: message, on: canvas)
    DialRow(playback).draw(on: canvas)
  }

  // MARK: Events

  func handle(_ event: WindowEvent, on stage: Stage) {
    switch event {
    case .close: perform(.quit, on: stage)
    case .changed: break
    case .key(let key):
      if key == .escape && playback.showsHelp {
        perform(.toggleHelp, on: stage)
      } else if let command = key.command {
        perform(command, on: stage)
      }
    case .pointerDown(let pixel):
      if let command = command(touching: stage.layout.place(pixel), stage.layout) {
        perform(command, on: stage)
      }
    case .pointerDragged(let pixel):
      if let command = command(draggingTo: stage.layout.place(pixel), stage.layout) {
        perform(command, on: stage)
      }
    case .pointerUp:
      grip = nil
      perform(.release, on: stage)
    }
  }

  /// What a touch of a place means; from then on the pointer holds on to what is there.
  private func command(touching place: CGPoint, _ layout: ViewerLayout) -> Command? {
    let size = layout.pictureSize
    grip = nil
    guard place.y >= size.height else {
      if let episode = picture.episode(at: place, playback.playhead, in: size) {
        return .showEpisode(episode)
      }
      if picture.worldPoint(at: place, in: size) != nil { grip = .world }
      return command(draggingTo: place, layout)
    }
    let below = CGPoint(x: place.x, y: place.y - size.height)
    if below.y >= ControlBar.height {
      grip = DialRow(playback).dial(at: below.x, in: layout.barSize).map(Grip.dial)
      return command(draggingTo: place, layout)
    }
    let track = ControlBar.track(in: layout.barSize)
    if place.x < track.minX - 8 { return .togglePlaying }
    guard place.x <= track.maxX + 8 else { return nil }
    grip = .track
    return command(draggingTo: place, layout)
  }

  private func command(draggingTo place: CGPoint, _ layout: ViewerLayout) -> Command? {
    switch grip {
    case .world: return picture.worldPoint(at: place, in: layout.pictureSize).map(Command.touch)
    case .track: return .scrub(ControlBar.share(at: place.x, in: layout.barSize))
    case .dial(let index): return DialRow(playback).command(of: index, at: place.x, in: layout.barSize)
    case nil: return nil
    }
  }
}
