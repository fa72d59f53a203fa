/// How an observation of whole numbers shows all of a grid, the agent's cell before the rest.
///
/// Cells have numbers, row by row from below.
public struct ObservationMap: Hashable, Codable, Sendable {
  /// What is told of the grid.
  public enum Kind: String, Codable, Sendable {
    /// The number of the agent's cell; then of some things one more than the number of the cell that each is in, or 0
    /// where it is nowhere.
    case places
    /// The column and the row of the agent; then what is in each cell.
    case contents
  }

  /// The number of columns.
  public let columns: Int
  /// The number of rows.
  public let rows: Int
  /// What is told of the grid.
  public let kind: Kind

  /// A map of `columns` by `rows` cells.
  public init(columns: Int, rows: Int, kind: Kind) {
    (self.columns, self.rows, self.kind) = (columns, rows, kind)
  }
}
