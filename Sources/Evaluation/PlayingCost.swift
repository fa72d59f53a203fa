import Formats
import Foundation
import Learning
import Runs
import Simulation

/// What it takes to play trials, estimated before any is begun.
struct PlayingCost {
  /// The most time steps of all trials together: a day or so of the fastest agents.
  static let stepLimit = 1e11

  let memory: MemoryEstimate
  /// The time steps of all trials, where none ends early.
  let timeStepCount: Double
  private let subject: String

  /// The cost of `taskCount` trials in tasks of `split`, or of as many as are usual.
  init(of split: TaskSplit, taskCount: Int?, in simulator: any Simulator) {
    let interface = simulator.interface
    let task = simulator.tasks(of: split, count: 1, key: TaskSample.key(seed: 0))
    let taskCount = taskCount ?? max(task.memberCount ?? 0, TaskSample.usualCount(in: simulator))
    let (tasks, episodes) = (Double(taskCount), Double(interface.episodeCount))
    timeStepCount = tasks * Double(interface.trialLength)
    subject =
      "playing \(taskCount) trials of \(interface.episodeCount) episodes of \(interface.horizon) time steps"
    var memory = MemoryEstimate()
    // The length of its JSON is a measure of a task that every task has; it is kept as well.
    memory.add("the tasks", byteCount: 3 * tasks * Double(task.json.count))
    let width = Double(interface.observation.componentCount + interface.action.componentCount)
    memory.add("what agents see", byteCount: tasks * (300 + 16 * width))
    memory.add("the returns of their episodes", byteCount: 48 * tasks * episodes + 16_000 * episodes)
    self.memory = memory
  }

  /// Throws where it is more than this machine can do.
  func check() throws {
    try memory.check(subject, advice: "Fewer tasks or episodes need less.")
    guard timeStepCount > Self.stepLimit else { return }
    throw Failure(
      .configuration,
      "\(subject) would take up to \(String(format: "%.3g", timeStepCount)) time steps; at most "
        + "\(String(format: "%.3g", Self.stepLimit)) are possible. Fewer tasks or episodes take less.")
  }

  /// What people are told beforehand; nil for what takes seconds.
  var notice: String? {
    guard timeStepCount > Self.noticeableStepCount else { return nil }
    return "\(subject), up to \(String(format: "%.3g", timeStepCount)) time steps of each agent"
  }

  private static let noticeableStepCount = 5e6

  /// The memory of a recording of one trial in a task of `split`: every time step is kept as it is drawn.
  static func checkRecording(of split: TaskSplit, in simulator: any Simulator & TaskEditor) throws {
    let interface = simulator.interface
    let task = simulator.tasks(of: split, count: 1, key: TaskSample.key(seed: 0))
    let shapeCount = simulator.scene(ofTaskAt: 0, of: task).shapes.count
    var memory = MemoryEstimate()
    memory.add(
      "\(shapeCount) shapes and more in each of \(interface.trialLength) time steps",
      byteCount: Double(interface.trialLength) * (1000 + 120 * Double(shapeCount)))
    try memory.check(
      "recording a trial of \(interface.episodeCount) episodes of \(interface.horizon) time steps",
      advice: "Fewer episodes need less.")
  }
}
