import Formats
import Learning
import Testing

@Suite struct LearnerStateTests {
  private func trained() -> (optimizer: Adam, parameters: [Float]) {
    var (optimizer, parameters) = (Adam(count: 3), [Float](arrayLiteral: 1, 2, 3))
    for step in 1...4 {
      _ = optimizer.step(
        &parameters, gradient: [0.5, -1, Float(step)], learningRate: 0.1, maximumNorm: 10)
    }
    return (optimizer, parameters)
  }

  @Test func goesOnWhereItStopped() throws {
    var (optimizer, parameters) = trained()
    let state = optimizer.state(with: parameters)
    var (restored, copy) = (Adam(count: 3), [Float](repeating: 0, count: 3))
    try restored.restore(state, parameters: &copy)
    #expect(restored.state(with: copy) == state)
    _ = optimizer.step(&parameters, gradient: [1, 1, 1], learningRate: 0.1, maximumNorm: 10)
    _ = restored.step(&copy, gradient: [1, 1, 1], learningRate: 0.1, maximumNorm: 10)
    #expect(copy == parameters)
  }

  @Test(arguments: [
    ("parameters", [Float(1)]), ("optimizer.firstMoment", []), ("optimizer.secondMoment", [1, 2]),
    ("optimizer.stepCount", [0.5]), ("optimizer.stepCount", [-1]), ("optimizer.stepCount", [.nan]),
  ])
  func refusesWhatDoesNotFit(name: String, values: [Float]) throws {
    let (optimizer, parameters) = trained()
    var state = optimizer.state(with: parameters)
    let index = try #require(state.firstIndex { $0.name == name })
    state[index] = NamedTensor(name: name, shape: [values.count], values: values)
    var (other, copy) = (Adam(count: 3), [Float](repeating: 7, count: 3))
    #expect(throws: InvalidParameter.self) { try other.restore(state, parameters: &copy) }
    state.remove(at: index)
    #expect(throws: InvalidParameter.self) { try other.restore(state, parameters: &copy) }
    #expect(copy == [7, 7, 7])
    #expect(other.stepCount == 0)
  }
}
