import Configuration
import Foundation
import Testing

@Suite struct EnvironmentSearchTests {
  @Test func namesAreSoughtInOrder() throws {
    let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
    try first.write("", to: "one.toml")
    try second.write("", to: "one.toml")
    try second.write("", to: "two.toml")
    try second.write("", to: "note.txt")
    let search = EnvironmentSearch(directories: ["\(first.path)/not-there", first.path, second.path])
    #expect(search.files.map(\.name) == ["one", "two"])
    #expect(try search.path(of: "one") == "\(first.path)/one.toml")
    #expect(try search.path(of: "\(second.path)/one.toml") == "\(second.path)/one.toml")
  }

  @Test func sayWhatIsNotThere() throws {
    let (directory, search) = try guessingSearch()
    try withExtendedLifetime(directory) {
      let unknown = try #require(caught { _ = try search.path(of: "gues") })
      #expect(unknown.kind == .configuration)
      #expect(
        unknown.description
          == "environment \"gues\" is not known. Did you mean \"guess\"? metarl list envs shows all.")
      #expect(caught { _ = try search.path(of: "dir/x.toml") }?.kind == .missing)
      #expect(caught { _ = try search.path(of: "x.toml") }?.kind == .missing)
    }
  }

  @Test func theRootOfThePackageIsAboveTheExecutable() throws {
    let root = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: "\(root.path)/envs", withIntermediateDirectories: true)
    let search = EnvironmentSearch.standard(
      executable: "\(root.path)/.build/release/metarl", environment: ["METARL_ENVS": "/elsewhere"])
    let installed = ["release/share", "share"].map { "\(root.path)/.build/\($0)/metarl/envs" }
    #expect(search.directories == ["envs", "/elsewhere", "\(root.path)/envs"] + installed)
  }
}
