import Evaluation
import Formats
import Testing

@Suite struct RequirementTests {
  private let document: Table = [
    "episodes": .array([
      .table(["mean": .number(-3.5), "ci95": .array([.number(-4), .number(-3)])]),
      .table(["mean": .integer(2)]),
    ]),
    "total": .table(["mean": .number(1.5), "standardError": .null]), "normalized": .null,
    "split": .string("test"),
    "references": .table(["random": .array([.number(-9)])]),
  ]

  @Test(arguments: [
    ("episode[0].mean >= -3.5", true), ("episode[0].mean > -3.5", false), ("episodes[1].mean<3", true),
    ("episode[0].ci95[1] <= -3", true), ("total.mean == 1.5", true), ("total.mean >= episode[1].mean", false),
    ("1e0 <= total.mean", true), ("normalized >= 0", false), ("total.standardError <= 1", false),
    ("episode[0].mean > references.random[0]", true),
  ])
  func compares(text: String, isMet: Bool) throws {
    #expect(try Requirement(text).isMet(by: document) == isMet)
  }

  @Test(arguments: [
    "", "total.mean", "total.mean >= ", ">= 1", "total..mean > 1", "episode[x].mean > 1",
    "total.mean >= nan%",
  ])
  func refusesWhatIsNoComparison(text: String) {
    #expect(caught { _ = try Requirement(text) }?.kind == .usage)
  }

  @Test(arguments: [
    ("episode[2].mean > 0", "an evaluation has no episodes[2]. There are 2, from 0 on."),
    ("totel.mean > 0", "an evaluation has no totel. Did you mean \"total\"? Known: episodes, total,"),
    ("total.maen > 0", "an evaluation has no total.maen. Did you mean \"mean\"?"),
    ("split > 0", "split is a string, not a number"),
  ])
  func refusesWhatIsNotThere(text: String, message: String) throws {
    let requirement = try Requirement(text)
    let failure = try #require(caught { _ = try requirement.isMet(by: document) })
    #expect(failure.kind == .configuration)
    #expect(failure.description.contains(message), "\(failure)")
  }

  @Test(arguments: [
    ("verdicts.memory == used", true), ("verdicts.memory == yes", true), ("verdicts.memory==ignored", false),
    ("verdicts.support == not needed", false), ("verdicts.memory.estimate > 2", true),
  ])
  func comparesVerdicts(text: String, isMet: Bool) throws {
    let memory: Table = ["word": .string("used"), "answer": .string("yes"), "estimate": .number(3)]
    let document: Table = [
      "verdicts": .table(["memory": .table(memory), "support": .table(["word": .string("ignored")])])
    ]
    #expect(try Requirement(text).isMet(by: document) == isMet)
  }

  @Test(arguments: [
    ("verdicts.memory.answer == used", "verdicts.memory == used"),
    ("verdicts.support.word==not needed", "verdicts.support == not needed"),
    ("verdicts.memory.answer == true", "verdicts.memory == used"),
  ])
  func namesTheFormThatComparesAVerdict(text: String, form: String) {
    let failure = caught { _ = try Requirement(text) }
    #expect(failure?.kind == .usage && failure?.description.contains("such as \"\(form)\"") == true)
  }

  @Test(arguments: ["verdicts.memory == usde", "verdicts.memory >= used", "verdicts.memory == "])
  func refusesWordsThatAreNoVerdicts(text: String) {
    #expect(caught { _ = try Requirement(text) }?.kind == .usage)
  }

  @Test func saysWhatWasFound() throws {
    #expect(try Requirement("total.mean >= 2").found(in: document) == "1.5")
  }
}
