import Foundation

// Elementwise arithmetic. Operands of different shape are broadcast: an axis of length 1 repeats.
extension Node {
  /// The elementwise sum.
  public static func + (left: Node, right: Node) -> Node { binary(.add, left, right) }
  /// The elementwise difference.
  public static func - (left: Node, right: Node) -> Node { binary(.subtract, left, right) }
  /// The elementwise product.
  public static func * (left: Node, right: Node) -> Node { binary(.multiply, left, right) }
  /// The elementwise quotient.
  public static func / (left: Node, right: Node) -> Node { binary(.divide, left, right) }
  /// The sum with a constant.
  public static func + (left: Node, right: Double) -> Node { left + left.graph.constant(right) }
  /// The difference with a constant.
  public static func - (left: Node, right: Double) -> Node { left - left.graph.constant(right) }
  /// The difference of a constant.
  public static func - (left: Double, right: Node) -> Node { right.graph.constant(left) - right }
  /// The product with a constant.
  public static func * (left: Node, right: Double) -> Node { left * left.graph.constant(right) }
  /// The product with a constant.
  public static func * (left: Double, right: Node) -> Node { right.graph.constant(left) * right }
  /// The quotient with a constant.
  public static func / (left: Node, right: Double) -> Node { left * left.graph.constant(1 / right) }
  /// The negative.
  public static prefix func - (operand: Node) -> Node { operand.unary(.negate) }

  /// eˣ.
  public func exponential() -> Node { unary(.exponential) }
  /// The natural logarithm.
  public func logarithm() -> Node { unary(.logarithm) }
  /// The hyperbolic tangent.
  public func hyperbolicTangent() -> Node { unary(.hyperbolicTangent) }
  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Node { unary(.sigmoid) }
  /// The square root.
  public func squareRoot() -> Node { unary(.squareRoot) }
  /// 1 / x.
  public func reciprocal() -> Node { unary(.reciprocal) }
  /// |x|.
  public func magnitude() -> Node { unary(.magnitude) }
  /// x².
  public func square() -> Node { unary(.square) }
  /// max(x, 0).
  public func rectified() -> Node { maximum(graph.constant(0)) }

  /// The lesser element; NaN where either is.
  public func minimum(_ other: Node) -> Node { Self.binary(.minimum, self, other) }
  /// The greater element; NaN where either is.
  public func maximum(_ other: Node) -> Node { Self.binary(.maximum, self, other) }
  /// x kept within `lower`...`upper`.
  public func clipped(_ lower: Double, _ upper: Double) -> Node {
    maximum(graph.constant(lower)).minimum(graph.constant(upper))
  }
  /// One where this is greater than `other`, else zero; its derivative is zero.
  public func isGreater(than other: Node) -> Node { Self.binary(.greater, self, other) }
  /// `first` where this is not zero, else `second`.
  public func select(_ first: Node, _ second: Node) -> Node {
    let shape = Self.commonShape(Self.commonShape(shape, first.shape), second.shape)
    return graph.node(
      .select, [broadcast(to: shape), first.broadcast(to: shape), second.broadcast(to: shape)], shape)
  }
  /// The same value in memory of its own, so that what it is a part of need not be kept.
  public func copied() -> Node { unary(.copy) }
  /// The same value, taken as a constant by differentiation.
  public func stopGradient() -> Node { graph.node(.stopGradient, [self], shape) }
}

extension Node {
  func unary(_ operation: UnaryOperation) -> Node {
    if let value = constantValue, operation != .copy {
      return graph.constant(operation.value(value), shape.rows, shape.columns)
    }
    if operation == .negate, entry.operation == .unary(.negate) { return operands[0] }
    return graph.node(.unary(operation), [self], shape)
  }

  static func commonShape(_ left: Shape, _ right: Shape) -> Shape {
    func common(_ left: Int, _ right: Int) -> Int {
      precondition(
        left == right || left == 1 || right == 1, "lengths \(left) and \(right) do not go together")
      return left == 1 ? right : left
    }
    return Shape(common(left.rows, right.rows), common(left.columns, right.columns))
  }

  static func binary(_ operation: BinaryOperation, _ left: Node, _ right: Node) -> Node {
    let shape = commonShape(left.shape, right.shape)
    let (left, right) = (left.broadcast(to: shape), right.broadcast(to: shape))
    if let simple = simplified(operation, left, right, shape) { return simple }
    return left.graph.node(.binary(operation), [left, right], shape)
  }

  /// What needs no operation: neutral elements, constants, double negation.
  private static func simplified(
    _ operation: BinaryOperation, _ left: Node, _ right: Node, _ shape: Shape
  ) -> Node? {
    let (a, b) = (left.constantValue, right.constantValue)
    if let a, let b { return left.graph.constant(operation.value(a, b), shape.rows, shape.columns) }
    switch operation {
    case .add:
      if a == 0 { return right }
      if b == 0 { return left }
      if right.entry.operation == .unary(.negate) { return left - right.operands[0] }
      if left.entry.operation == .unary(.negate) { return right - left.operands[0] }
    case .subtract:
      if a == 0 { return -right }
      if b == 0 { return left }
      if right.entry.operation == .unary(.negate) { return left + right.operands[0] }
    case .multiply:
      if a == 0 || b == 1 { return left }
      if b == 0 || a == 1 { return right }
      if a == -1 { return -right }
      if b == -1 { return -left }
    case .divide:
      if b == 1 { return left }
    case .minimum, .maximum, .greater:
      break
    }
    return nil
  }
}

extension UnaryOperation {
  func value(_ x: Double) -> Double {
    switch self {
    case .copy: x
    case .negate: -x
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .hyperbolicTangent: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .magnitude: abs(x)
    case .square: x * x
    }
  }
}

extension BinaryOperation {
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .minimum: a.isNaN || a < b ? a : b
    case .maximum: a.isNaN || a > b ? a : b
    case .greater: a > b ? 1 : 0
    }
  }
}
