import Formats
import Learning
import Simulation

/// The environments and algorithms that names in files and on the command line stand for.
public struct Catalogue {
  /// The environment families.
  public let environments: [any Environment.Type]
  /// The algorithms.
  public let algorithms: [any MetaLearner.Type]

  /// A catalogue of the given types.
  public init(environments: [any Environment.Type], algorithms: [any MetaLearner.Type]) {
    self.environments = environments
    self.algorithms = algorithms
  }

  /// The names of the algorithms, each once.
  public var algorithmNames: [String] {
    algorithms.map { $0.information.name }
      .reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
  }

  /// The environment family called `name`.
  func environment(_ name: String) throws -> any Environment.Type {
    if let type = environments.first(where: { $0.name == name }) { return type }
    throw InvalidParameter("environment", refusal(of: name, among: environments.map { $0.name }))
  }

  /// The algorithm called `name` in environments of `family`. One that is published for several kinds of problem has a
  /// type for each: the one for the kind that the family poses of itself comes first, and then the first listed.
  public func algorithm(_ name: String, family: String? = nil) throws -> any MetaLearner.Type {
    let known = implementations(ofAlgorithm: name)
    let kind = environments.first { $0.name == family }?.problemKind
    if let type = known.first(where: { $0.problemKind == kind }) ?? known.first { return type }
    throw InvalidParameter("algorithm", refusal(of: name, among: algorithmNames))
  }

  /// The algorithms called `name`, which differ in the kind of problem that they learn on.
  public func implementations(ofAlgorithm name: String) -> [any MetaLearner.Type] {
    algorithms.filter { $0.information.name == name }
  }

  private func refusal(of name: String, among names: [String]) -> String {
    "\(quoted(name)) is not known.\(Spelling.suggestion(for: name, among: names)) "
      + "Known: \(names.joined(separator: ", "))."
  }
}
