import Scenes
import Simulation

/// Colours for a dark room that stay apart for every kind of colour vision (after Okabe and Ito); where two
/// lines cross, their dashes differ as well.
enum Theme {
  static let background = Color(0x12161C)
  static let panel = Color(0x1A2029)
  static let ground = Color(0x222A35)
  static let grid = Color(0x3A4656)
  static let text = Color(0xE8ECF2)
  static let dimText = Color(0xA3AFBF)
  static let agent = Color(0xF5A623)
  static let goal = Color(0x35C79B)
  static let hazard = Color(0xE0603C)
  static let wall = Color(0x5D6B7E)
  static let object = Color(0x8FA3BA)
  static let force = Color(0x6CB8F0)
  static let oracle = Color(0xF0E442)
  static let bayesOptimal = Color(0x56B4E9)
  static let rival = Color(0xCC79A7)
  static let random = Color(0x8A96A6)

  /// As `Scene.seriesNames` has them: blue, white, violet, pink, yellow, brown.
  private static let series = [0x56B4E9, 0xF2F4F7, 0x8C7BF2, 0xE58FC0, 0xF0E442, 0xA5714A].map {
    Color(UInt32($0))
  }
  /// From faint to strong, ever lighter.
  private static let heats = [0x26303D, 0x2F4B7C, 0x2B7F9E, 0x5FBF8F, 0xF3E96B].map { Color(UInt32($0)) }

  /// The colour of what a shape stands for.
  static func color(of role: Scene.Role) -> Color {
    switch role {
    case .ground: ground
    case .grid: grid
    case .wall: wall
    case .agent: agent
    case .goal: goal
    case .hazard: hazard
    case .object: object
    case .force: force
    case .note: dimText
    case .series(let number): series[abs(number) % series.count]
    case .heat(let value): heat(Double(value))
    }
  }

  /// The colour of a quantity between 0 and 1.
  static func heat(_ value: Double) -> Color {
    guard value.isFinite else { return ground }
    let place = max(0, min(1, value)) * Double(heats.count - 1)
    let index = min(Int(place), heats.count - 2)
    return heats[index].mixed(with: heats[index + 1], place - Double(index))
  }

  /// The colour of something that comes after `share` of all things of its kind, from 0 for the first to 1.
  static func order(_ share: Double) -> Color { heat(0.35 + 0.5 * share) }

  /// The colour of a quantity between −1 and 1: blue below zero, amber above.
  static func signed(_ value: Double) -> Color {
    guard value.isFinite else { return ground }
    return ground.mixed(with: value < 0 ? bayesOptimal : agent, min(1, abs(value)))
  }

  /// How another agent's line is drawn.
  static func line(of reference: String) -> (color: Color, dashes: [Double]) {
    switch ReferenceRole(of: reference) {
    case .oracle: (oracle, [9, 4])
    case .bayesOptimal: (bayesOptimal, [3, 3])
    default: (random, [1.5, 4])
    }
  }
}
