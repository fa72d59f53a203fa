extension Schedule {
  /// Where the value of a node lies: its own memory, a place in a concatenation, or a view of another.
  func view(of id: Int) -> View {
    let shape = shapes[id]
    switch operations[id] {
    case .constant: return View(root: id, offset: 0, rowStride: 0, columnStride: 0)
    case .stopGradient: return view(of: operands[id][0])
    case .broadcast:
      let (whole, part) = (view(of: operands[id][0]), shapes[operands[id][0]])
      return View(
        root: whole.root, offset: whole.offset,
        rowStride: part.rows == 1 ? 0 : whole.rowStride,
        columnStride: part.columns == 1 && shape.columns != 1 ? 0 : whole.columnStride)
    case .slice(let row, let column):
      let whole = view(of: operands[id][0])
      return View(
        root: whole.root, offset: whole.offset + row * whole.rowStride + column * whole.columnStride,
        rowStride: whole.rowStride, columnStride: whole.columnStride)
    case .reshape:
      if let whole = viewedReshape(id) {
        return View(root: whole.root, offset: whole.offset, rowStride: shape.columns)
      }
      return View(root: id, offset: 0, rowStride: shape.columns)
    default:
      return placements[id] ?? View(root: id, offset: 0, rowStride: shape.columns)
    }
  }

  /// The operand of a reshape if its rows follow one another without a gap.
  func viewedReshape(_ id: Int) -> View? {
    let operand = operands[id][0]
    let (whole, shape) = (view(of: operand), shapes[operand])
    let isContiguous =
      whole.columnStride == 1 && (shape.rows == 1 || whole.rowStride == shape.columns)
    return isContiguous ? whole : nil
  }

  /// The node whose calculation brings the value of `id` into being, through views.
  func base(_ id: Int) -> Int {
    switch operations[id] {
    case .stopGradient, .broadcast, .slice: base(operands[id][0])
    case .reshape: viewedReshape(id) == nil ? id : base(operands[id][0])
    default: id
    }
  }

  /// The same, only through what leaves every element in its place.
  func direct(_ id: Int) -> Int {
    operations[id] == .stopGradient ? direct(operands[id][0]) : id
  }
}
