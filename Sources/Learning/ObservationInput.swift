import Simulation

/// How an observation alone becomes the input of a network: real components as they are, a row of `featureCount`
/// numbers; discrete ones as one-hot vectors, and a constant 1 where there is nothing to observe.
///
/// Of one-hot vectors most numbers are zero, so that they are written as a sparse row, as `Node.sparseProduct`
/// reads it: the number of the feature of each component, then ones.
public struct ObservationInput: Sendable {
  private let observation: Space
  private let croppedMap: CroppedMap?
  /// The number of each discrete component's first feature.
  private let firstFeatures: [Int]
  /// How many features there are.
  public let featureCount: Int

  /// The input for agents that observe elements of `observation`; with a `map`, as seen from the agent's cell, up to
  /// `cropRadius` cells away.
  public init(_ observation: Space, map: ObservationMap? = nil, cropRadius: Int = 0) {
    self.observation = observation
    guard case .discrete(let counts) = observation else {
      (croppedMap, firstFeatures) = (nil, [])
      featureCount = max(observation.componentCount, 1)
      return
    }
    croppedMap = cropRadius == 0 ? nil : map.map { CroppedMap($0, radius: cropRadius, counts: counts) }
    let featureCounts = croppedMap?.featureCounts ?? counts
    firstFeatures = croppedMap?.firstFeatures ?? counts.indices.map { counts[..<$0].reduce(0, +) }
    featureCount = max(featureCounts.reduce(0, +), 1)
  }

  /// Whether a lane's input is a sparse row of zeros and ones.
  public var isSparse: Bool {
    if case .discrete = observation { true } else { false }
  }
  /// How many features can differ from zero at once.
  public var termCount: Int { isSparse ? max(observation.componentCount, 1) : featureCount }
  /// The numbers that one lane takes.
  public var width: Int { isSparse ? 2 * termCount : featureCount }

  /// Writes the input of every lane, `[lane, width]`.
  public func encode(_ step: TimeStep, into input: inout MutableSpan<Float>) {
    encode(step.observation.span, laneCount: step.laneCount, into: &input)
  }

  /// Writes the input for observations, `[lane, component]`.
  public func encode(_ values: Span<Float>, laneCount: Int, into input: inout MutableSpan<Float>) {
    precondition(input.count == laneCount * width, "\(input.count) numbers for \(laneCount) lanes")
    switch observation {
    case .box: for index in 0..<input.count { input[index] = values[index] }
    case .discrete(let counts):
      for lane in 0..<laneCount {
        let row = lane * width
        // What a row holds where there is nothing to observe.
        (input[row], input[row + termCount]) = (0, 1)
        let start = lane * counts.count
        for component in counts.indices {
          let feature =
            croppedMap.map { $0.feature(component, values, from: start) } ?? Int(values[start + component])
          input[row + component] = Float(firstFeatures[component] + (feature ?? 0))
          input[row + termCount + component] = feature == nil ? 0 : 1
        }
      }
    }
  }
}
