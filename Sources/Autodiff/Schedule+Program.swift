import Kernels

extension Schedule {
  /// The program of the schedule: memory assigned, instructions written.
  mutating func program() -> Program {
    storeWhatGroupsShare()
    let prologue = steps.filter(\.isHeld)
    let body = steps.filter { !$0.isHeld }
    let memory = memoryPlan(prologue, body)
    func matrix(_ id: Int) -> Matrix { placed(view(of: id), in: memory).matrix(shapes[id]) }
    var groups: [ElementwiseProgram] = []
    return Program(
      prologue: prologue.map { instruction($0, memory, &groups) },
      body: body.map { instruction($0, memory, &groups) }, groups: groups,
      inputs: graph.inputs.map { memory.offsets[$0.id] == nil ? nil : matrix($0.id) },
      isHeldInput: graph.inputs.map { isHeld[$0.id] },
      outputs: outputs.map { matrix($0.id) },
      constants: constantRoots.compactMap { root in memory.offsets[root.id].map { ($0, root.value) } },
      memoryCount: memory.count, scratchCount: scratchCount)
  }

  /// A member of one group that another group or a view reads must be in memory.
  private mutating func storeWhatGroupsShare() {
    for step in steps {
      if case .group(let group) = step.work {
        for operand in group.externalOperands.sorted() { markStored(operand) }
      }
    }
  }

  private func placed(_ view: View, in memory: MemoryPlan) -> View {
    guard let start = memory.offsets[view.root] else {
      preconditionFailure("node \(view.root), \(operations[view.root]), has no memory")
    }
    return View(
      root: view.root, offset: start + view.offset, rowStride: view.rowStride, columnStride: view.columnStride
    )
  }

  private func instruction(
    _ step: Step, _ memory: MemoryPlan, _ groups: inout [ElementwiseProgram]
  ) -> Instruction {
    func matrix(_ view: View, _ shape: Shape) -> Matrix { placed(view, in: memory).matrix(shape) }
    func matrix(_ id: Int) -> Matrix { matrix(view(of: id), shapes[id]) }
    let shape = shapes[step.node]
    let source = operands[step.node]
    switch step.work {
    case .group(let group):
      groups.append(
        group.program(
          shape: shape, matrix: { matrix($0) },
          isStored: { isStored.contains($0) && definesHere($0, step) },
          operation: { operations[$0].kernel }))
      return .elementwise(group: groups.count - 1)
    case .product(let left, let right, let transposeLeft, let transposeRight, let isPacked):
      return .product(
        Product(
          m: shape.rows, n: shape.columns, k: inner(step, 1, transposeLeft), transposeLeft: transposeLeft,
          transposeRight: transposeRight, left: matrix(left, shapes[source[0]]),
          right: matrix(right, shapes[source[1]]), result: matrix(step.node), isPacked: isPacked))
    case .pack(let view, let transpose):
      return .pack(
        matrix(view, shapes[source[0]]), transpose: transpose, into: matrix(step.node).offset)
    case .simple(let views):
      let first = matrix(views[0], shapes[source[0]])
      let result = matrix(step.node)
      switch operations[step.node] {
      case .batchedProduct(let count, let transposeLeft, let transposeRight):
        return .batchedProduct(
          Product(
            m: shape.rows / count, n: shape.columns, k: inner(step, count, transposeLeft),
            transposeLeft: transposeLeft, transposeRight: transposeRight, left: first,
            right: matrix(views[1], shapes[source[1]]), result: result, isPacked: false), count: count)
      case .sumRows: return .sumRows(first, into: result.offset)
      case .sumColumns: return .sumColumns(first, into: result.offset)
      case .maximumOfColumns: return .maximumOfColumns(first, into: result.offset)
      case .oneHot: return .oneHot(indices: first, into: result)
      case .sparseProduct:
        return .sparseProduct(entries: matrix(views[1], shapes[source[1]]), first, into: result)
      case .sparseTransposedProduct:
        return .sparseTransposedProduct(entries: matrix(views[1], shapes[source[1]]), first, into: result)
      case .attention(let attention): return .attention(attention, first, into: result)
      case .attentionGradient(let attention):
        return .attentionGradient(attention, first, matrix(views[1], shapes[source[1]]), into: result)
      case .cachedAttention(let attention):
        return .cachedAttention(
          attention, first, past: matrix(views[1], shapes[source[1]]),
          count: matrix(views[2], shapes[source[2]]),
          into: result)
      default: preconditionFailure("\(operations[step.node]) is not a step")
      }
    }
  }

  /// The constants that a step reads, one node for each.
  private var constantRoots: [(id: Int, value: Double)] {
    operations.indices.compactMap { id in
      if case .constant(let value) = operations[id] { (id, value) } else { nil }
    }
  }

  private var scratchCount: Int {
    steps.reduce(Int(METARL_ELEMENTWISE_SCRATCH)) { most, step in
      let count: Int
      let (transposeLeft, transposeRight): (Bool, Bool)
      switch (step.work, operations[step.node]) {
      case (.simple, .attention(let attention)), (.simple, .attentionGradient(let attention)):
        let times = shapes[operands[step.node][0]].rows / attention.laneCount
        return max(most, metarl_attention_scratch(times, attention.headWidth))
      case (.simple, .cachedAttention(let attention)):
        let times = shapes[operands[step.node][1]].rows / attention.laneCount + 1
        return max(most, metarl_attention_scratch(times, attention.headWidth))
      case (.product(_, _, let left, let right, false), _):
        (count, transposeLeft, transposeRight) = (1, left, right)
      case (.simple, .batchedProduct(let number, let left, let right)):
        (count, transposeLeft, transposeRight) = (number, left, right)
      default: return most
      }
      let shape = shapes[step.node]
      let inner = inner(step, count, transposeLeft)
      return max(most, metarl_gemm_scratch(transposeRight, shape.rows / count, shape.columns, inner))
    }
  }

  /// The length of the axis that a product of `count` pairs of matrices sums over.
  private func inner(_ step: Step, _ count: Int, _ transposeLeft: Bool) -> Int {
    let source = shapes[operands[step.node][0]]
    return transposeLeft ? source.rows / count : source.columns
  }

  /// The roots of the memory that a step touches.
  private func roots(of step: Step) -> [Int] {
    switch step.work {
    case .group(let group):
      return group.externalOperands.sorted().map { view(of: $0).root }
        + group.members.filter { isStored.contains($0) }.map { view(of: $0).root }
    case .product(let left, let right, _, _, _): return [left.root, right.root, view(of: step.node).root]
    case .pack(let source, _): return [source.root, step.node]
    case .simple(let views): return views.map(\.root) + [view(of: step.node).root]
    }
  }

  private func memoryPlan(_ prologue: [Step], _ body: [Step]) -> MemoryPlan {
    var plan = MemoryPlan()
    let held = prologue.map { roots(of: $0) }
    let rest = body.map { roots(of: $0) }
    func count(_ root: Int) -> Int {
      if case .constant = operations[root] { return 1 }
      return shapes[root].count
    }
    for input in graph.inputs where isNeeded(input.id) { plan.pin(input.id, count: count(input.id)) }
    let heldRoots = Set(held.joined())
    for root in Set(rest.joined()).sorted() where heldRoots.contains(root) || isConstant(root) {
      plan.pin(root, count: count(root))
    }
    for root in heldRoots.sorted() where isConstant(root) { plan.pin(root, count: 1) }
    let outputRoots = Set(outputs.map { view(of: $0.id).root })
    for root in outputRoots.sorted() where heldRoots.contains(root) { plan.pin(root, count: count(root)) }
    plan.assign(held + rest, lastingToEnd: outputRoots, count: count)
    return plan
  }

  private func isConstant(_ root: Int) -> Bool {
    if case .constant = operations[root] { return true }
    return false
  }
}

/// Which elements of a workspace's memory each root gets, so that values whose lives do not overlap share.
struct MemoryPlan {
  private(set) var offsets: [Int: Int] = [:]
  private(set) var count = 0
  /// Free stretches by offset, none beside another.
  private var free: [(offset: Int, count: Int)] = []
  /// Matrices start at multiples of a cache line.
  private static let alignment = 16

  /// Gives `root` memory of its own for good.
  mutating func pin(_ root: Int, count: Int) {
    guard offsets[root] == nil else { return }
    offsets[root] = self.count
    self.count += Self.aligned(count)
  }

  private static func aligned(_ count: Int) -> Int {
    max((count + alignment - 1) / alignment, 1) * alignment
  }

  /// Gives memory to all roots that the steps touch, from the first step that does to the last.
  mutating func assign(_ steps: [[Int]], lastingToEnd: Set<Int>, count: (Int) -> Int) {
    var lastStep: [Int: Int] = [:]
    for (index, roots) in steps.enumerated() {
      for root in roots { lastStep[root] = lastingToEnd.contains(root) ? steps.count : index }
    }
    let pinned = Set(offsets.keys)
    for (index, roots) in steps.enumerated() {
      for root in roots where offsets[root] == nil { take(root, Self.aligned(count(root))) }
      for root in Set(roots).sorted() where lastStep[root] == index && !pinned.contains(root) {
        giveBack(offsets[root] ?? 0, Self.aligned(count(root)))
      }
    }
  }

  private mutating func take(_ root: Int, _ size: Int) {
    var best: Int?
    for index in free.indices where free[index].count >= size {
      if best.map({ free[index].count < free[$0].count }) ?? true { best = index }
    }
    guard let best else {
      offsets[root] = count
      count += size
      return
    }
    offsets[root] = free[best].offset
    free[best].offset += size
    free[best].count -= size
    if free[best].count == 0 { free.remove(at: best) }
  }

  private mutating func giveBack(_ offset: Int, _ size: Int) {
    var place = free.firstIndex { $0.offset > offset } ?? free.count
    free.insert((offset, size), at: place)
    if place + 1 < free.count && free[place].offset + free[place].count == free[place + 1].offset {
      free[place].count += free[place + 1].count
      free.remove(at: place + 1)
    }
    if place > 0 && free[place - 1].offset + free[place - 1].count == free[place].offset {
      place -= 1
      free[place].count += free[place + 1].count
      free.remove(at: place + 1)
    }
  }
}
