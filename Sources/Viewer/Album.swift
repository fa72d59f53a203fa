import Drawing
import Foundation
import Trials

/// Saves pictures and films beside each other, never over one another.
struct Album {
  let directory: String
  let messages: MessageBoard

  /// Saves what `draw` paints over a canvas of the size of the window's picture.
  func savePicture(named name: String, _ layout: ViewerLayout, draw: (Canvas) -> Void) {
    let path = freePath(name, "png")
    do {
      let canvas = try Canvas(width: layout.width, height: layout.pictureHeight, scale: layout.scale)
      draw(canvas)
      try canvas.png().write(to: URL(fileURLWithPath: path), options: .atomic)
      messages.post("saved \(path)")
    } catch {
      messages.post("cannot save \(path): \(error.localizedDescription)")
    }
  }

  /// Saves a whole trial as a film, on another thread.
  func saveFilm(named name: String, of picture: Picture) {
    let (path, messages) = (freePath(name, "gif"), messages)
    messages.post("recording \(path) …")
    let thread = Thread {
      do {
        let film = Film(of: picture.recording, rate: 12)
        let data = try film.gif(of: picture, width: 960, height: 540, scale: 0.75)
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        messages.post("saved \(path)")
      } catch {
        messages.post("cannot save \(path): \(error.localizedDescription)")
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The first name that is not taken yet.
  private func freePath(_ name: String, _ ending: String) -> String {
    let stem = "\(directory)/\(name)"
    for number in 1..<10_000 {
      let path = number == 1 ? "\(stem).\(ending)" : "\(stem)-\(number).\(ending)"
      if !FileManager.default.fileExists(atPath: path) { return path }
    }
    return "\(stem).\(ending)"
  }

  /// A name that says what is shown.
  static func name(of caption: Recording.Caption) -> String {
    let task = caption.taskNumber.map { "task\($0)" } ?? "touched"
    return "\(caption.environment)-\(caption.agent)-\(task)"
  }
}
