import Scenes

extension Scene {
  /// Draws the mean reward of every arm as a bar, the best in the colour of goals, and puts each action in the
  /// place of its arm; a chart of height 1 and width 1.6, or what the means need.
  mutating func arms(means: [Float]) {
    let finite = means.filter(\.isFinite)
    let (low, high) = (min(0, finite.min() ?? 0), max(1, finite.max() ?? 1))
    let barWidth = 1.6 * (high - low) / Float(means.count)
    // Below the chart is room for what the agent thinks of the arms.
    let margin = 0.2 * (high - low)
    bounds = Rectangle(x: 0, y: low - margin, width: 1.6 * (high - low), height: high - low + margin)
    rectangle(bounds, .ground)
    for (arm, mean) in means.enumerated() {
      let bar = Rectangle(
        x: (Float(arm) + 0.1) * barWidth, y: min(0, mean), width: 0.8 * barWidth, height: abs(mean))
      rectangle(bar, mean == finite.max() ? .goal : .object, .tinted)
      actionPlaces.append(Point(x: (Float(arm) + 0.5) * barWidth, y: low - margin / 2))
    }
    line(from: Point(x: 0, y: 0), to: Point(x: 1.6 * (high - low), y: 0), .grid)
  }
}
