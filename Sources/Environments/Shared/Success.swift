import Simulation

// What it is to succeed, in the families that know: their evaluations say how often agents do, and how soon.

extension GridNavigation {
  /// Success is to be at a goal; nil where its reward is that of any other step.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<GridNavigation>)? {
    guard goalReward != stepReward else { return nil }
    return SuccessTally<GridNavigation> { [goalReward] _, reward in reward == goalReward }
  }
}

extension KeyDoor {
  /// Success is to open the door.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<KeyDoor>)? {
    SuccessTally<KeyDoor> { state, reward in state.hasKey && reward > 0 }
  }
}

extension FrozenLake {
  /// Success is to get to the goal.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<FrozenLake>)? {
    SuccessTally<FrozenLake> { _, reward in reward > 0 }
  }
}

extension MetaMaze {
  /// Success is to get to the goal.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<MetaMaze>)? {
    SuccessTally<MetaMaze> { [goalReward, wallReward] _, reward in
      reward == goalReward || reward == goalReward + wallReward
    }
  }
}

extension FourStateGrid {
  /// Success is the rewarded move.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<FourStateGrid>)? {
    SuccessTally<FourStateGrid> { _, reward in reward > 0 }
  }
}

extension EgocentricGrid {
  /// Success is what ends an episode with a reward.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<EgocentricGrid>)? {
    SuccessTally<EgocentricGrid> { _, reward in reward != 0 }
  }
}

extension TMaze {
  /// Success is the right turn; nil where it has no reward of its own.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<TMaze>)? {
    guard goalReward != stepReward + strayReward && goalReward != stepReward else { return nil }
    return SuccessTally<TMaze> { [goalReward] _, reward in reward == goalReward }
  }
}

extension RoomNavigation {
  /// Success is to be at the last goal after the others; nil where its reward is that of another step.
  public func behaviorTally(in task: Task) -> (any BehaviorTally<RoomNavigation>)? {
    guard ![firstReward, secondReward, stepReward].contains(thirdReward) else { return nil }
    return SuccessTally<RoomNavigation> { [thirdReward] state, reward in
      state.stage == 2 && reward == thirdReward
    }
  }
}
