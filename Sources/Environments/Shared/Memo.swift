import Formats
import Synchronization

/// Remembers the values of an expensive function of a key, for all threads.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let values = Mutex<[Key: Value]>([:])

  /// The value at `key`; `compute` is called at most once for each key.
  func value(at key: Key, compute: () -> Value) -> Value {
    values.withLock { values in
      if let value = values[key] { return value }
      let value = compute()
      values[key] = value
      return value
    }
  }
}

/// A value that is expensive to find, found when it is first asked for, for all threads.
final class Once<Value: Sendable>: Sendable {
  private let found = Mutex<Value?>(nil)

  /// The value; `find` is called at most once.
  func value(_ find: () -> Value) -> Value {
    found.withLock { found in
      if let found { return found }
      let value = find()
      found = value
      return value
    }
  }
}
