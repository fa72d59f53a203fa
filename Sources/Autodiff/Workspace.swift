import Foundation
import Kernels

/// The memory that a program runs in, for one thread at a time. Running allocates nothing.
public final class Workspace<Number: Element> {
  /// The program that runs here.
  public let program: Program

  let memory: UnsafeMutablePointer<Number>
  let scratch: UnsafeMutablePointer<Number>
  private let slots: UnsafeMutablePointer<MetarlSlot>
  private let instructions: UnsafeMutablePointer<MetarlInstruction>
  private let elementCount: Int
  /// Where each elementwise group lies in the two arrays above.
  private let layouts: [Layout]
  private var isPrepared = false
  let kernels = Number.kernels

  private struct Layout: BitwiseCopyable {
    let instruction: Int
    let instructionCount: Int
    let slot: Int
    let slotCount: Int
    let rows: Int
    let columns: Int
  }

  /// Memory for one run of `program` at a time, all zero.
  public init(_ program: Program) {
    self.program = program
    elementCount = program.memoryCount + program.scratchCount
    memory = Self.allocate(elementCount)
    scratch = memory + program.memoryCount
    slots = .allocate(capacity: program.groups.reduce(1) { $0 + $1.slots.count })
    instructions = .allocate(capacity: program.groups.reduce(1) { $0 + $1.instructions.count })
    layouts = Self.laidOut(program.groups, memory, slots, instructions)
    for (offset, value) in program.constants { memory[offset] = Number(value) }
  }

  deinit {
    memory.deallocate()
    slots.deallocate()
    instructions.deallocate()
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Number> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Number>.stride, alignment: 64)
    let memory = bytes.bindMemory(to: Number.self, capacity: max(count, 1))
    memory.initialize(repeating: 0, count: max(count, 1))
    return memory
  }

  /// Writes slots and instructions of the groups as the kernels read them.
  private static func laidOut(
    _ groups: [ElementwiseProgram], _ memory: UnsafeMutablePointer<Number>,
    _ slots: UnsafeMutablePointer<MetarlSlot>, _ instructions: UnsafeMutablePointer<MetarlInstruction>
  ) -> [Layout] {
    var (slotCount, instructionCount) = (0, 0)
    return groups.map { group in
      let layout = Layout(
        instruction: instructionCount, instructionCount: group.instructions.count, slot: slotCount,
        slotCount: group.slots.count, rows: group.rows, columns: group.columns)
      for slot in group.slots {
        (slots + slotCount).initialize(
          to: MetarlSlot(
            data: slot.map { UnsafeMutableRawPointer(memory + $0.offset) }, rowStride: slot?.rowStride ?? 0,
            columnStride: slot?.columnStride ?? 0))
        slotCount += 1
      }
      for instruction in group.instructions {
        (instructions + instructionCount).initialize(to: instruction)
        instructionCount += 1
      }
      return layout
    }
  }

  /// Gives write access to input `index`, row by row, `[rows · columns]`; an input that no output depends
  /// on is not there, and `body` is not called. Where the program holds the input, the next run calculates anew what
  /// depends on held inputs alone.
  public func withInput<Result>(
    _ index: Int, _ body: (inout MutableSpan<Number>) -> Result
  ) -> Result? {
    if program.isHeldInput[index] { isPrepared = false }
    guard let matrix = program.inputs[index] else { return nil }
    var span = MutableSpan(_unsafeStart: memory + matrix.offset, count: matrix.rows * matrix.columns)
    return body(&span)
  }

  /// Copies `values` into input `index`.
  public func setInput(_ index: Int, _ values: [Number]) {
    withInput(index) { input in
      precondition(values.count == input.count, "\(values.count) values for input \(index) of \(input.count)")
      // Not by way of a span: Swift 6.3.1 then leaves out the numbers of an array that is written where it is passed.
      values.withUnsafeBufferPointer { source in
        input.withUnsafeMutableBufferPointer { target in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          to.update(from: from, count: source.count)
        }
      }
    }
  }

  /// Gives read access to row `row` of output `index`.
  public func withOutput<Result>(_ index: Int, row: Int = 0, _ body: (Span<Number>) -> Result) -> Result {
    let matrix = program.outputs[index]
    precondition(row >= 0 && row < matrix.rows, "row \(row) of output \(index) with \(matrix.rows) rows")
    return body(
      Span(
        _unsafeStart: UnsafePointer(memory + matrix.offset + row * matrix.rowStride), count: matrix.columns))
  }

  /// Output `index`, row by row.
  public func output(_ index: Int) -> [Number] {
    let matrix = program.outputs[index]
    return (0..<matrix.rows).flatMap { row in
      withOutput(index, row: row) { span in (0..<span.count).map { span[$0] } }
    }
  }

  /// Copies output `index`, row by row, into `target`.
  public func copyOutput(_ index: Int, to target: inout [Number]) {
    var target = target.mutableSpan
    copyOutput(index, to: &target)
  }

  /// Copies output `index`, row by row, into `target`.
  public func copyOutput(_ index: Int, to target: inout MutableSpan<Number>) {
    let source = program.outputs[index]
    precondition(target.count == source.rows * source.columns, "\(target.count) places for output \(index)")
    target.withUnsafeMutableBufferPointer { target in
      guard let start = target.baseAddress else { return }
      for row in 0..<source.rows {
        (start + row * source.columns).update(
          from: memory + source.offset + row * source.rowStride, count: source.columns)
      }
    }
  }

  /// Copies output `output` into input `input`, as a state is carried from one run to the next.
  public func copyOutput(_ output: Int, toInput input: Int) {
    guard let target = program.inputs[input] else { return }
    precondition(
      program.outputs[output].rows == target.rows,
      "output \(output) has \(program.outputs[output].rows) rows, input \(input) \(target.rows)")
    copyOutput(output, toInput: input, atRow: 0)
  }

  /// Copies output `output` into the rows of input `input` from `first` on.
  public func copyOutput(_ output: Int, toInput input: Int, atRow first: Int) {
    guard let target = program.inputs[input] else { return }
    let source = program.outputs[output]
    precondition(
      first >= 0 && first + source.rows <= target.rows && source.columns == target.columns,
      "output \(output) is [\(source.rows), \(source.columns)], input \(input) [\(target.rows), \(target.columns)]"
    )
    if program.isHeldInput[input] { isPrepared = false }
    for row in 0..<source.rows {
      (memory + target.offset + (first + row) * target.rowStride).update(
        from: memory + source.offset + row * source.rowStride, count: source.columns)
    }
  }

  /// Copies the first `rowCount` rows of input `input` of `other`, which runs a program with such an input.
  public func copyInput(_ input: Int, from other: Workspace, rowCount: Int) {
    guard let target = program.inputs[input], let source = other.program.inputs[input] else { return }
    precondition(
      source.columns == target.columns && rowCount <= min(source.rows, target.rows),
      "input \(input) is [\(source.rows), \(source.columns)] there and [\(target.rows), \(target.columns)] here"
    )
    (memory + target.offset).update(from: other.memory + source.offset, count: rowCount * source.columns)
  }

  /// The single element of output `index`.
  public func scalar(_ index: Int) -> Number { withOutput(index) { $0[0] } }

  /// Calculates the outputs from the inputs.
  public func run() {
    if !isPrepared {
      execute(program.prologue)
      isPrepared = true
    }
    execute(program.body)
  }

  private func execute(_ instructions: [Instruction]) {
    for instruction in instructions { execute(instruction) }
  }

  private func execute(_ instruction: Instruction) {
    switch instruction {
    case .elementwise(let group):
      let layout = layouts[group]
      kernels.elementwise(
        instructions + layout.instruction, layout.instructionCount, slots + layout.slot, layout.slotCount,
        layout.rows, layout.columns, scratch)
    case .product(let product): multiply(product)
    case .batchedProduct(let product, let count):
      for index in 0..<count { multiply(product, block: index, of: count) }
    case .pack(let source, let transpose, let result):
      let (k, n) = transpose ? (source.columns, source.rows) : (source.rows, source.columns)
      kernels.pack(transpose, n, k, memory + source.offset, source.rowStride, memory + result)
    case .sumRows(let source, let result):
      kernels.sumRows(source.rows, source.columns, memory + source.offset, source.rowStride, memory + result)
    case .sumColumns(let source, let result):
      kernels.sumColumns(
        source.rows, source.columns, memory + source.offset, source.rowStride, memory + result)
    case .maximumOfColumns(let source, let result):
      kernels.maximumOfColumns(
        source.rows, source.columns, memory + source.offset, source.rowStride, memory + result)
    case .sparseProduct(let entries, let table, let result):
      checkIndices(of: entries, below: table.rows)
      kernels.sparseProduct(
        result.rows, result.columns, entries.columns / 2, memory + entries.offset, entries.rowStride,
        memory + table.offset, table.rowStride, memory + result.offset, result.rowStride)
    case .sparseTransposedProduct(let entries, let values, let result):
      checkIndices(of: entries, below: result.rows)
      kernels.sparseTransposedProduct(
        values.rows, result.rows, result.columns, entries.columns / 2, memory + entries.offset,
        entries.rowStride, memory + values.offset, values.rowStride, memory + result.offset, result.rowStride)
    case .attention, .attentionGradient, .cachedAttention: attend(instruction)
    case .oneHot(let indices, let result):
      for row in 0..<result.rows {
        let to = memory + result.offset + row * result.rowStride
        // Zero is all bits zero; `update(repeating:)` would copy number by number.
        memset(to, 0, result.columns * MemoryLayout<Number>.stride)
        to[index(indices, row, below: result.columns)] = 1
      }
    }
  }

  private func multiply(_ product: Product) {
    let (left, right, result) = (product.left, product.right, product.result)
    if product.isPacked {
      kernels.packedProduct(
        product.transposeLeft, product.m, product.n, product.k, memory + left.offset, left.rowStride,
        memory + right.offset, memory + result.offset, result.rowStride, false)
    } else {
      kernels.product(
        product.transposeLeft, product.transposeRight, product.m, product.n, product.k, memory + left.offset,
        left.rowStride, memory + right.offset, right.rowStride, memory + result.offset, result.rowStride,
        false, scratch)
    }
  }

  /// Multiplies pair `index` of `count` matrices that stand below one another.
  private func multiply(_ product: Product, block index: Int, of count: Int) {
    func start(_ matrix: Matrix) -> Int { matrix.offset + index * (matrix.rows / count) * matrix.rowStride }
    kernels.product(
      product.transposeLeft, product.transposeRight, product.m, product.n, product.k,
      memory + start(product.left), product.left.rowStride, memory + start(product.right),
      product.right.rowStride, memory + start(product.result), product.result.rowStride, false, scratch)
  }

  private func checkIndices(of entries: Matrix, below count: Int) {
    let isWithin = kernels.sparseIsWithin(
      entries.rows, count, entries.columns / 2, memory + entries.offset, entries.rowStride)
    precondition(isWithin, "an index of a sparse matrix is not below \(count)")
  }

  private func index(_ indices: Matrix, _ row: Int, below count: Int) -> Int {
    let index = memory[indices.offset + row * indices.rowStride].truncated
    precondition(index >= 0 && index < count, "index \(index) in row \(row) is not below \(count)")
    return index
  }
}
