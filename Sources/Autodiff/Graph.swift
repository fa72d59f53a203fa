/// The rows and columns of a matrix. Every value of the calculus is a matrix: a scalar is `[1, 1]`, a flat
/// parameter vector `[1, P]`, a sequence of T batches of B rows `[T·B, n]`.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int

  /// A shape of `rows` by `columns`.
  public init(_ rows: Int, _ columns: Int) {
    precondition(rows >= 0 && columns >= 0, "shape [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
  }

  /// The number of elements.
  public var count: Int { rows * columns }
  /// `[rows, columns]`.
  public var description: String { "[\(rows), \(columns)]" }
}

/// What a node of the graph is computed by. Shapes are static; nothing here depends on values.
enum Operation: Hashable {
  case input(Int)
  case constant(Double)
  case unary(UnaryOperation)
  case binary(BinaryOperation)
  /// The second operand where the first is not zero, else the third.
  case select
  case broadcast
  case matrixProduct(transposeLeft: Bool, transposeRight: Bool)
  /// The products of `count` pairs of matrices; those of an operand stand below one another.
  case batchedProduct(count: Int, transposeLeft: Bool, transposeRight: Bool)
  case sumRows
  case sumColumns
  case maximumOfColumns
  case slice(row: Int, column: Int)
  case concatenateRows
  case concatenateColumns
  case reshape
  /// The product of the sparse matrix that the second operand describes and the first operand.
  case sparseProduct
  /// The product of the transpose of that sparse matrix and the first operand.
  case sparseTransposedProduct
  /// Causal attention over times, of lanes side by side, from queries, keys and values.
  case attention(AttentionShape)
  /// The gradient of attention with respect to its operand, the first one, from that of its result, the second.
  case attentionGradient(AttentionShape)
  /// Attention of the newest time over a past, the second operand, of as many times as the third says.
  case cachedAttention(AttentionShape)
  /// One at the column that the operand, `[m, 1]`, names.
  case oneHot
  case stopGradient

  /// Whether element (i, j) of the result depends on elements (i, j) of the operands alone.
  var isElementwise: Bool {
    switch self {
    case .unary, .binary, .select: true
    default: false
    }
  }
}

/// The lanes and heads of attention.
struct AttentionShape: Hashable, Sendable, BitwiseCopyable {
  let laneCount: Int
  let headCount: Int
  let headWidth: Int
}

/// The elementwise functions of one operand.
enum UnaryOperation: Hashable {
  case copy, negate, exponential, logarithm, hyperbolicTangent, sigmoid, squareRoot, reciprocal, magnitude
  case square
}

/// The elementwise functions of two operands.
enum BinaryOperation: Hashable {
  case add, subtract, multiply, divide, minimum, maximum
  /// One where the first operand is greater than the second, else zero.
  case greater
}

/// A calculation written down, to be differentiated and compiled.
///
/// Equal calculations are one node. Operands come before their results, so the order of nodes is an order
/// of calculation.
public final class Graph {
  struct Entry: Hashable {
    let operation: Operation
    let operands: [Int]
    let shape: Shape
  }

  private(set) var entries: [Entry] = []
  private var known: [Entry: Int] = [:]
  /// The inputs, in the order they were made; a program knows them by their number.
  public private(set) var inputs: [Node] = []
  private(set) var inputNames: [String] = []
  /// Where a node stands among the operands of concatenations.
  private var placesInConcatenations: [Int: [(concatenation: Int, position: Int)]] = [:]

  /// An empty graph.
  public init() {}

  /// A matrix given from outside when the program runs.
  public func input(_ name: String, _ rows: Int, _ columns: Int) -> Node {
    let node = node(.input(inputs.count), [], Shape(rows, columns))
    inputs.append(node)
    inputNames.append(name)
    return node
  }

  /// A matrix whose elements are all `value`.
  public func constant(_ value: Double, _ rows: Int = 1, _ columns: Int = 1) -> Node {
    node(.constant(value), [], Shape(rows, columns))
  }

  func node(_ operation: Operation, _ operands: [Node], _ shape: Shape) -> Node {
    let entry = Entry(operation: operation, operands: operands.map(\.id), shape: shape)
    if let id = known[entry] { return Node(graph: self, id: id) }
    entries.append(entry)
    let id = entries.count - 1
    known[entry] = id
    if operation == .concatenateRows || operation == .concatenateColumns {
      for (position, operand) in operands.enumerated() {
        placesInConcatenations[operand.id, default: []].append((id, position))
      }
    }
    return Node(graph: self, id: id)
  }

  /// A run of operands of an existing concatenation that is `nodes`, as a slice of it.
  func existingConcatenation(_ operation: Operation, of nodes: [Node]) -> Node? {
    for (concatenation, position) in placesInConcatenations[nodes[0].id] ?? [] {
      let operands = entries[concatenation].operands
      guard entries[concatenation].operation == operation, position + nodes.count <= operands.count,
        zip(operands[position...], nodes).allSatisfy({ $0 == $1.id })
      else { continue }
      let whole = Node(graph: self, id: concatenation)
      func length(_ nodes: some Sequence<Int>) -> Int {
        nodes.reduce(0) {
          let shape = entries[$1].shape
          return $0 + (operation == .concatenateRows ? shape.rows : shape.columns)
        }
      }
      let first = length(operands[..<position])
      let range = first..<first + length(nodes.map(\.id))
      return operation == .concatenateRows ? whole.part(rows: range) : whole.part(columns: range)
    }
    return nil
  }
}

/// A value in a graph.
public struct Node {
  /// The graph it stands in.
  public let graph: Graph
  let id: Int

  var entry: Graph.Entry { graph.entries[id] }
  /// Its rows and columns.
  public var shape: Shape { entry.shape }

  var operands: [Node] { entry.operands.map { Node(graph: graph, id: $0) } }

  /// The value of a node whose elements are all the same constant.
  var constantValue: Double? {
    if case .constant(let value) = entry.operation { return value }
    return nil
  }
}
