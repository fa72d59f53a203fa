import Foundation

/// Animated pictures in the Graphics Interchange Format: one palette for all frames, of which each stores only
/// what has changed.
///
/// Source: CompuServe, "Graphics Interchange Format, version 89a", 1990.
public struct GIF {
  private var bytes: [UInt8] = []
  private let palette: Palette
  private let width: Int
  private let height: Int
  private var last: [UInt8]?
  /// Where the delay of the last frame stands.
  private var delayPosition = 0

  /// An animation of the size of `samples`, with a palette for their colours; it repeats for ever.
  public init(palette samples: [Pixels]) {
    precondition(!samples.isEmpty, "a GIF without frames")
    (width, height) = (samples[0].width, samples[0].height)
    palette = Palette(samples)
    bytes += Array("GIF89a".utf8) + Self.word(width) + Self.word(height)
    // A global table of 256 colours.
    bytes += [0xF7, 0, 0] + palette.table
    bytes += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
  }

  /// Adds a frame that stays for `delay` hundredths of a second.
  public mutating func add(_ frame: Pixels, delay: Int) {
    precondition(frame.width == width && frame.height == height, "a frame of another size")
    let indices = palette.indices(of: frame)
    let box = changedBox(indices)
    bytes += [0x21, 0xF9, 4, last == nil ? 4 : 5]
    delayPosition = bytes.count
    bytes += Self.word(delay) + [Palette.transparent, 0]
    bytes.append(0x2C)
    for number in [box.x, box.y, box.width, box.height] { bytes += Self.word(number) }
    bytes.append(0)
    bytes.append(8)
    let data = Self.compressed(visible(indices, in: box))
    for start in stride(from: 0, to: data.count, by: 255) {
      let block = data[start..<min(start + 255, data.count)]
      bytes.append(UInt8(block.count))
      bytes += block
    }
    bytes.append(0)
    last = indices
  }

  /// Makes the last frame stay for `delay` hundredths of a second.
  public mutating func hold(delay: Int) {
    let word = Self.word(delay)
    bytes[delayPosition] = word[0]
    bytes[delayPosition + 1] = word[1]
  }

  /// The file.
  public var data: Data { Data(bytes + [0x3B]) }

  private static func word(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8 & 255)] }

  private struct Box {
    var x, y, width, height: Int
  }

  /// The smallest box that holds all that differs from the last frame; at least one pixel.
  private func changedBox(_ indices: [UInt8]) -> Box {
    guard let last else { return Box(x: 0, y: 0, width: width, height: height) }
    var (left, right, top, bottom) = (width, -1, height, -1)
    for y in 0..<height {
      for x in 0..<width where indices[y * width + x] != last[y * width + x] {
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), y)
      }
    }
    guard right >= 0 else { return Box(x: 0, y: 0, width: 1, height: 1) }
    return Box(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
  }

  /// The pixels of `box`, those that have not changed transparent, which compresses better.
  private func visible(_ indices: [UInt8], in box: Box) -> [UInt8] {
    (box.y..<box.y + box.height).flatMap { y in
      (box.x..<box.x + box.width).map { x in
        let place = y * width + x
        return last?[place] == indices[place] ? Palette.transparent : indices[place]
      }
    }
  }

  /// The variable-length code of Lempel, Ziv and Welch with 8-bit symbols.
  package static func compressed(_ symbols: [UInt8]) -> [UInt8] {
    let (clear, end) = (256, 257)
    var writer = BitWriter()
    // The code of each known string that is one symbol longer, `[code, symbol]`; 0 where there is none.
    var codes = [UInt16](repeating: 0, count: 4096 * 256)
    var (nextCode, width) = (258, 9)
    writer.write(clear, width)
    guard var current = symbols.first.map(Int.init) else { return writer.finished(end, width) }
    for symbol in symbols.dropFirst() {
      let place = current * 256 + Int(symbol)
      if codes[place] != 0 {
        current = Int(codes[place])
        continue
      }
      writer.write(current, width)
      if nextCode < 4096 {
        codes[place] = UInt16(nextCode)
        if nextCode == 1 << width { width += 1 }
        nextCode += 1
      } else {
        writer.write(clear, width)
        for index in codes.indices { codes[index] = 0 }
        (nextCode, width) = (258, 9)
      }
      current = Int(symbol)
    }
    writer.write(current, width)
    // The reader has made one more string by now.
    if nextCode == 1 << width && width < 12 { width += 1 }
    return writer.finished(end, width)
  }
}

/// Bits packed into bytes, the least significant first.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var buffer = 0
  private var bitCount = 0

  mutating func write(_ code: Int, _ width: Int) {
    buffer |= code << bitCount
    bitCount += width
    while bitCount >= 8 {
      bytes.append(UInt8(buffer & 255))
      buffer >>= 8
      bitCount -= 8
    }
  }

  mutating func finished(_ code: Int, _ width: Int) -> [UInt8] {
    write(code, width)
    if bitCount > 0 { bytes.append(UInt8(buffer & 255)) }
    return bytes
  }
}
