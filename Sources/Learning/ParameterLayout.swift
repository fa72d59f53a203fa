import Autodiff
import Foundation
import Randomness

/// Which part of a flat parameter vector is which matrix of a network, and how each is drawn at first.
public struct ParameterLayout: Sendable {
  /// How a matrix is drawn.
  public enum Initializer: Sendable {
    /// All elements the same.
    case constant(Float)
    /// Columns (or rows, where there are fewer) orthonormal, times a gain. Source: Saxe et al. 2014.
    case orthogonal(gain: Float)
    /// Blocks beside one another, each orthogonal with gain 1, for the gates of a recurrent unit.
    case orthogonalBlocks(Int)
    /// Uniform on ±√(6 / (rows + columns)). Source: Glorot and Bengio 2010.
    case glorot
    /// The input weights of a gated recurrent unit, blocks of columns for reset, update and candidate; the last
    /// row, the biases, is zero but for those of the update gate, which keep the state for about u steps, u uniform
    /// on 1 … `chronoSpan`. Source: Tallec and Ollivier 2018, "Can recurrent neural networks warp time?", equation 16.
    case gatedInput(chronoSpan: Float)
    /// The biases of gates that keep a state, so that it is kept for about u steps, u uniform on 1 … `chronoSpan`. Source:
    /// the same.
    case keepBias(chronoSpan: Float)
    /// The input weights of a long short-term memory, blocks of columns for input, forget and output gate and
    /// candidate; the last row, the biases, is zero but for b of the forget gate and −b of the input gate, which keep a
    /// cell for about eᵇ steps, eᵇ uniform on 1 … `chronoSpan`. Source: the same, equation 16.
    case cellInput(chronoSpan: Float)
  }

  /// One matrix.
  public struct Entry: Sendable {
    /// Its name, such as `policy.weight`.
    public let name: String
    /// Its rows and columns.
    public let shape: Shape
    /// Where it begins in the flat vector.
    public let offset: Int
    let initializer: Initializer
  }

  /// The matrices, in order.
  public private(set) var entries: [Entry] = []

  /// No matrices yet.
  public init() {}

  /// The length of the flat vector.
  public var count: Int { entries.last.map { $0.offset + $0.shape.count } ?? 0 }

  /// Appends a matrix.
  public mutating func add(_ name: String, _ rows: Int, _ columns: Int, _ initializer: Initializer) {
    precondition(!entries.contains { $0.name == name }, "two parameters are called \(name)")
    entries.append(Entry(name: name, shape: Shape(rows, columns), offset: count, initializer: initializer))
  }

  /// The matrix `name` as a view of the flat vector `parameters`, `[1, count]`.
  public func matrix(_ name: String, of parameters: Node) -> Node {
    guard let entry = entries.first(where: { $0.name == name }) else {
      preconditionFailure("no parameter is called \(name)")
    }
    return parameters.slice(columns: entry.offset..<entry.offset + entry.shape.count)
      .reshaped(entry.shape.rows, entry.shape.columns)
  }

  /// A flat vector drawn below `key`.
  public func initialValues(_ key: RandomKey) -> [Float] {
    entries.flatMap { entry -> [Float] in
      var random = key.child(entry.name).stream()
      let (rows, columns) = (entry.shape.rows, entry.shape.columns)
      switch entry.initializer {
      case .constant(let value): return Array(repeating: value, count: rows * columns)
      case .glorot:
        let bound = (6 / Float(rows + columns)).squareRoot()
        return (0..<rows * columns).map { _ in random.uniform(from: -bound, to: bound) }
      case .gatedInput(let span):
        let (bound, width) = ((6 / Float(rows + columns)).squareRoot(), columns / 3)
        return (0..<rows * columns).map { index in
          guard index / columns == rows - 1 else { return random.uniform(from: -bound, to: bound) }
          return index % columns / width == 1 ? logf(random.uniform(from: 1, to: max(span, 1))) : 0
        }
      case .keepBias(let span):
        return (0..<rows * columns).map { _ in logf(random.uniform(from: 1, to: max(span, 1))) }
      case .cellInput(let span):
        let (bound, width) = ((6 / Float(rows + columns)).squareRoot(), columns / 4)
        var values = (0..<rows * columns).map { _ in random.uniform(from: -bound, to: bound) }
        let biases = (rows - 1) * columns
        for unit in 0..<width {
          let bias = logf(random.uniform(from: 1, to: max(span, 1)))
          (values[biases + unit], values[biases + width + unit]) = (-bias, bias)
          (values[biases + 2 * width + unit], values[biases + 3 * width + unit]) = (0, 0)
        }
        return values
      case .orthogonal(let gain): return Orthogonal.matrix(rows, columns, gain: gain, using: &random)
      case .orthogonalBlocks(let count):
        let width = columns / count
        let blocks = (0..<count).map { _ in Orthogonal.matrix(rows, width, gain: 1, using: &random) }
        return (0..<rows * columns).map { index in
          let (row, column) = (index / columns, index % columns)
          return blocks[column / width][row * width + column % width]
        }
      }
    }
  }
}
