import Learning

/// The algorithms, in the order to list them. A new algorithm is one file beside this one and one line here.
public var algorithms: [any MetaLearner.Type] {
  [RL2.self, RL2Counts.self, BeliefPPO.self, VariBAD.self, RecurrentSAC.self] + gradientBasedAlgorithms + [
    SupervisedMAML.self
  ]
}
