import Testing

import Drawing

@Suite struct GIFTests {
  @Test(arguments: [0, 1, 2, 255, 256, 5000, 200_000])
  func whatIsCompressedCanBeRead(count: Int) {
    var state: UInt32 = 1
    let symbols = (0..<count).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      return index % 7 < 3 ? UInt8(index / 50 & 255) : UInt8(state >> 24)
    }
    #expect(decompressed(GIF.compressed(symbols)) == symbols)
  }

  @Test func runsAreShort() {
    #expect(GIF.compressed(Array(repeating: 7, count: 100_000)).count < 1000)
  }

  /// The reader's half of the code, as the specification describes it.
  private func decompressed(_ bytes: [UInt8]) -> [UInt8] {
    var (position, width, result) = (0, 9, [UInt8]())
    var table: [[UInt8]] = []
    var last: [UInt8]?
    func reset() {
      table = (0..<256).map { [UInt8($0)] } + [[], []]
      (width, last) = (9, nil)
    }
    reset()
    while position + width <= bytes.count * 8 {
      let code = (0..<width).reduce(0) { code, bit in
        let place = position + bit
        return code | Int(bytes[place / 8] >> UInt8(place % 8) & 1) << bit
      }
      position += width
      if code == 257 { return result }
      if code == 256 {
        reset()
        continue
      }
      let entry = code < table.count ? table[code] : (last ?? []) + [last?.first ?? 0]
      result += entry
      if let last, table.count < 4096 { table.append(last + [entry[0]]) }
      if table.count == 1 << width && width < 12 { width += 1 }
      last = entry
    }
    return []
  }

  @Test func aPaletteKeepsFewColoursAsTheyAre() {
    let values: [UInt32] = [0xFF00_0000, 0xFFFF_FFFF, 0xFFF7_A521, 0xFF31_C69C]
    let palette = Palette([Pixels(width: 2, height: 2, values: values)])
    let indices = palette.indices(of: Pixels(width: 2, height: 2, values: values))
    for (index, value) in zip(indices, values) {
      for axis in 0..<3 {
        let component = Int(value >> UInt32(16 - 8 * axis) & 255)
        #expect(abs(Int(palette.table[3 * Int(index) + axis]) - component) <= 8)
      }
    }
    #expect(!indices.contains(Palette.transparent))
    #expect(palette.table.count == 768)
  }

  @Test func framesStoreOnlyWhatChanged() {
    let noise = (0..<10_000).map { UInt32($0) &* 2_654_435_761 | 0xFF00_0000 }
    let first = Pixels(width: 100, height: 100, values: noise)
    var changed = noise
    changed[5050] = 0xFFFF_FFFF
    var gif = GIF(palette: [first])
    gif.add(first, delay: 5)
    let size = gif.data.count
    gif.add(Pixels(width: 100, height: 100, values: changed), delay: 5)
    #expect(gif.data.count - size < 40)
    #expect(gif.data.suffix(1) == [0x3B])
  }
}
