import Randomness

/// The set that observations or actions are from; an element is stored as `componentCount` numbers.
public enum Space: Hashable, Codable, Sendable {
  /// Whole numbers: component i is one of 0..<counts[i].
  case discrete([Int])
  /// Real numbers: component i lies between lower[i] and upper[i].
  case box(lower: [Float], upper: [Float])

  /// Whether elements are whole numbers.
  public var isDiscrete: Bool {
    if case .discrete = self { true } else { false }
  }

  /// How many numbers one element takes.
  public var componentCount: Int {
    switch self {
    case .discrete(let counts): counts.count
    case .box(let lower, _): lower.count
    }
  }

  /// Whether `element` is in this space.
  public func contains(_ element: some Collection<Float>) -> Bool {
    guard element.count == componentCount else { return false }
    switch self {
    case .discrete(let counts):
      return zip(element, counts).allSatisfy { $0 >= 0 && $0 < Float($1) && $0 == $0.rounded() }
    case .box(let lower, let upper):
      return zip(element, zip(lower, upper)).allSatisfy { $0 >= $1.0 && $0 <= $1.1 }
    }
  }

  /// How many elements there are of whole numbers; nil of real numbers, or where there are more than `limit`.
  public func elementCount(atMost limit: Int) -> Int? {
    guard case .discrete(let counts) = self else { return nil }
    return counts.reduce(Optional(1)) { product, count in
      guard let product, count <= limit / max(product, 1) else { return nil }
      return product * count
    }
  }

  /// The number of an element of whole numbers among all that there are, the last component counting fastest.
  public func number(of element: Span<Float>) -> Int {
    guard case .discrete(let counts) = self else { preconditionFailure("real numbers are not counted") }
    var number = 0
    for component in counts.indices { number = number * counts[component] + Int(element[component]) }
    return number
  }

  /// Writes an element drawn uniformly, `[component]`.
  public func draw(into element: inout MutableSpan<Float>, using random: inout RandomStream) {
    switch self {
    case .discrete(let counts):
      for index in counts.indices { element[index] = Float(random.integer(below: counts[index])) }
    case .box(let lower, let upper):
      for index in lower.indices { element[index] = random.uniform(from: lower[index], to: upper[index]) }
    }
  }
}
