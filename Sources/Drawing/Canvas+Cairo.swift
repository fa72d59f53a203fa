#if Graphics && canImport(CCairo)
  import CCairo
  import Foundation

  /// What shapes are painted on: anti-aliased, in logical pixels from the top left corner.
  public final class Canvas {
    /// The size in logical pixels.
    public let size: CGSize
    let surface: OpaquePointer
    let context: OpaquePointer
    /// Pixels for each logical one.
    let scale: Double
    /// What was drawn for all pictures of a recording.
    var layers: [LayerName: Layer] = [:]
    /// Whether it is a part of another canvas.
    let isLayer: Bool
    private let pixelSize: (width: Int, height: Int)?
    private var font: Font?

    /// A canvas of `width` by `height` pixels, with `scale` pixels for each logical one.
    public init(width: Int, height: Int, scale: Double = 1) throws {
      surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
      context = cairo_create(surface)
      pixelSize = (width, height)
      isLayer = false
      self.scale = scale
      size = CGSize(width: Double(width) / scale, height: Double(height) / scale)
      guard cairo_status(context) == CAIRO_STATUS_SUCCESS else {
        throw DrawingUnavailable("no image of \(width) by \(height) pixels: \(Self.message(of: context))")
      }
      cairo_scale(context, scale, scale)
    }

    private init(svg sink: Sink, size: CGSize) {
      self.size = size
      scale = 1
      isLayer = false
      pixelSize = nil
      surface = cairo_svg_surface_create_for_stream(
        Sink.write, Unmanaged.passUnretained(sink).toOpaque(), size.width, size.height)
      context = cairo_create(surface)
    }

    /// A transparent canvas for the part `box` of another one, whose origin is at whole pixels of that one.
    init(layerFor box: CGRect, of canvas: Canvas, width: Int, height: Int) {
      surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
      context = cairo_create(surface)
      pixelSize = (width, height)
      isLayer = true
      scale = canvas.scale
      size = canvas.size
      cairo_scale(context, scale, scale)
      cairo_translate(context, -box.minX, -box.minY)
    }

    deinit {
      cairo_destroy(context)
      cairo_surface_destroy(surface)
    }

    private static func message(of context: OpaquePointer) -> String {
      String(cString: cairo_status_to_string(cairo_status(context)))
    }

    // MARK: What comes out

    /// What `draw` paints, as a document of scalable graphics of `width` by `height` pixels, with `scale` of them for
    /// each logical one.
    public static func svg(
      width: Int, height: Int, scale: Double = 1, draw: (Canvas) -> Void
    ) throws -> Data {
      let sink = Sink()
      let size = CGSize(width: Double(width) / scale, height: Double(height) / scale)
      let canvas = Canvas(svg: sink, size: size)
      draw(canvas)
      cairo_surface_finish(canvas.surface)
      guard cairo_status(canvas.context) == CAIRO_STATUS_SUCCESS else {
        throw DrawingUnavailable("the SVG cannot be drawn: \(message(of: canvas.context))")
      }
      return withExtendedLifetime(canvas) {
        withOpening(of: sink.data, width: width, height: height, of: size)
      }
    }

    /// The document with an opening tag that says its size in pixels. What Cairo writes there depends on its version:
    /// points, or no unit at all.
    private static func withOpening(of data: Data, width: Int, height: Int, of size: CGSize) -> Data {
      guard let start = data.range(of: Data("<svg ".utf8)),
        let end = data.range(of: Data(">".utf8), in: start.upperBound..<data.endIndex)
      else { return data }
      let tag =
        #"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" "#
        + #"width="\#(width)px" height="\#(height)px" viewBox="0 0 \#(size.width) \#(size.height)" version="1.1">"#
      return data[..<start.lowerBound] + Data(tag.utf8) + data[end.upperBound...]
    }

    /// The image as a PNG file.
    public func png() throws -> Data {
      let sink = Sink()
      cairo_surface_flush(surface)
      let status = cairo_surface_write_to_png_stream(
        surface, Sink.write, Unmanaged.passUnretained(sink).toOpaque())
      guard status == CAIRO_STATUS_SUCCESS else {
        throw DrawingUnavailable(
          "the PNG cannot be written: \(String(cString: cairo_status_to_string(status)))")
      }
      return sink.data
    }

    /// The image; empty for an SVG.
    public var pixels: Pixels {
      cairo_surface_flush(surface)
      guard let pixelSize, let bytes = cairo_image_surface_get_data(surface) else {
        return Pixels(width: 0, height: 0, values: [])
      }
      let stride = Int(cairo_image_surface_get_stride(surface))
      let values = [UInt32](unsafeUninitializedCapacity: pixelSize.width * pixelSize.height) {
        target, count in
        for row in 0..<pixelSize.height {
          let source = UnsafeRawPointer(bytes + row * stride).assumingMemoryBound(to: UInt32.self)
          for column in 0..<pixelSize.width {
            target[row * pixelSize.width + column] = source[column] | 0xFF00_0000
          }
        }
        count = pixelSize.width * pixelSize.height
      }
      return Pixels(width: pixelSize.width, height: pixelSize.height, values: values)
    }

    /// The image where it lies, 4 bytes a pixel, `stride` bytes a row; not called for an SVG.
    public func withBytes(
      _ body: (_ bytes: UnsafeMutableRawPointer, _ width: Int, _ height: Int, _ stride: Int) -> Void
    ) {
      cairo_surface_flush(surface)
      guard let pixelSize, let bytes = cairo_image_surface_get_data(surface) else { return }
      body(bytes, pixelSize.width, pixelSize.height, Int(cairo_image_surface_get_stride(surface)))
    }

    // MARK: Shapes

    /// Paints everything.
    public func clear(_ color: Color) {
      set(color)
      cairo_paint(context)
    }

    /// Paints a rectangle, with round corners where `radius` is positive.
    public func fill(_ rectangle: CGRect, _ color: Color, radius: Double = 0) {
      trace(rectangle, radius: radius)
      set(color)
      cairo_fill(context)
    }

    /// Paints a rectangle whose edges are at whole pixels, so that it leaves no seam beside others.
    public func fillSharply(_ rectangle: CGRect, _ color: Color) {
      cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE)
      fill(rectangle, color)
      cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
    }

    /// Draws the border of a rectangle.
    public func stroke(_ rectangle: CGRect, _ color: Color, width: Double = 1, radius: Double = 0) {
      trace(rectangle, radius: radius)
      stroke(color, width: width, dashes: [])
    }

    /// Paints a disc.
    public func disc(at center: CGPoint, radius: Double, _ color: Color) {
      traceCircle(center, radius)
      set(color)
      cairo_fill(context)
    }

    /// Draws a circle.
    public func circle(at center: CGPoint, radius: Double, _ color: Color, width: Double = 1) {
      traceCircle(center, radius)
      stroke(color, width: width, dashes: [])
    }

    /// Draws lines from point to point, dashed where `dashes` holds the lengths of strokes and gaps.
    public func line(_ points: [CGPoint], _ color: Color, width: Double = 1, dashes: [Double] = []) {
      guard points.count > 1 else { return }
      trace(points)
      stroke(color, width: width, dashes: dashes)
    }

    /// Draws single lines from one point to another; where they cross they add up.
    public func segments(_ pairs: [(CGPoint, CGPoint)], _ color: Color, width: Double) {
      set(color)
      cairo_set_line_width(context, width)
      cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
      cairo_set_dash(context, [], 0, 0)
      for (start, end) in pairs {
        cairo_move_to(context, start.x, start.y)
        cairo_line_to(context, end.x, end.y)
        cairo_stroke(context)
      }
    }

    /// Whether what is drawn are pixels, not a document.
    var hasPixels: Bool { pixelSize != nil }

    /// Paints a polygon.
    public func fill(_ points: [CGPoint], _ color: Color) {
      trace(points)
      cairo_close_path(context)
      set(color)
      cairo_fill(context)
    }

    /// Draws the border of a polygon.
    public func stroke(_ points: [CGPoint], _ color: Color, width: Double = 1) {
      trace(points)
      cairo_close_path(context)
      stroke(color, width: width, dashes: [])
    }

    /// Paints only inside of `rectangle` while `body` runs. Where `radius` is positive, the corners are rounded off
    /// afterwards in the colour of what lies around: a clip at whole pixels costs nothing, a round one every stroke.
    public func clipped(
      to rectangle: CGRect, radius: Double = 0, around color: Color, _ body: () -> Void
    ) {
      cairo_save(context)
      trace(rectangle, radius: 0)
      cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE)
      cairo_clip(context)
      cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
      body()
      cairo_restore(context)
      font = nil
      if radius > 0 { roundCorners(of: rectangle, radius, color) }
    }

    private func roundCorners(of box: CGRect, _ radius: Double, _ color: Color) {
      cairo_new_path(context)
      // One pixel more, as the clip may have rounded outwards.
      let margin = 1 / scale
      for (index, corner) in Self.corners(of: box).enumerated() {
        let (x, y) = (index < 2 ? -1.0 : 1, index == 0 || index == 3 ? 1.0 : -1)
        let start = Double(index - 1) * .pi / 2
        cairo_move_to(context, corner.x - x * margin, corner.y - y * margin)
        cairo_arc(context, corner.x + x * radius, corner.y + y * radius, radius, start, start + .pi / 2)
        cairo_close_path(context)
      }
      set(color)
      cairo_fill(context)
    }

    /// From the upper right one on, clockwise.
    private static func corners(of box: CGRect) -> [CGPoint] {
      [
        CGPoint(x: box.maxX, y: box.minY), CGPoint(x: box.maxX, y: box.maxY),
        CGPoint(x: box.minX, y: box.maxY), CGPoint(x: box.minX, y: box.minY),
      ]
    }

    private func set(_ color: Color) {
      cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    }

    private func stroke(_ color: Color, width: Double, dashes: [Double]) {
      set(color)
      cairo_set_line_width(context, width)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      cairo_set_line_cap(context, dashes.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
      cairo_set_dash(context, dashes, Int32(dashes.count), 0)
      cairo_stroke(context)
    }

    private func trace(_ points: [CGPoint]) {
      cairo_new_path(context)
      for point in points { cairo_line_to(context, point.x, point.y) }
    }

    private func traceCircle(_ center: CGPoint, _ radius: Double) {
      cairo_new_path(context)
      cairo_arc(context, center.x, center.y, max(radius, 0), 0, 2 * .pi)
    }

    private func trace(_ box: CGRect, radius: Double) {
      cairo_new_path(context)
      guard radius > 0 else {
        cairo_rectangle(context, box.minX, box.minY, box.width, box.height)
        return
      }
      let radius = min(radius, min(box.width, box.height) / 2)
      let corners = [
        (box.maxX - radius, box.minY + radius), (box.maxX - radius, box.maxY - radius),
        (box.minX + radius, box.maxY - radius), (box.minX + radius, box.minY + radius),
      ]
      for (index, corner) in corners.enumerated() {
        let start = Double(index - 1) * .pi / 2
        cairo_arc(context, corner.0, corner.1, radius, start, start + .pi / 2)
      }
      cairo_close_path(context)
    }

    // MARK: Text

    /// Writes one line of text; `point` is on its base line.
    public func text(
      _ text: String, at point: CGPoint, _ font: Font, _ color: Color, _ alignment: TextAlignment = .leading
    ) {
      let width = alignment == .leading ? 0 : self.width(of: text, font)
      select(font)
      set(color)
      let shift = alignment == .leading ? 0 : alignment == .center ? width / 2 : width
      cairo_move_to(context, point.x - shift, point.y)
      cairo_show_text(context, text)
    }

    /// How wide a line of text is.
    public func width(of text: String, _ font: Font) -> Double {
      select(font)
      var extents = cairo_text_extents_t()
      cairo_text_extents(context, text, &extents)
      return extents.x_advance
    }

    private func select(_ font: Font) {
      guard font != self.font else { return }
      let weight = font.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
      cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight)
      cairo_set_font_size(context, font.size)
      self.font = font
    }
  }

  /// Collects what Cairo writes.
  private final class Sink {
    var data = Data()

    static let write: cairo_write_func_t = { closure, bytes, count in
      guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
      Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().data.append(bytes, count: Int(count))
      return CAIRO_STATUS_SUCCESS
    }
  }
#endif
