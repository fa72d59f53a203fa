import Foundation

/// An RGBA colour; components lie between 0 and 1.
public struct Color: Hashable, Sendable {
  /// Red, green, blue and opacity.
  public var red, green, blue, alpha: Double

  /// The colour of a hexadecimal number such as 0xE69F00.
  public init(_ hexadecimal: UInt32, alpha: Double = 1) {
    red = Double(hexadecimal >> 16 & 255) / 255
    green = Double(hexadecimal >> 8 & 255) / 255
    blue = Double(hexadecimal & 255) / 255
    self.alpha = alpha
  }

  /// The same colour with its opacity multiplied by `factor`.
  public func faded(_ factor: Double) -> Color {
    var color = self
    color.alpha *= factor
    return color
  }

  /// The colour at `share` of the way to `other`.
  func mixed(with other: Color, _ share: Double) -> Color {
    var color = self
    color.red += (other.red - red) * share
    color.green += (other.green - green) * share
    color.blue += (other.blue - blue) * share
    color.alpha += (other.alpha - alpha) * share
    return color
  }
}

/// The letters of a text.
public struct Font: Hashable, Sendable {
  /// The height of a line, in logical pixels.
  public var size: Double
  /// Whether the strokes are thick.
  public var isBold = false

  /// Letters of the given size.
  public init(_ size: Double, bold: Bool = false) {
    self.size = size
    isBold = bold
  }
}

/// Where a text lies relative to its point.
public enum TextAlignment: Sendable {
  /// It begins there, its middle is there, or it ends there.
  case leading, center, trailing
}

/// Pixels, row by row from the top, four bytes each: 0xFFRRGGBB.
public struct Pixels: Equatable, Sendable {
  /// The pixels of a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The values, `[row, column]`.
  public let values: [UInt32]

  /// An image of the given values, `[row, column]`.
  public init(width: Int, height: Int, values: [UInt32]) {
    precondition(values.count == width * height, "\(values.count) pixels for \(width) by \(height)")
    self.width = width
    self.height = height
    self.values = values
  }
}

/// There is nothing to draw with.
public struct DrawingUnavailable: Error, CustomStringConvertible, Sendable {
  /// What to install.
  public let description: String

  /// A complaint.
  public init(_ description: String) { self.description = description }
}
