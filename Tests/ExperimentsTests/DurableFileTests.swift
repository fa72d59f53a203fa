import Formats
import Foundation
import Testing

@Suite struct DurableFileTests {
  @Test func replacesAFileAndLeavesNothingElse() throws {
    let directory = try TemporaryDirectory()
    try DurableFile.write([1, 2], to: "\(directory.path)/x")
    try DurableFile.write([3], to: "\(directory.path)/x")
    #expect(try directory.read("x") == [3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["x"])
  }

  @Test(arguments: [
    ("a", ".", "a"), ("a/", ".", "a"), ("/", "/", "/"), ("/a", "/", "a"), ("a/b", "a", "b"),
    ("//a//b//", "//a", "b"),
    ("../x.toml", "..", "x.toml"), ("", ".", ""), (".", ".", "."),
  ])
  func pathsAreTakenApart(path: String, parent: String, name: String) {
    #expect(DurableFile.parent(of: path) == parent)
    #expect(DurableFile.name(of: path) == name)
  }

  @Test func sayWhatTheSystemRefuses() throws {
    let directory = try TemporaryDirectory()
    let missing = try #require(caught { _ = try DurableFile.read("\(directory.path)/no", limit: 1) })
    #expect(missing.kind == .missing)
    #expect(missing.description == "cannot read \(directory.path)/no: No such file or directory")
    #expect(caught { _ = try DurableFile.read(directory.path, limit: 1) }?.kind == .missing)
    #expect(caught { try DurableFile.write([1], to: "\(directory.path)/no/x") }?.kind == .inputOutput)
    try DurableFile.write([1, 2], to: "\(directory.path)/x")
    #expect(caught { _ = try DurableFile.read("\(directory.path)/x", limit: 1) }?.kind == .configuration)
  }

  @Test func aFullDiskLeavesTheOldContent() throws {
    let directory = try TemporaryDirectory()
    try DurableFile.write([7], to: "\(directory.path)/x")
    // A directory in the place of the temporary file makes the write fail as a full disk does.
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/x.\(getpid()).tmp", withIntermediateDirectories: false)
    #expect(caught { try DurableFile.write([8], to: "\(directory.path)/x") }?.kind == .inputOutput)
    #expect(try directory.read("x") == [7])
  }
}
