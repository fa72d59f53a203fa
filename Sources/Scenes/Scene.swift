/// What an environment looks like at one moment: shapes in world units, in the order they are painted.
///
/// x grows to the right and y upwards, as in the physics. Colours, fonts and pixels are the business of who
/// paints; a shape says what it stands for.
public struct Scene: Hashable, Sendable {
  /// The part of the world to show. It depends on constants and task, not on the state; over a trial the
  /// union is shown, together with all `position`s.
  public var bounds = Rectangle(x: -1, y: -1, width: 2, height: 2)
  /// Where the agent is, where there is such a thing; joined over an episode this is its path.
  public var position: Point?
  /// Where each action takes place, `[action]`, where actions have places, such as the arms of a bandit.
  public var actionPlaces: [Point] = []
  /// Whether actions have other places in other states, as in a table of states and actions; a picture then tells
  /// how often each was taken in each state.
  public var isActionTable = false
  /// How many units along one axis a step leads at most, where cells are walked on: who gets farther, or along both
  /// axes at once, was taken there. Nil where all ways are walked.
  public var stride: Float?
  /// The shapes; later ones lie above earlier ones.
  public private(set) var shapes: [Shape] = []

  /// An empty scene.
  public init() {}

  /// A point of the world.
  public struct Point: Hashable, Sendable {
    /// The coordinate to the right.
    public var x: Float
    /// The coordinate upwards.
    public var y: Float

    /// The point (x, y).
    public init(x: Float, y: Float) {
      self.x = x
      self.y = y
    }
  }

  /// An upright rectangle.
  public struct Rectangle: Hashable, Sendable {
    /// The left edge.
    public var x: Float
    /// The lower edge.
    public var y: Float
    /// From left to right.
    public var width: Float
    /// From bottom to top.
    public var height: Float

    /// The rectangle whose lower left corner is (x, y).
    public init(x: Float, y: Float, width: Float, height: Float) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// What a shape stands for; whoever paints chooses the colour.
  public enum Role: Hashable, Sendable {
    /// The floor on which everything happens.
    case ground
    /// What divides or measures the ground: cells, axes, rings.
    case grid
    /// What blocks the way.
    case wall
    /// Whoever acts.
    case agent
    /// What is worth reaching.
    case goal
    /// What costs or ends.
    case hazard
    /// Any other body.
    case object
    /// A force, a wind, a velocity.
    case force
    /// A remark, such as a text or an auxiliary line.
    case note
    /// One of several things that are to be told apart, numbered from 0.
    case series(Int)
    /// A quantity between 0 and 1, from faint to strong.
    case heat(Float)
  }

  /// What people call the colours of `Role.series`, in their order; none is that of another role.
  public static let seriesNames = ["blue", "white", "violet", "pink", "yellow", "brown"]

  /// How a closed shape is painted.
  public enum Finish: Hashable, Sendable {
    /// The whole area.
    case filled
    /// The border only.
    case outlined
    /// The border, and the area so that what lies below shines through.
    case tinted
  }

  /// Where a text lies relative to its point; it is centred upwards.
  public enum Alignment: Hashable, Sendable {
    /// It begins there.
    case leading
    /// Its middle is there.
    case center
    /// It ends there.
    case trailing
  }

  /// One thing to paint. A `width` of nil is a fine line, whatever the scale.
  public enum Shape: Hashable, Sendable {
    /// A disc or circle.
    case circle(center: Point, radius: Float, Role, Finish)
    /// An upright rectangle.
    case rectangle(Rectangle, Role, Finish)
    /// A closed polygon.
    case polygon([Point], Role, Finish)
    /// Lines from point to point.
    case path([Point], Role, width: Float?)
    /// A line with a head at its end.
    case arrow(from: Point, to: Point, Role, width: Float?)
    /// One line of text with letters of the given height.
    case text(String, at: Point, height: Float, Alignment, Role)
    /// Quantities between 0 and 1 in equal cells, row by row from below, `[row, column]`; NaN leaves a cell
    /// empty.
    case heatMap([Float], columnCount: Int, over: Rectangle)
  }

  /// Removes the shapes that `other` lacks; of those that stand for something else there, the outline stays.
  package mutating func keepCommonShapes(with other: Scene) {
    let (common, outlines) = (Set(other.shapes), Set(other.shapes.map(\.outline)))
    shapes = shapes.compactMap { shape in
      common.contains(shape) ? shape : outlines.contains(shape.outline) ? shape.outline : nil
    }
  }

  /// Adds a shape above all others.
  public mutating func add(_ shape: Shape) { shapes.append(shape) }

  /// Adds a disc, or the circle around it.
  public mutating func circle(at center: Point, radius: Float, _ role: Role, _ finish: Finish = .filled) {
    add(.circle(center: center, radius: radius, role, finish))
  }

  /// Adds an upright rectangle.
  public mutating func rectangle(_ rectangle: Rectangle, _ role: Role, _ finish: Finish = .filled) {
    add(.rectangle(rectangle, role, finish))
  }

  /// Adds a polygon, which closes itself.
  public mutating func polygon(_ points: [Point], _ role: Role, _ finish: Finish = .filled) {
    add(.polygon(points, role, finish))
  }

  /// Adds a line.
  public mutating func line(from start: Point, to end: Point, _ role: Role, width: Float? = nil) {
    add(.path([start, end], role, width: width))
  }

  /// Adds lines from point to point.
  public mutating func path(_ points: [Point], _ role: Role, width: Float? = nil) {
    add(.path(points, role, width: width))
  }

  /// Adds a line with a head at its end.
  public mutating func arrow(from start: Point, to end: Point, _ role: Role, width: Float? = nil) {
    add(.arrow(from: start, to: end, role, width: width))
  }

  /// Adds a line of text with letters of the given height.
  public mutating func text(
    _ text: String, at point: Point, height: Float, _ alignment: Alignment = .center, _ role: Role = .note
  ) {
    add(.text(text, at: point, height: height, alignment, role))
  }

  /// Adds a heat map of values between 0 and 1, row by row from below, `[row, column]`.
  public mutating func heatMap(_ values: [Float], columnCount: Int, over rectangle: Rectangle) {
    precondition(
      columnCount > 0 && values.count % columnCount == 0, "\(values.count) values in \(columnCount) columns")
    add(.heatMap(values, columnCount: columnCount, over: rectangle))
  }

  /// Adds the agent, a disc, and sets `position`.
  public mutating func agent(at center: Point, radius: Float) {
    circle(at: center, radius: radius, .agent)
    position = center
  }

  /// Adds a floor of `columnCount` by `rowCount` unit cells with its lower left corner in the origin, and sets
  /// `bounds` to it.
  public mutating func cells(columnCount: Int, rowCount: Int) {
    bounds = Rectangle(x: 0, y: 0, width: Float(columnCount), height: Float(rowCount))
    rectangle(bounds, .ground)
    for column in 0...columnCount {
      line(from: Point(x: Float(column), y: 0), to: Point(x: Float(column), y: Float(rowCount)), .grid)
    }
    for row in 0...rowCount {
      line(from: Point(x: 0, y: Float(row)), to: Point(x: Float(columnCount), y: Float(row)), .grid)
    }
  }
}

extension Scene.Point {
  /// The centre of the unit cell in column `x` and row `y`.
  public static func cell(x: Int, y: Int) -> Self { Self(x: Float(x) + 0.5, y: Float(y) + 0.5) }
}

extension Scene.Rectangle {
  /// The square around `center` that reaches `reach` to each side.
  public init(around center: Scene.Point = Scene.Point(x: 0, y: 0), reach: Float) {
    self.init(x: center.x - reach, y: center.y - reach, width: 2 * reach, height: 2 * reach)
  }

  /// The unit cell in column `x` and row `y`.
  public static func cell(x: Int, y: Int) -> Self { Self(x: Float(x), y: Float(y), width: 1, height: 1) }
}

extension Scene.Shape {
  /// A closed shape that stands for nothing any more; others stay as they are.
  fileprivate var outline: Self {
    switch self {
    case .circle(let center, let radius, _, _): .circle(center: center, radius: radius, .grid, .outlined)
    case .rectangle(let area, _, _): .rectangle(area, .grid, .outlined)
    case .polygon(let points, _, _): .polygon(points, .grid, .outlined)
    case .path, .arrow, .text, .heatMap: self
    }
  }
}
