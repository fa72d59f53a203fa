import Formats
import Testing

@Suite struct SpellingTests {
  @Test(arguments: [
    ("learningrate", "learningRate"), ("gridnav", "gridnavi"), ("trian", "train"), ("evlauate", "evaluate"),
    ("widht", "width"), ("leraningRate", "learningRate"),
  ])
  func findsTheNameThatWasMeant(typed: String, meant: String) {
    let names = ["learningRate", "finalLearningRate", "gridnavi", "train", "evaluate", "width", "height"]
    #expect(Spelling.nearest(to: typed, among: names) == meant)
  }

  @Test func saysNothingWhereNothingIsNear() {
    #expect(Spelling.nearest(to: "zebra", among: ["train", "evaluate"]) == nil)
    #expect(Spelling.nearest(to: "x", among: []) == nil)
    #expect(Spelling.suggestion(for: "zebra", among: ["train"]) == "")
  }

  @Test func suggestsALongerNameThatBeginsAlike() {
    #expect(
      Spelling.suggestion(for: "bandit", among: ["maze", "bandit-n10-k5"])
        == " Did you mean \"bandit-n10-k5\"?")
  }
}
