import Formats
import Randomness

/// What a split does to trials beside drawing their tasks: shifts to test how agents cope with what training never
/// showed, or to train for it.
public struct TrialShift: Hashable, Codable, Sendable {
  /// After how many episodes another task of the split takes the place of the first; 0 for never.
  public var switchAfter = 0
  /// Whether in every task the actions have changed places, in a way of the task's own.
  public var permutesActions = false

  /// Nothing.
  public init() {}

  /// Whether nothing is done.
  public var isNone: Bool { self == TrialShift() }

  /// Throws `InvalidParameter` for a shift that trials of `interface` cannot have.
  public func validate(for interface: Interface) throws {
    guard switchAfter == 0 || (1..<interface.episodeCount).contains(switchAfter) else {
      throw InvalidParameter(
        "switchAfter",
        "is \(switchAfter); 0 or a number of episodes below the \(interface.episodeCount) of a trial is needed"
      )
    }
    guard !permutesActions || actionCount(of: interface) > 1 else {
      throw InvalidParameter("permutesActions", "is true; only one discrete action can be permuted")
    }
  }

  /// How many actions there are to permute.
  func actionCount(of interface: Interface) -> Int {
    guard case .discrete(let counts) = interface.action, counts.count == 1 else { return 0 }
    return counts[0]
  }
}

/// What has been done to the lanes of a batch; it depends on their tasks alone.
struct LaneShifts<Task: Sendable>: Sendable {
  let shift: TrialShift
  /// The tasks after the switch, `[lane]`; empty where there is none.
  var laterTasks: [Task] = []
  /// The action of the environment that each action of the agent stands for, `[lane][action]`; empty where actions
  /// are what they are.
  var permutations: [[Int]] = []

  /// The shifts of lanes whose tasks were drawn below `taskKeys`; `draw` draws a task below a key.
  init(_ shift: TrialShift, interface: Interface, taskKeys: [RandomKey], draw: (RandomKey) -> Task) {
    self.shift = shift
    if shift.switchAfter > 0 { laterTasks = taskKeys.map { draw($0.child("later")) } }
    if shift.permutesActions {
      let count = shift.actionCount(of: interface)
      permutations = taskKeys.map { key in
        var random = key.child("permutation").stream()
        return random.permutation(of: count)
      }
    }
  }

  /// What the environment makes of `action`, `[action]`, of the agent in `lane`.
  func physical(_ action: [Float], lane: Int) -> [Float] {
    permutations.isEmpty ? action : [Float(permutations[lane][Int(action[0])])]
  }

  /// The action of the agent in `lane` that the environment takes for `action`.
  func chosen(for action: Float, lane: Int) -> Float {
    guard !permutations.isEmpty else { return action }
    return permutations[lane].firstIndex(of: Int(action)).map { Float($0) } ?? action
  }

  /// Whether a lane with `progress` has just come to the episode in which another task begins.
  func isSwitch(_ progress: Progress) -> Bool {
    shift.switchAfter > 0 && progress.isEpisodeStart && !progress.isTrialOver
      && Int(progress.episode) == shift.switchAfter
  }
}
