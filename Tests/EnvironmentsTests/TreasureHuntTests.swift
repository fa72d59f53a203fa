import Environments
import Formats
import Randomness
import Simulation
import Testing

@Suite struct TreasureHuntTests {
  let published = EnvironmentSimulator(TreasureHunt(), horizon: 100, episodeCount: 1)

  /// Looking from the top costs little beside what it finds; staying costs 5 a step.
  @Test func climbingIsWorthIt() {
    let scores = ["oracle", "climb", "blind", "random"].map {
      published.scores(of: $0, laneCount: 1000).total.mean
    }
    #expect(scores[0] > scores[1] && scores[1] > 600 && scores[0] > 700, "\(scores)")
    #expect(isClose(scores[2], -500 + 1000 * 0.032 * 1.5, within: 40) && scores[3] < scores[2], "\(scores)")
  }

  @Test func theTreasureIsSeenFromTheTopAlone() {
    let environment = TreasureHunt()
    let task = TreasureHunt.Task(angle: 1)
    for (y, isSeen) in [(Float(-1), false), (-0.11, false), (-0.09, true), (0, true)] {
      var observation: [Float] = [9, 9, 9, 9]
      var span = observation.mutableSpan
      environment.observe(TreasureHunt.State(x: 0, y: y), in: task, into: &span)
      #expect(observation == [0, y, isSeen ? task.x : 0, isSeen ? task.y : 0])
    }
  }

  @Test func rewardsAreThoseOfTheMap() {
    let environment = TreasureHunt()
    let task = TreasureHunt.Task(angle: 0)
    var random = RandomKey(seed: 0).stream()
    for (x, y, expected) in [(0, 0, -5.5), (0, 0.25, -5.25), (0, 0.8, -5), (0, 1.4, -7), (0.95, 0, 10)]
      as [(Float, Float, Double)]
    {
      var state = TreasureHunt.State(x: x, y: y)
      let outcome = environment.step(&state, taking: [0, 0].span, in: task, using: &random)
      #expect(isClose(Double(outcome.reward), expected, within: 1e-5))
    }
  }

  @Test func nonsenseIsRefused() {
    var environment = TreasureHunt()
    environment.treasureReward = -6
    #expect(throws: InvalidParameter.self) { try environment.validate() }
    environment = TreasureHunt()
    environment.sightRadius = 1
    #expect(throws: InvalidParameter.self) { try environment.validate() }
  }
}
