import Foundation
import Testing

/// Trainings and evaluations from the shell.
@Suite struct TrainingTests {
  private static let files = [
    "config.toml", "metrics.jsonl", "checkpoints/000003/learner.safetensors", "checkpoints/000003/state.json",
  ]

  @Test func repeatsItselfByteForByte() throws {
    let program = try Program()
    let words = Program.training + ["--iterations", "3", "--seed", "11"]
    for (run, more) in [("a", ["--threads", "1"]), ("b", ["--threads", "3"]), ("c", ["--seed", "12"])] {
      #expect(try program.run(words + ["--run", run] + more).code == 0)
    }
    #expect(try program.run("train", "--config", "a/config.toml", "--run", "d").code == 0)
    for file in Self.files {
      let bytes = try #require(program.bytes("a/\(file)"))
      #expect(bytes == program.bytes("b/\(file)"))
      #expect(bytes == program.bytes("d/\(file)"))
      #expect(bytes != program.bytes("c/\(file)"))
    }
  }

  @Test func namesItsRunsAndNeverOverwrites() throws {
    let program = try Program()
    let words = Program.training + ["--iterations", "1"]
    #expect(try program.run(words).output == "runs/tiny-rl2-seed0\n")
    #expect(try program.run(words).output == "runs/tiny-rl2-seed0-2\n")
    let before = program.bytes("runs/tiny-rl2-seed0/manifest.json")
    let result = try program.run(words + ["--run", "runs/tiny-rl2-seed0"])
    #expect(result.code == 73)
    #expect(result.errors.contains("runs/tiny-rl2-seed0 exists"))
    #expect(program.bytes("runs/tiny-rl2-seed0/manifest.json") == before)
  }

  @Test func tellsHowFarItIsOnStderr() throws {
    let program = try Program()
    let words = Program.training + ["--iterations", "2"]
    let plain = try program.run(words)
    #expect(plain.errors.contains("iteration 2/2"))
    #expect(!plain.errors.contains("\u{1B}") && !plain.errors.contains("\r"))
    let lines = try program.run(words + ["--progress", "json"]).errors.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("{\"iteration\":") }.count == 2)
    let json = try program.run(words + ["--json", "--progress", "none"])
    #expect(json.json?["iterations"] as? Int == 2)
    #expect(json.json?["run"] as? String == "runs/tiny-rl2-seed0-3")
    #expect(try program.run(words + ["--progress", "bar"]).errors.contains("\r[####"))
  }

  @Test func evaluatesARun() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "2", "--run", "runs/r"]).code == 0)
    let text = try program.run("evaluate", "r", "--tasks", "50")
    #expect(text.code == 0)
    for part in [
      "rl2 after 2 iterations in tiny: 50 tasks", "bayesOptimal", "oracle", "random", "normalized",
    ] {
      #expect(text.output.contains(part))
    }
    let result = try program.run(
      "evaluate", "runs/r", "--tasks", "500", "--json", "--seed", "4", "--episodes", "3")
    let json = try #require(result.json)
    #expect(json["environment"] as? String == "tiny")
    #expect(json["algorithm"] as? String == "rl2")
    #expect(json["split"] as? String == "test")
    #expect(json["tasks"] as? Int == 500)
    #expect(json["seed"] as? Int == 4)
    let episodes = try #require(json["episodes"] as? [[String: Any]])
    #expect(episodes.map { $0["index"] as? Int } == [0, 1, 2])
    for key in ["mean", "standardError", "iqm"] { #expect(episodes[1][key] is Double) }
    #expect((episodes[0]["ci95"] as? [Double])?.count == 2)
    #expect((json["total"] as? [String: Any])?["mean"] is Double)
    let references = try #require(json["references"] as? [String: Any])
    for name in ["random", "oracle", "bayesOptimal"] { #expect((references[name] as? [Double])?.count == 3) }
    #expect(json["normalized"] is Double)
    let name = "test-500-trials-3-episodes-seed4-checkpoint2"
    #expect(program.bytes("runs/r/evaluations/\(name).json") == Data(result.output.utf8))
    #expect(program.bytes("runs/r/evaluation.json") == nil)
    let standard = try program.run("evaluate", "runs/r", "--json")
    #expect(program.bytes("runs/r/evaluation.json") == Data(standard.output.utf8))
    let statistics = try program.run("runs", "statistics", "r", "--evaluation", name, "--json")
    #expect(statistics.json?["algorithms"] is [String: Any])
    #expect(try program.run("evaluate", "r", "runs/r").code == 65)
    #expect(try program.run("runs", "list").output.contains("tiny"))
    #expect(try program.run("runs", "show", "r", "--json").json?["manifest"] is [String: Any])
  }

  @Test func warningsStayWithTheRun() throws {
    let program = try Program()
    let training = try program.run(
      Program.training + ["--iterations", "3", "optimizer.learningRate=0.9", "ppo.epochs=9", "--run", "r"])
    #expect(training.code == 0 && training.errors.contains("warning: iteration "), "\(training.errors)")
    let file = String(decoding: try #require(program.bytes("r/warnings.jsonl")), as: UTF8.self)
    #expect(file.contains("\"advice\":\"try "))
    let text = try program.run("evaluate", "r", "--tasks", "50")
    #expect(text.output.contains("Warnings of the training:\n  iteration "), "\(text.output)")
    #expect(try program.run("train", "--resume", "r").code == 0)
    #expect(program.bytes("r/warnings.jsonl") == Data(file.utf8))
  }

  @Test func checkpointsAndBeginningsAreChosen() throws {
    let program = try Program()
    let words = Program.training + ["--iterations", "3", "checkpointInterval=1", "--run", "r"]
    let training = try program.run(words + ["evaluateEvery=1", "--progress", "json"])
    #expect(training.code == 0 && training.errors.contains("\"heldOutReturn\":"), "\(training.errors)")
    let evaluation = try program.run("evaluate", "r", "--tasks", "20", "--checkpoint", "2", "--json")
    #expect(evaluation.json?["iteration"] as? Int == 2)
    #expect(program.bytes("r/evaluation.json") == nil)
    let best = try program.run("evaluate", "r", "--tasks", "20", "--checkpoint", "best")
    #expect(best.code == 0 && best.errors.contains("is the best by the return in held-out tasks ("))
    #expect(try program.run("evaluate", "r", "--checkpoint", "last").code == 64)
    #expect(try program.run("evaluate", "r", "--checkpoint", "9").code == 66)
    let next = try program.run("train", "--from", "r", "--checkpoint", "1", "--iterations", "2", "--run", "s")
    #expect(next.code == 0, "\(next.errors)")
    #expect(program.bytes("s/checkpoints/000002/state.json") != nil)
    #expect(try program.run("train", "--from", "r", "--algorithm", "rl2").code == 64)
    #expect(try program.run("train", "--from", "r", "trials=8", "network.hiddenUnits=3").code == 65)
    #expect(try program.run("evaluate", "s").code == 0)
    let episodes = try program.run("runs", "export", "s", "--episodes").output.split(separator: "\n")
    #expect(episodes.count == 4001 && episodes[0] == "run,trial,episode,return")
    #expect(episodes[4].hasPrefix("s,0,4,"))
  }

  @Test func threadsChangeNoEvaluation() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "1", "--run", "r"]).code == 0)
    let outputs = try ["1", "2", "5"].map {
      try program.run("evaluate", "r", "--json", "--threads", $0).output
    }
    #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
  }

  @Test func aGradientBasedLearnerIsEvaluatedAfterEveryAdaptationStep() throws {
    let program = try Program()
    try program.write(
      """
      environment = "point-navigation"
      horizon = 5
      episodes = 3
      [tasks.train]
      [tasks.test]
      """, to: "envs/point.toml")
    let settings = ["tasks=2", "rollouts=3", "network.hiddenUnits=4", "tasks.train.goalRange=0.25"]
    let words =
      ["train", "--env", "point", "--algorithm", "maml", "--iterations", "1", "--run", "r"] + settings
    let training = try program.run(words)
    #expect(training.code == 0, "\(training.errors)")
    let results = try ["1", "2"].map {
      try program.run("evaluate", "r", "--json", "--tasks", "5", "--threads", $0)
    }
    #expect(results[0].output == results[1].output)
    let json = try #require(results[0].json)
    #expect((json["episodes"] as? [Any])?.count == 3)
    #expect(json["rollouts"] is Int)
    let text = try program.run("evaluate", "r", "--tasks", "5").output
    #expect(text.contains("rollouts after k adaptation steps"))
    #expect(!text.contains("from the distribution of split train"))
  }

  /// Normalized scores are those of the last adaptation step, in evaluations and in statistics of them.
  @Test func aGradientBasedLearnerIsScoredByItsLastStep() throws {
    let program = try Program()
    let settings = ["hyperparameters.tasks=2", "rollouts=3", "network.hiddenUnits=4", "evaluationRollouts=2"]
    let training = try program.run(
      ["train", "--env", "tiny", "--algorithm", "maml", "--iterations", "1", "--run", "r"] + settings)
    #expect(training.code == 0, "\(training.errors)")
    let evaluation = try #require(try program.run("evaluate", "r", "--json", "--no-verdicts").json)
    #expect(evaluation["normalizedOf"] as? String == "lastEpisode")
    let score = try #require(evaluation["normalized"] as? Double)
    func mean(_ words: String...) throws -> Double? {
      let algorithms = try program.run(["runs", "statistics", "r", "--json"] + words).json?["algorithms"]
      let maml = (algorithms as? [String: Any])?["maml"] as? [String: Any]
      return (maml?["mean"] as? [String: Any])?["value"] as? Double
    }
    #expect(abs(try #require(try mean("--normalized")) - score) < 1e-9)
    let total = try #require((evaluation["total"] as? [String: Any])?["mean"] as? Double)
    #expect(abs(try #require(try mean()) - total) < 1e-9)
    // Scores of before that was written down have none of the last step.
    let scores = String(decoding: try #require(program.bytes("r/scores.json")), as: UTF8.self)
    try program.write(scores.replacing("\"lastEpisode\"", with: "\"other\""), to: "r/scores.json")
    let old = try program.run("runs", "statistics", "r", "--normalized")
    #expect(old.code == 66 && old.errors.contains("metarl evaluate r writes them"), "\(old.errors)")
  }

  /// Of the settings that two algorithms do not share, nothing is said.
  @Test func algorithmsDifferInTheSettingsThatTheyShare() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "1", "--run", "r"]).code == 0)
    let maml = ["hyperparameters.tasks=2", "rollouts=3", "network.hiddenUnits=4"]
    let words = ["train", "--env", "tiny", "--algorithm", "maml", "--iterations", "1", "--run", "m"]
    #expect(try program.run(words + maml).code == 0)
    let result = try program.run("runs", "export", "r", "m", "--curve", "return")
    #expect(result.code == 65 && result.errors.contains("differs from r in algorithm, "), "\(result.errors)")
    #expect(!result.errors.contains("rollouts") && !result.errors.contains("epochs"), "\(result.errors)")
  }

  @Test func requirementsDecideTheExitCode() throws {
    let program = try Program()
    let words = ["evaluate", "--env", "tiny", "--agent", "oracle", "--tasks", "20"]
    #expect(
      try program.run(words + ["--require", "episode[2].mean >= 0.1", "--require", "total.mean <= 4"]).code
        == 0)
    let failed = try program.run(
      words + ["--json", "--require", "episode[2].mean >= 0.1", "--require", "total.mean > 4"])
    #expect(failed.code == 21)
    #expect(failed.json != nil)
    #expect(failed.errors.contains("not met: total.mean > 4 (found "))
    #expect(!failed.errors.contains("episode[2]"))
    let unknown = try program.run(words + ["--require", "episode[4].mean > 0"])
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("no episodes[4]. There are 4, from 0 on."))
  }

  @Test func aBrokenCheckpointIsRefusedUnlessAnotherIsNamed() throws {
    let program = try Program()
    #expect(
      try program.run(Program.training + ["--iterations", "2", "checkpointInterval=1", "--run", "r"]).code
        == 0)
    try program.write("broken", to: "r/checkpoints/000002/learner.safetensors")
    let result = try program.run("evaluate", "r", "--tasks", "5")
    #expect(result.code == 65)
    #expect(result.errors.contains("checkpoint r/checkpoints/000002 is skipped"))
    #expect(result.errors.contains("The last that can be read is 1"))
    let named = try program.run("evaluate", "r", "--tasks", "5", "--checkpoint", "1")
    #expect(named.code == 0 && named.output.contains("after 1 iterations"), "\(named.errors)")
    for name in ["000000", "000001"] { try program.write("{}", to: "r/checkpoints/\(name)/state.json") }
    #expect(try program.run("evaluate", "r").code == 65)
    try program.write("nonsense", to: "r/config.toml")
    #expect(try program.run("evaluate", "r").code == 65)
    #expect(
      try program.shell("rm -r r/checkpoints; cp -r r s; $METARL train --config s/config.toml").code == 65)
  }

  @Test func divergenceHasItsExitCode() throws {
    let program = try Program()
    let result = try program.run(
      Program.training + [
        "--iterations", "50", "--run", "r", "optimizer.learningRate=1e38", "rewardScale=1e30",
        "optimizer.maximumGradientNorm=1e38",
      ])
    #expect(result.code == 20)
    #expect(result.errors.contains("is not finite in iteration"))
    #expect(try program.run("evaluate", "r", "--tasks", "5").code == 0)
  }

  /// A file may have 8 blocks of 1,024 bytes here: the first checkpoint fits, the measurements outgrow it.
  @Test func aFullDiskLeavesNothingHalfWritten() throws {
    let program = try Program()
    let words = Program.training.joined(separator: " ")
    let result = try program.shell(
      "ulimit -f 8; exec $METARL \(words) --iterations 100 --run r checkpointInterval=5 --progress none")
    #expect(result.code == 74)
    #expect(result.errors.contains("cannot write r/"), "\(result.errors)")
    let metrics = String(decoding: try #require(program.bytes("r/metrics.jsonl")), as: UTF8.self)
    #expect(metrics.hasSuffix("\n"))
    for line in metrics.split(separator: "\n") {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
    }
    #expect(!program.names("r/checkpoints").isEmpty)
    #expect(try program.run("evaluate", "r", "--tasks", "5").code == 0)
  }

  @Test func aDiskThatIsFullFromTheStartLeavesNothing() throws {
    let program = try Program()
    let words = Program.training.joined(separator: " ")
    let result = try program.shell(
      "ulimit -f 0; exec $METARL \(words) --iterations 3 --run r --progress none")
    #expect(result.code == 74)
    #expect(program.names(".") == [".stderr", ".stdout", "envs"])
  }

  /// The signal comes when the first lines are written, so that there is something to save.
  @Test(arguments: [("INT", 130), ("TERM", 75), ("USR1", 75), ("HUP", 75)])
  func aSignalEndsATrainingThatCanBeResumed(signal: String, code: Int) throws {
    let program = try Program()
    let words = Program.training.joined(separator: " ")
    let stop = "until test -s r/metrics.jsonl; do sleep 0.01; done; kill -\(signal) $!; wait $!"
    // With job control, a process in the background heeds SIGINT.
    let result = try program.shell(
      "set -m; $METARL \(words) --iterations 1000000 --run r --progress none & \(stop)")
    #expect(result.code == code)
    #expect(result.errors.contains("metarl: stopped after iteration"), "\(result.errors)")
    #expect(result.errors.contains("metarl train --resume r goes on"))
    let count = program.bytes("r/metrics.jsonl")?.filter { $0 == 0x0A }.count ?? 0
    #expect(count > 0)
    let last = try #require(program.names("r/checkpoints").last)
    #expect(Int(last) == count)
    let again = try program.shell(
      "set -m; $METARL train --resume r --progress none & "
        + "until test $(wc -l < r/metrics.jsonl) -gt \(count); do sleep 0.01; done; kill -\(signal) $!; wait $!"
    )
    #expect(again.code == code)
  }

  @Test func resumingTakesEverythingFromTheRun() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "2", "--run", "r"]).code == 0)
    for words in [
      ["--seed", "1"], ["trials=8"], ["--iterations", "9"], ["--run", "s"], ["--env", "tiny"],
    ] {
      let result = try program.run(["train", "--resume", "r"] + words)
      #expect(result.code == 64)
      #expect(result.errors.contains("--resume takes everything from the run"))
    }
    #expect(try program.run("train", "--resume", "q").code == 66)
    let files = program.names("r")
    #expect(
      try program.run("train", "--resume", "r", "--threads", "3", "--json").json?["iterations"] as? Int == 2)
    #expect(program.names("r") == files)
  }

  @Test func sweepsAndPrintsScriptsThatDoTheSame() throws {
    let program = try Program()
    let words =
      Program.training.dropFirst().filter { $0 != "network.hiddenUnits=2" } + [
        "iterations=2", "seed=1,2", "network.hiddenUnits=2,3",
      ]
    let sweep = try program.run(["sweep"] + words + ["--jobs", "2"])
    #expect(sweep.code == 0, "\(sweep.errors)")
    #expect(sweep.output.contains("hyperparameters.network.hiddenUnits"))
    let emitted = try program.run(
      ["sweep"] + words + ["--sweep", "s", "--emit", "shell"])
    try program.write(emitted.output, to: "job.sh")
    #expect(try program.shell("bash job.sh").code == 0)
    let names = program.names("s").filter { !$0.hasSuffix(".toml") && $0 != "sweep.json" }
    #expect(names.count == 4)
    for name in names {
      let file = "checkpoints/000002/learner.safetensors"
      #expect(program.bytes("s/\(name)/\(file)") == program.bytes("runs/tiny-rl2-sweep/\(name)/\(file)"))
    }
    #expect(try program.run("sweep", "--resume", "s", "--json").code == 0)
    try program.write(try program.run("sweep", "--resume", "s", "--emit", "slurm").output, to: "slurm.sh")
    #expect(try program.shell("bash -n slurm.sh").code == 0)
    #expect(try program.run(["sweep"] + words + ["trails=3"]).code == 65)
  }
}
