import Drawing
import Foundation

/// What a window shows and how events and time change it.
protocol Show: AnyObject {
  /// Equal values look equal.
  associatedtype Appearance: Equatable

  /// Whether the window is to close.
  var isOver: Bool { get }
  /// Whether something moves by itself now.
  var isMoving: Bool { get }
  /// How high the bar below the picture is, in logical pixels.
  var barHeight: Double { get }
  /// All that the next picture depends on, but for the size of the window.
  var appearance: Appearance { get }

  /// Something has happened in the window.
  func handle(_ event: WindowEvent, on stage: Stage)
  /// `seconds` have passed.
  func advance(by seconds: Double, on stage: Stage)
  /// Draws the picture over the whole canvas.
  func drawPicture(on canvas: Canvas)
  /// Draws the bar over the whole canvas, with what there is to tell.
  func drawBar(on canvas: Canvas, message: String?)
}

/// A window with what is drawn in it. The thread that made it uses it.
final class Stage {
  let window: Window
  let messages = MessageBoard()
  private let barHeight: Double
  private var canvases: (layout: ViewerLayout, picture: Canvas, bar: Canvas)?

  /// A window of the given or the usual size, or as much of it as fits. Throws `DrawingUnavailable` where there is no
  /// display.
  init(title: String, barHeight: Double, size: CGSize? = nil) throws {
    self.barHeight = barHeight
    let size = size ?? Picture.usualSize
    window = try Window(title: title, width: Int(size.width), height: Int(size.height + barHeight))
  }

  /// How the window is divided now.
  var layout: ViewerLayout {
    let (width, height) = window.pixelSize
    return ViewerLayout(width: width, height: height, bar: barHeight)
  }

  private struct View<Appearance: Equatable>: Equatable {
    var appearance: Appearance
    var layout: ViewerLayout
    var message: String?
  }

  /// Shows `show` until it is over: what has changed is drawn, sixty times a second at most.
  func run<Subject: Show>(_ show: Subject) throws {
    let clock = ContinuousClock()
    var last = clock.now
    var pace = Pace(start: last)
    var shown: View<Subject.Appearance>?
    while !show.isOver {
      for event in window.events(waiting: pace.wait(at: clock.now, isMoving: show.isMoving)) {
        if event == .changed { shown = nil }
        show.handle(event, on: self)
      }
      let now = clock.now
      show.advance(by: (now - last) / .seconds(1), on: self)
      last = now
      let view = View(appearance: show.appearance, layout: layout, message: messages.current)
      guard pace.draws(at: now, hasChanged: view != shown) else { continue }
      try draw(show, view.layout)
      shown = view
    }
  }

  private func draw(_ show: some Show, _ layout: ViewerLayout) throws {
    let (picture, bar) = try canvases(for: layout)
    show.drawPicture(on: picture)
    show.drawBar(on: bar, message: messages.current)
    window.present([picture, bar])
  }

  /// The canvases for picture and bar; the same ones as long as the window keeps its size.
  private func canvases(for layout: ViewerLayout) throws -> (picture: Canvas, bar: Canvas) {
    if let canvases, canvases.layout == layout { return (canvases.picture, canvases.bar) }
    let picture = try Canvas(width: layout.width, height: layout.pictureHeight, scale: layout.scale)
    let bar = try Canvas(width: layout.width, height: layout.barHeight, scale: layout.scale)
    canvases = (layout, picture, bar)
    return (picture, bar)
  }
}

/// How a window is divided: the picture, and below it the bar.
struct ViewerLayout: Equatable {
  let width: Int
  let pictureHeight: Int
  let barHeight: Int
  /// Pixels for each logical one.
  let scale: Double

  init(width: Int, height: Int, bar: Double) {
    self.width = width
    let usual = Picture.usualSize
    scale = min(Double(width) / usual.width, Double(height) / (usual.height + bar))
    barHeight = max(Int((bar * scale).rounded()), 1)
    pictureHeight = max(height - barHeight, 1)
  }

  /// The size of the picture in logical pixels.
  var pictureSize: CGSize { CGSize(width: Double(width) / scale, height: Double(pictureHeight) / scale) }
  /// The size of the bar in logical pixels.
  var barSize: CGSize { CGSize(width: Double(width) / scale, height: Double(barHeight) / scale) }

  /// Where a pixel lies in logical ones.
  func place(_ pixel: CGPoint) -> CGPoint { CGPoint(x: pixel.x / scale, y: pixel.y / scale) }
}

/// The last thing to tell whoever watches; it is gone after some seconds.
final class MessageBoard: @unchecked Sendable {
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
