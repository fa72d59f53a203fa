import Environments
import Randomness
import Simulation

extension Environment {
  /// The reward of every time step of `episodeCount` episodes in `task` that the reference `name` plays.
  func rewards(
    of name: String, in task: Task, distribution: TaskDistribution = TaskDistribution(), horizon: Int,
    episodeCount: Int = 1, seed: UInt64 = 1
  ) -> [[Float]] {
    let key = RandomKey(seed: seed)
    let references = references(for: distribution, horizon: horizon, episodeCount: episodeCount)
    guard var lane = references.first(where: { $0.name == name })?.makeLane(task) else { return [] }
    var (physics, random) = (key.child("physics").stream(), key.child("agent").stream())
    var progress = Simulation.Progress()
    var (reward, action) = (Float(0), [Float](repeating: 0, count: action.componentCount))
    var observation = [Float](repeating: 0, count: observation.componentCount)
    return (0..<episodeCount).map { episode in
      var state = initialState(of: task, using: &physics)
      (progress.episode, progress.timeOfEpisode) = (Int32(episode), 0)
      var rewards: [Float] = []
      while rewards.count < horizon {
        var seen = observation.mutableSpan
        observe(state, in: task, into: &seen)
        let moment = Moment(previousReward: reward, previousAction: action, progress: progress)
        var chosen = action.mutableSpan
        lane.act(on: moment, observing: observation.span, into: &chosen, using: &random)
        let outcome = step(&state, taking: action.span, in: task, using: &physics)
        reward = outcome.reward
        rewards.append(reward)
        progress.timeOfEpisode += 1
        progress.previousEnding = .none
        if outcome.isTerminated || rewards.count == horizon {
          progress.previousEnding = outcome.isTerminated ? .terminated : .truncated
          break
        }
      }
      return rewards
    }
  }
}
