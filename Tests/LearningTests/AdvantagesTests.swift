import Learning
import Testing

@Suite("Generalised advantages")
struct AdvantagesTests {
  /// The advantages of one lane.
  func advantages(
    _ rewards: [Float], _ values: [Float], length: Int? = nil, discount: Float, lambda: Float
  ) -> [Float] {
    var result = Array(repeating: Float.nan, count: rewards.count)
    var span = result.mutableSpan
    generalizedAdvantages(
      rewards: rewards.span, values: values.span, lane: 0, laneCount: 1, length: length ?? rewards.count,
      discount: discount, lambda: lambda, into: &span)
    return result
  }

  @Test("of three steps are those worked by hand")
  func byHand() {
    // γ = 0.5, λ = 0.5: δ = (1 + 1 − 1, 2 + 2 − 2, 3 − 4) = (1, 2, −1);
    // A₂ = −1, A₁ = 2 − 0.25 = 1.75, A₀ = 1 + 0.4375 = 1.4375.
    #expect(advantages([1, 2, 3], [1, 2, 4], discount: 0.5, lambda: 0.5) == [1.4375, 1.75, -1])
  }

  @Test("with λ = 1 are the discounted return minus the value")
  func monteCarlo() {
    let result = advantages([1, 0, 2], [0.5, 0.25, 1], discount: 0.5, lambda: 1)
    #expect(result == [1, 0.75, 1])
  }

  @Test("with λ = 0 are the one-step errors")
  func oneStep() {
    #expect(advantages([1, 0, 2], [0.5, 0.25, 1], discount: 0.5, lambda: 0) == [0.625, 0.25, 1])
  }

  @Test("are zero after the end of a trial, whatever stands there")
  func afterTheEnd() {
    let result = advantages([1, 2, 99, 99], [1, 2, 99, 99], length: 2, discount: 0.5, lambda: 0.5)
    #expect(result == [1, 0, 0, 0])
  }

  @Test("of a lane do not depend on its neighbours")
  func lanes() {
    let rewards: [Float] = [1, 9, 2, 9, 3, 9]
    let values: [Float] = [1, 7, 2, 7, 4, 7]
    var result = Array(repeating: Float(0), count: 6)
    var span = result.mutableSpan
    generalizedAdvantages(
      rewards: rewards.span, values: values.span, lane: 0, laneCount: 2, length: 3, discount: 0.5,
      lambda: 0.5, into: &span)
    #expect([result[0], result[2], result[4]] == [1.4375, 1.75, -1])
  }
}
