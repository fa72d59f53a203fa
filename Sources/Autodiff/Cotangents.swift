/// The contributions to each node's cotangent, added up as few and as large operations as possible.
///
/// What a sequence of T steps contributes to one weight is T small products Aₜᵀ Gₜ; their sum is one
/// large product of the stacked factors. What the slices of a matrix contribute is one concatenation.
struct Cotangents {
  private struct Part {
    let node: Node
    let row: Int
    let column: Int
  }

  private let graph: Graph
  private var parts: [Int: [Part]] = [:]

  init(graph: Graph) { self.graph = graph }

  mutating func add(_ contribution: Node, to node: Node, row: Int = 0, column: Int = 0) {
    parts[node.id, default: []].append(Part(node: contribution, row: row, column: column))
  }

  /// The sum of all contributions to `node` so far, which replaces them; nil where there are none.
  mutating func total(of node: Node) -> Node? {
    guard let all = parts[node.id] else { return nil }
    // Contributions come in reverse order of calculation; stacked in order they often form a matrix that
    // the forward calculation already has.
    let ordered = Array(all.reversed())
    let whole = ordered.filter { $0.node.shape == node.shape }.map(\.node)
    let pieces = ordered.filter { $0.node.shape != node.shape }
    var terms = merged(whole)
    if !pieces.isEmpty { terms += assembled(pieces, shape: node.shape) }
    let total = terms.dropFirst().reduce(terms[0], +)
    parts[node.id] = [Part(node: total, row: 0, column: 0)]
    return total
  }

  /// Sums of products Aₜᵀ Gₜ, dense or sparse, and of row sums as single operations on stacked operands.
  private func merged(_ nodes: [Node]) -> [Node] {
    let product = Operation.matrixProduct(transposeLeft: true, transposeRight: false)
    let products = nodes.filter { $0.entry.operation == product }
    let rowSums = nodes.filter { $0.entry.operation == .sumRows }
    let sparse = nodes.filter { $0.entry.operation == .sparseTransposedProduct }
    var terms = nodes.filter {
      ![product, .sumRows, .sparseTransposedProduct].contains($0.entry.operation)
    }
    if !products.isEmpty {
      let left = Node.concatenateRows(products.map { $0.operands[0] })
      let right = Node.concatenateRows(products.map { $0.operands[1] })
      terms.append(left.matrixProduct(right, transposeLeft: true))
    }
    for alike in Dictionary(grouping: sparse, by: { $0.operands[1].shape.columns }).sorted(by: {
      $0.key < $1.key
    }) {
      let values = Node.concatenateRows(alike.value.map { $0.operands[0] })
      let entries = Node.concatenateRows(alike.value.map { $0.operands[1] })
      terms.append(values.sparseTransposedProduct(with: entries, rowCount: alike.value[0].shape.rows))
    }
    if !rowSums.isEmpty {
      terms.append(Node.concatenateRows(rowSums.map { $0.operands[0] }).sumOverRows())
    }
    return terms
  }

  /// Parts put in their places, with zeros between them.
  private func assembled(_ pieces: [Part], shape: Shape) -> [Node] {
    let rowParts = pieces.filter { $0.node.shape.columns == shape.columns }
    let columnParts = pieces.filter { $0.node.shape.columns != shape.columns }
    let widened = Dictionary(grouping: columnParts) { Span(start: $0.row, length: $0.node.shape.rows) }
    var terms: [Node] = []
    var rows = rowParts.map { (Span(start: $0.row, length: $0.node.shape.rows), $0.node) }
    for (span, parts) in widened.sorted(by: { $0.key < $1.key }) {
      let columns = parts.map { (Span(start: $0.column, length: $0.node.shape.columns), $0.node) }
      for layer in layers(columns) {
        let strip = filled(layer, length: shape.columns, Node.concatenateColumns) {
          graph.constant(0, span.length, $0)
        }
        if span.length == shape.rows { terms.append(strip) } else { rows.append((span, strip)) }
      }
    }
    for layer in layers(rows) {
      terms.append(
        filled(layer, length: shape.rows, Node.concatenateRows) { graph.constant(0, $0, shape.columns) })
    }
    return terms
  }

  /// Equal spans added up, then distributed so that no layer has overlapping spans.
  private func layers(_ parts: [(Span, Node)]) -> [[(Span, Node)]] {
    var sums: [(Span, Node)] = []
    var places: [Span: Int] = [:]
    for (span, node) in parts {
      if let place = places[span] {
        sums[place].1 = sums[place].1 + node
      } else {
        places[span] = sums.count
        sums.append((span, node))
      }
    }
    var layers: [[(Span, Node)]] = []
    for part in sums.sorted(by: { $0.0 < $1.0 }) {
      if let free = layers.firstIndex(where: { ($0.last?.0.end ?? 0) <= part.0.start }) {
        layers[free].append(part)
      } else {
        layers.append([part])
      }
    }
    return layers
  }

  private func filled(
    _ layer: [(Span, Node)], length: Int, _ concatenate: ([Node]) -> Node, _ zeros: (Int) -> Node
  ) -> Node {
    var (nodes, end): ([Node], Int) = ([], 0)
    for (span, node) in layer {
      if span.start > end { nodes.append(zeros(span.start - end)) }
      nodes.append(node)
      end = span.end
    }
    if end < length { nodes.append(zeros(length - end)) }
    return concatenate(nodes)
  }

  private struct Span: Hashable, Comparable {
    let start: Int
    let length: Int
    var end: Int { start + length }

    static func < (left: Span, right: Span) -> Bool {
      (left.start, left.length) < (right.start, right.length)
    }
  }
}
