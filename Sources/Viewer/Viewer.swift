import Drawing
import Foundation
import Simulation

/// A window in which an agent adapts to one task after another, also to those that someone makes by hand.
public final class Viewer {
  private let exhibitor: any Exhibitor
  private var picture: Picture
  private var playback: Playback
  private let refreshInterval: TimeInterval?
  private let directory: String
  private let messages = MessageBoard()
  private var canvases: (layout: ViewerLayout, picture: Canvas, bar: Canvas)?

  /// A window for the trials of `exhibitor`, of which `first` is shown at first. With `follows`, later states
  /// of the agent are shown as they appear. Pictures and films are saved in `directory`.
  public init(
    _ exhibitor: any Exhibitor, first: Recording, follows: Bool = false, saveIn directory: String = "."
  ) {
    self.exhibitor = exhibitor
    picture = Picture(first)
    playback = Playback(first, taskCount: exhibitor.taskCount)
    refreshInterval = follows ? 1 : nil
    self.directory = directory
  }

  /// Opens the window and returns when it is closed. Throws `DrawingUnavailable` where there is no display.
  public func run() throws {
    let size = Picture.usualSize
    let window = try Window(
      title: "metarl: \(playback.recording.caption.environment)", width: Int(size.width),
      height: Int(size.height + ControlBar.height))
    let loader = RecordingLoader(
      exhibitor, showing: playback.recording.caption.taskNumber ?? 0, refreshInterval: refreshInterval)
    defer {
      loader.stop()
      window.close()
    }
    try play(in: window, loader)
  }

  // MARK: The loop

  /// Everything that the window shows.
  private struct Appearance: Equatable {
    var playhead: Playhead
    var flags: [Bool]
    var speed: Int
    var message: String?
    var width: Int
    var height: Int
  }

  private func play(in window: Window, _ loader: RecordingLoader) throws {
    let clock = ContinuousClock()
    var last = clock.now
    var shown: Appearance?
    while !playback.isOver {
      for event in window.events(waiting: playback.isPlaying ? 15 : 40) {
        if event == .changed { shown = nil }
        handle(event, window, loader)
      }
      for answer in loader.takeAnswers() {
        take(answer)
        shown = nil
      }
      let now = clock.now
      playback.advance(by: last.duration(to: now).seconds)
      last = now
      let appearance = appearance(of: window)
      guard appearance != shown else { continue }
      try draw(in: window)
      shown = appearance
    }
  }

  private func appearance(of window: Window) -> Appearance {
    let (width, height) = window.pixelSize
    return Appearance(
      playhead: playback.playhead,
      flags: [
        playback.isPlaying, playback.showsHelp, playback.showsTask, playback.showsPolicy, playback.isWaiting,
      ], speed: playback.speed, message: messages.current, width: width, height: height)
  }

  private func take(_ answer: RecordingLoader.Answer) {
    switch answer {
    case .picture(let picture):
      self.picture = picture
      playback.show(picture.recording)
    case .refreshed(let picture):
      self.picture = picture
      playback.show(picture.recording, keepsMoment: true)
      messages.post("checkpoint \(picture.recording.caption.iteration ?? 0)")
    case .nothing: playback.giveUp()
    case .failure(let text):
      playback.giveUp()
      messages.post(text)
    }
  }

  // MARK: Drawing

  private func layout(of window: Window) -> ViewerLayout {
    let (width, height) = window.pixelSize
    return ViewerLayout(width: width, height: height)
  }

  /// The canvases for picture and bar; the same ones as long as the window keeps its size.
  private func canvases(for layout: ViewerLayout) throws -> (picture: Canvas, bar: Canvas) {
    if let canvases, canvases.layout == layout { return (canvases.picture, canvases.bar) }
    let picture = try Canvas(width: layout.width, height: layout.pictureHeight, scale: layout.scale)
    let bar = try Canvas(width: layout.width, height: layout.barHeight, scale: layout.scale)
    canvases = (layout, picture, bar)
    return (picture, bar)
  }

  private func draw(in window: Window) throws {
    let layout = layout(of: window)
    picture.showsTask = playback.showsTask
    picture.showsPolicy = playback.showsPolicy
    let (canvas, bar) = try canvases(for: layout)
    picture.draw(playback.playhead, on: canvas)
    if playback.showsHelp { HelpOverlay.draw(on: canvas) }
    ControlBar.draw(playback, message: messages.current, on: bar)
    window.present([canvas.pixels, bar.pixels])
  }

  // MARK: Events

  private func handle(_ event: WindowEvent, _ window: Window, _ loader: RecordingLoader) {
    switch event {
    case .close: perform(.quit, window, loader)
    case .changed: break
    case .key(let key):
      if key == .escape && playback.showsHelp {
        perform(.toggleHelp, window, loader)
      } else if let command = key.command {
        perform(command, window, loader)
      }
    case .pointerDown(let point), .pointerDragged(let point):
      let isDown = if case .pointerDown = event { true } else { false }
      if let command = command(at: point, isDown: isDown, layout(of: window)) {
        perform(command, window, loader)
      }
    case .pointerUp: perform(.release, window, loader)
    }
  }

  /// What a touch of the pixel `point` means.
  private func command(at point: CGPoint, isDown: Bool, _ layout: ViewerLayout) -> Command? {
    let place = CGPoint(x: point.x / layout.scale, y: point.y / layout.scale)
    let size = layout.pictureSize
    if !playback.isTouching && place.y >= size.height {
      let track = ControlBar.track(in: CGSize(width: size.width, height: ControlBar.height))
      if place.x < track.minX - 8 { return isDown ? .togglePlaying : nil }
      return place.x <= track.maxX + 8
        ? .scrub(ControlBar.share(at: place.x, in: CGSize(width: size.width, height: ControlBar.height)))
        : nil
    }
    guard isDown || playback.isTouching else { return nil }
    return picture.worldPoint(at: place, in: size).map(Command.touch)
  }

  private func perform(_ command: Command, _ window: Window, _ loader: RecordingLoader) {
    switch playback.perform(command) {
    case .load(let number): loader.ask(.task(number))
    case .touch(let point): loader.ask(.touch(point))
    case .toggleFullScreen: window.toggleFullScreen()
    case .savePicture: savePicture(layout(of: window))
    case .saveFilm: saveFilm()
    case nil: break
    }
  }

  // MARK: Files

  /// Saves the picture without help and bar, as `metarl render` would draw it.
  private func savePicture(_ layout: ViewerLayout) {
    let path = freePath(extension: "png")
    do {
      let canvas = try Canvas(width: layout.width, height: layout.pictureHeight, scale: layout.scale)
      picture.draw(playback.playhead, on: canvas)
      try canvas.png().write(to: URL(fileURLWithPath: path), options: .atomic)
      messages.post("saved \(path)")
    } catch {
      messages.post("cannot save \(path): \(error)")
    }
  }

  /// Saves the whole trial as a film, on another thread.
  private func saveFilm() {
    let (path, picture, messages) = (freePath(extension: "gif"), picture, messages)
    messages.post("recording \(path) …")
    let thread = Thread {
      do {
        let film = Film(of: picture.recording, rate: 12)
        let data = try film.gif(of: picture, width: 960, height: 540, scale: 0.75)
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        messages.post("saved \(path)")
      } catch {
        messages.post("cannot save \(path): \(error)")
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The first name that is not taken yet.
  private func freePath(extension ending: String) -> String {
    let caption = playback.recording.caption
    let task = caption.taskNumber.map { "task\($0)" } ?? "touched"
    let stem = "\(directory)/\(caption.environment)-\(caption.agent)-\(task)"
    for number in 1..<10_000 {
      let path = number == 1 ? "\(stem).\(ending)" : "\(stem)-\(number).\(ending)"
      if !FileManager.default.fileExists(atPath: path) { return path }
    }
    return "\(stem).\(ending)"
  }
}

/// How a window is divided: the picture, and below it the bar.
struct ViewerLayout: Equatable {
  let width: Int
  let pictureHeight: Int
  let barHeight: Int
  /// Pixels for each logical one.
  let scale: Double

  init(width: Int, height: Int) {
    self.width = width
    let usual = Picture.usualSize
    scale = min(Double(width) / usual.width, Double(height) / (usual.height + ControlBar.height))
    barHeight = max(Int((ControlBar.height * scale).rounded()), 1)
    pictureHeight = max(height - barHeight, 1)
  }

  /// The size of the picture in logical pixels.
  var pictureSize: CGSize { CGSize(width: Double(width) / scale, height: Double(pictureHeight) / scale) }
}

/// The last thing to tell whoever watches; it is gone after some seconds.
private final class MessageBoard: @unchecked Sendable {
  private let lock = NSLock()
  private var message: (text: String, end: ContinuousClock.Instant)?

  func post(_ text: String) {
    lock.lock()
    defer { lock.unlock() }
    message = (text, ContinuousClock().now + .seconds(4))
  }

  var current: String? {
    lock.lock()
    defer { lock.unlock() }
    guard let message, message.end > ContinuousClock().now else { return nil }
    return message.text
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
