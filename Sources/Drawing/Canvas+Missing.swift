#if !(Graphics && canImport(CCairo))
  import Foundation

  /// What shapes would be painted on, were Cairo installed: there is none, so that nothing here is ever called.
  public final class Canvas {
    /// The size in logical pixels.
    public let size = CGSize.zero
    private let nothing: () -> Never

    private static var complaint: DrawingUnavailable {
      DrawingUnavailable(
        "metarl was built without pictures; install libcairo2-dev and libsdl2-dev and build it again")
    }

    /// Throws: there is no canvas.
    public init(width: Int, height: Int, scale: Double = 1) throws { throw Self.complaint }

    /// Throws: there is no canvas.
    public static func svg(
      width: Int, height: Int, scale: Double = 1, draw: (Canvas) -> Void
    ) throws -> Data {
      throw complaint
    }

    /// The image as a PNG file.
    public func png() throws -> Data { nothing() }
    /// The image.
    public var pixels: Pixels { nothing() }
    /// The image where it lies.
    public func withBytes(
      _ body: (_ bytes: UnsafeMutableRawPointer, _ width: Int, _ height: Int, _ stride: Int) -> Void
    ) {}
    /// Paints everything.
    public func clear(_ color: Color) {}
    /// Paints a rectangle.
    public func fill(_ rectangle: CGRect, _ color: Color, radius: Double = 0) {}
    /// Paints a rectangle whose edges are at whole pixels.
    public func fillSharply(_ rectangle: CGRect, _ color: Color) {}
    /// Draws the border of a rectangle.
    public func stroke(_ rectangle: CGRect, _ color: Color, width: Double = 1, radius: Double = 0) {}
    /// Paints a disc.
    public func disc(at center: CGPoint, radius: Double, _ color: Color) {}
    /// Draws a circle.
    public func circle(at center: CGPoint, radius: Double, _ color: Color, width: Double = 1) {}
    /// Draws lines from point to point.
    public func line(_ points: [CGPoint], _ color: Color, width: Double = 1, dashes: [Double] = []) {}
    /// Draws single lines from one point to another.
    public func segments(_ pairs: [(CGPoint, CGPoint)], _ color: Color, width: Double) {}
    /// Paints a polygon.
    public func fill(_ points: [CGPoint], _ color: Color) {}
    /// Draws the border of a polygon.
    public func stroke(_ points: [CGPoint], _ color: Color, width: Double = 1) {}
    /// Paints only inside of `rectangle` while `body` runs.
    public func clipped(
      to rectangle: CGRect, radius: Double = 0, around color: Color, _ body: () -> Void
    ) {}
    /// Writes one line of text.
    public func text(
      _ text: String, at point: CGPoint, _ font: Font, _ color: Color, _ alignment: TextAlignment = .leading
    ) {}
    /// How wide a line of text is.
    public func width(of text: String, _ font: Font) -> Double { nothing() }
  }
#endif
