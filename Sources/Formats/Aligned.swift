import Foundation

/// `value` with a fixed number of digits after the point.
package func fixed(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// Rows with the first column to the left, and the others to the right where they are numbers.
package func aligned(_ rows: [[String]], isNumeric: Bool = true) -> [String] {
  let rows = rows.map { $0.map(printable) }
  let columnCount = rows.map(\.count).max() ?? 0
  let widths = (0..<columnCount).map { column in
    rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    let cells = row.enumerated().map { column, cell in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 || !isNumeric ? cell + space : space + cell
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
