/// A table of a TOML document while it is read.
final class TOMLSection {
  /// What is behind a key.
  enum Entry {
    /// A value, which nothing can be added to.
    case value(Value)
    /// A table.
    case section(TOMLSection)
    /// The tables of headings in two brackets, which are the elements of this one.
    case elements(of: TOMLSection)
  }

  /// What made a table, and so what may add to it.
  enum Origin: Equatable {
    /// A heading of a table in it.
    case implied
    /// Its own heading.
    case heading
    /// A dotted key under the heading of a table.
    case dottedKey(of: ObjectIdentifier)
  }

  var origin: Origin
  private(set) var entries: [String: Entry] = [:]
  private(set) var elements: [TOMLSection] = []
  private var keys: [String] = []

  init(_ origin: Origin = .heading) { self.origin = origin }

  func add(_ key: String, _ entry: Entry) {
    keys.append(key)
    entries[key] = entry
  }

  func addSection(_ key: String, _ origin: Origin) -> TOMLSection {
    let section = TOMLSection(origin)
    add(key, .section(section))
    return section
  }

  /// A new table at the end of `elements`.
  func addElement() -> TOMLSection {
    let section = TOMLSection()
    elements.append(section)
    return section
  }

  /// The table at `key`, the last of several, or a new one; nil where there is something else.
  func section(_ key: String, else origin: Origin) -> TOMLSection? {
    switch entries[key] {
    case .section(let section): section
    case .elements(let list) where origin == .implied: list.elements.last
    case nil: addSection(key, origin)
    default: nil
    }
  }

  /// Whether a dotted key under the heading of `section` may add to this table; afterwards no heading may open it.
  func isOpen(to section: TOMLSection) -> Bool {
    if origin == .implied { origin = .dottedKey(of: ObjectIdentifier(section)) }
    return origin == .dottedKey(of: ObjectIdentifier(section))
  }

  /// The table as a value.
  var table: Table {
    var table = Table()
    for key in keys {
      switch entries[key] {
      case .value(let value): table[key] = value
      case .section(let section): table[key] = .table(section.table)
      case .elements(let list): table[key] = .array(list.elements.map { .table($0.table) })
      case nil: break
      }
    }
    return table
  }
}
