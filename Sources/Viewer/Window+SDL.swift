#if Graphics && canImport(CSDL2)
  import CSDL2
  import Drawing
  import Foundation
  import Synchronization

  /// A window on the screen, and what happens to it. The thread that made it uses it.
  final class Window {
    private let window: OpaquePointer

    /// A window of the given size in pixels. Throws `DrawingUnavailable` where there is no display.
    init(title: String, width: Int, height: Int) throws {
      SDL_SetHint("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "0")
      // The pixels are ready; handing them over needs no graphics driver.
      SDL_SetHint("SDL_FRAMEBUFFER_ACCELERATION", "0")
      // Otherwise SDL draws into memory where it finds no screen; the variable of the same name has precedence.
      let hasWayland = SDL_getenv("WAYLAND_DISPLAY") != nil
      SDL_SetHint("SDL_VIDEODRIVER", hasWayland ? "wayland,x11,KMSDRM" : "x11,KMSDRM")
      ProtocolErrors.ignore()
      guard SDL_Init(UInt32(SDL_INIT_VIDEO)) == 0 else {
        throw DrawingUnavailable(
          "no display can be opened (\(Self.complaint)); `metarl render` draws the same pictures without one")
      }
      let flags = SDL_WINDOW_RESIZABLE.rawValue
      let (width, height) = Self.fitted(width, height)
      guard
        let window = SDL_CreateWindow(
          title, Int32(SDL_WINDOWPOS_CENTERED_MASK), Int32(SDL_WINDOWPOS_CENTERED_MASK), Int32(width),
          Int32(height), flags)
      else {
        let complaint = Self.complaint
        SDL_Quit()
        throw DrawingUnavailable("no window: \(complaint)")
      }
      self.window = window
      DisplayLoss.isPossible.store(true, ordering: .relaxed)
      _ = DisplayLoss.handler
      SDL_SetWindowMinimumSize(window, 640, 400)
    }

    /// Closes the window.
    func close() {
      DisplayLoss.isPossible.store(false, ordering: .relaxed)
      SDL_DestroyWindow(window)
      SDL_Quit()
    }

    /// A size that the first display has room for, in the same proportions.
    private static func fitted(_ width: Int, _ height: Int) -> (Int, Int) {
      var space = SDL_Rect()
      guard SDL_GetDisplayUsableBounds(0, &space) == 0, space.w > 0, space.h > 0 else {
        return (width, height)
      }
      // The title takes some, too.
      let share = min(1, Double(space.w) / Double(width), Double(space.h - 40) / Double(height))
      return (Int(Double(width) * share), Int(Double(height) * share))
    }

    private static var complaint: String { String(cString: SDL_GetError()) }

    /// The size in pixels.
    var pixelSize: (width: Int, height: Int) {
      var (width, height) = (Int32(0), Int32(0))
      SDL_GetWindowSize(window, &width, &height)
      return (max(Int(width), 1), max(Int(height), 1))
    }

    /// Shows pictures one below the other, from the top.
    func present(_ pictures: [Canvas]) {
      guard let target = SDL_GetWindowSurface(window) else { return }
      var top: Int32 = 0
      for picture in pictures {
        picture.withBytes { bytes, width, height, stride in
          let format = SDL_PIXELFORMAT_XRGB8888.rawValue
          guard
            let source = SDL_CreateRGBSurfaceWithFormatFrom(
              bytes, Int32(width), Int32(height), 32, Int32(stride), format)
          else { return }
          var place = SDL_Rect(x: 0, y: top, w: Int32(width), h: Int32(height))
          SDL_UpperBlit(source, nil, target, &place)
          SDL_FreeSurface(source)
          top += Int32(height)
        }
      }
      SDL_UpdateWindowSurface(window)
    }

    /// Fills the screen, or not.
    func toggleFullScreen() {
      let isFull = SDL_GetWindowFlags(window) & SDL_WINDOW_FULLSCREEN_DESKTOP.rawValue != 0
      SDL_SetWindowFullscreen(window, isFull ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP.rawValue)
    }

    /// What has happened, after waiting for it for at most `duration`.
    func events(waiting duration: Duration) -> [WindowEvent] {
      // SDL counts in milliseconds; a wait that is too short by less would be one more turn of doing nothing.
      let milliseconds = (duration / .milliseconds(1)).rounded(.up)
      var events: [WindowEvent] = []
      var event = SDL_Event()
      var isWaiting = true
      while isWaiting ? SDL_WaitEventTimeout(&event, Int32(milliseconds)) == 1 : SDL_PollEvent(&event) == 1 {
        isWaiting = false
        if let event = Self.event(event) { events.append(event) }
      }
      return events
    }

    private static func event(_ event: SDL_Event) -> WindowEvent? {
      switch SDL_EventType(rawValue: event.type) {
      case SDL_QUIT: return .close
      case SDL_KEYDOWN: return key(event.key.keysym).map(WindowEvent.key)
      case SDL_MOUSEBUTTONDOWN where event.button.button == 1:
        return .pointerDown(CGPoint(x: Double(event.button.x), y: Double(event.button.y)))
      case SDL_MOUSEBUTTONUP where event.button.button == 1: return .pointerUp
      case SDL_MOUSEMOTION where event.motion.state & 1 != 0:
        return .pointerDragged(CGPoint(x: Double(event.motion.x), y: Double(event.motion.y)))
      case SDL_WINDOWEVENT: return .changed
      default: return nil
      }
    }

    private static func key(_ symbol: SDL_Keysym) -> Key? {
      switch Int(symbol.sym) {
      case Int(SDLK_SPACE.rawValue): return .space
      case Int(SDLK_LEFT.rawValue): return .left
      case Int(SDLK_RIGHT.rawValue): return .right
      case Int(SDLK_UP.rawValue): return .up
      case Int(SDLK_DOWN.rawValue): return .down
      case Int(SDLK_HOME.rawValue): return .home
      case Int(SDLK_END.rawValue): return .end
      case Int(SDLK_PAGEUP.rawValue): return .pageUp
      case Int(SDLK_PAGEDOWN.rawValue): return .pageDown
      case Int(SDLK_ESCAPE.rawValue): return .escape
      case Int(SDLK_RETURN.rawValue), Int(SDLK_KP_ENTER.rawValue): return .enter
      case Int(SDLK_BACKSPACE.rawValue): return .backspace
      case Int(SDLK_F1.rawValue): return .character("h")
      case Int(SDLK_KP_PLUS.rawValue): return .character("+")
      case Int(SDLK_KP_MINUS.rawValue): return .character("-")
      case let code where (33...126).contains(code):
        return Unicode.Scalar(UInt32(code)).map { .character(Character($0)) }
      default: return nil
      }
    }
  }

  /// A request that comes too late, such as a message to a window that has just been closed, is no reason to end the
  /// process, as Xlib would. SDL keeps the handler that it finds, and when it ends it puts that back before it closes
  /// its connections; so this one must be there first. SDL loads Xlib where it needs it; so it is looked up here.
  private enum ProtocolErrors {
    typealias Handler = @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32

    static func ignore() {
      guard let library = dlopen("libX11.so.6", RTLD_LAZY) else { return }
      guard let symbol = dlsym(library, "XSetErrorHandler") else { return }
      let set = unsafeBitCast(symbol, to: (@convention(c) (Handler) -> OpaquePointer?).self)
      _ = set { _, _ in 0 }
    }
  }

  /// When the display goes away Xlib ends the process; then it is with the code of a missing display.
  private enum DisplayLoss {
    static let isPossible = Atomic(false)

    static let handler: Void = {
      atexit {
        guard DisplayLoss.isPossible.load(ordering: .relaxed) else { return }
        try? FileHandle.standardError.write(
          contentsOf: Data("metarl: error: the display has gone away\n".utf8))
        _exit(69)
      }
    }()
  }
#endif
