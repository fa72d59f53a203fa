import Learning
import Randomness
import Simulation
import Testing

@Suite("The linear baseline")
struct LinearBaselineTests {
  @Test("solves a system that has an exact solution")
  func solves() {
    var system = SymmetricSystem(count: 2)
    // [4 2; 2 3] x = [2; 1] has x = [½, 0].
    system.solve([4, 0, 2, 3], [2, 1])
    #expect(abs(system.solution[0] - 0.5) < 1e-5 && abs(system.solution[1]) < 1e-5)
    #expect(system.ridge == 1e-5)
  }

  @Test("solves singular, negative and vast systems with a growing ridge, never without a finite answer")
  func neverFails() {
    var system = SymmetricSystem(count: 2)
    system.solve([1, 0, 1, 1], [2, 2])
    #expect(abs(system.solution[0] + system.solution[1] - 2) < 1e-4)
    system.solve([0, 0, 0, 0], [0, 0])
    #expect(system.solution == [0, 0])
    system.solve([-5, 0, 0, -5], [1, 1])
    #expect(system.ridge > 5 && system.solution.allSatisfy { $0.isFinite })
    system.solve([1e20, 0, 1e20, 1e20], [1e20, 1e20])
    #expect(system.solution.allSatisfy { $0.isFinite })
    system.solve([.nan, 0, 0, 1], [1, 1])
    #expect(system.solution == [0, 0])
  }

  @Test("a solution of zeros is not hidden: the next system is solved anew")
  func solvesAgain() {
    var system = SymmetricSystem(count: 1)
    system.solve([.infinity], [1])
    system.solve([2], [4])
    #expect(abs(system.solution[0] - 2) < 1e-4)
  }

  @Test("begins with the ridge that it is given")
  func ridge() {
    var system = SymmetricSystem(count: 2)
    // [4 0; 0 9] x = [4; 9].
    system.solve([2, 0, 0, 7], [4, 9], leastRidge: 2)
    #expect(system.solution == [1, 1] && system.ridge == 2)
  }

  @Test("explains luck by many features, but not with a ridge")
  func luck() {
    let (stepCount, laneCount, featureCount) = (100, 4, 200)
    let space = Space.discrete([featureCount])
    var random = RandomKey(seed: 8).stream()
    let count = stepCount * laneCount
    let observations = (0..<count).map { _ in Float(random.integer(below: featureCount)) }
    let returns = (0..<count).map { _ in random.normal() }
    let rows = FeedForwardNetworkTests.encoded(space, observations, laneCount: count)
    func explainedShare(ridge: Double) -> Double {
      var baseline = LinearBaseline(ObservationInput(space), ridge: ridge)
      var values = Array(repeating: Float(0), count: count)
      var span = values.mutableSpan
      let lengths = Array(repeating: stepCount, count: laneCount)
      baseline.fit(inputs: rows.span, returns: returns.span, lengths: lengths, values: &span)
      func squares(_ numbers: [Float]) -> Double { numbers.reduce(0) { $0 + Double($1 * $1) } }
      return 1 - squares(zip(returns, values).map { $0 - $1 }) / squares(returns)
    }
    // Half as many features as steps explain half of what is pure chance.
    #expect(explainedShare(ridge: 1e-5) > 0.4)
    #expect(explainedShare(ridge: 50) < 0.1)
  }

  @Test("fits what is linear in its features exactly, and only the steps that were taken")
  func fits() {
    let (stepCount, laneCount) = (30, 2)
    let lengths = [30, 12]
    var inputs: [Float] = []
    var returns: [Float] = []
    for time in 0..<stepCount {
      for lane in 0..<laneCount {
        let observation = Float((time * 7 + lane * 3) % 11) / 10
        let isTaken = time < lengths[lane]
        inputs.append(isTaken ? observation : 1e6)
        let progress = Float(time) / 100
        returns.append(isTaken ? 3 * observation - 2 * observation * observation + 5 * progress - 1 : 1e9)
      }
    }
    var baseline = LinearBaseline(ObservationInput(.box(lower: [0], upper: [1])))
    var values = Array(repeating: Float(7), count: returns.count)
    var span = values.mutableSpan
    baseline.fit(inputs: inputs.span, returns: returns.span, lengths: lengths, values: &span)
    for time in 0..<stepCount {
      for lane in 0..<laneCount {
        let index = time * laneCount + lane
        if time < lengths[lane] {
          #expect(abs(values[index] - returns[index]) < 1e-3)
        } else {
          #expect(values[index] == 0)
        }
      }
    }
  }

  /// What is fitted to the returns of two lanes, of 5 and 3 steps, that observe elements of `counts`.
  func fitted(_ returns: [Float], _ counts: [Int], _ observations: [[Float]]) -> [Float] {
    let space = Space.discrete(counts)
    let rows = FeedForwardNetworkTests.encoded(space, observations.flatMap(\.self), laneCount: returns.count)
    var baseline = LinearBaseline(ObservationInput(space))
    var values = Array(repeating: Float(0), count: returns.count)
    var span = values.mutableSpan
    baseline.fit(inputs: rows.span, returns: returns.span, lengths: [5, 3], values: &span)
    return values
  }

  @Test("features that no step has change nothing, bit for bit")
  func absentFeatures() {
    let returns: [Float] = [3, 1, 4, 1, 5, 9, 2, 6]
    let observations: [[Float]] = [[1, 0], [0, 1], [0, 1], [1, 0], [1, 1], [0, 0], [1, 0], [0, 1]]
    let plain = fitted(returns, [2, 2], observations)
    #expect(fitted(returns, [4, 7], observations.map { [2 * $0[0] + 1, 5 * $0[1]] }) == plain)
    #expect(Set(plain).count > 3)
  }

  @Test("fits a number for each value of each discrete component")
  func discreteComponents() {
    let observations: [[Float]] = [[1, 0], [0, 2], [2, 1], [1, 0], [0, 0], [2, 0], [1, 2], [0, 1]]
    let returns = observations.map { [5, -1, 2][Int($0[0])] + [0, 3, -7][Int($0[1])] as Float }
    for (row, value) in fitted(returns, [3, 3], observations).enumerated() {
      let isTaken = row / 2 < [5, 3][row % 2]
      #expect(abs(value - (isTaken ? returns[row] : 0)) < 1e-3)
    }
  }

  @Test("inputs that are all the same leave the mean return")
  func constantInputs() {
    var baseline = LinearBaseline(ObservationInput(.box(lower: [0], upper: [1])))
    let returns: [Float] = [0, 1, 1, 0, 1]
    var values = Array(repeating: Float(0), count: 5)
    var span = values.mutableSpan
    baseline.fit(
      inputs: [1, 1, 1, 1, 1].span, returns: returns.span, lengths: [1, 1, 1, 1, 1], values: &span)
    for value in values { #expect(abs(value - 0.6) < 1e-4) }
  }
}
