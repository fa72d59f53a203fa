/// What a key of environment files means, in the words of the source.
public struct SettingText: Sendable {
  /// The family whose key it is.
  public let family: String
  /// Whether it is of a task distribution, `[tasks.SPLIT]`, not of `[constants]`.
  public let isOfTasks: Bool
  /// The key.
  public let key: String
  /// What it means.
  public let meaning: String

  /// The texts of all families.
  public static var all: [SettingText] {
    lines.split(separator: "\n").compactMap { line in
      guard let end = line.firstRange(of: ": ") else { return nil }
      let words = line[..<end.lowerBound].split(separator: " ")
      return SettingText(
        family: String(words[0]), isOfTasks: words[1] == "tasks", key: String(words[2]),
        meaning: String(line[end.upperBound...]))
    }
  }

  /// Family, table and key, then what it means. `.ci/setting-texts` writes this from the comments.
  private static let lines = """
    bandit constants armCount: The number of arms.
    bandit constants kind: What an arm pays.
    bandit constants standardDeviation: The standard deviation of a Gaussian arm's reward.
    bandit tasks alpha: The first parameter of the Beta distribution of a Bernoulli arm's mean: prior \
    successes.
    bandit tasks beta: The second parameter of the Beta distribution of a Bernoulli arm's mean: prior \
    failures.
    bandit tasks lower: The lowest mean of a Gaussian arm.
    bandit tasks upper: The highest mean of a Gaussian arm.
    corner-navigation constants actionLimit: The farthest a step can go along an axis, or change the \
    velocity.
    corner-navigation constants reward: How the distance becomes a reward.
    corner-navigation constants silentRadius: The L¹ distance from the origin where progress begins to be \
    rewarded.
    corner-navigation constants startRange: Each coordinate of the start lies within ± this.
    corner-navigation constants hasMomentum: Whether actions change the velocity, and the velocity the \
    position.
    corner-navigation constants hasWalls: Whether rings with gaps surround the origin.
    corner-navigation constants gapRadius: How far the middle of a gap is from its ends.
    corner-navigation tasks corners: The corners, numbered anticlockwise from the upper right one, that \
    may be the goal.
    dependent-bandit tasks probabilities: The values that p has, equally likely; where this is empty, p \
    is uniform on [0, 1].
    dependent-bandit tasks volatilities: The values that the volatility has, equally likely.
    egocentric-grid constants viewSize: The side of the square of cells that the agent sees: 3, 5 or 7.
    egocentric-grid constants seesThroughWalls: Whether the agent sees through walls and closed doors.
    egocentric-grid constants colourCount: How many colours there are, up to 6.
    egocentric-grid constants rewardSpan: In how many steps the reward falls from 1 to 0.1.
    egocentric-grid tasks building: The kind of building.
    egocentric-grid tasks otherBuildings: Kinds that tasks are drawn from as often as from `building`, in \
    those of the sides that they can have. What a hard building asks for all at once is learnt a piece at \
    a time in easier ones.
    egocentric-grid tasks size: The side of the building, outer walls included; of `keyCorridor` that of \
    a room.
    egocentric-grid tasks leastSize: The least side, from which on all sides up to `size` that the \
    building can have are equally likely; 0 for `size` alone. Where a goal is rarely found by chance, \
    smaller buildings are where finding it is learnt.
    egocentric-grid tasks count: How many objects `fetch`, crossings `crossing` and rows of rooms \
    `keyCorridor` has.
    egocentric-grid tasks share: The part of all tasks that the split has, by the hash of a task.
    frozen-lake constants size: The columns and rows.
    frozen-lake constants slip: The probability that an action does nothing.
    frozen-lake constants noise: The probability that both coordinates are seen moved by −1, 0 or 1 each.
    frozen-lake constants crackProbability: The probability that a cell becomes a hole when it is left.
    frozen-lake constants recovers: Whether the agent is put back from a hole, and the attempt goes on.
    frozen-lake constants fallReward: The reward of a move that ends in a hole.
    frozen-lake tasks frozenProbability: The probability that a cell is frozen, before lakes that cannot \
    be crossed are left out.
    frozen-lake tasks swapProbability: The probability that two actions have changed places.
    frozen-lake tasks side: The columns and rows of the lake; 0 for the whole grid.
    frozen-lake tasks share: The part of all lakes that the split has, by their holes.
    grid-navigation constants width: The number of columns, where there is no map.
    grid-navigation constants height: The number of rows, where there is no map.
    grid-navigation constants map: The grid drawn in letters, row by row from the top; empty for a grid \
    without walls.
    grid-navigation constants start: The cell [x, y] where episodes start, or none for a free cell drawn \
    for each; the S of a map comes first.
    grid-navigation constants goalReward: The reward of a move that ends on the goal.
    grid-navigation constants stepReward: The reward of every other move.
    grid-navigation constants endsAtGoal: Whether an episode ends on the goal.
    grid-navigation constants canStay: Whether there is an action that stays.
    grid-navigation constants slip: The probability that a uniformly drawn action is taken instead of the \
    chosen one.
    grid-navigation constants sight: How the cell is observed.
    grid-navigation tasks goals: The cells a goal may be in, as [x, y]; where this is empty, all cells \
    that are not excluded.
    grid-navigation tasks marks: The letters of the map that mark where a goal may be; matters only where \
    `goals` is empty.
    grid-navigation tasks excluded: The cells no goal is in, as [x, y]; matters only where `goals` and \
    `marks` are empty. By default those at the published start, where episodes start there on an open \
    grid, and elsewhere none.
    grid-navigation tasks share: The part of these goals that the split has.
    informative-bandit constants armCount: The number of arms that may be the target.
    informative-bandit constants targetReward: The reward of the target.
    informative-bandit constants otherReward: The reward of the other arms that may be the target.
    informative-bandit constants hint: The reward of the arm that tells, for each one that the target's \
    number is higher.
    key-door constants width: The number of columns.
    key-door constants height: The number of rows.
    key-door constants showsKey: Whether the agent sees if it has the key.
    key-door constants keepsStart: Whether all episodes of a task start in the same cell, as in \
    RoomKeyDoor.
    key-door tasks share: The part of the pairs that the split has.
    krazy-world constants size: The columns and rows.
    krazy-world constants view: The columns and rows of what is seen, an odd number; 0 for all.
    krazy-world constants energy: The energy at the start of an episode.
    krazy-world constants energyBonus: The energy of a tile with energy.
    krazy-world tasks goalCount: The number of goals.
    krazy-world tasks deathShare: The share of the tiles that are deadly.
    krazy-world tasks iceShare: The share of the tiles that are ice.
    krazy-world tasks energyShare: The share of the tiles that have energy.
    krazy-world tasks transporterCount: The number of pairs of transporters.
    krazy-world tasks goalDistance: Goals are farther than this many moves from the start.
    krazy-world tasks shufflesColors: Whether every task has colours of its own.
    krazy-world tasks shufflesActions: Whether in every task actions have meanings of their own.
    krazy-world tasks share: The part of all boards that the split has.
    meta-maze constants size: The columns and rows, an odd number.
    meta-maze constants sight: The columns and rows of what is seen, an odd number.
    meta-maze constants goalReward: The reward of a move that ends on the goal.
    meta-maze constants wallReward: The reward of a move that a wall blocks.
    meta-maze tasks share: The part of the open cells that the split has.
    object-grid constants size: The greatest side of the grid, up to 15.
    object-grid constants objectCount: The greatest number of objects, up to 8.
    object-grid constants map: Fixed walls, `#`, on a square of `size`; empty for none, or for walls that \
    tasks draw.
    object-grid constants showsObjects: Whether the agent sees where objects are, which then come back \
    anywhere; else it sees which ones exist, and they come back where they were.
    object-grid tasks leastSide: The least side of the grid; the side is uniform up to `greatestSide`.
    object-grid tasks greatestSide: The greatest side of the grid.
    object-grid tasks wallCount: How many cells are drawn as walls in a square of `greatestSide`, of \
    which smaller grids have a part.
    object-grid tasks types: The type of each object.
    object-grid tasks leastObjectCount: The least number of objects, the first of `types`; the number is \
    uniform up to `types.count`. 0 for all.
    object-grid tasks leastReward: The least reward of each type.
    object-grid tasks greatestReward: The greatest reward of each type.
    object-grid tasks leastTermination: The least probability of each type to end the episode.
    object-grid tasks greatestTermination: The greatest probability of each type to end the episode.
    object-grid tasks leastRespawn: The least probability of each type to come back.
    object-grid tasks greatestRespawn: The greatest probability of each type to come back.
    object-grid tasks leastTimeLimit: The least time limit of a task; 0 for no limit but the horizon.
    object-grid tasks greatestTimeLimit: The greatest time limit of a task.
    object-grid tasks share: The part of all tasks that the split has, by the hash of a task.
    point-dynamics constants actionLimit: The strongest thrust along an axis.
    point-dynamics constants goal: The goal, [x, y].
    point-dynamics constants goalRadius: How near the indicator begins.
    point-dynamics constants reward: How the distance becomes a reward.
    point-dynamics constants obstacleRadius: The radius of the obstacle, where tasks have one.
    point-dynamics tasks windRange: Each component of the wind is uniform within ± this.
    point-dynamics tasks massLower: The least mass.
    point-dynamics tasks massUpper: The greatest mass.
    point-dynamics tasks frictionLower: The least friction.
    point-dynamics tasks frictionUpper: The greatest friction.
    point-dynamics tasks rotationRange: Rotations are uniform within ± this, in degrees.
    point-dynamics tasks flips: Whether each axis is flipped with probability ½.
    point-dynamics tasks delays: The delays, equally likely.
    point-dynamics tasks hasObstacle: Whether an obstacle stands at a place between start and goal, \
    within ± its radius of the way.
    point-dynamics tasks poolSize: The number of worlds in a finite set, drawn once, that tasks are from; \
    0 where every task has a new one.
    point-dynamics tasks share: The part of the finite set that the split has; its seed also draws the \
    set.
    point-navigation constants actionLimit: The farthest a step can go along an axis.
    point-navigation constants tolerance: How near along both axes the goal is reached and the episode \
    ends.
    point-navigation constants reward: How the distance becomes a reward.
    point-navigation constants goalRadius: How near a sparse reward or an indicator begins.
    point-navigation constants startLower: The least [x, y] of the position that an episode starts in.
    point-navigation constants startUpper: The greatest [x, y] of the position that an episode starts in; \
    it is uniform in between.
    point-navigation tasks region: Where goals are.
    point-navigation tasks goalRange: Half the side of the square: each coordinate of the goal lies \
    within ± this.
    point-navigation tasks lowerAngle: The least angle of the arc, in degrees.
    point-navigation tasks upperAngle: The greatest angle of the arc, in degrees.
    point-navigation tasks poolSize: The number of goals in a finite set, drawn once, that tasks are \
    from; 0 where every task has a new one.
    point-navigation tasks isEven: Whether the goals of the finite set divide the arc evenly, ends \
    included, instead of being drawn.
    point-navigation tasks share: The part of the finite set that the split has; its seed also draws the \
    set.
    room-navigation constants corridorLength: The cells of each corridor.
    room-navigation constants firstReward: The reward of a move that ends on the first goal.
    room-navigation constants secondReward: The reward of a move that ends on the second goal, once the \
    first was reached.
    room-navigation constants thirdReward: The reward of a move that ends on the third goal, once the \
    second was reached.
    room-navigation constants stepReward: The reward of every other move.
    room-navigation tasks first: The corners of the middle room that the first goal may be in.
    room-navigation tasks second: The corners of a side room that the second goal may be in.
    sinusoid-regression constants exampleCount: How many examples an episode has; the horizon is the \
    same.
    sinusoid-regression constants inputRange: Inputs are uniform within ± this.
    sinusoid-regression constants noise: The standard deviation of what is added to each label.
    sinusoid-regression constants predictionLimit: Half the width of the box of predictions.
    sinusoid-regression tasks leastAmplitude: The least amplitude.
    sinusoid-regression tasks greatestAmplitude: The greatest amplitude.
    sinusoid-regression tasks leastPhase: The least phase, in degrees.
    sinusoid-regression tasks greatestPhase: The greatest phase, in degrees.
    t-maze constants corridorLength: The cells of the corridor, from the cue to the junction.
    t-maze constants isActive: Whether the agent starts one cell away from the cue, and has to go there \
    to see it.
    t-maze constants goalReward: The reward of the right turn.
    t-maze constants stepReward: The reward of every other step.
    t-maze constants strayReward: What is added to it for a step that does not go right; not above 0.
    tabular-mdp constants stateCount: The number of states.
    tabular-mdp constants actionCount: The number of actions.
    tabular-mdp constants rewardDeviation: The standard deviation of a reward around its mean.
    tabular-mdp tasks concentration: The concentration of the Dirichlet distribution of next states, per \
    state.
    tabular-mdp tasks mean: The mean of the mean rewards.
    tabular-mdp tasks standardDeviation: The standard deviation of the mean rewards.
    treasure-hunt constants treasureReward: The reward near the treasure.
    treasure-hunt constants stepPenalty: The reward of any other step at distance 1 or less from the \
    centre.
    treasure-hunt constants mountainHeight: How steep the mountain is.
    treasure-hunt constants mountainRadius: The radius of the mountain.
    treasure-hunt constants sightRadius: How near the top the treasure is seen.
    treasure-hunt constants treasureRadius: How near the treasure is found.
    treasure-hunt tasks lowerAngle: The least angle, in degrees.
    treasure-hunt tasks upperAngle: The greatest angle, in degrees.
    two-step constants commonProbability: The probability that an action leads to its usual place.
    two-step constants rewardProbability: The probability of a reward in the place that pays; in the \
    other it is 1 minus this.
    two-step constants switchProbability: The probability per round that the other place pays from then \
    on.
    """
}
