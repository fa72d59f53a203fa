import Autodiff
import Testing

@Suite("Tangents agree with gradients")
struct TangentTests {
  @Test("the tangent of a scalar is its gradient times the direction", arguments: GradientTests.cases)
  func agrees(_ test: Case) {
    let (graph, inputs, values) = GradientTests.inputs(test)
    let result = test.result(inputs)
    let gradients = result.gradient(withRespectTo: inputs)
    for (index, input) in inputs.enumerated() {
      // A direction whose elements differ, and which changes with the point.
      let direction = input.square() + 0.3
      let difference =
        result.tangent(along: direction.stopGradient(), of: input) - (gradients[index] * direction).sum()
      #expect(abs(evaluate([difference], values)[0][0]) < 1e-9)
    }
    #expect(graph === inputs[0].graph)
  }

  @Test("tangents can be differentiated", arguments: GradientTests.cases)
  func differentiable(_ test: Case) {
    let (graph, inputs, values) = GradientTests.inputs(test)
    let direction = graph.constant(0.3, inputs[0].shape.rows, inputs[0].shape.columns)
    let tangent = test.result(inputs).tangent(along: direction, of: inputs[0])
    #expect(gradientError(tangent, inputs, values) < 1e-7)
  }
}
