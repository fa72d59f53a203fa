/// Generalised advantage estimation over one sequence, in place of `advantages`:
///
///     δₜ = rₜ + γ vₜ₊₁ − vₜ,   Aₜ = δₜ + γ λ Aₜ₊₁,   with v and A zero after the last step.
///
/// A trial is one sequence: nothing is cut where an episode of it ends, by termination or by the time limit,
/// since what is learnt in one episode pays in the next; a trial is finite, so nothing is bootstrapped at its
/// end. Value targets are Aₜ + vₜ.
///
/// Source: Schulman et al. 2016, equation 16; Duan et al. 2016 for whole trials.
///
/// - Parameters:
///   - rewards: `[T, lanes]`.
///   - values: `[T, lanes]`.
///   - length: how many steps the lane's sequence has; what comes after gets advantage zero.
public func generalizedAdvantages(
  rewards: Span<Float>, values: Span<Float>, lane: Int, laneCount: Int, length: Int, discount: Float,
  lambda: Float, into advantages: inout MutableSpan<Float>
) {
  let stepCount = advantages.count / laneCount
  for time in length..<max(stepCount, length) { advantages[time * laneCount + lane] = 0 }
  var (advantage, nextValue): (Float, Float) = (0, 0)
  for time in stride(from: length - 1, through: 0, by: -1) {
    let index = time * laneCount + lane
    let error = rewards[index] + discount * nextValue - values[index]
    advantage = error + discount * lambda * advantage
    nextValue = values[index]
    advantages[index] = advantage
  }
}
