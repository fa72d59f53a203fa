import Foundation

/// Whose layers a canvas keeps: all pictures of one recording share one.
package final class LayerOwner: Sendable, Equatable {
  /// An owner unlike all others.
  package init() {}

  package static func == (owner: LayerOwner, other: LayerOwner) -> Bool { owner === other }
}

/// The name of something that is drawn bit by bit while a film goes on.
package struct LayerName: Hashable {
  /// Which recording it belongs to; held, so that no other can take its address.
  let owner: LayerOwner
  /// Which episode of it.
  let episode: Int
  /// Where it lies, in logical pixels.
  let frame: CGRect
  /// What of it it shows.
  let part: Part

  /// What a layer shows.
  package enum Part {
    /// The rollouts.
    case fan
    /// The rollouts that led to the episode.
    case cause
    /// The small picture of it.
    case thumbnail
    /// Curves.
    case plot
  }

  /// A layer that shows a part of an episode.
  package init(_ owner: LayerOwner, episode: Int, frame: CGRect, part: Part = .fan) {
    self.owner = owner
    self.episode = episode
    self.frame = frame
    self.part = part
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(owner))
    hasher.combine(episode)
    hasher.combine(part)
    hasher.combine(frame.minX)
    hasher.combine(frame.minY)
  }
}

#if Graphics && canImport(CCairo)
  import CCairo

  extension Canvas {
    /// What is kept of a layer.
    struct Layer {
      let canvas: Canvas
      /// The pixel of the upper left corner.
      let origin: (x: Int, y: Int)
      /// How many steps are drawn.
      var count: Int
    }

    /// Draws the steps 0..<count of something that grows: `draw` is asked only for those that the canvas does
    /// not hold from an earlier picture. The result is the same as if all were drawn now.
    package func accumulate(_ name: LayerName, upTo count: Int, draw: (Canvas, Range<Int>) -> Void) {
      guard hasPixels && !isLayer else { return draw(self, 0..<count) }
      if layers.keys.contains(where: { $0.owner != name.owner }) { layers = [:] }
      var layer = layers[name] ?? makeLayer(for: name.frame)
      if layer.count > count { layer = makeLayer(for: name.frame) }
      if layer.count < count { draw(layer.canvas, layer.count..<count) }
      layer.count = count
      layers[name] = layer
      cairo_save(context)
      cairo_identity_matrix(context)
      cairo_set_source_surface(context, layer.canvas.surface, Double(layer.origin.x), Double(layer.origin.y))
      cairo_paint(context)
      cairo_restore(context)
    }

    private func makeLayer(for frame: CGRect) -> Layer {
      let (left, top) = ((frame.minX * scale).rounded(.down), (frame.minY * scale).rounded(.down))
      let (right, bottom) = ((frame.maxX * scale).rounded(.up), (frame.maxY * scale).rounded(.up))
      let box = CGRect(x: left / scale, y: top / scale, width: 0, height: 0)
      let canvas = Canvas(
        layerFor: box, of: self, width: max(Int(right - left), 1), height: max(Int(bottom - top), 1))
      return Layer(canvas: canvas, origin: (Int(left), Int(top)), count: 0)
    }
  }
#else
  extension Canvas {
    /// Draws the steps 0..<count of something that grows.
    package func accumulate(_ name: LayerName, upTo count: Int, draw: (Canvas, Range<Int>) -> Void) {}
  }
#endif
