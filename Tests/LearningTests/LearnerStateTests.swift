import Formats
import Learning
import Testing

@Suite struct LearnerStateTests {
  private static let labels = [nil, "critic"]

  private func trained(_ label: String?) -> ParameterGroup {
    var group = ParameterGroup([1, 2, 3], label: label)
    for step in 1...4 {
      _ = group.step(gradient: [0.5, -1, Float(step)], learningRate: 0.1, maximumNorm: 10)
    }
    return group
  }

  @Test(arguments: labels) func goesOnWhereItStopped(label: String?) throws {
    var group = trained(label)
    let state = group.state
    #expect(state.parameterCount == 3 && state.counts.map(\.value) == [4])
    var restored = ParameterGroup([0, 0, 0], label: label)
    try restored.restore(state)
    #expect(restored.state == state)
    _ = group.step(gradient: [1, 1, 1], learningRate: 0.1, maximumNorm: 10)
    _ = restored.step(gradient: [1, 1, 1], learningRate: 0.1, maximumNorm: 10)
    #expect(restored.values == group.values && group.values != [0, 0, 0])
  }

  @Test func aGroupTakesItsOwnPart() throws {
    let (actor, critic) = (trained(nil), ParameterGroup([7], label: "critic"))
    let state = actor.state + critic.state
    #expect(
      state.tensors.map(\.name) == [
        "parameters", "optimizer.firstMoment", "optimizer.secondMoment", "critic.parameters",
        "optimizer.critic.firstMoment", "optimizer.critic.secondMoment",
      ])
    #expect(state.parameterCount == 4)
    var restored = ParameterGroup([0], label: "critic")
    try restored.restore(state)
    #expect(restored.state == critic.state)
  }

  /// Steps of several groups are those of each by itself.
  @Test func groupsMoveByTheirPartsOfAGradient() throws {
    var groups = [trained("actor"), ParameterGroup([7], label: "critic")]
    var (actor, critic) = (groups[0], groups[1])
    let norms = groups.step(gradient: [3, 0, 4, 12], learningRate: 0.1, maximumNorm: 2)
    #expect(norms == [5, 12])
    _ = actor.step(gradient: [3, 0, 4], learningRate: 0.1, maximumNorm: 2)
    _ = critic.step(gradient: [12], learningRate: 0.1, maximumNorm: 2)
    #expect(groups.state == actor.state + critic.state)
    let state = groups.state
    var restored = [ParameterGroup([0, 0, 0], label: "actor"), ParameterGroup([0], label: "critic")]
    try restored.restore(state)
    #expect(restored.state == state)
    // Where one part does not fit, none is taken over.
    var others = [ParameterGroup([0, 0, 0], label: "actor"), ParameterGroup([0], label: "other")]
    #expect(throws: InvalidParameter.self) { try others.restore(state) }
    #expect(others.map(\.values) == [[0, 0, 0], [0]])
  }

  @Test func countsAreExact() throws {
    var state = trained(nil).state
    let steps = 1 << 24 + 1
    state.counts = [NamedCount(name: "optimizer.stepCount", value: steps)]
    var group = ParameterGroup([0, 0, 0])
    try group.restore(state)
    _ = group.step(gradient: [1, 1, 1], learningRate: 0.1, maximumNorm: 10)
    #expect(group.state.counts[0].value == steps + 1)
  }

  @Test(arguments: [
    ("parameters", [Float(1)]), ("optimizer.firstMoment", []), ("optimizer.secondMoment", [1, 2]),
  ])
  func refusesWhatDoesNotFit(name: String, values: [Float]) throws {
    var state = trained(nil).state
    let index = try #require(state.tensors.firstIndex { $0.name == name })
    state.tensors[index] = NamedTensor(name: name, shape: [values.count], values: values)
    var other = ParameterGroup([7, 7, 7])
    let before = other.state
    #expect(throws: InvalidParameter.self) { try other.restore(state) }
    state.tensors.remove(at: index)
    #expect(throws: InvalidParameter.self) { try other.restore(state) }
    #expect(other.state == before)
  }

  @Test(arguments: [[], [-1]]) func refusesCountsThatAreNone(values: [Int]) throws {
    var state = trained(nil).state
    state.counts = values.map { NamedCount(name: "optimizer.stepCount", value: $0) }
    var other = ParameterGroup([7, 7, 7])
    let before = other.state
    #expect(throws: InvalidParameter.self) { try other.restore(state) }
    #expect(other.state == before)
  }
}
