import Configuration
import Formats
import Simulation

extension EnvironmentDefinition {
  /// Whether trials in `other` are trials in this environment, whatever else its file says.
  package func hasSameTrials(as other: EnvironmentDefinition) -> Bool {
    family == other.family && constants == other.constants && tasks == other.tasks
      && horizon == other.horizon && episodeCount == other.episodeCount
      && trainingTaskCount == other.trainingTaskCount
  }

  /// Throws where the environment lacks `split`.
  func checkSplit(_ split: TaskSplit) throws {
    try check(split.name, "split", among: simulator.splits.map(\.name))
  }

  /// Throws where `split` has no reference agent called `name`, or where `name:value` sets a parameter wrongly.
  func checkReference(_ name: String, in split: TaskSplit) throws {
    try checkSplit(split)
    let request = ReferenceRequest(name)
    let references = simulator.references(of: split)
    if simulator.references.contains(where: { $0.name == request.name }),
      !references.contains(where: { $0.name == request.name })
    {
      throw Failure(
        .configuration,
        "split \(quoted(split.name)) of \(self.name) has no agent \(quoted(request.name)), which knows of no shift. "
          + "Known: \(references.map(\.name).joined(separator: ", ")).")
    }
    try check(request.name, "agent", among: references.map(\.name))
    guard let value = request.value else { return }
    let parameter = references.first { $0.name == request.name }?.parameter
    guard let parameter else {
      throw Failure(
        .configuration, "agent \(request.name) of \(self.name) has no parameter to set to \(value)")
    }
    guard parameter.range.contains(value) else {
      throw Failure(
        .configuration,
        "agent \(request.name) of \(self.name): \(parameter.meaning) is \(value); a number from "
          + "\(parameter.range.lowerBound) to \(parameter.range.upperBound) is needed")
    }
  }

  private func check(_ name: String, _ kind: String, among names: [String]) throws {
    guard !names.contains(name) else { return }
    throw Failure(
      .configuration,
      "\(self.name) has no \(kind) \(quoted(name)).\(Spelling.suggestion(for: name, among: names)) "
        + "Known: \(names.joined(separator: ", ")).")
  }
}
