import Environments
import Formats
import Learning
import Randomness
import Simulation
import Testing

@Suite("A grid as seen from the agent")
struct CroppedMapTests {
  /// Two things on a grid of 3 columns and 2 rows.
  static let places = (
    space: Space.discrete([6, 7, 7]), map: ObservationMap(columns: 3, rows: 2, kind: .places)
  )
  /// A grid of 2 columns and 2 rows, whose cells hold one of three values.
  static let contents = (
    space: Space.discrete([2, 2, 3, 3, 3, 3]), map: ObservationMap(columns: 2, rows: 2, kind: .contents)
  )

  /// The features of one lane that observes `observation`.
  static func features(_ observation: [Float], _ space: Space, _ map: ObservationMap, radius: Int = 9) throws
    -> [Int]
  {
    let interface = Interface(
      observation: space, action: .discrete([2]), horizon: 5, episodeCount: 1, map: map)
    var step = TimeStep(laneCount: 1, interface: interface)
    step.observation = observation
    let encoder = ObservationInput(space, map: map, cropRadius: radius)
    var row = Array(repeating: Float(0), count: encoder.width)
    var span = row.mutableSpan
    encoder.encode(step, into: &span)
    let features = row.prefix(encoder.termCount).map { Int($0) }
    if radius == 9 { #expect(row.suffix(encoder.termCount).allSatisfy { $0 == 1 }) }
    #expect(features.allSatisfy { $0 < encoder.featureCount })
    // The recurrent agent's input begins with the same.
    let recurrent = try NetworkInput(interface, cropRadius: radius)
    var long = Array(repeating: Float(0), count: recurrent.width)
    var longSpan = long.mutableSpan
    recurrent.encode(step, into: &longSpan)
    #expect(long.prefix(features.count).map { Int($0) } == features)
    #expect(recurrent.featureCount == encoder.featureCount + 2 + 3)
    return features
  }

  @Test("tells where things are by how far away they are")
  func placesByHand() throws {
    func features(_ observation: [Float]) throws -> [Int] {
      try Self.features(observation, Self.places.space, Self.places.map)
    }
    // 6 cells; then for each thing one for nowhere and 5 × 3 offsets, of which number 7 is the agent's own cell.
    #expect(try features([0, 0, 1]) == [0, 6, 6 + 16 + 1 + 7])
    // From the middle of the lower row: one up and to the right, and one to the left.
    #expect(try features([1, 6, 1]) == [1, 6 + 1 + 7 + 5 + 1, 22 + 1 + 7 - 1])
    // The farthest in both directions.
    #expect(try features([0, 6, 0]) == [0, 6 + 1 + 14, 22])
    #expect(try features([5, 1, 0]) == [5, 6 + 1 + 0, 22])
  }

  @Test("tells what is in a cell by how far away that is")
  func contentsByHand() throws {
    func features(_ observation: [Float]) throws -> [Int] {
      try Self.features(observation, Self.contents.space, Self.contents.map)
    }
    // Two columns and two rows; then 3 × 3 offsets of three values, of which offset 4 is the agent's own cell.
    let own = 4 + 3 * 4
    #expect(try features([0, 0, 2, 1, 0, 1]) == [0, 2, own + 2, own + 3 + 1, own + 9, own + 12 + 1])
    #expect(try features([1, 1, 2, 1, 0, 1]) == [1, 3, own - 12 + 2, own - 9 + 1, own - 3, own + 1])
  }

  @Test("leaves out what is too far away")
  func crop() throws {
    // From the left column of 3 × 2 cells to the right one is farther than one cell; offsets are 3 × 3.
    let places = try Self.features([0, 3, 2], Self.places.space, Self.places.map, radius: 1)
    #expect(places == [0, 6, 22])
    let (space, map) = (
      Space.discrete([3, 1, 2, 2, 2]), ObservationMap(columns: 3, rows: 1, kind: .contents)
    )
    let encoder = ObservationInput(space, map: map, cropRadius: 1)
    var step = TimeStep(
      laneCount: 1,
      interface: Interface(
        observation: space, action: .discrete([2]), horizon: 5, episodeCount: 1, map: map))
    step.observation = [0, 0, 1, 0, 1]
    var row = Array(repeating: Float(0), count: encoder.width)
    var span = row.mutableSpan
    encoder.encode(step, into: &span)
    // Three columns and one row; offsets are 3 × 1, of which number 1 is the agent's own cell.
    let expected: [Float] = [0, 3, 7, 8, 4, 1, 1, 1, 1, 0]
    #expect(row == expected)
  }

  @Test("does not change when agent and things move together")
  func moves() throws {
    let size = 5
    let (space, map) = (
      Space.discrete([size * size, size * size + 1]), ObservationMap(columns: size, rows: size, kind: .places)
    )
    for (x, y) in [(1, 0), (0, 2), (2, 1)] {
      let (one, other) = (
        try Self.features([0, Float(1 + size + 1)], space, map),
        try Self.features([Float(y * size + x), Float(1 + (y + 1) * size + x + 1)], space, map)
      )
      #expect(one[1] == other[1] && one[0] != other[0])
    }
  }

  @Test("is told of where the environment shows the whole grid, and is what it shows")
  func environments() {
    var world = KrazyWorld()
    world.view = 0
    var grid = ObjectGrid()
    grid.showsObjects = true
    #expect(KrazyWorld().observationMap == nil && ObjectGrid().observationMap == nil)
    #expect(world.observationMap == ObservationMap(columns: 10, rows: 10, kind: .contents))
    #expect(grid.observationMap?.kind == .places)
    for case .discrete(let counts) in [world.observation, grid.observation] {
      // What does not fit ends the process here.
      _ = ObservationInput(
        .discrete(counts), map: counts.count > 100 ? world.observationMap : grid.observationMap, cropRadius: 3
      )
    }
  }

  @Test("is refused where no grid is seen, and beside pairs")
  func refusals() {
    let (space, map) = Self.places
    let plain = Interface(observation: space, action: .discrete([2]), horizon: 5, episodeCount: 1)
    let mapped = Interface(observation: space, action: .discrete([2]), horizon: 5, episodeCount: 1, map: map)
    #expect(throws: InvalidParameter.self) { try NetworkInput(plain, cropRadius: 2) }
    #expect(throws: InvalidParameter.self) { try NetworkInput(mapped, form: .counted, cropRadius: 2) }
    #expect(throws: Never.self) { try NetworkInput(mapped, form: .observation, cropRadius: 2) }
  }
}
