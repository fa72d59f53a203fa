import Kernels

/// A compiled calculation: a list of instructions on one block of memory. Immutable and shared by threads;
/// each runs it in a `Workspace` of its own.
public struct Program: Sendable {
  /// Compiles what is needed to calculate `outputs`.
  ///
  /// - Parameter held: inputs that stay the same over many runs, such as parameters. What depends on them
  ///   alone is calculated again only after a workspace has got new values of one of them.
  public init(_ outputs: [Node], holding held: [Node] = []) {
    precondition(!outputs.isEmpty, "a program without outputs")
    var schedule = Schedule(outputs[0].graph, outputs: outputs, held: held)
    self = schedule.program()
  }

  init(
    prologue: [Instruction], body: [Instruction], groups: [ElementwiseProgram], inputs: [Matrix?],
    isHeldInput: [Bool], outputs: [Matrix],
    constants: [(offset: Int, value: Double)], memoryCount: Int, scratchCount: Int
  ) {
    self.prologue = prologue
    self.body = body
    self.groups = groups
    self.inputs = inputs
    self.isHeldInput = isHeldInput
    self.outputs = outputs
    self.constants = constants
    self.memoryCount = memoryCount
    self.scratchCount = scratchCount
  }

  let prologue: [Instruction]
  let body: [Instruction]
  /// The elementwise groups, by the numbers that instructions know them by.
  let groups: [ElementwiseProgram]
  /// Where the inputs lie; nil for an input that no output depends on.
  let inputs: [Matrix?]
  /// Whether each input stays the same over many runs.
  let isHeldInput: [Bool]
  let outputs: [Matrix]
  let constants: [(offset: Int, value: Double)]
  /// The elements of memory a workspace needs besides scratch.
  let memoryCount: Int
  let scratchCount: Int

  /// How many floating-point operations the matrix products of one run take, a multiply-add being two.
  public var productOperationCount: Int {
    body.reduce(0) {
      switch $1 {
      case .product(let product): $0 + product.operationCount
      case .batchedProduct(let product, let count): $0 + count * product.operationCount
      case .attention(let shape, let qkv, _): $0 + 2 * shape.operationCount(rows: qkv.rows)
      case .attentionGradient(let shape, let qkv, _, _): $0 + 5 * shape.operationCount(rows: qkv.rows)
      // As if the past were half full, as it is on average.
      case .cachedAttention(let shape, _, let past, _, _):
        $0 + 2 * shape.headCount * shape.headWidth * past.rows
      default: $0
      }
    }
  }

  /// How many instructions one run executes.
  public var instructionCount: Int { body.count }

  /// The bytes that a workspace of numbers in single precision takes.
  public var workspaceByteCount: Int { 4 * (memoryCount + scratchCount) }
}

/// A matrix in the memory of a workspace, measured in elements.
struct Matrix: Hashable, Sendable, BitwiseCopyable {
  var offset: Int
  let rows: Int
  let columns: Int
  let rowStride: Int
  /// 1, or 0 where every column is the same.
  var columnStride = 1
}

/// One call of a kernel; plain bytes, so that running counts no references.
enum Instruction: Sendable, BitwiseCopyable {
  case elementwise(group: Int)
  case product(Product)
  /// The products of `count` pairs of matrices, which stand below one another.
  case batchedProduct(Product, count: Int)
  case pack(Matrix, transpose: Bool, into: Int)
  case sumRows(Matrix, into: Int)
  case sumColumns(Matrix, into: Int)
  case maximumOfColumns(Matrix, into: Int)
  case sparseProduct(entries: Matrix, Matrix, into: Matrix)
  case sparseTransposedProduct(entries: Matrix, Matrix, into: Matrix)
  case attention(AttentionShape, Matrix, into: Matrix)
  case attentionGradient(AttentionShape, Matrix, Matrix, into: Matrix)
  case cachedAttention(AttentionShape, Matrix, past: Matrix, count: Matrix, into: Matrix)
  case oneHot(indices: Matrix, into: Matrix)
}

/// A matrix product of the kernels; `isPacked` says that `right.offset` leads to a packed factor.
struct Product: Sendable, BitwiseCopyable {
  let m: Int
  let n: Int
  let k: Int
  let transposeLeft: Bool
  let transposeRight: Bool
  let left: Matrix
  let right: Matrix
  let result: Matrix
  let isPacked: Bool

  var operationCount: Int { 2 * m * n * k }
}

/// A fused chain of elementwise operations on `[rows, columns]`.
struct ElementwiseProgram: Sendable {
  let rows: Int
  let columns: Int
  let instructions: [MetarlInstruction]
  /// Where each slot lies; nil for a temporary.
  let slots: [Matrix?]
}

extension MetarlInstruction: @retroactive @unchecked Sendable {}
