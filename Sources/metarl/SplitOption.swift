import ArgumentParser
import Simulation

extension TaskSplit: ExpressibleByArgument {
  /// Any name; whether an environment has such a split is seen when its file is read.
  public init?(argument: String) { self.init(argument) }
}
