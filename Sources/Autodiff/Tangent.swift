extension Node {
  /// The change of this node when `variable` changes in the direction `direction`, a node of the same shape
  /// (a Jacobian-vector product); a node of the same graph, which can be differentiated again.
  ///
  /// Forward mode: from the variable on, each node's tangent is made of the tangents of its operands.
  public func tangent(along direction: Node, of variable: Node) -> Node {
    precondition(direction.shape == variable.shape, "direction \(direction.shape) for \(variable.shape)")
    var tangents: [Int: Node] = [variable.id: direction]
    // Making tangents appends nodes, but only those up to this one are walked through.
    let isNeeded = graph.ancestors(of: id)
    for id in 0...id where isNeeded[id] && tangents[id] == nil {
      let node = Node(graph: graph, id: id)
      let parts = node.operands.map { tangents[$0.id] }
      if parts.contains(where: { $0 != nil }) { tangents[id] = node.tangent(parts) }
    }
    return tangents[id] ?? graph.constant(0, shape.rows, shape.columns)
  }

  /// The rule of each operation: the tangent of the result from those of the operands, nil being zero.
  private func tangent(_ parts: [Node?]) -> Node? {
    let x = operands
    func filled(_ index: Int) -> Node {
      parts[index] ?? graph.constant(0, x[index].shape.rows, x[index].shape.columns)
    }
    func both(_ left: (Node) -> Node, _ right: (Node) -> Node) -> Node? {
      let terms = [parts[0].map(left), parts[1].map(right)].compactMap { $0 }
      return terms.count == 2 ? terms[0] + terms[1] : terms.first
    }
    switch entry.operation {
    case .input, .constant, .oneHot, .stopGradient, .binary(.greater): return nil
    case .unary(let operation): return derivative(of: operation, at: x[0], filled(0))
    case .binary(.add): return both({ $0 }, { $0 })
    case .binary(.subtract): return both({ $0 }, { -$0 })
    case .binary(.multiply): return both({ $0 * x[1] }, { $0 * x[0] })
    case .binary(.divide): return both({ $0 / x[1] }, { -($0 * self / x[1]) })
    case .binary(.minimum): return x[0].isGreater(than: x[1]).select(filled(1), filled(0))
    case .binary(.maximum): return x[1].isGreater(than: x[0]).select(filled(1), filled(0))
    case .select: return x[0].select(filled(1), filled(2))
    case .broadcast: return filled(0).broadcast(to: shape)
    case .matrixProduct(let transposeLeft, let transposeRight):
      return both(
        { $0.matrixProduct(x[1], transposeLeft: transposeLeft, transposeRight: transposeRight) },
        { x[0].matrixProduct($0, transposeLeft: transposeLeft, transposeRight: transposeRight) })
    case .batchedProduct(let count, let left, let right):
      return both(
        { $0.batchedProduct(x[1], count: count, transposeLeft: left, transposeRight: right) },
        { x[0].batchedProduct($0, count: count, transposeLeft: left, transposeRight: right) })
    case .sumRows: return filled(0).sumOverRows()
    case .sumColumns: return filled(0).sumOverColumns()
    case .maximumOfColumns:
      let isMaximum = 1 - broadcast(to: x[0].shape).isGreater(than: x[0])
      return (filled(0) * isMaximum).sumOverColumns() / isMaximum.sumOverColumns()
    case .slice(let row, let column):
      return filled(0).slice(rows: row..<row + shape.rows, columns: column..<column + shape.columns)
    case .concatenateRows: return Node.concatenateRows(x.indices.map(filled))
    case .concatenateColumns: return Node.concatenateColumns(x.indices.map(filled))
    case .reshape: return filled(0).reshaped(shape.rows, shape.columns)
    case .attention, .attentionGradient, .cachedAttention:
      preconditionFailure("attention has no tangent")
    case .sparseProduct: return parts[0].map { $0.sparseProduct(with: x[1]) }
    case .sparseTransposedProduct:
      return parts[0].map { $0.sparseTransposedProduct(with: x[1], rowCount: shape.rows) }
    }
  }
}

extension Graph {
  /// For each node up to `last`, whether `last` is calculated from it.
  fileprivate func ancestors(of last: Int) -> [Bool] {
    var isAncestor = Array(repeating: false, count: last + 1)
    isAncestor[last] = true
    for id in stride(from: last, through: 0, by: -1) where isAncestor[id] {
      for operand in entries[id].operands { isAncestor[operand] = true }
    }
    return isAncestor
  }
}
