/// The names of what a training measures in held-out tasks.
package enum HeldOutMetric {
  /// How all of them begin.
  package static let prefix = "heldOut"
  /// The one that says how good the agent is after it has adapted.
  package static let returnName = "heldOutReturn"
}
