import Algorithms
import Configuration
import Environments

extension Catalogue {
  /// All environments and algorithms there are.
  public static var complete: Catalogue {
    Catalogue(environments: Environments.environments, algorithms: Algorithms.algorithms)
  }
}
