import Foundation
import Simulation
import Testing

import Drawing

#if canImport(CCairo)
  import CCairo

  @Suite struct PictureTests {
    @Test(arguments: ["grid", "bandit", "table"])
    func looksAsBefore(name: String) throws {
      let recording =
        name == "grid" ? gridRecording() : name == "bandit" ? banditRecording() : tableRecording()
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      Picture(recording).draw(.end(of: recording), on: canvas)
      try expect(canvas, looksLike: name)
    }

    @Test func anUnfinishedEpisodeLooksAsBefore() throws {
      let recording = gridRecording()
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      Picture(recording).draw(Playhead(episode: 1, time: 5), on: canvas)
      try expect(canvas, looksLike: "grid-playing")
    }

    @Test func adaptationStepsLookAsBefore() throws {
      let recording = adaptiveRecording()
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      Picture(recording).draw(Playhead(episode: 2, time: 9), on: canvas)
      try expect(canvas, looksLike: "adaptive")
    }

    @Test func aPersonsTrialLooksAsBefore() throws {
      var picture = PlayPicture(gridRecording(of: "random"))
      picture.rival = gridRecording()
      (picture.isOver, picture.replay) = (true, Playhead(episode: 1, time: 5))
      picture.hints = [PlayPicture.Hint(keys: "Space", meaning: "play or pause")]
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      picture.draw(on: canvas)
      try expect(canvas, looksLike: "play")
    }

    /// A small picture of an episode is found where it is drawn: its frame has the colour of the agent there.
    @Test func smallPicturesAreFound() throws {
      let recording = adaptiveRecording()
      let (picture, size) = (Picture(recording), Picture.usualSize)
      let canvas = try Canvas(width: 1280, height: 720)
      for episode in recording.episodes.indices {
        let playhead = Playhead(episode: episode, time: 0)
        picture.draw(playhead, on: canvas)
        let pixels = canvas.pixels
        let framed = (0..<720 * 1280).filter { index in
          let point = CGPoint(x: index % 1280, y: index / 1280)
          return picture.episode(at: point, playhead, in: size) == episode
            && pixels.values[index] == 0xFFF5A623
        }
        #expect(framed.count > 200)
      }
      #expect(picture.episode(at: CGPoint(x: 100, y: 200), Playhead(), in: size) == nil)
    }

    @Test func aContactSheetLooksAsBefore() throws {
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      ContactSheet([gridRecording(), gridRecording(of: "random"), gridRecording(of: "oracle")])
        .draw(on: canvas)
      try expect(canvas, looksLike: "sheet")
    }

    @Test func aContactSheetOfTrialsOfOneEpisodeLooksAsBefore() throws {
      let canvas = try Canvas(width: 640, height: 360, scale: 0.5)
      ContactSheet([mazeRecording(), mazeRecording(of: "random")]).draw(on: canvas)
      try expect(canvas, looksLike: "sheet-of-one-episode")
    }

    /// Drawing again, or after something else, leaves no trace.
    @Test func equalMomentsLookEqual() throws {
      let (recording, canvas) = (gridRecording(), try Canvas(width: 320, height: 240, scale: 0.25))
      let picture = Picture(recording)
      picture.draw(.end(of: recording), on: canvas)
      let first = canvas.pixels
      picture.draw(Playhead(), on: canvas)
      #expect(canvas.pixels != first)
      picture.draw(.end(of: recording), on: canvas)
      #expect(canvas.pixels == first)
    }

    /// What is kept from picture to picture looks as if it were drawn anew, also after going back.
    @Test func layersGrowAndShrinkWithoutATrace() throws {
      let frame = CGRect(x: 7.3, y: 5.1, width: 90, height: 60)
      let points = (0..<40).map { (step: Int) -> CGPoint in
        let (x, y) = (Double(step * 37 % 90), Double(step * 23 % 60))
        return CGPoint(x: 7.3 + x, y: 5.1 + y)
      }
      func pixels(_ counts: [Int], on canvas: Canvas, _ owner: LayerOwner) -> Pixels {
        for count in counts {
          canvas.clear(Color(0x102030))
          canvas.accumulate(LayerName(owner, episode: 0, frame: frame), upTo: count) { layer, steps in
            for step in steps {
              layer.segments([(points[step], points[step + 1])], Color(0xF0A020, alpha: 0.4), width: 2)
            }
          }
        }
        return canvas.pixels
      }
      func canvas() throws -> Canvas { try Canvas(width: 150, height: 100, scale: 1.5) }
      let owner = LayerOwner()
      let expected = pixels([20], on: try canvas(), owner)
      let (grown, shrunk) = (try canvas(), try canvas())
      #expect(pixels([3, 11, 11, 20], on: grown, owner) == expected)
      #expect(pixels([39, 20], on: shrunk, owner) == expected)
      #expect(pixels([39], on: grown, owner) != expected)
      #expect(pixels([20], on: grown, LayerOwner()) == expected)
    }

    /// The picture at 2× is the same picture, finer.
    @Test func scalesUp() throws {
      let recording = gridRecording()
      let small = try Canvas(width: 320, height: 180, scale: 0.25)
      let large = try Canvas(width: 1280, height: 720)
      Picture(recording).draw(.end(of: recording), on: small)
      Picture(recording).draw(.end(of: recording), on: large)
      #expect(small.pixels.difference(from: large.pixels.reduced(by: 4)).mean < 6)
    }

    @Test func anSVGHoldsThePicture() throws {
      let recording = gridRecording()
      let data = try Canvas.svg(width: 1280, height: 720) {
        Picture(recording).draw(.end(of: recording), on: $0)
      }
      let text = String(decoding: data, as: UTF8.self)
      #expect(text.hasPrefix("<?xml") && text.hasSuffix("</svg>\n"))
      #expect(text.contains(#"width="1280px" height="720px" viewBox="0 0 1280.0 720.0""#))
    }

    @Test func aPNGHoldsThePixels() throws {
      let recording = gridRecording()
      let canvas = try Canvas(width: 320, height: 240, scale: 0.25)
      Picture(recording).draw(.end(of: recording), on: canvas)
      let path = NSTemporaryDirectory() + "metarl-\(UUID().uuidString).png"
      defer { try? FileManager.default.removeItem(atPath: path) }
      try canvas.png().write(to: URL(fileURLWithPath: path))
      #expect(try Pixels(pngAt: path) == canvas.pixels)
    }

    /// Compares with the image in Golden; where METARL_GOLDEN is set, replaces it.
    private func expect(_ canvas: Canvas, looksLike name: String) throws {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden/\(name).png"
      if ProcessInfo.processInfo.environment["METARL_GOLDEN"] != nil {
        try canvas.png().write(to: URL(fileURLWithPath: path))
      }
      let (mean, share) = canvas.pixels.difference(from: try Pixels(pngAt: path))
      // Fonts and versions of Cairo differ a little at the edges of letters.
      #expect(mean < 1.5 && share < 0.01, "\(name): mean difference \(mean), \(share) of the pixels differ")
    }
  }

  extension Pixels {
    init(pngAt path: String) throws {
      let surface = cairo_image_surface_create_from_png(path)
      defer { cairo_surface_destroy(surface) }
      let (width, height) = (
        Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
      )
      let stride = Int(cairo_image_surface_get_stride(surface))
      let bytes = try #require(cairo_image_surface_get_data(surface), "\(path) is no image")
      var values: [UInt32] = []
      for row in 0..<height {
        for column in 0..<width {
          let value = UnsafeRawPointer(bytes + row * stride + 4 * column).load(as: UInt32.self)
          values.append(value | 0xFF00_0000)
        }
      }
      self.init(width: width, height: height, values: values)
    }

    private func components(at index: Int) -> [Int] {
      [16, 8, 0].map { Int(values[index] >> $0 & 255) }
    }

    /// The mean difference of components, 0 to 255, and the share of pixels that differ clearly.
    func difference(from other: Pixels) -> (mean: Double, share: Double) {
      guard width == other.width && height == other.height else { return (255, 1) }
      var (sum, count) = (0, 0)
      for index in values.indices {
        let differences = zip(components(at: index), other.components(at: index)).map { abs($0 - $1) }
        sum += differences.reduce(0, +)
        if differences.contains(where: { $0 > 48 }) { count += 1 }
      }
      return (Double(sum) / Double(3 * values.count), Double(count) / Double(values.count))
    }

    /// Means of squares of `factor` by `factor` pixels.
    func reduced(by factor: Int) -> Pixels {
      let (width, height) = (width / factor, height / factor)
      let values = (0..<width * height).map { index -> UInt32 in
        let corner = index / width * factor * self.width + index % width * factor
        let offsets = (0..<factor * factor).map { $0 / factor * self.width + $0 % factor }
        let parts = offsets.map { components(at: corner + $0) }
        let means = (0..<3).map { axis in parts.map { $0[axis] }.reduce(0, +) / parts.count }
        return UInt32(means[0] << 16 | means[1] << 8 | means[2])
      }
      return Pixels(width: width, height: height, values: values)
    }
  }
#endif
