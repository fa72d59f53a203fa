import Simulation
import Testing

@Suite struct TaskSplitTests {
  @Test func aSplitIsItsName() {
    #expect(TaskSplit("train") == .train && TaskSplit("test") == .test && .train != TaskSplit.test)
    #expect("\(TaskSplit("far away"))" == "far away")
    #expect([.train, TaskSplit("far"), .test].sorted() == [TaskSplit("far"), .test, .train])
  }
}
