import Foundation
import Trials

/// Which moments of a recording to show, and for how long.
public struct Film: Sendable {
  /// One moment and how many frames it lasts.
  public struct Shot: Hashable, Sendable {
    /// The moment.
    public let playhead: Playhead
    /// How many frames it lasts.
    public var frameCount: Int
  }

  /// The moments in order.
  public private(set) var shots: [Shot] = []
  /// Frames per second.
  public let rate: Int

  /// Short trials take their time, long ones some ten seconds.
  private static let (longestMoment, usualDuration, pauseOfEpisode, pauseAtEnd) = (0.16, 11.0, 0.35, 2.5)

  /// A film of `recording` with `rate` frames per second; the ends of episodes stay a little longer.
  public init(of recording: Recording, rate: Int) {
    self.rate = rate
    var elapsed = 0.0
    for index in 0..<recording.frameCount {
      let playhead = Playhead(index: index, in: recording)
      let first = Int(elapsed * Double(rate))
      let isLast = index == recording.frameCount - 1
      elapsed += isLast ? Self.pauseAtEnd : Self.duration(of: playhead, in: recording)
      let count = Int(elapsed * Double(rate)) - first
      if count > 0 { shots.append(Shot(playhead: playhead, frameCount: count)) }
    }
    if shots.isEmpty { shots = [Shot(playhead: .end(of: recording), frameCount: 1)] }
  }

  /// How long a moment stays at the usual speed, in seconds.
  public static func duration(of playhead: Playhead, in recording: Recording) -> Double {
    let endsEpisode = playhead.time == recording.episodes[playhead.episode].length
    // A trial of many short episodes has no time for pauses.
    if endsEpisode && recording.episodes.count <= 10 { return pauseOfEpisode }
    return min(longestMoment, usualDuration / Double(recording.frameCount))
  }

  /// The film as an animated GIF of `width` by `height` pixels.
  public func gif(of picture: Picture, width: Int, height: Int, scale: Double) throws -> Data {
    let canvas = try Canvas(width: width, height: height, scale: scale)
    func pixels(_ playhead: Playhead) -> Pixels {
      picture.draw(playhead, on: canvas)
      return canvas.pixels
    }
    let samples = [0, shots.count / 2, shots.count - 1].map { pixels(shots[$0].playhead) }
    var gif = GIF(palette: samples)
    for shot in shots {
      gif.add(pixels(shot.playhead), delay: max(2, (100 * shot.frameCount + rate / 2) / rate))
    }
    return gif.data
  }
}
