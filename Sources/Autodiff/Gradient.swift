extension Node {
  /// The derivatives of this scalar with respect to each of `variables`, as nodes of the same graph, which
  /// can be differentiated again.
  ///
  /// Reverse mode: from the result back, each node hands its cotangent ḡ = ∂L/∂node on to its operands.
  public func gradient(withRespectTo variables: [Node]) -> [Node] {
    precondition(shape == Shape(1, 1), "the gradient of a matrix \(shape) is not defined")
    return cotangents(seed: graph.constant(1), withRespectTo: variables)
  }

  /// The products of `seed`, of this node's shape, with the Jacobian matrix of this node (vector-Jacobian
  /// products), one for each of `variables`.
  public func cotangents(seed: Node, withRespectTo variables: [Node]) -> [Node] {
    precondition(seed.shape == shape, "seed \(seed.shape) for \(shape)")
    let depends = graph.dependsOn(variables, upTo: id)
    var sums = Cotangents(graph: graph)
    if depends[id] { sums.add(seed, to: self) }
    let wanted = Set(variables.map(\.id))
    for id in stride(from: id, through: 0, by: -1) where depends[id] {
      let node = Node(graph: graph, id: id)
      guard let cotangent = sums.total(of: node) else { continue }
      if wanted.contains(id) && node.entry.operands.isEmpty { continue }
      node.handOn(cotangent, to: &sums) { depends[$0.id] }
    }
    return variables.map { sums.total(of: $0) ?? graph.constant(0, $0.shape.rows, $0.shape.columns) }
  }

  /// The rule of each operation: what its operands receive of the cotangent `g` of the result.
  private func handOn(_ g: Node, to sums: inout Cotangents, where isWanted: (Node) -> Bool) {
    let x = operands
    func add(_ contribution: @autoclosure () -> Node, to operand: Node) {
      if isWanted(operand) { sums.add(contribution(), to: operand) }
    }
    switch entry.operation {
    case .input, .constant, .oneHot, .stopGradient: break
    case .unary(let operation): add(derivative(of: operation, at: x[0], g), to: x[0])
    case .binary(let operation): handOn(g, operation, to: &sums, where: isWanted)
    case .select:
      let zero = graph.constant(0, shape.rows, shape.columns)
      add(x[0].select(g, zero), to: x[1])
      add(x[0].select(zero, g), to: x[2])
    case .broadcast:
      let rowSum = x[0].shape.rows == 1 ? g.sumOverRows() : g
      add(x[0].shape.columns == 1 ? rowSum.sumOverColumns() : rowSum, to: x[0])
    case .matrixProduct(let transposeLeft, let transposeRight):
      add(
        transposeLeft
          ? x[1].matrixProduct(g, transposeLeft: transposeRight, transposeRight: true)
          : g.matrixProduct(x[1], transposeRight: !transposeRight), to: x[0])
      add(
        transposeRight
          ? g.matrixProduct(x[0], transposeLeft: true, transposeRight: transposeLeft)
          : x[0].matrixProduct(g, transposeLeft: !transposeLeft), to: x[1])
    case .batchedProduct(let count, let transposeLeft, let transposeRight):
      add(
        transposeLeft
          ? x[1].batchedProduct(g, count: count, transposeLeft: transposeRight, transposeRight: true)
          : g.batchedProduct(x[1], count: count, transposeRight: !transposeRight), to: x[0])
      add(
        transposeRight
          ? g.batchedProduct(x[0], count: count, transposeLeft: true, transposeRight: transposeLeft)
          : x[0].batchedProduct(g, count: count, transposeLeft: !transposeLeft), to: x[1])
    case .sumRows, .sumColumns: add(g.broadcast(to: x[0].shape), to: x[0])
    case .maximumOfColumns:
      let isMaximum = 1 - broadcast(to: x[0].shape).isGreater(than: x[0])
      add((g / isMaximum.sumOverColumns()) * isMaximum, to: x[0])
    case .slice(let row, let column):
      if isWanted(x[0]) { sums.add(g, to: x[0], row: row, column: column) }
    case .concatenateRows:
      var row = 0
      for operand in x {
        add(g.slice(rows: row..<row + operand.shape.rows), to: operand)
        row += operand.shape.rows
      }
    case .concatenateColumns:
      var column = 0
      for operand in x {
        add(g.slice(columns: column..<column + operand.shape.columns), to: operand)
        column += operand.shape.columns
      }
    case .reshape: add(g.reshaped(x[0].shape.rows, x[0].shape.columns), to: x[0])
    case .sparseProduct: add(g.sparseTransposedProduct(with: x[1], rowCount: x[0].shape.rows), to: x[0])
    case .sparseTransposedProduct: add(g.sparseProduct(with: x[1]), to: x[0])
    case .attention(let attention):
      add(graph.node(.attentionGradient(attention), [x[0], g], x[0].shape), to: x[0])
    case .attentionGradient: preconditionFailure("attention has no second derivative")
    case .cachedAttention: preconditionFailure("attention to a past has no derivative")
    }
  }

  func derivative(of operation: UnaryOperation, at x: Node, _ g: Node) -> Node {
    switch operation {
    case .copy: g
    case .negate: -g
    case .exponential: g * self
    case .logarithm: g / x
    case .hyperbolicTangent: g * (1 - square())
    case .sigmoid: g * (self * (1 - self))
    case .squareRoot: g * 0.5 / self
    case .reciprocal: -(g * square())
    case .magnitude: x.isGreater(than: graph.constant(0)).select(g, -g)
    case .square: g * (2 * x)
    }
  }

  private func handOn(
    _ g: Node, _ operation: BinaryOperation, to sums: inout Cotangents, where isWanted: (Node) -> Bool
  ) {
    let (a, b) = (operands[0], operands[1])
    let zero = graph.constant(0, shape.rows, shape.columns)
    func add(_ contribution: @autoclosure () -> Node, to operand: Node) {
      if isWanted(operand) { sums.add(contribution(), to: operand) }
    }
    switch operation {
    case .add:
      add(g, to: a)
      add(g, to: b)
    case .subtract:
      add(g, to: a)
      add(-g, to: b)
    case .multiply:
      add(g * b, to: a)
      add(g * a, to: b)
    case .divide:
      add(g / b, to: a)
      add(-(g * self / b), to: b)
    case .minimum:
      add(a.isGreater(than: b).select(zero, g), to: a)
      add(a.isGreater(than: b).select(g, zero), to: b)
    case .maximum:
      add(b.isGreater(than: a).select(zero, g), to: a)
      add(b.isGreater(than: a).select(g, zero), to: b)
    case .greater: break
    }
  }
}

extension Graph {
  /// For each node up to `last`, whether a derivative flows from it to one of `variables`.
  fileprivate func dependsOn(_ variables: [Node], upTo last: Int) -> [Bool] {
    var depends = Array(repeating: false, count: last + 1)
    for variable in variables where variable.id <= last { depends[variable.id] = true }
    for id in 0...last where !depends[id] {
      if entries[id].operation == .stopGradient || entries[id].operation == .oneHot { continue }
      depends[id] = entries[id].operands.contains { depends[$0] }
    }
    return depends
  }
}
