import Formats
import Simulation

/// Tasks in groups of similar parameters.
struct TaskGroups {
  /// What the tasks of each group have in common.
  let labels: [String]
  /// The group of each task, `[task]`.
  let groups: [Int]

  private static let groupCount = 4
  /// The most parameters by which tasks are told apart.
  private static let featureLimit = 16

  /// At most four groups of `tasks`; nil where tasks have other parameters than a few numbers and words, or are all the
  /// same.
  ///
  /// Parameters are measured in their standard deviations. The first centre is the least task, each further one the task
  /// farthest from those before; then every task goes to the nearest centre and every centre to the mean of its tasks,
  /// until nothing changes.
  /// Source: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985, for the first centres.
  init?(_ tasks: TaskSet) {
    guard let document = try? JSON.parse(Array(tasks.json)), let all = document.array else { return nil }
    let leaves = all.map(Self.leaves)
    guard let names = leaves.first?.map(\.name), (1...Self.featureLimit).contains(names.count),
      leaves.allSatisfy({ $0.map(\.name) == names })
    else { return nil }
    let features = Self.features(leaves.map { $0.map(\.value) })
    let centers = Self.centers(Self.standardized(features))
    guard centers.count > 1 else { return nil }
    let groups = Self.clustered(Self.standardized(features), around: centers)
    self.groups = groups
    labels = centers.indices.map { group in
      Self.label(names, leaves.indices.filter { groups[$0] == group }.map { leaves[$0].map(\.value) })
    }
  }

  private static func leaves(of task: Value) -> [(name: String, value: Value)] { leaves(task, name: "") }

  private static func leaves(_ value: Value, name: String) -> [(name: String, value: Value)] {
    if let table = value.table {
      return table.entries.flatMap { leaves($0.value, name: joined(name, $0.key)) }
    }
    if let array = value.array {
      return array.enumerated().flatMap { leaves($0.element, name: joined(name, "\($0.offset)")) }
    }
    return [(name, value)]
  }

  /// Numbers as they are, words by their place in the alphabet, `[task][feature]`.
  private static func features(_ values: [[Value]]) -> [[Double]] {
    let words = values[0].indices.map { column in
      Set(values.map { $0[column] }.filter { $0.double == nil }.map(JSON.line)).sorted()
    }
    return values.map { row in
      row.enumerated().map { column, value in
        value.double ?? Double(words[column].firstIndex(of: JSON.line(value)) ?? 0)
      }
    }
  }

  private static func standardized(_ features: [[Double]]) -> [[Double]] {
    let count = Double(features.count)
    let scales = features[0].indices.map { column -> Double in
      let mean = features.reduce(0) { $0 + $1[column] } / count
      let variance = features.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
      return variance > 0 ? 1 / variance.squareRoot() : 0
    }
    return features.map { zip($0, scales).map { $0 * $1 } }
  }

  private static func centers(_ points: [[Double]]) -> [[Double]] {
    guard let first = points.min(by: { $0.lexicographicallyPrecedes($1) }) else { return [] }
    var centers = [first]
    while centers.count < groupCount {
      let distances = points.map { point in centers.map { distance(point, $0) }.min() ?? 0 }
      guard let farthest = distances.indices.max(by: { distances[$0] < distances[$1] }),
        distances[farthest] > 0
      else { break }
      centers.append(points[farthest])
    }
    return centers
  }

  private static func clustered(_ points: [[Double]], around centers: [[Double]]) -> [Int] {
    var (centers, groups) = (centers, [Int]())
    for _ in 0..<50 {
      let nearest = points.map { point in
        centers.indices.min { distance(point, centers[$0]) < distance(point, centers[$1]) } ?? 0
      }
      if nearest == groups { break }
      groups = nearest
      for group in centers.indices {
        let members = points.indices.filter { groups[$0] == group }
        guard !members.isEmpty else { continue }
        centers[group] = points[0].indices.map { column in
          members.reduce(0) { $0 + points[$1][column] } / Double(members.count)
        }
      }
    }
    return groups
  }

  private static func distance(_ point: [Double], _ other: [Double]) -> Double {
    zip(point, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// The range of every parameter, such as "goal.x 3 to 4".
  private static func label(_ names: [String], _ rows: [[Value]]) -> String {
    names.indices.map { column in
      let values = rows.map { $0[column] }
      guard let low = values.compactMap(\.double).min(), let high = values.compactMap(\.double).max() else {
        let words = Set(values.map(JSON.line)).sorted()
        return "\(names[column]) \(words.prefix(3).joined(separator: " or "))\(words.count > 3 ? " …" : "")"
      }
      let (from, to) = (short(low), short(high))
      return "\(names[column]) \(from == to ? from : "\(from) to \(to)")"
    }.joined(separator: ", ")
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : fixed(value, digits: 2)
  }
}
