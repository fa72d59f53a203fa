import Randomness

/// A family whose tasks are laws of labelled examples: an agent is shown one input after another and predicts its label.
///
/// A time step is an example. The observation is the input, then the label of the example before it, then whether there is
/// one: 1, or 0 at the start of an episode, where the label is 0, too. The action is the prediction, a box. The reward
/// is −‖prediction − label‖² / `exampleCount`, so that the return of an episode is minus the mean squared error. The label
/// of an episode's last example is in the observation that the episode ends with. Examples are drawn independently of one
/// another and of what is predicted.
public protocol SupervisedEnvironment: Environment {
  /// How many examples an episode has, which is the time limit of its files, too.
  var exampleCount: Int { get }
  /// Draws an example of `task`: writes its input, `[input]`, and its label, `[label]`.
  func drawExample(
    of task: Task, input: inout MutableSpan<Float>, label: inout MutableSpan<Float>,
    using random: inout RandomStream)
}

extension SupervisedEnvironment {
  /// How many numbers a label has.
  public var labelCount: Int { action.componentCount }
  /// How many numbers an input has.
  public var inputCount: Int { observation.componentCount - labelCount - 1 }
}

extension Environment {
  /// The kind of problem that the family poses of itself.
  public static var problemKind: ProblemKind {
    Self.self is any SupervisedEnvironment.Type ? .supervised : .reinforcement
  }
}

/// Labelled examples of one task.
public struct ExampleSet: Hashable, Sendable {
  /// How many there are.
  public let count: Int
  /// What labels are to be predicted from, `[example, input]`.
  public var inputs: [Float]
  /// `[example, label]`.
  public var labels: [Float]

  /// Room for `count` examples of `source`.
  public init(count: Int, of source: any ExampleSource) {
    self.count = count
    inputs = Array(repeating: 0, count: count * source.inputCount)
    labels = Array(repeating: 0, count: count * source.labelCount)
  }
}

/// The examples of a supervised environment, its types erased: what a simulator of one is beside lanes of trials.
public protocol ExampleSource: Sendable {
  /// How many numbers an input has.
  var inputCount: Int { get }
  /// How many numbers a label has.
  var labelCount: Int { get }
  /// Fills each of `sets` with examples of one task, which is drawn from `split` below `key.child("task")`; those of set i
  /// are drawn below `key.child("examples").child(i)`.
  func draw(from split: TaskSplit, key: RandomKey, into sets: inout [ExampleSet])
}

extension EnvironmentSimulator: ExampleSource where Subject: SupervisedEnvironment {
  /// How many numbers an input has.
  public var inputCount: Int { environment.inputCount }
  /// How many numbers a label has.
  public var labelCount: Int { environment.labelCount }

  /// Draws a task, and examples of it for each of `sets`.
  public func draw(from split: TaskSplit, key: RandomKey, into sets: inout [ExampleSet]) {
    let task = drawTask(from: split, key: key)
    let key = key.child("examples")
    for set in sets.indices {
      var random = key.child(set).stream()
      fill(&sets[set], task, &random)
    }
  }

  private func fill(_ set: inout ExampleSet, _ task: Subject.Task, _ random: inout RandomStream) {
    fill(&set.inputs, &set.labels, task, &random)
  }

  private func fill(
    _ inputs: inout [Float], _ labels: inout [Float], _ task: Subject.Task, _ random: inout RandomStream
  ) {
    let (inputCount, labelCount) = (inputCount, labelCount)
    var inputs = inputs.mutableSpan
    var labels = labels.mutableSpan
    for example in 0..<labels.count / labelCount {
      var input = inputs._mutatingExtracting(example * inputCount..<(example + 1) * inputCount)
      var label = labels._mutatingExtracting(example * labelCount..<(example + 1) * labelCount)
      environment.drawExample(of: task, input: &input, label: &label, using: &random)
    }
  }
}
