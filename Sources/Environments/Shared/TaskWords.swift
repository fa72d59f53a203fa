import Foundation
import Scenes

// What each family says of a task to people, above its pictures. Cells are counted from 1, from the left and from below,
// and arms from 1.

extension Bandit {
  /// The best arm.
  public func words(for task: Task) -> String { "arm \(bestArm(of: task.means)) pays the most" }
}

extension DependentBandit {
  /// The arm that pays more often.
  public func words(for task: Task) -> String {
    let share = max(task.probability, 1 - task.probability)
    let change = task.volatility > 0 ? " at first, and changes" : ""
    return "arm \(task.probability >= 0.5 ? 1 : 2) pays in \(percent(share)) of all pulls\(change)"
  }
}

extension InformativeBandit {
  /// The arm to be found.
  public func words(for task: Task) -> String { "arm \(task.target + 1) pays" }
}

extension GridNavigation {
  /// Where the goal is.
  public func words(for task: Task) -> String {
    "the goal is in \(cellName(Int(task.goal.x), Int(task.goal.y)))"
  }
}

extension MetaMaze {
  /// Where the goal is.
  public func words(for task: Task) -> String {
    "the goal is in \(cellName(Int(task.goal.x), Int(task.goal.y)))"
  }
}

extension KeyDoor {
  /// Where key and door are.
  public func words(for task: Task) -> String {
    "the key is in \(cellName(Int(task.key.x), Int(task.key.y))), the door in \(cellName(Int(task.door.x), Int(task.door.y)))"
  }
}

extension FourStateGrid {
  /// Which move pays.
  public func words(for task: Task) -> String {
    "the goal is reached with “\(actionNames.indices.contains(task.move) ? actionNames[task.move] : "\(task.move + 1)")”"
  }
}

extension FrozenLake {
  /// How many holes there are.
  public func words(for task: Task) -> String {
    let count = task.holes.nonzeroBitCount
    let mixed = task.isSwapped ? ", and some moves are exchanged" : ""
    return
      "\(count) hole\(count == 1 ? "" : "s") in a lake of \(task.side) by \(task.side) cells\(mixed)"
  }
}

extension ObjectGrid {
  /// What there is to be found.
  public func words(for task: Task) -> String {
    let good = task.objects.count { $0.reward > 0 }
    let limit = task.timeLimit > 0 ? ", at most \(task.timeLimit) steps" : ""
    return
      "\(task.side) by \(task.side) cells, \(good) \(good == 1 ? "object that pays" : "objects that pay")"
      + " and \(task.objects.count - good) that cost\(limit)"
  }
}

extension KrazyWorld {
  /// What the task's actions do.
  public func words(for task: Task) -> String {
    let names = ["up", "right", "down", "left"]
    let moves = zip(actionNames, task.directions).map { "\($0) goes \(names[Int($1)])" }
    let count = task.tiles.count { $0 & 7 == Tile.goal.rawValue }
    return "\(count) goal\(count == 1 ? "" : "s"); \(moves.joined(separator: ", "))"
  }
}

extension EgocentricGrid {
  /// What is to be done.
  public func words(for task: Task) -> String {
    let things = task.things
    let mission = task.mission
    if mission.kind == .go || mission.kind == .choose {
      let isGoal = task.layout[Int(mission.cell.x), Int(mission.cell.y)] == EgocentricTile.goal
      return isGoal
        ? "go to the green square" : "go to \(cellName(Int(mission.cell.x), Int(mission.cell.y)))"
    }
    guard things.indices.contains(mission.thing) else { return "" }
    let colours = Scene.seriesNames
    let colour = colours[things[mission.thing].colour % colours.count]
    let names: [Kind: String] = [
      .openDoor: "door", .closedDoor: "door", .lockedDoor: "locked door", .key: "key",
      .ball: "ball",
      .box: "box",
    ]
    let name = "the \(colour) \(names[things[mission.thing].kind] ?? "thing")"
    return mission.kind == .visit ? "stop beside \(name)" : "pick up \(name)"
  }
}

extension PointNavigation {
  /// Where the goal is.
  public func words(for task: Task) -> String { "the goal is at \(point(task.x, task.y))" }
}

extension TreasureHunt {
  /// Where the treasure is.
  public func words(for task: Task) -> String { "the treasure is at \(point(task.x, task.y))" }
}

extension CornerNavigation {
  /// Where the goal is.
  public func words(for task: Task) -> String {
    let gaps = task.gaps.isEmpty ? "" : ", behind \(task.gaps.count) walls with gaps"
    return "the goal is at \(point(task.goal.x, task.goal.y))\(gaps)"
  }
}

extension PointDynamics {
  /// How this world differs from the usual one.
  public func words(for task: Task) -> String {
    var words: [String] = []
    if task.wind != .zero { words.append("wind \(point(task.wind.x, task.wind.y))") }
    if task.mass != 1 { words.append("mass \(short(task.mass))") }
    if task.friction != 1 { words.append("friction \(short(task.friction))") }
    if task.rotation != 0 { words.append("actions turned by \(short(task.rotation * 180 / .pi))°") }
    for (axis, sign) in zip(["x", "y"], [task.signs.x, task.signs.y]) where sign < 0 {
      words.append("\(axis) reversed")
    }
    if task.delay > 0 {
      words.append("actions \(task.delay) step\(task.delay == 1 ? "" : "s") late")
    }
    if !task.obstacle.isEmpty { words.append("an obstacle") }
    return words.isEmpty ? "nothing differs from the usual" : words.joined(separator: ", ")
  }
}

extension RoomNavigation {
  /// The way through the corners.
  public func words(for task: Task) -> String {
    let names: [Corner: String] = [
      .lowerLeft: "lower left", .lowerRight: "lower right", .upperLeft: "upper left",
      .upperRight: "upper right",
    ]
    let corners = [task.first, task.second, task.third].map { names[$0] ?? "" }
    return "the corners to visit: \(corners.joined(separator: ", then "))"
  }
}

extension TMaze {
  /// Where the reward is.
  public func words(for task: Task) -> String {
    "the reward is in the \(task.isUp ? "upper" : "lower") arm"
  }
}

extension TabularMDP {
  /// How large the process is.
  public func words(for task: Task) -> String {
    let (best, count) = (task.meanRewards.max() ?? 0, task.meanRewards.count)
    return "the best of \(count) pairs of state and action pays \(short(best)) on average"
  }
}

extension TwoStepTask {
  /// Which place pays.
  public func words(for task: Task) -> String {
    "place \(task.payingPlace) pays most often at first"
  }
}

/// The number of the best arm, from 1.
private func bestArm(of means: [Float]) -> String {
  guard let best = means.max(), let arm = means.firstIndex(of: best) else { return "none" }
  return "\(arm + 1)"
}

private func cellName(_ x: Int, _ y: Int) -> String { "column \(x + 1), row \(y + 1)" }
private func point(_ x: Float, _ y: Float) -> String { "(\(short(x)), \(short(y)))" }
private func percent(_ share: Float) -> String { "\(Int((100 * share).rounded())) %" }

/// A number with at most two decimals.
private func short(_ value: Float) -> String {
  let rounded = (Double(value) * 100).rounded() / 100
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
