/// At most 255 colours that stand for all colours of some pictures, by cutting the box of colours in two at
/// the median of its longest side until there are enough boxes; the last index is transparent.
///
/// Source: Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982.
package struct Palette {
  /// The index that leaves what was there before.
  package static let transparent: UInt8 = 255

  /// 256 colours, red, green and blue each.
  package let table: [UInt8]
  /// The index for every colour cut down to 5 bits a component.
  private let lookup: [UInt8]

  /// A palette for `pictures`.
  package init(_ pictures: [Pixels]) {
    var counts = [Int](repeating: 0, count: 1 << 15)
    for picture in pictures {
      for value in picture.values { counts[Self.cell(of: value)] += 1 }
    }
    var boxes = [counts.indices.filter { counts[$0] > 0 }]
    while boxes.count < 255, let index = Self.longest(boxes) {
      let (low, high) = Self.halves(of: boxes[index], counts)
      boxes[index] = low
      boxes.append(high)
    }
    let colors = boxes.map { Self.mean(of: $0, counts) }
    table = colors.flatMap { $0.map { UInt8($0) } } + Array(repeating: 0, count: 3 * (256 - colors.count))
    lookup = (0..<1 << 15).map { cell in
      let color = (0..<3).map { Self.component($0, of: cell) }
      return UInt8(Self.nearest(to: color, among: colors))
    }
  }

  /// The indices of all pixels.
  package func indices(of picture: Pixels) -> [UInt8] { picture.values.map { lookup[Self.cell(of: $0)] } }

  private static func cell(of value: UInt32) -> Int {
    Int(value >> 19 & 31) << 10 | Int(value >> 11 & 31) << 5 | Int(value >> 3 & 31)
  }

  /// The component of a cell's colour, 0 to 255.
  private static func component(_ index: Int, of cell: Int) -> Int {
    let value = cell >> (10 - 5 * index) & 31
    return value << 3 | value >> 2
  }

  private static func range(of component: Int, in box: [Int]) -> Int {
    let values = box.lazy.map { Self.component(component, of: $0) }
    return (values.max() ?? 0) - (values.min() ?? 0)
  }

  private static func longest(_ boxes: [[Int]]) -> Int? {
    let sizes = boxes.map { box in box.count > 1 ? (0..<3).map { range(of: $0, in: box) }.max() ?? 0 : 0 }
    guard let most = sizes.max(), most > 0 else { return nil }
    return sizes.firstIndex(of: most)
  }

  private static func halves(of box: [Int], _ counts: [Int]) -> ([Int], [Int]) {
    let axis = (0..<3).max { range(of: $0, in: box) < range(of: $1, in: box) } ?? 0
    let sorted = box.sorted { component(axis, of: $0) < component(axis, of: $1) }
    // Weights grow slower than counts, so that small things keep colours of their own.
    let weights = sorted.map { Double(counts[$0]).squareRoot() }
    let half = weights.reduce(0, +) / 2
    var (sum, cut) = (0.0, 0)
    while cut < sorted.count - 1 && sum + weights[cut] <= half {
      sum += weights[cut]
      cut += 1
    }
    cut = max(cut, 1)
    return (Array(sorted[..<cut]), Array(sorted[cut...]))
  }

  private static func mean(of box: [Int], _ counts: [Int]) -> [Int] {
    let total = max(box.reduce(0) { $0 + counts[$1] }, 1)
    return (0..<3).map { axis in
      (box.reduce(0) { $0 + counts[$1] * component(axis, of: $1) } + total / 2) / total
    }
  }

  private static func nearest(to color: [Int], among colors: [[Int]]) -> Int {
    var (best, least) = (0, Int.max)
    for (index, other) in colors.enumerated() {
      let (red, green, blue) = (color[0] - other[0], color[1] - other[1], color[2] - other[2])
      let distance = 2 * red * red + 4 * green * green + blue * blue
      if distance < least { (best, least) = (index, distance) }
    }
    return best
  }
}
