// What a package that builds on this one imports: environments in batches of lanes, agents in them, learners and their
// parts, and runs on disk. `import MetarlEnvironments` adds the families of environments.
@_exported import Algorithms
@_exported import Autodiff
@_exported import Configuration
@_exported import Evaluation
@_exported import Formats
@_exported import Learning
@_exported import Parallel
@_exported import Randomness
@_exported import Runs
@_exported import Scenes
@_exported import Simulation
@_exported import Training
@_exported import Trials
