import Kernels

/// Elementwise nodes of one shape that are calculated together, tile by tile.
struct ElementwiseGroup {
  /// The nodes, operands before results.
  private(set) var members: [Int] = []
  /// For each member, its operands, through what leaves elements in place.
  private(set) var operands: [[Int]] = []
  private var positions: [Int: Int] = [:]
  private var external: Set<Int> = []

  /// Slots are numbered by a byte and limited by the kernel.
  private static let maximumSlotCount = Int(METARL_MAXIMUM_SLOTS)

  /// Takes in a node; false if there is no room. A node that is in already stays.
  mutating func add(_ node: Int, _ operands: [Int]) -> Bool {
    if positions[node] != nil { return true }
    let outside = external.union(operands.filter { positions[$0] == nil })
    if members.count + 1 + outside.count > Self.maximumSlotCount { return false }
    external = outside
    positions[node] = members.count
    members.append(node)
    self.operands.append(operands)
    return true
  }

  /// The operands that come from memory.
  var externalOperands: Set<Int> { external }

  /// The program of the group; `matrix` says where a node lies, `isStored` whether a member must be there.
  func program(
    shape: Shape, matrix: (Int) -> Matrix, isStored: (Int) -> Bool, operation: (Int) -> MetarlOperation
  ) -> ElementwiseProgram {
    let tasks = fused(isStored: isStored, operation: operation)
    var lastUse: [Int: Int] = [:]
    for (position, task) in tasks.enumerated() {
      for operand in task.operands { lastUse[operand] = position }
    }
    var slots: [Matrix?] = []
    var slotOf: [Int: Int] = [:]
    var freeTemporaries: [Int] = []
    var instructions: [MetarlInstruction] = []
    for (position, task) in tasks.enumerated() {
      let sources = task.operands.map { operand in
        if let slot = slotOf[operand] { return slot }
        slots.append(matrix(operand))
        slotOf[operand] = slots.count - 1
        return slots.count - 1
      }
      for operand in Set(task.operands).sorted() where lastUse[operand] == position {
        if let slot = slotOf[operand], slots[slot] == nil { freeTemporaries.append(slot) }
      }
      let result: Int
      if isStored(task.node) {
        slots.append(matrix(task.node))
        result = slots.count - 1
      } else if let free = freeTemporaries.popLast() {
        result = free
      } else {
        slots.append(nil)
        result = slots.count - 1
      }
      slotOf[task.node] = result
      instructions.append(
        MetarlInstruction(
          operation: task.operation, result: UInt8(result), a: UInt8(sources[0]),
          b: UInt8(sources.count > 1 ? sources[1] : 0), c: UInt8(sources.count > 2 ? sources[2] : 0)))
    }
    return ElementwiseProgram(
      rows: shape.rows, columns: shape.columns, instructions: instructions, slots: slots)
  }

  /// One instruction before its slots are chosen.
  private struct Task {
    let node: Int
    var operation: MetarlOperation
    var operands: [Int]
  }

  /// The members as instructions, where a product that only one sum reads is taken into the sum.
  private func fused(isStored: (Int) -> Bool, operation: (Int) -> MetarlOperation) -> [Task] {
    var useCounts: [Int: Int] = [:]
    for operand in operands.joined() { useCounts[operand, default: 0] += 1 }
    func isAbsorbed(_ node: Int) -> Bool {
      positions[node] != nil && operation(node) == metarl_multiply && useCounts[node] == 1 && !isStored(node)
    }
    var absorbed: Set<Int> = []
    var tasks: [Task] = []
    for (position, member) in members.enumerated() {
      var task = Task(node: member, operation: operation(member), operands: operands[position])
      if task.operation == metarl_add, let product = task.operands.first(where: isAbsorbed),
        let place = positions[product]
      {
        let summand = task.operands[0] == product ? task.operands[1] : task.operands[0]
        task.operation = metarl_multiplyAdd
        task.operands = operands[place] + [summand]
        absorbed.insert(product)
      }
      tasks.append(task)
    }
    return tasks.filter { !absorbed.contains($0.node) }
  }
}

extension Operation {
  /// The kernel's name of an elementwise operation.
  var kernel: MetarlOperation {
    switch self {
    case .unary(let operation): operation.kernel
    case .binary(let operation): operation.kernel
    case .select: metarl_select
    default: preconditionFailure("\(self) is not elementwise")
    }
  }
}

extension UnaryOperation {
  fileprivate var kernel: MetarlOperation {
    switch self {
    case .copy: metarl_copy
    case .negate: metarl_negate
    case .exponential: metarl_exp
    case .logarithm: metarl_log
    case .hyperbolicTangent: metarl_tanh
    case .sigmoid: metarl_sigmoid
    case .squareRoot: metarl_sqrt
    case .reciprocal: metarl_reciprocal
    case .magnitude: metarl_abs
    case .square: metarl_square
    }
  }
}

extension BinaryOperation {
  fileprivate var kernel: MetarlOperation {
    switch self {
    case .add: metarl_add
    case .subtract: metarl_subtract
    case .multiply: metarl_multiply
    case .divide: metarl_divide
    case .minimum: metarl_minimum
    case .maximum: metarl_maximum
    case .greater: metarl_greater
    }
  }
}
