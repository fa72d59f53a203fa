import Foundation
import Scenes

/// A part of the world fitted into a rectangle of the picture, y upwards, without distortion.
public struct Viewport: Sendable {
  /// The part of the world.
  public let world: Scene.Rectangle
  /// Where it lies, in logical pixels.
  public let frame: CGRect
  /// Logical pixels per unit of the world.
  public let scale: Double

  /// `world` as large as fits into `space`, in its middle.
  public init(_ world: Scene.Rectangle, in space: CGRect) {
    self.world = world
    scale = min(space.width / Double(world.width), space.height / Double(world.height))
    let size = CGSize(width: Double(world.width) * scale, height: Double(world.height) * scale)
    frame = CGRect(
      origin: CGPoint(x: space.midX - size.width / 2, y: space.midY - size.height / 2), size: size)
  }

  /// Where a point of the world lies.
  public func point(_ point: Scene.Point) -> CGPoint {
    CGPoint(
      x: frame.minX + Double(point.x - world.x) * scale, y: frame.maxY - Double(point.y - world.y) * scale)
  }

  /// Where a rectangle of the world lies.
  func rectangle(_ rectangle: Scene.Rectangle) -> CGRect {
    let corner = point(Scene.Point(x: rectangle.x, y: rectangle.y + rectangle.height))
    return CGRect(
      x: corner.x, y: corner.y, width: Double(rectangle.width) * scale,
      height: Double(rectangle.height) * scale
    )
  }

  /// The point of the world below a point of the picture; nil outside.
  public func worldPoint(at point: CGPoint) -> Scene.Point? {
    guard frame.contains(point) else { return nil }
    return Scene.Point(
      x: world.x + Float((point.x - frame.minX) / scale), y: world.y + Float((frame.maxY - point.y) / scale))
  }
}

extension Scene.Rectangle {
  /// The smallest rectangle that holds this one and `point`, with a margin where it must grow.
  func including(_ point: Scene.Point, margin: Float) -> Self {
    guard point.x.isFinite && point.y.isFinite else { return self }
    let left = point.x < x ? point.x - margin : x
    let bottom = point.y < y ? point.y - margin : y
    let right = point.x > x + width ? point.x + margin : x + width
    let top = point.y > y + height ? point.y + margin : y + height
    return Self(x: left, y: bottom, width: right - left, height: top - bottom)
  }
}
