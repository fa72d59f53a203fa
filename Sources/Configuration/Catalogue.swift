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

  /// The names of the algorithms.
  public var algorithmNames: [String] { algorithms.map { $0.information.name } }

  /// The environment family called `name`.
  func environment(_ name: String) throws -> any Environment.Type {
    if let type = environments.first(where: { $0.name == name }) { return type }
    throw InvalidParameter("environment", refusal(of: name, among: environments.map { $0.name }))
  }

  /// The algorithm called `name`.
  public func algorithm(_ name: String) throws -> any MetaLearner.Type {
    if let type = algorithms.first(where: { $0.information.name == name }) { return type }
    throw InvalidParameter("algorithm", refusal(of: name, among: algorithmNames))
  }

  private func refusal(of name: String, among names: [String]) -> String {
    "\(quoted(name)) is not known.\(Spelling.suggestion(for: name, among: names)) "
      + "Known: \(names.joined(separator: ", "))."
  }
}
