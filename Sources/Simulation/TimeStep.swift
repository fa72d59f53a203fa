/// What the lanes of a batch see before they act.
public struct TimeStep: Sendable {
  /// What the agent observes now, `[lane, observation]`. At the start of an episode it is the first
  /// observation of the new episode, never the last of the old one.
  public var observation: [Float]
  /// The observation that the previous transition of a lane ended an episode with, `[lane, observation]`, where lanes
  /// keep it; means nothing for lanes where it ended none. Empty where they do not.
  public var endObservation: [Float] = []
  /// What can be known of the task of a lane by now, `[lane, belief]`, where lanes keep it. Empty where they do not.
  public var belief: [Float] = []
  /// The action taken before, `[lane, action]`; zeros at the start of a trial. It crosses episode ends.
  public var previousAction: [Float]
  /// The reward it brought, `[lane]`; zero at the start of a trial. It crosses episode ends.
  public var previousReward: [Float]
  /// Where each lane stands in its trial, `[lane]`.
  public var progress: [Progress]
  /// How many lanes are not over yet.
  public var activeLaneCount: Int

  /// How many lanes there are.
  public var laneCount: Int { progress.count }
  /// Whether the trials of all lanes are over.
  public var isOver: Bool { activeLaneCount == 0 }

  /// The beginning of a trial; the observations are still to be written.
  public init(laneCount: Int, interface: Interface) {
    observation = Array(repeating: 0, count: laneCount * interface.observation.componentCount)
    previousAction = Array(repeating: 0, count: laneCount * interface.action.componentCount)
    previousReward = Array(repeating: 0, count: laneCount)
    progress = Array(repeating: Progress(), count: laneCount)
    activeLaneCount = laneCount
  }

  /// Goes back to the beginning of a trial; the observations are still to be written.
  mutating func restart() {
    for index in previousAction.indices { previousAction[index] = 0 }
    for lane in progress.indices {
      previousReward[lane] = 0
      progress[lane] = Progress()
    }
    activeLaneCount = laneCount
  }
}

/// Where a lane stands in its trial.
@frozen
public struct Progress: Hashable, Sendable, BitwiseCopyable {
  /// The episode within the trial; equals the number of episodes once the trial is over.
  public var episode: Int32 = 0
  /// The time step within the episode; zero at its start.
  public var timeOfEpisode: Int32 = 0
  /// How the previous transition ended an episode, if it did.
  public var previousEnding = Ending.none
  /// Whether the trial is over; such a lane ignores its actions.
  public var isTrialOver = false

  /// Whether this is the first time step of an episode.
  public var isEpisodeStart: Bool { timeOfEpisode == 0 }
  /// Whether nothing has happened yet.
  public var isTrialStart: Bool { timeOfEpisode == 0 && episode == 0 }

  /// The beginning of a trial.
  @inlinable
  public init() {}

  /// Goes to the next episode; returns whether the trial of `episodeCount` episodes is over.
  @inlinable
  mutating func endEpisode(_ ending: Ending, of episodeCount: Int) -> Bool {
    previousEnding = ending
    timeOfEpisode = 0
    episode &+= 1
    isTrialOver = episode == episodeCount
    return isTrialOver
  }
}

/// How a transition ended its episode.
@frozen
public enum Ending: UInt8, Sendable, BitwiseCopyable {
  /// It did not: the episode goes on.
  case none
  /// The task ended it: there is no further reward to be had in this episode.
  case terminated
  /// The time limit did.
  case truncated
}

/// What an agent must know of the world it is made for.
public struct Interface: Hashable, Codable, Sendable {
  /// The observations.
  public let observation: Space
  /// The actions.
  public let action: Space
  /// The time limit of an episode, in time steps.
  public let horizon: Int
  /// The episodes of a trial.
  public let episodeCount: Int
  /// How observations show a grid; nil where they show none, or not all of it.
  public let map: ObservationMap?

  /// The most time steps a trial can take.
  public var trialLength: Int { horizon * episodeCount }

  /// An interface; `horizon` and `episodeCount` are at least 1.
  public init(
    observation: Space, action: Space, horizon: Int, episodeCount: Int, map: ObservationMap? = nil
  ) {
    precondition(horizon > 0 && episodeCount > 0, "horizon \(horizon), episodes \(episodeCount)")
    self.observation = observation
    self.action = action
    self.horizon = horizon
    self.episodeCount = episodeCount
    self.map = map
  }
}
