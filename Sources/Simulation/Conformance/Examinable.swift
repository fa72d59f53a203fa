import Randomness

/// A simulator that can be checked: whether the environment keeps the rules, and which tasks its splits share.
public protocol Examinable: Sendable {
  /// The same environment with fewer and shorter episodes where its trials have more than `stepCount` time steps.
  func abridged(toTrialLength stepCount: Int) -> Self
  /// Whether the environment keeps `rule`; random numbers of the check are drawn below `key`.
  func verdict(on rule: ConformanceRule, key: RandomKey) -> Verdict
  /// Two splits, both finite sets, that share some of their tasks but not all.
  var overlap: OverlappingSplits? { get }
  /// The share of the tasks of `split` that are among those to train on, where these are a finite set; otherwise 0.
  func trainedShare(of split: TaskSplit) -> Double
}
