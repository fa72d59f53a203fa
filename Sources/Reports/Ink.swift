import Simulation

/// What a mark stands for; the colour follows from that and from whether it is light or dark.
public enum Ink: Hashable, Sendable {
  /// Words.
  case text
  /// Words beside the point, and axes.
  case dim
  /// What divides a plot.
  case grid
  /// Places where there is nothing.
  case empty
  /// One of several agents, from 0.
  case series(Int)
  /// An agent to compare with.
  case reference(String)
  /// A quantity between 0 and 1.
  case heat(Double)
  /// Words on a place of that heat.
  case onHeat(Double)

  /// The class of the style sheet.
  var name: String {
    switch self {
    case .text: "ink-text"
    case .dim: "ink-dim"
    case .grid: "ink-grid"
    case .empty: "ink-empty"
    case .series(let index): "ink-series\(index % Self.seriesCount)"
    case .reference(let name):
      ReferenceRole(of: name) == nil ? "ink-other" : "ink-\(name)"
    case .heat, .onHeat: "ink-heat"
    }
  }

  /// How many agents have colours of their own.
  static let seriesCount = 6

  /// The colours as hexadecimal numbers, on light and on dark paper. Series and references are those of Okabe and
  /// Ito, which stay apart for every kind of colour vision, darker on light paper; dashes tell them apart as well.
  package var colors: (light: UInt32, dark: UInt32) {
    switch self {
    case .text: (0x1B1F24, 0xE8ECF2)
    case .dim: (0x57606A, 0xA3AFBF)
    case .grid: (0xD8DEE4, 0x39424E)
    case .empty: (0xEEF1F4, 0x242C37)
    case .series(let index): Self.series[index % Self.seriesCount]
    case .reference(let name): Self.colors(of: ReferenceRole(of: name))
    case .heat(let value): (Self.heat(value), Self.heat(value))
    case .onHeat(let value): value < 0.55 ? (0xFFFFFF, 0xFFFFFF) : (0x101418, 0x101418)
    }
  }

  private static func colors(of role: ReferenceRole?) -> (light: UInt32, dark: UInt32) {
    switch role {
    case .oracle: (0x8A6D00, 0xF0E442)
    case .bayesOptimal: (0x00795C, 0x35C79B)
    case .random: (0x6E7781, 0x8A96A6)
    case .blind: (0x8C564B, 0xC49C94)
    case nil: (0xA1457D, 0xDB8FBB)
    }
  }

  private static let series: [(light: UInt32, dark: UInt32)] = [
    (0x0063A6, 0x56B4E9), (0xB85000, 0xF5A623), (0x7A3E9D, 0xC79BE8), (0x00795C, 0x35C79B),
    (0x9A2B2B, 0xF08A7A), (0x4B5563, 0xC2CAD4),
  ]

  /// Dashes by which lines are told apart without colours.
  package var dashes: [Double] {
    switch self {
    case .series(let index):
      [[], [8, 3], [2, 3], [8, 3, 2, 3], [12, 4], [4, 4]][index % Self.seriesCount]
    case .reference(let name): Self.dashes(of: ReferenceRole(of: name))
    default: []
    }
  }

  private static func dashes(of role: ReferenceRole?) -> [Double] {
    switch role {
    case .oracle: [9, 4]
    case .bayesOptimal: [3, 3]
    case .random: [1.5, 4]
    case .blind: [10, 3, 3, 3]
    case nil: [6, 3, 1.5, 3]
    }
  }

  /// The map "cividis", made to look alike to people with and without colour vision deficiency.
  ///
  /// Source: Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency",
  /// PLOS ONE 13, 2018.
  private static func heat(_ value: Double) -> UInt32 {
    let stops: [UInt32] = [0x00224E, 0x31446B, 0x666970, 0x958F78, 0xCBBA69, 0xFEE838]
    let place = max(0, min(1, value.isFinite ? value : 0)) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let share = place - Double(index)
    return [16, 8, 0].reduce(0) { color, shift in
      let (low, high) = (Double(stops[index] >> shift & 255), Double(stops[index + 1] >> shift & 255))
      return color | UInt32((low + share * (high - low)).rounded()) << shift
    }
  }

  /// A colour as style sheets write it.
  static func code(_ color: UInt32) -> String {
    let digits = String(color, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
