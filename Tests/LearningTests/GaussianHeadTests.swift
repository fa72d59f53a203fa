import Autodiff
import Foundation
import Learning
import Randomness
import Testing

@Suite("A head for a Gaussian latent vector")
struct GaussianHeadTests {
  /// μ and log σ² of two distributions of three components.
  private static let (first, second) = (
    [0.3, -1.2, 0.8, -0.7, 0.4, 0.1], [-0.5, 0.2, 1.1, 0.3, -0.9, 0.0]
  )

  private func latent(_ input: Node) -> GaussianLatent {
    GaussianLatent(mean: input.slice(columns: 0..<3), logVariance: input.slice(columns: 3..<6))
  }

  /// KL of the first from the second, of the first from the standard normal, and the slope of their sum in the first.
  private func divergences(_ first: [Double]) -> (between: Double, standard: Double, slope: [Double]) {
    let graph = Graph()
    let (one, other) = (graph.input("one", 1, 6), graph.input("other", 1, 6))
    let latent = latent(one)
    let between = latent.klDivergence(from: self.latent(other))
    let standard = latent.klDivergence(from: .standard(like: latent.mean))
    let slope = (between + standard).sum().gradient(withRespectTo: [one])[0]
    let workspace = Workspace<Double>(Program([between, standard, slope]))
    workspace.setInput(0, first)
    workspace.setInput(1, Self.second)
    workspace.run()
    return (workspace.output(0)[0], workspace.output(1)[0], workspace.output(2))
  }

  @Test("has the KL divergence that drawing says")
  func monteCarlo() {
    func logDensity(_ x: [Double], _ parameters: [Double]) -> Double {
      (0..<3).reduce(0) { sum, index in
        let (mean, logVariance) = (parameters[index], parameters[3 + index])
        let distance = x[index] - mean
        return sum - 0.5 * (log(2 * .pi) + logVariance + distance * distance / exp(logVariance))
      }
    }
    var random = RandomKey(seed: 4).stream()
    let count = 200_000
    var (between, standard) = (0.0, 0.0)
    for _ in 0..<count {
      let x = (0..<3).map { Self.first[$0] + exp(0.5 * Self.first[3 + $0]) * Double(random.normal()) }
      let own = logDensity(x, Self.first)
      between += own - logDensity(x, Self.second)
      standard += own - logDensity(x, [0, 0, 0, 0, 0, 0])
    }
    let exact = divergences(Self.first)
    #expect(abs(exact.between - between / Double(count)) < 0.02)
    #expect(abs(exact.standard - standard / Double(count)) < 0.02)
    #expect(abs(divergences(Self.second).between) < 1e-12)
  }

  @Test(
    "changes from step to step by the divergence from the step before, and first from the standard normal")
  func stepByStep() {
    // Two lanes of two steps; those of the second lane are the same.
    let graph = Graph()
    let input = graph.input("latents", 4, 6)
    let workspace = Workspace<Double>(Program([latent(input).klDivergenceFromStepBefore(laneCount: 2)]))
    workspace.setInput(0, Self.second + Self.first + Self.first + Self.first)
    workspace.run()
    let changes = workspace.output(0)
    let exact = divergences(Self.first)
    #expect(abs(changes[0] - divergences(Self.second).standard) < 1e-12)
    #expect(abs(changes[1] - exact.standard) < 1e-12)
    #expect(abs(changes[2] - exact.between) < 1e-12 && abs(changes[3]) < 1e-12)
  }

  @Test("has slopes that are those of central differences")
  func slopes() {
    let slope = divergences(Self.first).slope
    for index in Self.first.indices {
      func value(_ change: Double) -> Double {
        var point = Self.first
        point[index] += change
        let result = divergences(point)
        return result.between + result.standard
      }
      let difference = (value(1e-5) - value(-1e-5)) / 2e-5
      #expect(abs(difference - slope[index]) < 1e-7)
    }
  }

  @Test("draws by what its noise is, with slopes in mean and deviation")
  func sample() {
    let graph = Graph()
    let (input, noise) = (graph.input("input", 1, 6), graph.input("noise", 1, 3))
    let drawn = latent(input).sample(noise: noise)
    let slope = drawn.sum().gradient(withRespectTo: [input])[0]
    let workspace = Workspace<Double>(Program([drawn, slope]))
    workspace.setInput(0, Self.first)
    workspace.setInput(1, [1, 0, -2])
    workspace.run()
    let deviations = Self.first[3...].map { exp(0.5 * $0) }
    let expected = [0.3 + deviations[0], -1.2, 0.8 - 2 * deviations[2]]
    for (value, wanted) in zip(workspace.output(0), expected) { #expect(abs(value - wanted) < 1e-12) }
    let slopes = [1, 1, 1, 0.5 * deviations[0], 0, -deviations[2]]
    for (value, wanted) in zip(workspace.output(1), slopes) { #expect(abs(value - wanted) < 1e-12) }
  }

  @Test("is linear in what it reads, the mean first")
  func head() {
    let head = GaussianHead(inputCount: 2, latentCount: 3)
    var layout = ParameterLayout()
    head.addParameters(to: &layout, "latent")
    let graph = Graph()
    let (parameters, input) = (graph.input("parameters", 1, layout.count), graph.input("input", 4, 2))
    let latent = head.latent(input) { layout.matrix("latent.\($0)", of: parameters) }
    #expect(latent.mean.shape == Shape(4, 3) && latent.logVariance.shape == Shape(4, 3))
    #expect(layout.count == 3 * 6)
  }
}
