import ProcessGroup
import Parallel
import Testing

@Suite struct RanksTests {
  private final class Cell: @unchecked Sendable {
    var number = -1
    var numbers: [Float] = [0, 0]
    var caller = -1

    func move(by transfer: inout ShardTransfer) {
      transfer.move(&number)
      transfer.move(&numbers)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 8]) func everyShardBelongsToOneProcess(_ count: Int) throws {
    for shardCount in [0, 1, 3, 7, 8, 40] {
      let parts = try processGroup(of: count) { rank in
        (0..<count).map { rank.part(of: shardCount, rank: $0) }
      }.map { try $0.get() }
      #expect(parts.allSatisfy { $0 == parts[0] })
      #expect(parts[0].flatMap { Array($0) } == Array(0..<shardCount))
      let sizes = parts[0].map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test(arguments: [1, 2, 3, 8]) func allHaveTheResultsOfAllInOrder(_ count: Int) throws {
    let seen = try processGroup(of: count) { rank in
      let pool = ThreadPool(threadCount: 2, ranks: rank)
      let cells = (0..<5).map { _ in Cell() }
      for round in 0..<3 {
        try pool.forEach(cells, exchanging: { $0.move(by: &$1) }) { index, _ in
          cells[index].caller = rank.index
          cells[index].number = 10 * round + index
          cells[index].numbers = [Float(index), .nan]
        }
      }
      #expect(cells.allSatisfy { $0.numbers[1].isNaN })
      return (cells.map(\.number), cells.map { $0.numbers[0] }, cells.map(\.caller))
    }.map { try $0.get() }
    for (index, result) in seen.enumerated() {
      #expect(result.0 == [20, 21, 22, 23, 24])
      #expect(result.1 == [0, 1, 2, 3, 4])
      // What is not exchanged stays with the one process that calculated it.
      #expect(result.2.filter { $0 == index }.count == result.2.filter { $0 >= 0 }.count)
    }
    #expect(seen.reduce(0) { $0 + $1.2.filter { $0 >= 0 }.count } == 5)
  }

  @Test func theFirstTellsAndAllSay() throws {
    let seen = try processGroup(of: 3) { rank in
      var values = [rank.index, 7]
      try rank.broadcast(&values)
      return (values, try rank.all(UInt64(rank.index) * 2))
    }.map { try $0.get() }
    #expect(seen.allSatisfy { $0.0 == [0, 7] && $0.1 == [0, 2, 4] })
  }

  @Test func aProcessThatDoesNotComeIsLost() {
    let results = processGroup(of: 3, patience: 0.2) { rank in
      if rank.index == 1 { return 0 }
      return try rank.all(1).count
    }
    for index in [0, 2] { #expect(throws: LostRank.self) { try results[index].get() } }
  }
}
