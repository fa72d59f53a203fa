import Autodiff
import Foundation

/// Fully connected layers, as a function of a flat parameter vector:
///
///     h₁ = f(x W₁ + c W_c + b₁),   hᵢ = f(hᵢ₋₁ Wᵢ + bᵢ),   outputs = h W + b,
///
/// where c, the context, is a parameter vector that is the same for all inputs. It is absent where
/// `contextCount` is zero. What is normally distributed around the outputs has log σ as a parameter of its own.
public struct FeedForwardNetwork: Sendable {
  /// The nonlinear function of the hidden layers.
  public enum Activation: String, Codable, Sendable, CaseIterable {
    /// max(x, 0).
    case rectifier
    /// tanh x.
    case hyperbolicTangent
  }

  /// A part of the parameters by its role.
  public enum Role: Sendable {
    /// The hidden layers.
    case body
    /// The output layer and the deviation.
    case head
    /// The context vector.
    case context
  }

  /// Where the parameters lie in the flat vector.
  public let layout: ParameterLayout
  /// The role of each entry of `layout`.
  public let roles: [Role]
  private let hiddenLayerCount: Int
  private let isSparse: Bool
  private let activation: Activation
  private let hasStandardDeviation: Bool
  private let contextCount: Int
  /// Below this a deviation stops to shrink; also the smallest that divisions by it can stand.
  private static let minimumDeviation = 1e-6

  /// A network for the inputs given.
  ///
  /// - Parameters:
  ///   - standardDeviationCount: of how many outputs a standard deviation is learned, all of them or none.
  ///   - initialStandardDeviation: what it is at first.
  public init(
    _ input: ObservationInput, hiddenCounts: [Int], contextCount: Int = 0, activation: Activation,
    outputCount: Int, standardDeviationCount: Int = 0, initialStandardDeviation: Float = 1
  ) {
    isSparse = input.isSparse
    self.activation = activation
    hasStandardDeviation = standardDeviationCount > 0
    self.contextCount = contextCount
    hiddenLayerCount = hiddenCounts.count
    var layout = ParameterLayout()
    var roles: [Role] = []
    func add(
      _ role: Role, _ name: String, _ rows: Int, _ columns: Int, _ initial: ParameterLayout.Initializer
    ) {
      layout.add(name, rows, columns, initial)
      roles.append(role)
    }
    var width = input.featureCount
    for (index, count) in hiddenCounts.enumerated() {
      add(.body, "hidden\(index).weight", width, count, .glorot)
      add(.body, "hidden\(index).bias", 1, count, .constant(0))
      width = count
    }
    add(.head, "output.weight", width, outputCount, .glorot)
    add(.head, "output.bias", 1, outputCount, .constant(0))
    if hasStandardDeviation {
      add(.head, "logStandardDeviation", 1, standardDeviationCount, .constant(logf(initialStandardDeviation)))
    }
    if contextCount > 0 {
      add(.body, "context.weight", contextCount, hiddenCounts.first ?? outputCount, .glorot)
      add(.context, "context", 1, contextCount, .constant(0))
    }
    self.layout = layout
    self.roles = roles
  }

  /// The entries of the layout as matrices, views of the flat vector `parameters`, `[1, layout.count]`.
  public func matrices(of parameters: Node) -> [Node] {
    layout.entries.map { layout.matrix($0.name, of: parameters) }
  }

  /// What the network says about inputs.
  public struct Result {
    /// `[m, outputs]`: of a policy the means or the logits.
    public let outputs: Node
    /// log σ, `[1, deviations]`, where it is learned.
    public let logStandardDeviation: Node?
  }

  /// Runs the network with the given matrices, one for each entry of the layout.
  ///
  /// - Parameter inputs: rows of an `ObservationInput`, `[m, width]`.
  public func result(_ inputs: Node, _ matrices: [Node]) -> Result {
    func matrix(_ name: String) -> Node {
      guard let index = layout.entries.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("no parameter is called \(name)")
      }
      return matrices[index]
    }
    func layer(_ name: String, _ input: Node, isFirst: Bool) -> Node {
      var bias = matrix("\(name).bias")
      if isFirst && contextCount > 0 {
        bias = bias + matrix("context").matrixProduct(matrix("context.weight"))
      }
      let weight = matrix("\(name).weight")
      return (isFirst && isSparse ? weight.sparseProduct(with: input) : input.matrixProduct(weight)) + bias
    }
    var hidden = inputs
    for index in 0..<hiddenLayerCount {
      let sum = layer("hidden\(index)", hidden, isFirst: index == 0)
      hidden = activation == .rectifier ? sum.rectified() : sum.hyperbolicTangent()
    }
    let floor = inputs.graph.constant(log(Self.minimumDeviation))
    return Result(
      outputs: layer("output", hidden, isFirst: hiddenLayerCount == 0),
      logStandardDeviation: hasStandardDeviation ? matrix("logStandardDeviation").maximum(floor) : nil)
  }
}
