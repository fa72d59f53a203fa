#if !(Graphics && canImport(CSDL2))
  import Drawing
  import Foundation

  /// What would be a window, were SDL2 installed: there is none, so that nothing here is ever called.
  final class Window {
    private let nothing: () -> Never

    /// Throws: there is no window.
    init(title: String, width: Int, height: Int) throws {
      throw DrawingUnavailable(
        "metarl was built without a window; install libcairo2-dev and libsdl2-dev and build it again")
    }

    /// Closes the window.
    func close() {}
    /// The size in pixels.
    var pixelSize: (width: Int, height: Int) { nothing() }
    /// Shows pictures one below the other, from the top.
    func present(_ pictures: [Canvas]) {}
    /// Fills the screen, or not.
    func toggleFullScreen() {}
    /// What has happened.
    func events(waiting duration: Duration) -> [WindowEvent] { nothing() }
  }
#endif
