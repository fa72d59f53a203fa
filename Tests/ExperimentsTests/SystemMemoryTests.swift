import Configuration
import Foundation
import Testing

/// What a process may use is the least of what the machine has and what its control groups allow.
@Suite struct SystemMemoryTests {
  private func memory(group: String, limits: [String: String]) throws -> SystemMemory {
    let directory = try TemporaryDirectory()
    for (path, text) in limits.merging(
      [
        "proc/meminfo": "MemTotal:       16000000 kB\nMemFree:          100 kB\n", "proc/self/cgroup": group,
      ], uniquingKeysWith: { $1 })
    {
      let file = URL(fileURLWithPath: "\(directory.path)/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try directory.write(text, to: path)
    }
    return withExtendedLifetime(directory) { SystemMemory(root: directory.path) }
  }

  private static let cases: [(group: String, limits: [String: String], available: Double)] = [
    ("0::/a/b\n", [:], 16_384_000_000.0),
    ("0::/a/b\n", ["sys/fs/cgroup/a/b/memory.max": "max\n"], 16_384_000_000),
    ("0::/a/b\n", ["sys/fs/cgroup/a/b/memory.max": "1000000\n"], 1_000_000),
    ("0::/a/b\n", ["sys/fs/cgroup/a/memory.max": "1000000\n"], 1_000_000),
    ("0::/\n", ["sys/fs/cgroup/memory.max": "2000000\n"], 2_000_000),
    ("0::/elsewhere\n", ["sys/fs/cgroup/memory.max": "2000000\n"], 2_000_000),
    ("4:cpu,memory:/j\n", ["sys/fs/cgroup/memory/j/memory.limit_in_bytes": "3000000\n"], 3_000_000),
    ("4:cpu:/j\n", ["sys/fs/cgroup/memory/j/memory.limit_in_bytes": "3000000\n"], 16_384_000_000),
    ("", ["proc/self/cgroup": ""], 16_384_000_000),
  ]

  @Test(arguments: cases)
  func theLeastLimitCounts(group: String, limits: [String: String], available: Double) throws {
    let memory = try memory(group: group, limits: limits)
    #expect(memory.physical == 16_384_000_000)
    // The limits of the process that tests may be lower still.
    #expect(memory.available <= available)
    if available < 10_000_000 { #expect(memory.available == available) }
  }
}
