import Randomness

/// The one batch of lanes behind `Lanes`.
final class EnvironmentLanes<Subject: Environment>: Lanes {
  let simulator: EnvironmentSimulator<Subject>
  private(set) var split: TaskSplit
  private(set) var batch: LaneBatch<Subject>
  /// What is done to trials beside drawing tasks; nil where nothing is.
  private(set) var shifts: LaneShifts<Subject.Task>?
  /// Those who count what is done, `[lane]`; none where nobody asked.
  private var tallies: [any BehaviorTally<Subject>] = []
  /// What is known of the tasks; nil where nobody asked.
  private var beliefs: LaneBeliefs<Subject>?
  private let turn: Turn?

  /// The tasks that lanes are put into when they come to an episode.
  struct Turn {
    let tasks: [Subject.Task]
    let episode: Int32
  }

  init(
    _ simulator: EnvironmentSimulator<Subject>, split: TaskSplit, tasks: [Subject.Task],
    taskKeys: [RandomKey],
    keys: [RandomKey], turn: Turn? = nil
  ) {
    self.simulator = simulator
    self.turn = turn
    self.split = split
    let shifts = simulator.shifts(of: split, taskKeys: taskKeys)
    let isSwitched = shifts.map { simulator.beginsSwitched($0.shift) } ?? false
    batch = LaneBatch(
      simulator.environment, interface: simulator.interface,
      tasks: isSwitched ? shifts?.laterTasks ?? tasks : tasks, keys: keys)
    self.shifts = shifts
  }

  var timeStep: TimeStep { batch.timeStep }
  var returns: [Float] { batch.returns }

  /// What is known of a task of the split before anything has happened, where that is computed.
  var prior: Subject.Belief? { simulator.environment.belief(in: simulator.setting(split)) }

  /// `count` tasks of each split, always the same.
  func someTasks(count: Int) -> [Subject.Task] {
    simulator.splits.flatMap { split in
      (0..<count).map {
        simulator.drawTask(from: split, key: RandomKey(seed: 0).child("some").child($0))
      }
    }
  }

  func observer(ofLane lane: Int) -> any LaneObserver {
    EnvironmentLaneObserver(simulator.environment, self, lane: lane)
  }

  func restart(drawingFrom split: TaskSplit, taskKeys: [RandomKey], keys: [RandomKey]) {
    let isNewSplit = split != self.split
    self.split = split
    let (distribution, environment) = (simulator.distribution(split), simulator.environment)
    let taskSet = simulator.taskSets[split]
    let purpose = RandomKey.Purpose("task")
    batch.restart(environment, keys: keys, taskKeys: taskKeys) { task, key in
      var random = key.child(purpose).stream()
      if let taskSet {
        task = taskSet[random.integer(below: taskSet.count)]
      } else {
        environment.redraw(&task, from: distribution, using: &random)
      }
    }
    shifts = simulator.shifts(of: split, taskKeys: taskKeys)
    if isNewSplit && beliefs != nil { keepBeliefs() } else { beliefs?.beginTrials(&batch) }
  }

  func restart(keys: [RandomKey]) {
    precondition(
      shifts.map { $0.shift.switchAfter == 0 || simulator.interface.episodeCount == 1 } ?? true,
      "tasks that have been switched do not come back")
    batch.restart(simulator.environment, keys: keys, taskKeys: nil) { _, _ in }
    beliefs?.beginTrials(&batch)
  }

  func step(taking actions: [Float]) {
    guard shifts != nil || !tallies.isEmpty else {
      stepLanes(taking: actions)
      return
    }
    let before = (states: batch.states, timeStep: batch.timeStep)
    let physical = physicalActions(actions)
    stepLanes(taking: physical) {
      showChosen(actions, since: before.timeStep)
      count(physical, since: before)
      switchTasks(since: before.timeStep)
    }
  }

  /// Lets the environment make a step, and notes what of it before agents see the next one.
  private func stepLanes(taking actions: [Float], noting note: () -> Void = {}) {
    beliefs?.foresee(actions.span, in: batch)
    simulator.environment.stepLanes(&batch, taking: actions.span)
    note()
    turnTasks()
    beliefs?.show(in: &batch)
  }

  func keepEndObservations() {
    batch.timeStep.endObservation = Array(repeating: 0, count: batch.timeStep.observation.count)
  }

  func keepBeliefs() {
    guard let prior, prior.width > 0 else {
      preconditionFailure("no belief about \(Subject.name) is computed")
    }
    batch.timeStep.belief = Array(repeating: 0, count: prior.width * batch.timeStep.laneCount)
    beliefs = LaneBeliefs(simulator.environment, prior: prior, laneCount: batch.timeStep.laneCount)
    beliefs?.beginTrials(&batch)
  }

  func beginTally() {
    tallies = batch.tasks.compactMap(simulator.environment.behaviorTally)
    precondition(
      tallies.isEmpty || tallies.count == batch.tasks.count, "some lanes are counted, some are not")
  }

  var behavior: [BehaviorShare] { BehaviorShare.sum(tallies.map(\.shares)) }

  private func physicalActions(_ actions: [Float]) -> [Float] {
    guard let shifts, !shifts.permutations.isEmpty else { return actions }
    // Lanes that are over ignore their actions, whatever those are.
    return actions.indices.map {
      batch.timeStep.progress[$0].isTrialOver ? actions[$0] : shifts.physical([actions[$0]], lane: $0)[0]
    }
  }

  /// Agents remember what they chose, not what came of it.
  private func showChosen(_ actions: [Float], since before: TimeStep) {
    guard let shifts, !shifts.permutations.isEmpty else { return }
    for lane in actions.indices where !before.progress[lane].isTrialOver {
      batch.timeStep.previousAction[lane] = actions[lane]
    }
  }

  private func count(_ actions: [Float], since before: (states: [Subject.State], timeStep: TimeStep)) {
    let width = simulator.interface.action.componentCount
    for lane in tallies.indices where !before.timeStep.progress[lane].isTrialOver {
      tallies[lane].count(
        before.states[lane], taking: Array(actions[lane * width..<(lane + 1) * width]),
        to: batch.states[lane], reward: batch.timeStep.previousReward[lane],
        isEpisodeStart: before.timeStep.progress[lane].isEpisodeStart)
    }
  }

  private func turnTasks() {
    guard let turn else { return }
    for lane in batch.tasks.indices {
      let progress = batch.timeStep.progress[lane]
      guard progress.episode == turn.episode, progress.isEpisodeStart, !progress.isTrialOver else { continue }
      batch.replaceTask(ofLane: lane, by: turn.tasks[lane], in: simulator.environment)
    }
  }

  private func switchTasks(since before: TimeStep) {
    guard let shifts, shifts.shift.switchAfter > 0 else { return }
    for lane in before.progress.indices
    where !before.progress[lane].isTrialOver && shifts.isSwitch(batch.timeStep.progress[lane]) {
      batch.replaceTask(ofLane: lane, by: shifts.laterTasks[lane], in: simulator.environment)
    }
  }
}
