import Autodiff
import Learning
import Simulation

/// What learners take that play whole trials for an update and calculate gradients over whole trials.
struct TrialMemory {
  let interface: Interface
  let parameterCount: Int
  let trialCount: Int
  /// The most trials that one thread works on together.
  let shardTrials: Int
  /// The numbers that are kept of one time step.
  let stepWidth: Int
  /// The program that acts in so many lanes.
  let acting: (_ laneCount: Int) -> Program
  /// The gradients that it calculates.
  let gradients: [Gradient]
  /// What is kept to be replayed; nil for learners that forget what they played.
  var replay: RecordRing?

  /// A gradient of batches of trials.
  struct Gradient {
    /// How many trials it is of.
    let batchCount: Int
    /// The program that calculates it for so many trials over so many time steps.
    let program: (_ stepCount: Int, _ laneCount: Int) -> Program

    init(of batchCount: Int, _ program: @escaping (_ stepCount: Int, _ laneCount: Int) -> Program) {
      (self.batchCount, self.program) = (batchCount, program)
    }
  }

  func estimate(for use: LearnerUse) -> MemoryEstimate {
    var memory = MemoryEstimate()
    switch use {
    case .acting(_, let batchCount, let laneCount):
      memory.add("\(parameterCount) parameters", numbers: Double(parameterCount), 4)
      memory.add(
        "agents in \(batchCount) batches of \(laneCount) trials",
        byteCount: Double(batchCount) * Double(acting(laneCount).workspaceByteCount))
    case .training(let threadCount):
      let trials = Double(trialCount)
      let playingShardSize = TrialShards.shardSize(of: trialCount, atMost: shardTrials)
      memory.add(
        "\(parameterCount) parameters and their gradients",
        numbers: Double(parameterCount),
        gradients.reduce(5) { $0 + Double($1.batchCount / shardSize(of: $1)) })
      memory.add(
        "agents for \(trialCount) trials",
        byteCount: trials / Double(playingShardSize) * Double(acting(playingShardSize).workspaceByteCount))
      memory.add(
        "what \(trialCount) trials of \(interface.trialLength) time steps leave", numbers: trials,
        Double(interface.trialLength), Double(stepWidth))
      memory.add(
        "the returns of \(interface.episodeCount) episodes", numbers: trials, Double(interface.episodeCount),
        3)
      for gradient in gradients {
        let size = shardSize(of: gradient)
        let loss = ProgramSize(ofStepCount: interface.trialLength) { gradient.program($0, size) }
        memory.add(
          "gradients of \(size) trials by \(threadCount) threads",
          byteCount: Double(threadCount) * loss.workspaceByteCount)
        memory.add(
          "the calculation of \(interface.trialLength) time steps written down",
          byteCount: loss.programByteCount)
      }
      if let replay {
        memory.add("\(replay.capacity) trials to be replayed", byteCount: replay.byteCount)
      }
    }
    return memory
  }

  private func shardSize(of gradient: Gradient) -> Int {
    TrialShards.shardSize(of: gradient.batchCount, atMost: shardTrials)
  }
}

/// What a program takes whose instructions grow evenly with the number of time steps: found from two small numbers,
/// since a program for the number itself may be too large to be made.
package struct ProgramSize {
  /// The bytes of a workspace.
  package let workspaceByteCount: Double
  /// The bytes of the program and the graph that it is made from.
  let programByteCount: Double

  /// What an instruction takes in graph, schedule and program together, as measured.
  private static let bytesPerInstruction = 1500.0

  package init(ofStepCount stepCount: Int, program: (Int) -> Program) {
    let (few, more) = (4, 8)
    let counts = stepCount <= more ? [stepCount, stepCount] : [few, more]
    let programs = counts.map(program)
    let share = Double(stepCount - counts[0]) / Double(more - few)
    func at(_ count: (Program) -> Int) -> Double {
      Double(count(programs[0])) + share * Double(count(programs[1]) - count(programs[0]))
    }
    workspaceByteCount = at(\.workspaceByteCount)
    programByteCount = Self.bytesPerInstruction * at(\.instructionCount)
  }
}
