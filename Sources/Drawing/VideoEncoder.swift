import Foundation

/// Films in the MP4 container, made by the program `ffmpeg`.
public final class VideoEncoder {
  private let process = Process()
  private let pipe = Pipe()
  private let complaints = Pipe()
  private let size: (width: Int, height: Int)

  /// The program could not do it.
  public struct Problem: Error, CustomStringConvertible, Sendable {
    /// What it complains about.
    public let description: String
  }

  /// An encoder to the file at `path`, which is replaced. Throws `DrawingUnavailable` where there is no ffmpeg.
  public init(path: String, width: Int, height: Int, rate: Int) throws {
    size = (width, height)
    guard let program = Self.program else {
      throw DrawingUnavailable(
        "MP4 files need the program ffmpeg, which is not installed; .gif does not need it")
    }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      ["-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "bgra", "-s", "\(width)x\(height)"]
      + ["-r", "\(rate)", "-i", "-", "-pix_fmt", "yuv420p", "-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2"]
      + ["-movflags", "+faststart", "-f", "mp4", path]
    process.standardInput = pipe
    process.standardError = complaints
    process.standardOutput = FileHandle.nullDevice
    // A program that gives up early is an error of the write, not a signal.
    signal(SIGPIPE, SIG_IGN)
    try process.run()
  }

  private static var program: String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    return path.split(separator: ":").map { "\($0)/ffmpeg" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Adds a picture of the size of the film. Throws `Problem` where the program has given up.
  public func add(_ pixels: Pixels) throws {
    precondition(pixels.width == size.width && pixels.height == size.height, "a frame of another size")
    let data = pixels.values.withUnsafeBytes { Data($0) }
    do {
      try pipe.fileHandleForWriting.write(contentsOf: data)
    } catch {
      try finish()
    }
  }

  /// Ends the film. Throws `Problem` with what ffmpeg complains about.
  public func finish() throws {
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Problem(description: "ffmpeg failed: \(text.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
  }
}
