import Catalogue
import Configuration
import Environments
import Formats
import Foundation
import Learning
import Simulation
import Testing

/// What `config explain` says is what the source says and what validation does.
@Suite struct SettingGuideTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/Algorithms")

  /// The comment above every stored property of the configuration in a file.
  private static func comments(in file: String) throws -> [(type: String, key: String, text: String)] {
    let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
    var (comments, lines): ([(String, String, String)], [Substring]) = ([], [])
    var type = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line.drop { $0 == " " }
      if line.hasPrefix("/// ") {
        lines.append(line.dropFirst(4))
      } else {
        if line.hasPrefix("public struct ") {
          type = String(line.dropFirst(14).prefix { $0.isLetter || $0.isNumber })
        }
        if line.hasPrefix("public var "), !lines.isEmpty {
          comments.append(
            (type, String(line.dropFirst(11).prefix { $0 != " " && $0 != ":" }), lines.joined(separator: " "))
          )
        }
        lines = []
      }
    }
    return comments
  }

  /// The type of the group that `path` leads to, in a configuration or in what that wraps.
  private static func typeName(at path: some Collection<Substring>, in configuration: Any) -> String? {
    guard let name = path.first else { return "\(type(of: configuration))" }
    let children = Mirror(reflecting: configuration).children
    if let child = children.first(where: { $0.label == String(name) }) {
      return typeName(at: path.dropFirst(), in: child.value)
    }
    return children.first { $0.label == "choices" }.flatMap { typeName(at: path, in: $0.value) }
  }

  /// Every key of every algorithm is explained, in the order of the configuration and in the words of its comment.
  @Test(arguments: Catalogue.complete.algorithms.indices)
  func saysWhatTheSourceSays(algorithm: Int) throws {
    func check<Learner: MetaLearner>(_ type: Learner.Type) throws {
      let documentation = Learner.Configuration.documentation
      #expect(
        documentation.map(\.key) == (try ValueEncoder.table(of: Learner.Configuration()).leaves.map(\.path)))
      let files = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
        .filter { $0.hasSuffix(".swift") }
      let comments = try files.flatMap { try Self.comments(in: $0) }
      for entry in documentation {
        let parts = entry.key.split(separator: ".")
        let group = Self.typeName(at: parts.dropLast(), in: Learner.Configuration())
        let own = comments.filter {
          $0.key == parts[parts.count - 1]
            && (parts.count == 1 ? $0.type.hasSuffix("Configuration") : $0.type == group)
        }
        #expect(own.contains { $0.text == entry.meaning }, "\(entry.key)")
      }
    }
    let type: any MetaLearner.Type = Catalogue.complete.algorithms[algorithm]
    try check(type)
  }

  /// A value at the end of the range is accepted, one beyond it is not.
  @Test(arguments: Catalogue.complete.algorithms.indices)
  func rangesAreThoseOfValidation(algorithm: Int) throws {
    func check<Learner: MetaLearner>(_ type: Learner.Type) throws {
      let defaults = try ValueEncoder.table(of: Learner.Configuration())
      for entry in Learner.Configuration.documentation {
        for (value, isAllowed) in Self.probes(entry.range) {
          var table = defaults
          table.set(value, at: entry.key)
          #expect(
            Self.isRefused(table, key: entry.key, as: Learner.Configuration.self) == !isAllowed,
            "\(entry.key) = \(value) in \(type.information.name)")
        }
      }
    }
    let types: [any MetaLearner.Type] = Catalogue.complete.algorithms
    try check(types[algorithm])
  }

  private static func probes(_ range: SettingRange) -> [(Value, Bool)] {
    switch range {
    case .whole(let least): [(.integer(least), true), (.integer(least - 1), false), (.number(1.5), false)]
    case .count(let range):
      [
        (.integer(range.lowerBound), true), (.integer(range.lowerBound - 1), false),
        (.integer(range.upperBound), true), (.integer(range.upperBound + 1), false), (.number(1.5), false),
      ]
    case .number(let least): [(.number(least), true), (.number(least - 1e-9), false)]
    case .above(let bound): [(.number(bound + 1e-9), true), (.number(bound), false)]
    case .fraction:
      [(.integer(0), true), (.integer(1), true), (.number(-1e-9), false), (.number(1.001), false)]
    case .positiveFraction:
      [(.number(1e-9), true), (.integer(1), true), (.integer(0), false), (.number(1.5), false)]
    case .properFraction: [(.number(1e-9), true), (.integer(0), false), (.integer(1), false)]
    case .finite: [(.number(-1e9), true), (.string("x"), false)]
    case .flag: [(.boolean(true), true), (.boolean(false), true), (.integer(1), false)]
    case .word(let words): words.map { (.string($0), true) } + [(.string("none of them"), false)]
    case .text: []
    }
  }

  /// Whether the value of `key` is refused for itself, not for what it goes with.
  private static func isRefused<Configuration: LearnerConfiguration>(
    _ table: Table, key: String, as type: Configuration.Type
  ) -> Bool {
    do {
      try ValueDecoder.decode(Configuration.self, from: .table(table)).validate()
      return false
    } catch let error as InvalidParameter {
      let isOfCombination =
        [
          "which needs", "Reptile", "adaptation itself", "cannot be divided", "DiCE", "one update brings",
        ].contains {
          error.reason.contains($0)
        }
      return error.key == key && !isOfCombination
    } catch {
      return true
    }
  }

  @Test(arguments: [
    ("lr", "optimizer.learningRate"), ("learning_rate", "optimizer.learningRate"), ("gamma", "discount"),
    ("hidden_size", "network.hiddenUnits"), ("ent_coef", "entropy.coefficient"),
    ("clip_range", "ppo.clipRange"),
    ("n_epochs", "ppo.epochs"), ("num_steps", "horizon"), ("gae_lambda", "advantages.lambda"),
    ("max_grad_norm", "optimizer.maximumGradientNorm"), ("batch_size", "trials"),
    ("inner_lr", "adaptation.stepSize"),
    ("meta_batch_size", "tasks"), ("vf_coef", "value.coefficient"), ("checkpointEvery", "checkpointInterval"),
    ("learnigRate", "optimizer.learningRate"),
  ])
  func namesOfOthersLeadToOurs(name: String, key: String) throws {
    let failure = caught { _ = try SettingGuide(.complete).text(explaining: name) }
    #expect(
      failure?.description.contains("Did you mean \"\(key)\"?") == true, "\(failure?.description ?? "")")
  }

  /// Every constant and every parameter of a task distribution has the text of its comment.
  @Test func familiesAreExplained() throws {
    func check<Family: Environment>(_ type: Family.Type) throws {
      let texts = SettingText.all.filter { $0.family == Family.name }
      for (table, isOfTasks) in [
        (try ValueEncoder.table(of: Family()), false),
        (try ValueEncoder.table(of: Family.TaskDistribution()), true),
      ] {
        #expect(
          Set(texts.filter { $0.isOfTasks == isOfTasks }.map(\.key)) == Set(table.keys), "\(Family.name)")
      }
      let comments = try Self.comments(ofFilesLike: "\(type)").map(\.text)
      for text in texts {
        #expect(comments.contains(text.meaning), "\(text.key) of \(text.family): run .ci/setting-texts")
      }
    }
    for type in Catalogue.complete.environments { try check(type) }
    #expect(
      try SettingGuide(.complete).text(explaining: "constants.armCount").contains(
        "The number of arms.\n  range    a whole number\n"))
  }

  private static func comments(ofFilesLike type: String) throws -> [(type: String, key: String, text: String)]
  {
    let directory = sources.deletingLastPathComponent().appendingPathComponent("Environments").path
    return try FileManager.default.subpathsOfDirectory(atPath: directory)
      .filter { $0.hasSuffix(".swift") && ($0.split(separator: "/").last ?? "").hasPrefix(type) }
      .flatMap { try comments(in: "../Environments/\($0)") }
  }

  @Test func explainsOneKeyAndListsAll() throws {
    let guide = try SettingGuide(.complete, algorithm: "cavia")
    #expect(
      try guide.text(explaining: "hyperparameters.adaptation.stepSize") == """
        adaptation.stepSize
          α, the step size of the inner loop.
          range    a number above 0
          default  1.0
          read by  the inner loop
          key of   hyperparameter of cavia

        """)
    let all = try SettingGuide(.complete)
    #expect(try all.text(explaining: "stepSize").contains("default  0.1, 1.0 in cavia"))
    #expect(try all.document(explaining: "seed")[0]?["range"] == .string("a whole number, at least 0"))
    for key in all.keys { #expect(try all.text().contains("\n\(key) "), "\(key)") }
  }
}
