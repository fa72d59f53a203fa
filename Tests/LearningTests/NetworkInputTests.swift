import Formats
import Learning
import Simulation
import Testing

@Suite("Network input")
struct NetworkInputTests {
  let interface = Interface(
    observation: .discrete([3, 2]), action: .discrete([2]), horizon: 5, episodeCount: 2)

  func encoded(_ step: TimeStep, _ interface: Interface) throws -> [Float] {
    let input = try NetworkInput(interface)
    var row = Array(repeating: Float.nan, count: input.width)
    var span = row.mutableSpan
    input.encode(step, into: &span)
    return features(row, of: input)
  }

  /// A sparse row written out.
  func features(_ row: [Float], of input: NetworkInput) -> [Float] {
    var result = Array(repeating: Float(0), count: input.featureCount)
    for term in 0..<input.termCount { result[Int(row[term])] += row[input.termCount + term] }
    return result
  }

  @Test("is one-hot observation, one-hot action, reward, episode start and one")
  func layout() throws {
    var step = TimeStep(laneCount: 1, interface: interface)
    step.observation = [2, 0]
    step.previousAction = [1]
    step.previousReward = [0.5]
    step.progress[0].timeOfEpisode = 3
    #expect(try encoded(step, interface) == [0, 0, 1, 1, 0, 0, 1, 0.5, 0, 1])
  }

  @Test("has no previous action at the start of a trial")
  func trialStart() throws {
    let step = TimeStep(laneCount: 1, interface: interface)
    #expect(try encoded(step, interface) == [1, 0, 0, 1, 0, 0, 0, 0, 1, 1])
  }

  @Test("keeps the last action and reward of an episode at the start of the next")
  func episodeStart() throws {
    var step = TimeStep(laneCount: 1, interface: interface)
    step.previousAction = [1]
    step.previousReward = [7]
    step.progress[0].episode = 1
    #expect(try encoded(step, interface) == [1, 0, 0, 1, 0, 0, 1, 7, 1, 1])
  }

  @Test("repeats the observation before the last action, but not across trials")
  func previousObservation() throws {
    let input = try NetworkInput(interface, form: .transition)
    var step = TimeStep(laneCount: 1, interface: interface)
    var row = Array(repeating: Float(0), count: input.width)
    var result: [Float] { features(row, of: input) }
    func encode() {
      var span = row.mutableSpan
      input.encode(step, into: &span)
    }
    step.observation = [2, 1]
    encode()
    #expect(result == [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    step.observation = [0, 0]
    step.progress[0].timeOfEpisode = 1
    encode()
    #expect(result == [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1])
    step = TimeStep(laneCount: 1, interface: interface)
    encode()
    #expect(result == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
  }

  @Test("has the reward, and a one where visits are counted, at the pair of observation and action")
  func pairs() throws {
    // Pairs count (2, 1, 0) as ((2 · 2) + 1) · 2 + 0 = 10 of 12.
    func pair(_ value: Float) -> [Float] { (0..<12).map { $0 == 10 ? value : 0 } }
    try #expect(afterOneStep(.paired) == [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0] + pair(0.5) + [0.5, 0, 1])
    try #expect(
      afterOneStep(.counted) == [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0] + pair(0.5) + pair(1) + [0.5, 0, 1])
  }

  @Test("refuses pairs of spaces that have too many, also more than can be counted")
  func manyPairs() throws {
    for counts in [[200, 300], Array(repeating: 64, count: 40)] {
      let large = Interface(
        observation: .discrete(counts), action: .discrete([2]), horizon: 5, episodeCount: 1)
      #expect(throws: InvalidParameter.self) { try NetworkInput(large, form: .paired) }
      #expect(throws: Never.self) { try NetworkInput(large, form: .transition) }
    }
  }

  /// The features after action 0 where (2, 1) was observed brought a reward of 0.5 and the observation (0, 0).
  func afterOneStep(_ form: NetworkInput.Form) throws -> [Float] {
    let input = try NetworkInput(interface, form: form)
    var step = TimeStep(laneCount: 1, interface: interface)
    var row = Array(repeating: Float(0), count: input.width)
    func encode() {
      var span = row.mutableSpan
      input.encode(step, into: &span)
    }
    step.observation = [2, 1]
    encode()
    step.progress[0].timeOfEpisode = 1
    step.previousAction = [0]
    step.previousReward = [0.5]
    step.observation = [0, 0]
    encode()
    return features(row, of: input)
  }

  @Test("shows neither action nor reward where one policy is to serve all tasks")
  func observationAlone() throws {
    let input = try NetworkInput(interface, form: .observation)
    var step = TimeStep(laneCount: 1, interface: interface)
    step.observation = [2, 0]
    step.previousAction = [1]
    step.previousReward = [0.5]
    step.progress[0].timeOfEpisode = 3
    var row = Array(repeating: Float.nan, count: input.width)
    var span = row.mutableSpan
    input.encode(step, into: &span)
    #expect(features(row, of: input) == [0, 0, 1, 1, 0, 0, 1])
  }

  @Test("gives continuous actions in units of the box, kept within it")
  func continuous() throws {
    let box = Interface(
      observation: .box(lower: [-9], upper: [9]), action: .box(lower: [-0.1, 0], upper: [0.1, 4]), horizon: 5,
      episodeCount: 1)
    var step = TimeStep(laneCount: 1, interface: box)
    step.observation = [2.5]
    step.previousAction = [0.3, 3]
    step.progress[0].timeOfEpisode = 1
    #expect(try encoded(step, box) == [2.5, 1, 0.5, 0, 0, 1])
  }
}
