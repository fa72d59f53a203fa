import Kernels

/// The way from a graph to a program: which nodes need memory and where, which elementwise nodes are
/// calculated together, and in which order.
///
/// Slices, reshapes and broadcasts of memory are views. The operands of a concatenation are written straight
/// into its memory where they can be. Elementwise nodes are scheduled as late as possible, together with all
/// elementwise nodes that only they need, so that what is cheap is not stored.
struct Schedule {
  /// A view of the memory that `root` owns.
  struct View {
    let root: Int
    let offset: Int
    let rowStride: Int
    var columnStride = 1

    func matrix(_ shape: Shape) -> Matrix {
      Matrix(
        offset: offset, rows: shape.rows, columns: shape.columns, rowStride: rowStride,
        columnStride: columnStride)
    }
  }

  /// A step and the memory it reads and writes, by the roots that own it.
  struct Step {
    enum Work {
      case group(ElementwiseGroup)
      case product(left: View, right: View, transposeLeft: Bool, transposeRight: Bool, isPacked: Bool)
      case pack(View, transpose: Bool)
      case simple([View])
    }
    let node: Int
    var work: Work
    let isHeld: Bool
  }

  let graph: Graph
  let outputs: [Node]
  private(set) var shapes: [Shape]
  private(set) var operations: [Operation]
  private(set) var operands: [[Int]]
  private(set) var steps: [Step] = []
  private var isLive: [Bool]
  private(set) var isHeld: [Bool]
  /// Where a node lies that was placed in the memory of a concatenation.
  private(set) var placements: [Int: View] = [:]
  /// The step that calculates a node; nil for what is not scheduled yet.
  private var definedAt: [Int?]
  private var lastGroup: [GroupKey: Int] = [:]
  private var packs: [PackKey: Int] = [:]
  private var solidCopies: [Int: Int] = [:]
  private var productCounts: [PackKey: Int] = [:]
  /// Whether a node must be in memory, not only in a tile of its group.
  private(set) var isStored: Set<Int> = []

  private struct GroupKey: Hashable {
    let shape: Shape
    let isHeld: Bool
  }

  private struct PackKey: Hashable {
    let operand: Int
    let transpose: Bool
  }

  init(_ graph: Graph, outputs: [Node], held: [Node]) {
    // An output must own its memory or be a view of calculated memory.
    let outputs = outputs.map { $0.isCalculated ? $0 : $0.graph.node(.unary(.copy), [$0], $0.shape) }
    self.graph = graph
    self.outputs = outputs
    shapes = graph.entries.map(\.shape)
    operations = graph.entries.map(\.operation)
    operands = graph.entries.map(\.operands)
    let count = operations.count
    definedAt = Array(repeating: nil, count: count)
    isLive = Array(repeating: false, count: count)
    isHeld = Array(repeating: false, count: count)
    for output in outputs { isLive[output.id] = true }
    for id in stride(from: count - 1, through: 0, by: -1) where isLive[id] {
      for operand in operands[id] { isLive[operand] = true }
    }
    for node in held { isHeld[node.id] = true }
    for id in 0..<count where !isHeld[id] {
      if case .constant = operations[id] { isHeld[id] = true }
      if !operands[id].isEmpty { isHeld[id] = operands[id].allSatisfy { isHeld[$0] } }
    }
    countProducts()
    placeConcatenated()
    for id in 0..<count where isLive[id] { schedule(id) }
    for output in outputs { request(output.id) }
    for output in outputs { store(output.id) }
  }

  private mutating func countProducts() {
    for id in operations.indices where isLive[id] {
      if case .matrixProduct(_, let transpose) = operations[id] {
        productCounts[PackKey(operand: operands[id][1], transpose: transpose), default: 0] += 1
      }
    }
  }

  // MARK: Memory

  /// Lets the operands of concatenations live in the concatenation's memory. Larger concatenations come
  /// first, so that nested ones find their place.
  private mutating func placeConcatenated() {
    for id in stride(from: operations.count - 1, through: 0, by: -1) where isLive[id] {
      let isRows = operations[id] == .concatenateRows
      guard isRows || operations[id] == .concatenateColumns else { continue }
      let whole = view(of: id)
      var (row, column) = (0, 0)
      for operand in operands[id] {
        place(operand, whole, row: row, column: column)
        if isRows { row += shapes[operand].rows } else { column += shapes[operand].columns }
      }
    }
  }

  private mutating func place(_ operand: Int, _ whole: View, row: Int, column: Int) {
    let offset = whole.offset + row * whole.rowStride + column
    let isContiguous = shapes[operand].rows == 1 || whole.rowStride == shapes[operand].columns
    var base = operand
    while operations[base] == .reshape || operations[base] == .stopGradient { base = operands[base][0] }
    guard canBePlaced(base), placements[base] == nil else { return }
    if base == operand || shapes[base] == shapes[operand] {
      placements[base] = View(root: whole.root, offset: offset, rowStride: whole.rowStride)
    } else if isContiguous {
      placements[base] = View(root: whole.root, offset: offset, rowStride: shapes[base].columns)
    }
  }

  private func canBePlaced(_ id: Int) -> Bool {
    switch operations[id] {
    case .unary, .binary, .select, .matrixProduct, .batchedProduct, .sumRows, .concatenateRows,
      .concatenateColumns,
      .sparseProduct, .sparseTransposedProduct, .attention, .attentionGradient, .cachedAttention:
      true
    default: false
    }
  }

  private mutating func store(_ id: Int) { isStored.insert(base(id)) }

  /// Notes that the value of `id` is read from memory.
  mutating func markStored(_ id: Int) { store(id) }

  /// Whether any output depends on a node.
  func isNeeded(_ id: Int) -> Bool { isLive[id] }

  /// Whether `step` is the one that calculates `id` for others; elsewhere it is calculated again.
  func definesHere(_ id: Int, _ step: Step) -> Bool {
    guard let index = definedAt[id] else { return false }
    return steps[index].node == step.node
  }

  // MARK: Order

  private mutating func schedule(_ id: Int) {
    switch operations[id] {
    case .input, .constant: definedAt[id] = -1
    case .unary, .binary, .select, .stopGradient, .broadcast, .slice: break
    case .reshape:
      if viewedReshape(id) == nil { copyReshaped(id) }
    case .concatenateRows, .concatenateColumns: concatenate(id)
    case .matrixProduct(let transposeLeft, let transposeRight):
      multiply(id, transposeLeft: transposeLeft, transposeRight: transposeRight)
    case .batchedProduct, .sumRows, .sumColumns, .maximumOfColumns, .sparseProduct, .sparseTransposedProduct,
      .attention, .attentionGradient, .cachedAttention, .oneHot:
      let views = operands[id].map { solidView($0) }
      append(Step(node: id, work: .simple(views), isHeld: isHeld[id]))
    }
  }

  private mutating func append(_ step: Step) {
    steps.append(step)
    definedAt[step.node] = steps.count - 1
  }

  /// A node that has no counterpart in the graph.
  private mutating func makeNode(_ operation: Operation, _ operand: Int, _ shape: Shape) -> Int {
    shapes.append(shape)
    operations.append(operation)
    operands.append([operand])
    isHeld.append(isHeld[operand])
    isLive.append(true)
    definedAt.append(nil)
    return operations.count - 1
  }

  private mutating func multiply(_ id: Int, transposeLeft: Bool, transposeRight: Bool) {
    let left = solidView(operands[id][0])
    let key = PackKey(operand: operands[id][1], transpose: transposeRight)
    let right: View
    let isPacked = productCounts[key, default: 0] > 1 || (isHeld[key.operand] && !isHeld[id])
    if isPacked { right = packed(key) } else { right = solidView(operands[id][1]) }
    append(
      Step(
        node: id,
        work: .product(
          left: left, right: right, transposeLeft: transposeLeft, transposeRight: transposeRight,
          isPacked: isPacked), isHeld: isHeld[id]))
  }

  private mutating func packed(_ key: PackKey) -> View {
    if let pack = packs[key] { return View(root: pack, offset: 0, rowStride: 0) }
    let source = solidView(key.operand)
    let shape = shapes[key.operand]
    let (k, n) = key.transpose ? (shape.columns, shape.rows) : (shape.rows, shape.columns)
    let pack = makeNode(.unary(.copy), key.operand, Shape(1, metarl_packed_size(n, k)))
    append(Step(node: pack, work: .pack(source, transpose: key.transpose), isHeld: isHeld[pack]))
    packs[key] = pack
    return View(root: pack, offset: 0, rowStride: 0)
  }

  /// A view that the product and reduction kernels can read: no repeated columns.
  private mutating func solidView(_ id: Int) -> View {
    request(id)
    if let copy = solidCopies[id] { return view(of: copy) }
    let view = view(of: id)
    if view.columnStride == 1 || shapes[id].columns == 1 {
      store(id)
      return view
    }
    let copy = makeNode(.unary(.copy), id, shapes[id])
    request(copy)
    store(copy)
    solidCopies[id] = copy
    return self.view(of: copy)
  }

  private mutating func copyReshaped(_ id: Int) {
    // The copy runs over the operand's shape and writes its rows one after another.
    let operand = operands[id][0]
    let copy = makeNode(.unary(.copy), operand, shapes[operand])
    placements[copy] = View(root: id, offset: 0, rowStride: shapes[operand].columns)
    request(copy)
    store(copy)
    definedAt[id] = definedAt[copy]
  }

  private mutating func concatenate(_ id: Int) {
    let whole = view(of: id)
    var latest = -1
    var (row, column) = (0, 0)
    for operand in operands[id] {
      let offset = whole.offset + row * whole.rowStride + column
      request(operand)
      let place = view(of: operand)
      if place.root == whole.root && place.offset == offset && place.columnStride == 1
        && (place.rowStride == whole.rowStride || shapes[operand].rows == 1)
      {
        store(operand)
        latest = max(latest, definedAt[base(operand)] ?? -1)
      } else {
        let copy = makeNode(.unary(.copy), operand, shapes[operand])
        placements[copy] = View(root: whole.root, offset: offset, rowStride: whole.rowStride)
        request(copy)
        store(copy)
        latest = max(latest, definedAt[copy] ?? -1)
      }
      if operations[id] == .concatenateRows {
        row += shapes[operand].rows
      } else {
        column += shapes[operand].columns
      }
    }
    definedAt[id] = latest
    isStored.insert(id)
  }

  /// Schedules the elementwise node behind `id`, if it is not scheduled yet, with all that it needs.
  private mutating func request(_ id: Int) {
    let id = base(id)
    guard definedAt[id] == nil else { return }
    precondition(operations[id].isElementwise, "\(operations[id]) is used before it is calculated")
    while true {
      let cluster = cluster(of: id)
      let missing = cluster.flatMap { operands[$0] }.filter { definedAt[base($0)] == nil }
        .filter { !cluster.contains(direct($0)) }
      if missing.isEmpty {
        join(cluster.sorted())
        return
      }
      for operand in missing { request(operand) }
    }
  }

  /// `id` and the elementwise nodes of its shape that it needs and that are not calculated yet, or that
  /// are cheaper calculated again than fetched from memory.
  private func cluster(of id: Int) -> Set<Int> {
    var (members, open): (Set<Int>, [Int]) = ([id], [id])
    while let member = open.popLast() {
      for operand in operands[member].map(direct) where !members.contains(operand) {
        guard operations[operand].isElementwise, shapes[operand] == shapes[id],
          isHeld[operand] == isHeld[id]
        else { continue }
        if definedAt[operand] == nil || isCheap(operand) {
          members.insert(operand)
          open.append(operand)
        }
      }
    }
    return members
  }

  /// Whether a node is a simple function of one other, like 1 − x.
  private func isCheap(_ id: Int) -> Bool {
    func isConstant(_ operand: Int) -> Bool {
      if case .constant = operations[operand] { return true }
      return false
    }
    switch operations[id] {
    case .unary(.negate), .unary(.square): return true
    case .binary(.add), .binary(.subtract), .binary(.multiply):
      return operands[id].contains(where: isConstant)
    default: return false
    }
  }

  /// Puts the members, in order, into the last group of their shape if that comes after all they need,
  /// else into a new one.
  private mutating func join(_ members: [Int]) {
    let key = GroupKey(shape: shapes[members[0]], isHeld: isHeld[members[0]])
    var earliest = 0
    for operand in members.flatMap({ operands[$0] }) where !members.contains(direct(operand)) {
      let step = definedAt[base(operand)] ?? -1
      let isShared =
        direct(operand) == base(operand) && operations[base(operand)].isElementwise
        && shapes[base(operand)] == key.shape
      earliest = max(earliest, isShared ? step : step + 1)
    }
    for member in members {
      if let last = lastGroup[key], last >= earliest, case .group(var group) = steps[last].work,
        group.add(member, operands[member].map(direct))
      {
        steps[last].work = .group(group)
        if definedAt[member] == nil { definedAt[member] = last }
      } else {
        var group = ElementwiseGroup()
        _ = group.add(member, operands[member].map(direct))
        let known = definedAt[member]
        append(Step(node: member, work: .group(group), isHeld: key.isHeld))
        if let known { definedAt[member] = known }
        lastGroup[key] = steps.count - 1
      }
    }
  }
}

extension Node {
  /// Whether the value comes out of an instruction, possibly as a view.
  fileprivate var isCalculated: Bool {
    switch entry.operation {
    case .input, .constant, .broadcast: false
    case .slice, .reshape, .stopGradient: operands[0].isCalculated
    default: true
    }
  }
}
