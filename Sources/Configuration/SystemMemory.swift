import Foundation

/// How much memory this process may use.
public struct SystemMemory: Sendable {
  /// What the machine has, in bytes.
  public let physical: Double
  /// What this process may use at most, in bytes: less where its control group or its user is limited.
  public let available: Double

  /// The memory that the files below `root` and the limits of this process tell of.
  public init(root: String = "") {
    physical = Self.physical(root)
    available = ([physical] + Self.groupLimits(root) + Self.resourceLimits).min() ?? physical
  }

  private static func physical(_ root: String) -> Double {
    let line = text("\(root)/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    return kilobytes.map { $0 * 1024 } ?? Double(ProcessInfo.processInfo.physicalMemory)
  }

  /// The limits of the control groups that this process is in, version 2 or 1, up to the root.
  private static func groupLimits(_ root: String) -> [Double] {
    var limits: [Double] = []
    for line in text("\(root)/proc/self/cgroup").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[1].isEmpty || fields[1].split(separator: ",").contains("memory") else {
        continue
      }
      let (directory, name) =
        fields[1].isEmpty ? ("", "memory.max") : ("/memory", "memory.limit_in_bytes")
      // Inside a container the path of the group need not exist; its root is then the limit that counts.
      var path = fields[2] == "/" ? "" : String(fields[2])
      while true {
        limits += [text("\(root)/sys/fs/cgroup\(directory)\(path)/\(name)")].compactMap(number)
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return limits
  }

  /// What is left of the limits of `ulimit -v` and `ulimit -d`.
  private static var resourceLimits: [Double] {
    let pages = text("/proc/self/statm").split(separator: " ").first.flatMap { Double($0) } ?? 0
    return [RLIMIT_AS, RLIMIT_DATA].compactMap { resource in
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
        limit.rlim_cur < UInt64(Int64.max)
      else { return nil }
      return max(0, Double(limit.rlim_cur) - pages * Double(sysconf(Int32(_SC_PAGESIZE))))
    }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  /// The number in a file; nil where it says `max` or nothing.
  private static func number(_ text: String) -> Double? {
    Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
