import Configuration
import Formats
import Testing

@Suite struct OverrideTests {
  @Test(arguments: [
    ("a=1", Value.integer(1)), ("a=0.5", .number(0.5)), ("a=-1e-3", .number(-1e-3)),
    ("a=true", .boolean(true)),
    ("a=word", .string("word")), ("a=\"1\"", .string("1")), ("a=[1, 2]", .array([.integer(1), .integer(2)])),
    ("a={b = 1}", .table(["b": .integer(1)])), ("a=x=y", .string("x=y")), ("a=", .string("")),
    ("a=truely", .string("truely")), ("a=.5", .string(".5")),
  ])
  func readsAValueAsInTOML(argument: String, value: Value) throws {
    let override = try Override(argument)
    #expect(override.path == ["a"])
    #expect(override.value == value)
  }

  @Test func readsADottedPath() throws {
    #expect(try Override("tasks.train.numbers=1").path == ["tasks", "train", "numbers"])
  }

  @Test(arguments: [
    ("a", Failure.Kind.usage), ("=1", .usage), ("a..b=1", .usage), ("a=1\nb=2", .usage),
    ("a=nan", .configuration),
    ("a=inf", .configuration), ("a=[1", .configuration), ("a=\"x", .configuration),
  ])
  func refuses(argument: String, kind: Failure.Kind) {
    #expect(caught { _ = try Override(argument) }?.kind == kind)
  }
}
