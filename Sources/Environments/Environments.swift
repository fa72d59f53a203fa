import Simulation

/// The environment families, in the order to list them. A new family is one file beside this one and one
/// line here.
public var environments: [any Environment.Type] {
  [
    GridNavigation.self, RoomNavigation.self, PointNavigation.self, Bandit.self, TabularMDP.self,
    FourStateGrid.self,
    DependentBandit.self, InformativeBandit.self, TwoStepTask.self,
    TMaze.self, KeyDoor.self, MetaMaze.self, FrozenLake.self, KrazyWorld.self, PointDynamics.self,
    TreasureHunt.self, CornerNavigation.self,
    ObjectGrid.self, EgocentricGrid.self, SinusoidRegression.self,
  ]
}

/// The index that `action` stands for, one of 0..<count.
@inline(__always)
func choice(_ action: Float, below count: Int) -> Int {
  // The sum's last bits are the whole number nearest to it; `Int(action)` would check its range once more.
  let index = Int((action + 0x1p23).bitPattern & 0x7F_FFFF)
  // A NaN is refused too.
  precondition(
    action >= 0 && action <= Float(count &- 1), "action \(action) is not one of 0..<\(count)")
  return index
}

/// How far move number `move` goes along an axis, −1, 0 or 1: its digit in base 4 of `table`, less one. Without
/// branches, which random moves mislead.
@inline(__always)
func shift(of move: Int, in table: Int32) -> Int32 {
  (table &>> Int32(truncatingIfNeeded: 2 &* move)) & 3 &- 1
}

/// One step from `position`, which is from 0 to `last`, in `direction`, −1, 0 or 1; it stays where that would leave the
/// range. Without branches, too.
@inline(__always)
func stepped(_ position: Int32, by direction: Int32, last: Int32) -> Int32 {
  let next = position &+ direction
  // One too few is made good at the lower end, and one too many at the upper one.
  return next &- (next &>> 31) &+ ((last &- next) &>> 31)
}

/// `one` where `isOne` holds, else `other`: from a table, since a choice between floating-point numbers becomes a branch,
/// however it is written.
@inline(__always)
func pick(_ isOne: Bool, _ one: Float, _ other: Float) -> Float { SIMD2(other, one)[isOne ? 1 : 0] }

/// `one` where all of `bits` are set, `other` where none is. Without branches, too.
@inline(__always)
func select(_ bits: UInt32, _ one: Float, _ other: Float) -> Float {
  Float(bitPattern: other.bitPattern ^ ((one.bitPattern ^ other.bitPattern) & bits))
}
