import Formats
import Learning
import Testing

@Suite struct TargetParametersTests {
  @Test func theyFollow() {
    var target = TargetParameters([0, 8], label: "critic")
    target.follow([4, 0], rate: 0.25)
    #expect(target.values == [1, 6])
    target.follow([4, 0], rate: 1)
    #expect(target.values == [4, 0])
  }

  @Test func theyGoOnWhereTheyStopped() throws {
    let target = TargetParameters([1, 2, 3], label: "critic")
    #expect(target.state.tensors.map(\.name) == ["critic.target"])
    // They are no parameters that an optimizer moves.
    #expect(target.state.parameterCount == 0)
    var restored = TargetParameters([0, 0, 0], label: "critic")
    try restored.restore(target.state)
    #expect(restored.values == target.values)
    var others = TargetParameters([0, 0], label: "critic")
    #expect(throws: InvalidParameter.self) { try others.restore(target.state) }
    #expect(others.values == [0, 0])
  }
}
