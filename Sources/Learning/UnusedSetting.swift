import Formats
import Simulation

/// A hyperparameter without effect under the present values of the others.
public struct UnusedSetting: Hashable, Sendable {
  /// Its dotted path.
  public let key: String
  /// What makes it so, such as `outer.optimizer is "trpo"`.
  public let circumstance: String
  /// What would use it, such as `outer.optimizer = "ppo" or "adam"`.
  public let user: String

  /// The refusal of a value that somebody gave it.
  public var refusal: InvalidParameter {
    InvalidParameter(key, "has no effect where \(circumstance); \(user) would use it")
  }

  /// Where a value that nobody reads comes from, in words.
  public var remark: String { "not used; \(user) would use it" }

  /// What `rules` say about their keys: of each that applies, the keys that no earlier one named.
  public static func settings(_ rules: [Rule]) -> [UnusedSetting] {
    var settings: [UnusedSetting] = []
    for rule in rules where rule.applies {
      for key in rule.keys where !settings.contains(where: { $0.key == key }) {
        settings.append(UnusedSetting(key: key, circumstance: rule.circumstance, user: rule.user))
      }
    }
    return settings
  }

  /// A circumstance in which some keys have no effect.
  public struct Rule {
    let keys: [String]
    let applies: Bool
    let circumstance: String
    let user: String

    /// Where `applies`, which is that `circumstance`, nothing reads `keys`; `user` would.
    public init(_ keys: [String], unusedWhere applies: Bool, _ circumstance: String, usedBy user: String) {
      self.keys = keys
      self.applies = applies
      self.circumstance = circumstance
      self.user = user
    }
  }
}

extension UnusedSetting.Rule {
  /// The rules that the world makes for keys that all algorithms have.
  public static func rules(of interface: Interface, trialLength: Int) -> [Self] {
    [
      Self(
        ["exploration.initialStandardDeviation"], unusedWhere: interface.action.isDiscrete,
        "actions are discrete",
        usedBy: "an environment with continuous actions"),
      Self(
        ["exploration.bonus"], unusedWhere: !interface.observation.isDiscrete,
        "observations are real numbers",
        usedBy: "an environment with discrete observations"),
      Self(
        ["input.cropRadius"], unusedWhere: interface.map == nil, "observations show no grid whole",
        usedBy: "an environment whose observations do"),
      Self(
        ["discount", "advantages.lambda"], unusedWhere: trialLength == 1, "an agent acts once",
        usedBy: "a greater horizon"),
    ]
  }
}
