import Trials

/// A moment of a recording.
public struct Playhead: Hashable, Sendable {
  /// The episode.
  public var episode: Int
  /// The frame within the episode.
  public var time: Int

  /// The moment `time` of `episode`.
  public init(episode: Int = 0, time: Int = 0) {
    self.episode = episode
    self.time = time
  }

  /// The last moment.
  public static func end(of recording: Recording) -> Playhead {
    let last = recording.episodes.count - 1
    return Playhead(episode: last, time: recording.episodes[last].length)
  }

  /// The moment itself.
  func frame(of recording: Recording) -> Recording.Frame {
    let frames = recording.episodes[episode].frames
    return frames[min(time, frames.count - 1)]
  }

  /// How many episodes are over.
  func finishedEpisodeCount(in recording: Recording) -> Int {
    time >= recording.episodes[episode].length ? episode + 1 : episode
  }

  /// How many moments lie before this one.
  public func index(in recording: Recording) -> Int {
    recording.episodes[..<episode].reduce(0) { $0 + $1.frames.count } + time
  }

  /// The moment that `index` others lie before, within the recording.
  public init(index: Int, in recording: Recording) {
    var rest = max(index, 0)
    for (episode, frames) in recording.episodes.map(\.frames).enumerated() {
      if rest < frames.count {
        self.init(episode: episode, time: rest)
        return
      }
      rest -= frames.count
    }
    self = .end(of: recording)
  }
}

extension Recording {
  /// How many moments there are.
  public var frameCount: Int { episodes.reduce(0) { $0 + $1.frames.count } }
}
