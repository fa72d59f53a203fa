/// The two directions along which vectors vary most, found by repeated multiplication with their covariance.
package struct PrincipalComponents {
  /// The coordinates of the vectors along the two directions, `[vector]`.
  package let coordinates: [(x: Double, y: Double)]

  /// The components of `vectors`, `[vector][unit]`, all of the same length.
  package init(of vectors: [[Float]]) {
    guard let width = vectors.first?.count, width > 0 else {
      coordinates = vectors.map { _ in (0, 0) }
      return
    }
    let mean = (0..<width).map { unit in
      vectors.reduce(0) { $0 + Double($1[unit]) } / Double(vectors.count)
    }
    let centred = vectors.map { vector in vector.indices.map { Double(vector[$0]) - mean[$0] } }
    let first = Self.direction(of: centred, orthogonalTo: nil)
    let second = Self.direction(of: centred, orthogonalTo: first)
    coordinates = centred.map { (Self.product($0, first), Self.product($0, second)) }
  }

  private static let iterationCount = 60

  private static func direction(of vectors: [[Double]], orthogonalTo other: [Double]?) -> [Double] {
    // An uneven start, so that it is hardly ever orthogonal to what is looked for.
    var direction = vectors[0].indices.map { 1 / Double($0 + 1) }
    for _ in 0..<iterationCount {
      if let other {
        let share = product(direction, other)
        direction = zip(direction, other).map { $0 - share * $1 }
      }
      var next = direction.map { _ in 0.0 }
      for vector in vectors {
        let weight = product(vector, direction)
        for unit in next.indices { next[unit] += weight * vector[unit] }
      }
      let length = product(next, next).squareRoot()
      guard length > 1e-12 else { return direction.map { _ in 0 } }
      direction = next.map { $0 / length }
    }
    return direction
  }

  private static func product(_ vector: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for unit in vector.indices { sum += vector[unit] * other[unit] }
    return sum
  }
}
