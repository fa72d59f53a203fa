import Randomness
import Simulation

extension Environment {
  /// The mean return of the first episode of the agent that `makeLane` makes, in each of `tasks`; with the same random
  /// numbers for every agent.
  func rehearsedReturn(
    of makeLane: () -> any ReferenceLane, in tasks: [Task], horizon: Int
  ) -> Double {
    let key = RandomKey(seed: 0).child("rehearsal")
    var total = 0.0
    for (index, task) in tasks.enumerated() {
      var lane = makeLane()
      var (physics, random) = (
        key.child(index).child("physics").stream(), key.child(index).child("agent").stream()
      )
      total += episodeReturn(of: &lane, in: task, horizon: horizon, &physics, &random)
    }
    return total / Double(tasks.count)
  }

  private func episodeReturn(
    of lane: inout any ReferenceLane, in task: Task, horizon: Int, _ physics: inout RandomStream,
    _ random: inout RandomStream
  ) -> Double {
    var state = initialState(of: task, using: &physics)
    var (progress, reward, total) = (Simulation.Progress(), Float(0), 0.0)
    var action = [Float](repeating: 0, count: action.componentCount)
    var observation = [Float](repeating: 0, count: observation.componentCount)
    for time in 0..<horizon {
      progress.timeOfEpisode = Int32(time)
      var seen = observation.mutableSpan
      observe(state, in: task, into: &seen)
      let moment = Moment(previousReward: reward, previousAction: action, progress: progress)
      var chosen = action.mutableSpan
      lane.act(on: moment, observing: observation.span, into: &chosen, using: &random)
      let outcome = step(&state, taking: action.span, in: task, using: &physics)
      reward = outcome.reward
      total += Double(reward)
      if outcome.isTerminated { break }
    }
    return total
  }
}
