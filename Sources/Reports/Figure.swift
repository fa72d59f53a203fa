/// A picture of marks in logical pixels from the top left corner, which becomes SVG, or is painted on a canvas.
public struct Figure: Sendable {
  /// What it shows, for those who cannot see it and as its heading.
  public let title: String
  /// What there is to see, in a sentence.
  public var summary = ""
  /// From left to right.
  public let width: Double
  /// From top to bottom.
  public var height: Double
  /// The marks; later ones lie above earlier ones.
  public private(set) var marks: [Mark] = []

  /// An empty figure.
  public init(title: String, width: Double, height: Double) {
    self.title = title
    self.width = width
    self.height = height
  }

  /// A place in the figure.
  public struct Point: Hashable, Sendable {
    /// From the left edge.
    public var x: Double
    /// From the top edge.
    public var y: Double

    /// The point (x, y).
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// An upright rectangle.
  public struct Box: Hashable, Sendable {
    /// The left and the upper edge.
    public var x, y: Double
    /// The extent.
    public var width, height: Double

    /// The right edge.
    public var maxX: Double { x + width }
    /// The lower edge.
    public var maxY: Double { y + height }

    /// The rectangle whose upper left corner is (x, y).
    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// Where a text lies relative to its point.
  public enum Anchor: String, Sendable {
    /// It begins there, its middle is there, or it ends there.
    case start, middle, end
  }

  /// One thing to paint. A `note` is what a pointer over it tells.
  public enum Mark: Sendable {
    /// Lines from point to point.
    case line([Point], Ink, width: Double, dashes: [Double])
    /// An area, so that what lies below shines through.
    case band([Point], Ink)
    /// A disc.
    case disc(Point, radius: Double, Ink, note: String)
    /// An upright rectangle.
    case box(Box, Ink, note: String)
    /// One line of text.
    case text(String, Point, size: Double, Anchor, Ink, isBold: Bool)
  }

  /// Adds a mark above all others.
  public mutating func add(_ mark: Mark) { marks.append(mark) }

  /// Adds a line.
  mutating func line(_ points: [Point], _ ink: Ink, width: Double = 1, dashes: [Double] = []) {
    add(.line(points, ink, width: width, dashes: dashes))
  }

  /// Adds a text.
  mutating func text(
    _ text: String, at point: Point, size: Double = 12, _ anchor: Anchor = .start, _ ink: Ink = .dim,
    isBold: Bool = false
  ) {
    add(.text(text, point, size: size, anchor, ink, isBold: isBold))
  }

  /// About how wide a line of text is in a common font.
  static func width(of text: String, size: Double) -> Double {
    text.reduce(0) { $0 + ("iljtfrI.,:;|' −-()".contains($1) ? 0.36 : $1.isUppercase ? 0.68 : 0.56) } * size
  }
}
