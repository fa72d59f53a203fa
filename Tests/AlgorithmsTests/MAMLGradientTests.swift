import Algorithms
import Autodiff
import Foundation
import Simulation
import Testing

/// A small outer problem with made-up episodes, calculated in Double.
struct OuterProblem {
  static let interface = Interface(
    observation: .box(lower: [-1, -1], upper: [1, 1]), action: .box(lower: [-1, -1], upper: [1, 1]),
    horizon: 3, episodeCount: 1)
  static let discrete = Interface(
    observation: .discrete([3, 2]), action: .discrete([2, 3]), horizon: 3, episodeCount: 1)

  let objective: MAMLObjective
  let graph = Graph()
  let parameters: Node
  let credit: Node
  let support: [MAMLObjective.Episodes]
  let query: MAMLObjective.Episodes
  var values: [[Double]]

  init(
    _ interface: Interface = Self.interface, steps: Int = 1,
    _ change: (inout MAMLConfiguration) -> Void = { _ in }
  ) {
    var configuration = MAMLConfiguration()
    configuration.adaptation.steps = steps
    configuration.network.hiddenUnits = 3
    configuration.network.hiddenLayers = 2
    configuration.network.activation = .hyperbolicTangent
    configuration.adaptation.stepSize = 0.7
    configuration.adaptation.laterStepFactor = 0.5
    change(&configuration)
    let objective = MAMLObjective(configuration, interface)
    self.objective = objective
    parameters = graph.input("parameters", 1, objective.parameterCount)
    credit = graph.input("credit", 1, 1)
    let graph = graph
    let batches = (0...steps).map {
      objective.episodes(graph, "episodes\($0)", stepCount: interface.horizon, laneCount: 2)
    }
    support = Array(batches.dropLast())
    query = batches[steps]
    values = [Self.numbers(objective.parameterCount, 0.6, 1), [0.4]]
    for batch in batches.indices { values += Self.episodes(interface, objective, batch) }
  }

  /// Numbers in ±`range` that look random.
  static func numbers(_ count: Int, _ range: Double, _ seed: Int) -> [Double] {
    (0..<count).map { index in
      let phase = Double((index + 1) * (index + 7 * seed)) * 1.7
      return range * sin(phase + Double(seed))
    }
  }

  private static func episodes(
    _ interface: Interface, _ objective: MAMLObjective, _ batch: Int
  ) -> [[Double]] {
    let rows = interface.horizon * 2
    // One lane ends a step before the other.
    let weights = (0..<rows).map { $0 == rows - 1 ? 0 : 1 / Double(rows - 1) }
    var choices = numbers(rows * objective.distribution.componentCount, 1, batch + 2)
    if case .discrete(let counts) = interface.action {
      choices = (0..<rows).flatMap { row in counts.map { Double((row * 5 + batch) % $0) } }
    }
    var inputs = numbers(rows * objective.encoder.width, 1, batch + 3)
    if case .discrete(let counts) = interface.observation {
      inputs = (0..<rows).flatMap { row in
        counts.indices.map { Double(counts[..<$0].reduce(0, +) + (row * 5 + batch) % counts[$0]) }
          + counts.map { _ in 1 }
      }
    }
    let logProbabilities = numbers(rows, 0.2, batch + 4).map { $0 - 2 }
    let advantages = numbers(rows, 1.5, batch + 5)
    let outputs = numbers(rows * objective.distribution.outputCount, 1, batch + 6)
    let logStandardDeviation = numbers(max(objective.distribution.componentCount, 1), 0.3, batch + 7)
    return [inputs, choices, logProbabilities, advantages, weights, outputs, logStandardDeviation]
  }

  func value(_ node: Node, _ values: [[Double]]) -> [Double] {
    let workspace = Workspace<Double>(Program([node]))
    for (index, value) in values.enumerated() where index < inputCount { workspace.setInput(index, value) }
    workspace.run()
    return workspace.output(0)
  }

  private var inputCount: Int { 2 + 7 * (support.count + 1) }

  var outer: MAMLObjective.Outer {
    objective.outer(parameters, support: support, query: query, credit: credit)
  }

  /// The greatest difference of the gradient of `loss` from central differences, relative to its largest.
  func gradientError(_ loss: Node, gradient: [Double]? = nil, differencesOf other: Node? = nil) -> Double {
    let found = gradient ?? value(loss.gradient(withRespectTo: [parameters])[0], values)
    let workspace = Workspace<Double>(Program([other ?? loss]))
    for (index, value) in values.enumerated() { workspace.setInput(index, value) }
    var (worst, scale) = (0.0, 1e-3)
    for index in values[0].indices {
      func loss(_ shift: Double) -> Double {
        var shifted = values[0]
        shifted[index] += shift
        workspace.setInput(0, shifted)
        workspace.run()
        return workspace.scalar(0)
      }
      // Five points, so that rounding and not the step limits the accuracy.
      let step = 1e-3
      let difference = (8 * (loss(step) - loss(-step)) - (loss(2 * step) - loss(-2 * step))) / (12 * step)
      worst = max(worst, abs(found[index] - difference))
      scale = max(scale, abs(difference))
    }
    return worst / scale
  }
}

@Suite("The meta-gradient agrees with central differences")
struct MAMLGradientTests {
  typealias Change = @Sendable (inout MAMLConfiguration) -> Void

  static let changes: [(name: String, change: Change)] = [
    ("policy gradient", { _ in }),
    ("likelihood ratio", { $0.adaptation.loss = .likelihoodRatio }),
    ("learned step sizes", { $0.adaptation.learnedStepSizes = true }),
    ("head", { $0.adaptation.parameters = .head }),
    ("context", { $0.adaptation.parameters = .context }),
    (
      "context, learned step sizes",
      {
        $0.adaptation.parameters = .context
        $0.adaptation.learnedStepSizes = true
      }
    ),
    ("exploration", { $0.outer.explorationCoefficient = 1 }),
    ("every step counts", { $0.outer.everyStepCounts = true }),
    (
      "ProMP",
      {
        $0.adaptation.loss = .likelihoodRatio
        $0.outer.optimizer = .ppo
        $0.outer.klPenalty = 0.3
      }
    ),
  ]

  @Test("through one, two and three inner steps", arguments: changes.indices, [1, 2, 3])
  func exact(_ which: Int, _ steps: Int) {
    for interface in [OuterProblem.interface, OuterProblem.discrete] {
      let problem = OuterProblem(interface, steps: steps, Self.changes[which].change)
      let error = Self.errorWithoutContext(problem)
      #expect(error < 1e-5, "\(Self.changes[which].name)")
    }
  }

  /// The context is zero before adaptation and not learned, so its slope is zero though the loss has one.
  private static func errorWithoutContext(_ problem: OuterProblem) -> Double {
    guard problem.objective.configuration.adaptation.parameters == .context,
      let entry = problem.objective.network.layout.entries.last
    else { return problem.gradientError(problem.outer.loss) }
    var gradient = problem.value(
      problem.outer.loss.gradient(withRespectTo: [problem.parameters])[0], problem.values)
    let range = entry.offset..<entry.offset + entry.shape.count
    #expect(range.allSatisfy { gradient[$0] == 0 })
    var problem = problem
    for index in range { problem.values[0][index] = 0 }
    gradient = problem.value(
      problem.outer.loss.gradient(withRespectTo: [problem.parameters])[0], problem.values)
    // Differences along the other parameters alone.
    let other = problem.parameters
    let mask = Node.concatenateColumns(
      [
        other.slice(columns: 0..<range.lowerBound),
        other.slice(columns: range) * problem.graph.constant(0, 1, range.count)
          + other.slice(columns: range).stopGradient() * 0,
        other.slice(columns: range.upperBound..<other.shape.columns),
      ].filter { $0.shape.columns > 0 })
    let loss = problem.objective.outer(
      mask, support: problem.support, query: problem.query, credit: problem.credit
    ).loss
    return problem.gradientError(loss, gradient: gradient)
  }

  @Test("DiCE: with the magic boxes' constants kept fixed", arguments: [1, 2])
  func dice(_ steps: Int) {
    let problem = OuterProblem(steps: steps) { $0.adaptation.loss = .dice }
    let gradient = problem.value(
      problem.outer.loss.gradient(withRespectTo: [problem.parameters])[0], problem.values)
    #expect(problem.gradientError(Self.frozenDiceLoss(problem, steps), gradient: gradient) < 1e-5)
  }

  /// The outer loss with DiCE written out, sums over time term by term, and what the boxes subtract given as
  /// numbers.
  private static func frozenDiceLoss(_ problem: OuterProblem, _ steps: Int) -> Node {
    let objective = problem.objective
    var matrices = objective.initialMatrices(problem.parameters)
    for (step, episodes) in problem.support.enumerated() {
      let result = objective.network.result(episodes.inputs, matrices)
      let logProbability = objective.distribution.logProbability(
        of: episodes.choices, result.outputs, logStandardDeviation: result.logStandardDeviation)
      var loss = problem.graph.constant(0)
      for lane in 0..<2 {
        var sum = problem.graph.constant(0)
        for time in 0..<3 {
          let row = 2 * time + lane
          let last = sum
          sum = sum + logProbability.slice(rows: row..<row + 1)
          func box(_ x: Node) -> Node { (x - problem.value(x, problem.values)[0]).exponential() }
          let weight = (episodes.advantages * episodes.weights).slice(rows: row..<row + 1)
          loss = loss - weight * (box(sum) - (time == 0 ? problem.graph.constant(1) : box(last)))
        }
      }
      let rate = objective.configuration.adaptation.stepSize * (step == 0 ? 1 : 0.5)
      let slopes = loss.gradient(withRespectTo: matrices)
      matrices = zip(matrices, slopes).map { $0 - rate * $1 }
    }
    let result = objective.network.result(problem.query.inputs, matrices)
    let logProbability = objective.distribution.logProbability(
      of: problem.query.choices, result.outputs, logStandardDeviation: result.logStandardDeviation)
    let ratio = (logProbability - problem.query.logProbabilities).exponential()
    return -(ratio * problem.query.advantages * problem.query.weights).sum()
  }

  @Test("the first-order gradient is the slope at the adapted parameters, and differs from the exact one")
  func firstOrder() {
    let exact = OuterProblem()
    let first = OuterProblem { $0.outer.gradient = .firstOrder }
    func gradient(_ problem: OuterProblem) -> [Double] {
      problem.value(problem.outer.loss.gradient(withRespectTo: [problem.parameters])[0], problem.values)
    }
    // The slope at the adapted parameters: those of the query with no inner loop.
    let course = exact.objective.course(exact.parameters, exact.support)
    let adapted = Node.concatenateColumns(course[1].map { $0.reshaped(1, $0.shape.count) })
    var moved = exact.values
    moved[0] = exact.value(adapted, exact.values)
    let loss = exact.objective.outer(
      exact.parameters, support: [], query: exact.query, credit: exact.credit
    ).loss
    let slope = exact.value(loss.gradient(withRespectTo: [exact.parameters])[0], moved)
    let found = gradient(first)
    for (one, other) in zip(found, slope) { #expect(abs(one - other) < 1e-10) }
    let difference = zip(found, gradient(exact)).map { abs($0 - $1) }.max() ?? 0
    #expect(difference > 1e-3)
  }

  @Test(
    "Fisher products are second derivatives of the mean divergence after adaptation", arguments: [1, 2, 3])
  func fisher(_ steps: Int) {
    for interface in [OuterProblem.interface, OuterProblem.discrete] {
      for everyStepCounts in [false, true] {
        check(OuterProblem(interface, steps: steps) { $0.outer.everyStepCounts = everyStepCounts }, steps)
      }
    }
  }

  private func check(_ problem: OuterProblem, _ steps: Int) {
    var problem = problem
    let objective = problem.objective
    let course = objective.course(problem.parameters, problem.support)
    // The old policies are the present ones, so that the divergence is zero.
    for (batch, episodes) in (problem.support + [problem.query]).enumerated() {
      let result = objective.network.result(episodes.inputs, course[batch])
      func input(_ port: MAMLObjective.Port) -> Int { MAMLObjective.Input.port(port, ofBatch: batch) }
      problem.values[input(.outputs)] = problem.value(result.outputs, problem.values)
      if let logStandardDeviation = result.logStandardDeviation {
        problem.values[input(.logStandardDeviation)] = problem.value(logStandardDeviation, problem.values)
      }
    }
    #expect(abs(problem.value(problem.outer.klDivergence, problem.values)[0]) < 1e-12)

    let direction = OuterProblem.numbers(objective.parameterCount, 1, 11)
    let directionNode = Node.concatenateColumns(direction.map { problem.graph.constant($0) })
    let product = problem.value(
      objective.fisherProduct(
        problem.parameters, direction: directionNode, support: problem.support, query: problem.query),
      problem.values)
    let slope = problem.outer.klDivergence.gradient(withRespectTo: [problem.parameters])[0]
    #expect(problem.gradientError((slope * directionNode).sum(), gradient: product) < 1e-5)
  }
}
