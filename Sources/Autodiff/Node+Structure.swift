// Products, reductions, and the operations that move elements without changing them.
extension Node {
  /// The matrix product op(self) · op(right), where op transposes if asked.
  public func matrixProduct(
    _ right: Node, transposeLeft: Bool = false, transposeRight: Bool = false
  ) -> Node {
    let (m, k) = transposeLeft ? (shape.columns, shape.rows) : (shape.rows, shape.columns)
    let (k2, n) =
      transposeRight ? (right.shape.columns, right.shape.rows) : (right.shape.rows, right.shape.columns)
    precondition(k == k2, "product of [\(m), \(k)] and [\(k2), \(n)]")
    return graph.node(
      .matrixProduct(transposeLeft: transposeLeft, transposeRight: transposeRight), [self, right], Shape(m, n)
    )
  }

  /// The matrix products op(Aᵢ) · op(Bᵢ) of `count` pairs of matrices, where op transposes if asked. The matrices of each
  /// operand have the same shape and stand below one another, as do the results: `[count · m, k]` and `[count · k, n]`
  /// give `[count · m, n]`.
  public func batchedProduct(
    _ right: Node, count: Int, transposeLeft: Bool = false, transposeRight: Bool = false
  ) -> Node {
    precondition(
      count > 0 && shape.rows % count == 0 && right.shape.rows % count == 0,
      "\(count) matrices in \(shape) and \(right.shape)")
    let (left, other) = (Shape(shape.rows / count, shape.columns), right.shape)
    let second = Shape(other.rows / count, other.columns)
    let (m, k) = transposeLeft ? (left.columns, left.rows) : (left.rows, left.columns)
    let (k2, n) = transposeRight ? (second.columns, second.rows) : (second.rows, second.columns)
    precondition(k == k2, "products of [\(m), \(k)] and [\(k2), \(n)]")
    return graph.node(
      .batchedProduct(count: count, transposeLeft: transposeLeft, transposeRight: transposeRight),
      [self, right], Shape(count * m, n))
  }

  /// The sum over rows, `[1, columns]`.
  public func sumOverRows() -> Node {
    if shape.rows == 1 { return self }
    if let value = constantValue { return graph.constant(value * Double(shape.rows), 1, shape.columns) }
    return graph.node(.sumRows, [self], Shape(1, shape.columns))
  }

  /// The sum over columns, `[rows, 1]`.
  public func sumOverColumns() -> Node {
    if shape.columns == 1 { return self }
    if let value = constantValue { return graph.constant(value * Double(shape.columns), shape.rows, 1) }
    return graph.node(.sumColumns, [self], Shape(shape.rows, 1))
  }

  /// The sum of all elements, `[1, 1]`.
  public func sum() -> Node { sumOverColumns().sumOverRows() }

  /// The mean of all elements, `[1, 1]`.
  public func mean() -> Node { sum() / Double(shape.count) }

  /// The greatest element of each row, `[rows, 1]`.
  public func maximumOverColumns() -> Node {
    if shape.columns == 1 { return self }
    return graph.node(.maximumOfColumns, [self], Shape(shape.rows, 1))
  }

  /// This value repeated along axes of length 1.
  public func broadcast(to shape: Shape) -> Node {
    if shape == self.shape { return self }
    precondition(
      (self.shape.rows == 1 || self.shape.rows == shape.rows)
        && (self.shape.columns == 1 || self.shape.columns == shape.columns),
      "\(self.shape) cannot be repeated to \(shape)")
    if let value = constantValue { return graph.constant(value, shape.rows, shape.columns) }
    return graph.node(.broadcast, [self], shape)
  }

  /// What stands `count` rows further down, and zeros in the last rows, for which there is no such.
  public func later(byRows count: Int) -> Node {
    precondition(count >= 0 && count <= shape.rows, "\(count) rows later in \(shape)")
    let rest = count < shape.rows ? [slice(rows: count..<shape.rows)] : []
    return Node.concatenateRows(rest + [graph.constant(0, count, shape.columns)])
  }

  /// A part: the given rows and columns, all where none are given.
  public func slice(rows: Range<Int>? = nil, columns: Range<Int>? = nil) -> Node {
    let (rows, columns) = (rows ?? 0..<shape.rows, columns ?? 0..<shape.columns)
    precondition(
      rows.lowerBound >= 0 && columns.lowerBound >= 0 && rows.upperBound <= shape.rows
        && columns.upperBound <= shape.columns, "rows \(rows), columns \(columns) of \(shape)")
    let part = Shape(rows.count, columns.count)
    if part == shape { return self }
    if let value = constantValue { return graph.constant(value, part.rows, part.columns) }
    switch entry.operation {
    case .slice(let row, let column):
      let (row, column) = (row + rows.lowerBound, column + columns.lowerBound)
      return operands[0].slice(rows: row..<row + rows.count, columns: column..<column + columns.count)
    case .concatenateRows:
      if let part = partOfConcatenation(rows, { $0.rows }, { $0.slice(rows: $1, columns: columns) }) {
        return part
      }
    case .concatenateColumns:
      if let part = partOfConcatenation(columns, { $0.columns }, { $0.slice(rows: rows, columns: $1) }) {
        return part
      }
    default: break
    }
    return self.part(rows: rows, columns: columns)
  }

  /// A slice of this very node, even where it consists of nodes that the slice could be made of.
  func part(rows: Range<Int>? = nil, columns: Range<Int>? = nil) -> Node {
    let (rows, columns) = (rows ?? 0..<shape.rows, columns ?? 0..<shape.columns)
    let part = Shape(rows.count, columns.count)
    if part == shape { return self }
    return graph.node(.slice(row: rows.lowerBound, column: columns.lowerBound), [self], part)
  }

  /// The part of one operand of a concatenation, where `range` lies within it.
  private func partOfConcatenation(
    _ range: Range<Int>, _ length: (Shape) -> Int, _ slice: (Node, Range<Int>) -> Node
  ) -> Node? {
    var start = 0
    for operand in operands {
      let end = start + length(operand.shape)
      if range.lowerBound >= start && range.upperBound <= end {
        return slice(operand, range.lowerBound - start..<range.upperBound - start)
      }
      start = end
    }
    return nil
  }

  /// The nodes below one another.
  public static func concatenateRows(_ nodes: [Node]) -> Node {
    let (first, columns) = (nodes[0], nodes[0].shape.columns)
    if nodes.count == 1 { return first }
    precondition(nodes.allSatisfy { $0.shape.columns == columns }, "\(nodes.map(\.shape)) below one another")
    if let existing = first.graph.existingConcatenation(.concatenateRows, of: nodes) { return existing }
    if let whole = consecutiveRows(nodes) ?? stackedColumns(nodes) { return whole }
    return first.graph.node(
      .concatenateRows, nodes, Shape(nodes.reduce(0) { $0 + $1.shape.rows }, columns))
  }

  /// The part of one matrix that `nodes` are consecutive rows of.
  private static func consecutiveRows(_ nodes: [Node]) -> Node? {
    guard case .slice(let firstRow, let column) = nodes[0].entry.operation else { return nil }
    var row = firstRow
    for node in nodes {
      guard node.entry.operation == .slice(row: row, column: column),
        node.entry.operands == nodes[0].entry.operands
      else { return nil }
      row += node.shape.rows
    }
    return nodes[0].operands[0].slice(rows: firstRow..<row, columns: column..<column + nodes[0].shape.columns)
  }

  /// Nodes that are the same columns of whole matrices: those columns of the matrices below one another.
  private static func stackedColumns(_ nodes: [Node]) -> Node? {
    guard case .slice(0, let column) = nodes[0].entry.operation else { return nil }
    for node in nodes {
      guard node.entry.operation == .slice(row: 0, column: column),
        node.operands[0].shape == nodes[0].operands[0].shape, node.shape == nodes[0].shape,
        node.operands[0].shape.rows == node.shape.rows
      else { return nil }
    }
    return concatenateRows(nodes.map { $0.operands[0] })
      .slice(columns: column..<column + nodes[0].shape.columns)
  }

  /// The nodes beside one another.
  public static func concatenateColumns(_ nodes: [Node]) -> Node {
    let (first, rows) = (nodes[0], nodes[0].shape.rows)
    if nodes.count == 1 { return first }
    precondition(nodes.allSatisfy { $0.shape.rows == rows }, "\(nodes.map(\.shape)) beside one another")
    if let existing = first.graph.existingConcatenation(.concatenateColumns, of: nodes) { return existing }
    return first.graph.node(
      .concatenateColumns, nodes, Shape(rows, nodes.reduce(0) { $0 + $1.shape.columns }))
  }

  /// The same elements, row by row, in another shape.
  public func reshaped(_ rows: Int, _ columns: Int) -> Node {
    let shape = Shape(rows, columns)
    precondition(shape.count == self.shape.count, "\(self.shape) as \(shape)")
    if shape == self.shape { return self }
    if let value = constantValue { return graph.constant(value, rows, columns) }
    if entry.operation == .reshape { return operands[0].reshaped(rows, columns) }
    return graph.node(.reshape, [self], shape)
  }

  /// The product S · self with a sparse matrix S that does not depend on anything.
  ///
  /// - Parameter entries: `[m, 2 · terms]`: in each row the numbers of `terms` columns of S, whole numbers from 0,
  ///   then the values there. A table lookup is the case of one term whose value is 1.
  public func sparseProduct(with entries: Node) -> Node {
    precondition(entries.shape.columns % 2 == 0, "entries \(entries.shape) are not indices and values")
    return graph.node(.sparseProduct, [self, entries], Shape(entries.shape.rows, shape.columns))
  }

  /// The product Sᵀ · self, of `rowCount` rows; `entries` as in `sparseProduct`.
  public func sparseTransposedProduct(with entries: Node, rowCount: Int) -> Node {
    precondition(
      entries.shape.rows == shape.rows && entries.shape.columns % 2 == 0,
      "entries \(entries.shape) for \(shape)")
    return graph.node(.sparseTransposedProduct, [self, entries], Shape(rowCount, shape.columns))
  }

  /// The rows that `indices`, `[m, 1]`, name, `[m, columns]`: a table lookup.
  public func rows(at indices: Node) -> Node { sparseProduct(with: indices.unitEntries) }

  /// `rowCount` rows, each the sum of those rows of this node that `indices`, `[rows, 1]`, send there.
  public func rowSums(at indices: Node, rowCount: Int) -> Node {
    sparseTransposedProduct(with: indices.unitEntries, rowCount: rowCount)
  }

  /// The sparse matrix with a single one in each row.
  private var unitEntries: Node {
    precondition(shape.columns == 1, "indices \(shape) are not one column")
    return Self.concatenateColumns([self, graph.constant(1, shape.rows, 1)])
  }

  /// For a column of indices, a matrix with a one in the column that each row names, else zeros.
  public func oneHot(_ columnCount: Int) -> Node {
    precondition(shape.columns == 1, "indices \(shape) are not one column")
    return graph.node(.oneHot, [self], Shape(shape.rows, columnCount))
  }

  /// In each row, the element in the column that `indices`, `[m, 1]`, names.
  public func elements(at indices: Node) -> Node {
    (self * indices.oneHot(shape.columns)).sumOverColumns()
  }
}

// Functions made of the others.
extension Node {
  /// Each row's logarithm of the softmax: x − log Σ eˣ.
  public func logSoftmax() -> Node {
    let shifted = self - maximumOverColumns().stopGradient()
    return shifted - shifted.exponential().sumOverColumns().logarithm()
  }

  /// Each row's softmax over the columns where `mask`, of the same shape, is 1; 0 where it is 0, and in rows where it is
  /// nowhere 1.
  public func softmax(where mask: Node) -> Node {
    // What is masked is far below the rest, so that it neither is the maximum nor gets a gradient.
    let masked = mask.select(self, graph.constant(-1e30))
    let powers = (masked - masked.maximumOverColumns().stopGradient()).exponential() * mask
    let sum = powers.sumOverColumns()
    return powers / sum.isGreater(than: graph.constant(0)).select(sum, graph.constant(1))
  }

  /// Each row with mean 0 and variance 1: (x − mean) / √(variance + ε).
  public func normalizedRows(epsilon: Double = 1e-5) -> Node {
    let centered = self - sumOverColumns() / Double(shape.columns)
    let variance = centered.square().sumOverColumns() / Double(shape.columns)
    return centered / (variance + epsilon).squareRoot()
  }
}
