import Formats
import Runs

/// What came of reproducing a table: ours beside the published and the best possible.
public struct ReproductionReport {
  let table: PublishedTable
  let budget: PublishedTable.Budget
  let cells: [CellResult]
  let agents: [AgentResult]

  /// Where a cell came out.
  public enum Mark: String, Sendable {
    /// As published.
    case reproduced
    /// Better than published.
    case better
    /// Not as far.
    case short
  }

  /// One cell.
  struct CellResult {
    let cell: PublishedTable.Cell
    let value: Double
    let standardError: Double
    /// The value of each seed.
    let seeds: [Double]
    /// The seconds of training, of all seeds.
    let seconds: Double

    /// Where it came out; nil where the table has no bound.
    var mark: Mark? {
      guard let reproduced = cell.reproduced else { return nil }
      if let better = cell.better, reaches(better) { return .better }
      return reaches(reproduced) ? .reproduced : .short
    }

    private func reaches(_ bound: Double) -> Bool {
      func isPast(_ value: Double) -> Bool { cell.isLowerBetter ? value <= bound : value >= bound }
      guard let count = cell.seedCount else { return isPast(value) }
      // Fewer seeds than asked for, as in a small budget, must all reach it.
      return seeds.filter(isPast).count >= Swift.min(count, seeds.count)
    }
  }

  /// One agent that needs no training.
  struct AgentResult {
    let environment: String
    let agent: String
    let value: Double
    let standardError: Double
    let published: Double?
    let computed: Double?
    let publishedError: Double?
    let seconds: Double

    /// By how many standard errors it differs from what was computed independently.
    var deviation: Double? {
      computed.map {
        (value - $0) / (standardError * standardError + square(publishedError ?? 0)).squareRoot()
      }
    }

    private func square(_ number: Double) -> Double { number * number }
  }

  /// The same as one document; `command` is what made it.
  public func document(command: [String]) -> Value {
    .table([
      "table": .string(table.name), "title": .string(table.title), "source": .string(table.source),
      "budget": .string(budget.rawValue), "version": .string(version),
      "command": .array(command.map(Value.string)),
      "processor": .string(Manifest.processor),
      "cells": .array(cells.map { .table(Self.document($0)) }),
      "agents": .array(agents.map { .table(Self.document($0)) }),
    ])
  }

  private static func document(_ result: CellResult) -> Table {
    [
      "name": .string(result.cell.name), "training": .string(result.cell.training),
      "value": .number(result.value), "standardError": .number(result.standardError),
      "seeds": .array(result.seeds.map(Value.number)), "published": value(result.cell.published),
      "exact": value(result.cell.exact), "reproducedFrom": value(result.cell.reproduced),
      "betterFrom": value(result.cell.better),
      "mark": result.mark.map { .string($0.rawValue) } ?? .null, "seconds": .number(result.seconds),
    ]
  }

  private static func document(_ result: AgentResult) -> Table {
    [
      "environment": .string(result.environment), "agent": .string(result.agent),
      "value": .number(result.value), "standardError": .number(result.standardError),
      "published": value(result.published), "computed": value(result.computed),
      "deviation": value(result.deviation), "seconds": .number(result.seconds),
    ]
  }

  private static func value(_ number: Double?) -> Value { number.map(Value.number) ?? .null }

  /// The same as text.
  public var text: String {
    var lines = ["\(table.title), budget \(budget.rawValue)", "Source: \(table.source)", ""]
    if !cells.isEmpty {
      lines += aligned([Self.cellHeading] + cells.map(Self.row)) + [""]
    }
    if !agents.isEmpty {
      lines += aligned([Self.agentHeading] + agents.map(Self.row)) + [""]
    }
    return (lines + table.notes).joined(separator: "\n") + "\n"
  }

  private static let cellHeading = [
    "trained", "ours", "±", "published", "best", "asked", "", "seconds", "by seed",
  ]
  private static let agentHeading = ["agent", "ours", "±", "published", "computed", "deviation", "seconds"]

  private static func row(_ result: CellResult) -> [String] {
    let bound = result.cell.reproduced.map { (result.cell.isLowerBetter ? "≤ " : "≥ ") + number($0) } ?? "-"
    let seeds = result.seeds.count > 1 ? result.seeds.map { number($0) }.joined(separator: " ") : ""
    return [
      result.cell.name, number(result.value), number(result.standardError), number(result.cell.published),
      number(result.cell.exact), bound, result.mark?.rawValue ?? "-", fixed(result.seconds, digits: 0), seeds,
    ]
  }

  private static func row(_ result: AgentResult) -> [String] {
    [
      "\(result.environment) \(result.agent)", number(result.value), number(result.standardError),
      number(result.published), number(result.computed), number(result.deviation, digits: 1),
      fixed(result.seconds, digits: 1),
    ]
  }

  private static func number(_ value: Double?, digits: Int = 3) -> String {
    guard let value, value.isFinite else { return "-" }
    return fixed(value, digits: abs(value) >= 100 ? Swift.min(digits, 1) : digits)
  }
}
