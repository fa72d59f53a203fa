import Foundation
import Runs
import Testing

/// What the program answers to words that it knows and to words that it does not.
@Suite struct CommandLineTests {
  @Test func tellsItsVersionAndItsCommands() throws {
    let program = try Program()
    #expect(try program.run("--version").output == "0.2.0\n")
    let help = try program.run("--help")
    #expect(help.code == 0)
    for command in ["list", "train", "evaluate", "runs"] { #expect(help.output.contains("  \(command) ")) }
  }

  @Test(
    arguments: [
      (["trian"], 64, "\"trian\" is not a command. Did you mean \"train\"?"),
      (["runs", "lsit"], 64, "\"lsit\" is not a command. Did you mean \"list\"?"),
      (["train", "--env", "tiny"], 64, "--env and --algorithm are needed"),
      (["train", "--config", "x.toml", "--env", "tiny"], 64, "give one or the other"),
      (Program.training + ["--sede", "3"], 64, "Did you mean '--seed'?"),
      (Program.training + ["--seed=-3"], 64, "--seed is -3; at least 0 is needed"),
      (Program.training + ["--threads", "0"], 64, "--threads is 0; a number from 1 to 1024 is needed"),
      (Program.training + ["--iterations", "0"], 64, "--iterations is 0"),
      (
        Program.training + ["--iterations", "9223372036854775807"], 64,
        "a number from 1 to 1000000000 is needed"
      ),
      (
        ["evaluate", "--env", "tiny", "--agent", "oracle", "--tasks", "9223372036854775807"], 64,
        "to 200000 is"
      ),
      (
        ["evaluate", "--env", "tiny", "--agent", "oracle", "--episodes", "2305843009213693952"], 64,
        "to 1000000 is"
      ),
      (["runs", "report", "x", "--output", "x.html", "--tasks", "300000"], 64, "from 1 to 200000 is needed"),
      (["evaluate", "x", "--lr"], 64, "learningRate is a setting, and a run keeps those"),
      (["evaluate", "x", "--seed", "-1"], 64, "'--seed <seed>'\nHelp:  --seed <seed>"),
      (
        ["evaluate", "x", "--require", "verdicts.memory.answer == used"], 64,
        "such as \"verdicts.memory == used\""
      ),
      (["runs", "statistics", "x", "--resamples", "9223372036854775807"], 64, "from 2 to 1000000 is needed"),
      (
        ["render", "--env", "tiny", "--output", "x.png", "--task", "9223372036854775807"], 64,
        "0 to 999999 is"
      ),
      (["render", "--env", "tiny", "--output", "x.png", "--tasks", "100000"], 64, "from 1 to 400 is needed"),
      (
        ["sweep", "--env", "tiny", "--algorithm", "rl2", "seed=-9000000000000000000..9000000000000000000"],
        64,
        "is not a range of 1 to 10000 numbers"
      ),
      (
        ["render", "--env", "tiny", "--output", "x.png", "--task", "990", "--tasks", "20"], 65,
        "task 1009 is not one of 0 to 999"
      ),
      (
        Program.training("rl2", "trials=9223372036854775807"), 65,
        "trials is 9223372036854775807; a whole number from 1 to 1000000 is needed"
      ),
      (
        Program.training("rl2", "network.hiddenUnits=9223372036854775807"), 65,
        "a whole number from 1 to 16384 is needed"
      ),
      (
        Program.training("rl2", "network.readoutUnits=9223372036854775807"), 65,
        "a whole number from 0 to 16384 is needed"
      ),
      (
        Program.training("recurrent-sac", "network.readoutUnits=0"), 65,
        "network.readoutUnits is 0; a whole number from 1 to 16384"
      ),
      (
        Program.training("rl2-counts", "counts.lookahead=9223372036854775807"), 65,
        "a whole number from 0 to 1000 is needed"
      ),
      (
        Program.training("rl2", "ppo.epochs=9223372036854775807"), 65,
        "a whole number from 1 to 1000000 is needed"
      ),
      (Program.training("maml", "rollouts=9223372036854775807"), 65, "rollouts is 9223372036854775807"),
      (
        Program.training("maml", "network.hiddenLayers=9223372036854775807"), 65,
        "a whole number from 0 to 64 is"
      ),
      (Program.training("rl2", "episodes=1000000", "trials=1000000"), 65, " of memory, "),
      (Program.training("rl2", "network.hiddenUnits=16384", "trials=1000000"), 65, "this machine has "),
      (Program.training("maml", "tasks=1000000", "rollouts=1000000"), 65, " of memory, "),
      (Program.training + ["--progress", "loud"], 64, "'auto', 'bar', 'plain', 'json' or 'none'"),
      (Program.training + ["rate"], 64, "\"rate\" is not key=value"),
      (
        ["train", "--env", "tinny", "--algorithm", "rl2"], 65,
        "environment \"tinny\" is not known. Did you mean \"tiny\"?"
      ),
      (
        ["train", "--env", "tiny", "--algorithm", "lr2"], 65,
        "algorithm \"lr2\" is not known. Did you mean \"rl2\"?"
      ),
      (
        Program.training + ["learningrate=1"], 65,
        "learningrate is not a known key. Did you mean \"optimizer.learningRate\"?"
      ),
      (Program.training + ["learningRate=1"], 65, "learningRate is now optimizer.learningRate"),
      (Program.training + ["--lr", "1"], 64, "Did you mean \"optimizer.learningRate=VALUE\"?"),
      (Program.training + ["gamma=1"], 65, "gamma is not a known key. Did you mean \"discount\"?"),
      (Program.training + ["seed=1", "--seed", "2"], 64, "seed is given twice as key=value and as --seed"),
      (Program.training + ["ppo.epochs=1", "ppo.epochs=2"], 64, "epochs is given twice; once is needed"),
      (
        Program.training + ["ppo.epochs=1", "ppo.clipRange=0.2"], 65,
        "ppo.clipRange has no effect where ppo.epochs and"
      ),
      (
        ["train", "--config", "envs/tiny.toml"], 65,
        "envs/tiny.toml is an environment file: metarl train --env"
      ),
      (
        Program.training + ["optimizer.learningRate=fast"], 65, "learningRate is \"fast\"; a number is needed"
      ),
      (Program.training + ["optimizer.learningRate=-1"], 65, "learningRate is -1.0"),
      (Program.training + ["constants.armCount=0"], 65, "constants.armCount is 0"),
      (
        Program.training + ["tasks.trian.alpha=2"], 65,
        "tasks.trian is not a known key. Did you mean \"train\"?"
      ),
      (
        ["train", "--env", "envs/none.toml", "--algorithm", "rl2"], 66,
        "there is no environment file envs/none.toml"
      ),
      (["train", "--config", "none.toml"], 66, "cannot read none.toml"),
      (["evaluate", "nothing"], 66, "there is no run nothing"),
      (["evaluate", "envs"], 66, "envs is not a run"),
      (["evaluate"], 64, "A run is needed, or both --env and --agent"),
      (["evaluate", "--env", "tiny"], 64, "A run is needed, or both --env and --agent"),
      (["evaluate", "--env", "tiny", "--agent", "oarcle"], 65, "Did you mean \"oracle\"?"),
      (["evaluate", "--env", "tiny", "--agent", "oracle", "--split", "tset"], 65, "Did you mean \"test\"?"),
      (["evaluate", "--env", "tiny", "--agent", "oracle", "--require", "total"], 64, "has no comparison"),
      (["check"], 64, "Missing expected argument '<env>'"),
      (["check", "tinny"], 65, "environment \"tinny\" is not known. Did you mean \"tiny\"?"),
      (["play", "tinny"], 65, "environment \"tinny\" is not known. Did you mean \"tiny\"?"),
      (["play", "tiny", "--split", "tset"], 65, "Did you mean \"test\"?"),
      (["play", "tiny", "--run", "nothing"], 66, "there is no run nothing"),
      (["watch"], 64, "A run is needed, or --env"),
      (["watch", "nothing"], 66, "there is no run nothing"),
      (["watch", "--env", "tinny"], 65, "Did you mean \"tiny\"?"),
      (["watch", "--env", "tiny", "--task", "5000"], 65, "task 5000 is not one of 0 to 999"),
      (["watch", "--env", "tiny", "--follow"], 64, "--follow is for a run"),
      (["watch", "--env", "tiny"], 69, "no display can be opened"),
      (["play", "tiny"], 69, "metarl play --terminal needs none"),
      (["render", "nothing", "--output", "x.png"], 66, "there is no run nothing"),
      (["render", "--env", "tiny", "--output", "x.bmp"], 64, "ends in .png, .svg, .gif or .mp4"),
      (
        ["render", "--env", "tiny", "--output", "x.png", "--size", "640"], 64,
        "--size is 640; width and height are needed, such as 1280x720"
      ),
      (
        ["render", "--env", "tiny", "--output", "x.png", "--size", "301x201"], 64,
        "a width of 320 to 8192 and a height of 240 to 8192 pixels are allowed"
      ),
      (
        ["render", "--env", "tiny", "--output", "x.gif", "--fps", "100"], 64,
        "--fps is 100; a .gif plays at most 50, an .mp4 100"
      ),
      (["render", "--env", "tiny", "--output", "picture"], 64, "ends in .png, .svg, .gif or .mp4"),
      (
        ["render", "--env", "tiny", "--output", "x.gif", "--tasks", "2"], 64,
        "a contact sheet is a .png or .svg"
      ),
      (["render", "--env", "tiny", "--output", "none/x.png"], 74, "none/x.png"),
      (["render", "--env", "tiny", "--output", "/dev/full/x.png"], 74, "/dev/full/x.png"),
      (["render", "--env", "tiny", "--output", "x.png", "--size", "9x9"], 64, "'--size <size>'"),
      (
        ["render", "--env", "tiny", "--output", "x.png", "--agent", "oarcle"], 65, "Did you mean \"oracle\"?"
      ),
      (["check", "tiny", "--rule", "99"], 64, "--rule is 99; a number from 1 to"),
      (["runs", "show", "nothing"], 66, "there is no run nothing"),
      (["list", "all"], 64, "'envs' and 'algorithms'"),
    ] as [([String], Int32, String)])
  func refusesBeforeAnythingIsWritten(words: [String], code: Int32, message: String) throws {
    let program = try Program()
    let result = try program.run(words)
    #expect(result.code == code)
    #expect(result.output == "")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(program.names(".") == [".stderr", ".stdout", "envs"])
  }

  /// A file whose trials nobody could play is refused by every command that would play them; it can be shown.
  @Test func refusesTrialsWithoutEnd() throws {
    let program = try Program()
    try program.write(
      """
      environment = "four-state-grid"
      horizon = 1000000
      episodes = 1000000
      [tasks.train]
      [tasks.test]
      """, to: "envs/endless.toml")
    let commands = [
      (["evaluate", "--agent", "random"], "time steps; at most 1e+11 are possible"),
      (["render", "--output", "x.png"], " of memory, "), (["train", "--algorithm", "rl2"], " of memory, "),
      (["train", "--algorithm", "maml"], " of memory, "),
    ]
    for (words, message) in commands {
      let result = try program.run([words[0], "--env", "endless"] + words.dropFirst())
      #expect(result.code == 65, "\(words)")
      #expect(result.errors.contains(message), "\(words): \(result.errors)")
    }
    #expect(program.names(".") == [".stderr", ".stdout", "envs"])
    #expect(try program.run("config", "show", "--env", "endless", "--algorithm", "rl2").code == 0)
    #expect(
      try program.run("check", "endless", "--rule", "3").output.contains("trials cut to 2 episodes of 10000"))
  }

  /// What an evaluation will take is told before it begins.
  @Test func tellsWhatTakesLong() throws {
    let program = try Program()
    let long = try program.run(
      "evaluate", "--env", "tiny", "--agent", "random", "--tasks", "8", "--episodes", "700000")
    #expect(long.code == 0)
    #expect(
      long.errors.contains("playing 8 trials of 700000 episodes of 1 time steps, up to 5.6e+06 time steps"))
    #expect(try program.run("evaluate", "--env", "tiny", "--agent", "random", "--tasks", "8").errors == "")
  }

  /// More threads than the system grants are refused before anything is begun.
  @Test func refusesThreadsThatAreNotGranted() throws {
    let program = try Program()
    let result = try program.shell(
      "ulimit -v 3000000; $METARL evaluate --env tiny --agent random --tasks 8 --threads 1024")
    #expect(result.code == 64)
    #expect(result.errors.contains("--threads is 1024; the system grants "), "\(result.errors)")
  }

  @Test func refusesAFileThatIsNotRight() throws {
    let program = try Program()
    try program.write("environment = \"bandit\"\nhorizon = 1\nhorizon = 2\n", to: "envs/twice.toml")
    let result = try program.run("train", "--env", "twice", "--algorithm", "rl2")
    #expect(result.code == 65)
    #expect(result.errors.contains("envs/twice.toml: line 3"))
  }

  @Test func checksAFileOfTheUser() throws {
    let program = try Program()
    try program.write(
      """
      environment = "grid-navigation"
      horizon = 9
      episodes = 2
      [tasks.train]
      goals = [[4, 4]]
      [tasks.test]
      goals = [[3, 3], [2, 3]]
      """, to: "mine.toml")
    let result = try program.run("check", "./mine.toml", "--json", "--junit", "check.xml")
    #expect(result.code == 65)
    let rules = try #require(result.json?["rules"] as? [[String: Any]])
    let broken = rules.filter { $0["verdict"] as? String == "broken" }
    #expect(broken.map { $0["number"] as? Int } == [7])
    #expect(program.names(".").contains("check.xml"))
    let sound = try program.run("check", "tiny")
    #expect(sound.code == 0)
    #expect(sound.output.hasSuffix("keeps all rules\n"))
  }

  @Test func aPersonPlaysFromAPipe() throws {
    let result = try Program().shell("printf '0101n00' | \"$METARL\" play tiny")
    #expect(result.code == 0)
    #expect(result.output.split(separator: "\n").map { $0.prefix(7) }.contains("you    "))
  }

  /// The agent of a run plays in the tasks of its own environment, and is compared with.
  @Test func aPersonPlaysBesideTheAgentOfARun() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "1"]).code == 0)
    let result = try program.shell("printf '0101' | \"$METARL\" play tiny --run tiny-rl2-seed0")
    #expect(result.code == 0 && result.errors == "")
    let names = result.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(names == ["episode", "you", "oracle", "bayesOptimal", "rl2"])
    try program.write(
      String(decoding: try #require(program.bytes("envs/tiny.toml")), as: UTF8.self), to: "envs/other.toml")
    let other = try program.shell("\"$METARL\" play other --run tiny-rl2-seed0 < /dev/null")
    #expect(other.code == 65 && other.errors.contains("was trained in tiny, not in other"))
  }

  /// A run without checkpoints, with one that is cut off, and with keys of another version.
  @Test func refusesToShowARunThatIsNotWhole() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "1"]).code == 0)
    let run = "runs/tiny-rl2-seed0"
    let show = ["render", run, "--output", "x.png"]
    #expect(try program.run(show).code == 0 && program.names(".").contains("x.png"))
    let missing = try program.run(show + ["--checkpoint", "7"])
    #expect(missing.code == 66 && missing.errors.contains("7"), "\(missing.errors)")
    _ = try program.shell("sed -i 's/hiddenUnits/hiddenUnit/' \(run)/config.toml")
    let edited = try program.run(show)
    #expect(edited.code == 65 && edited.errors.contains("changed since the run began"), "\(edited.errors)")
    // An older version has not written down what the configuration was.
    _ = try program.shell("rm \(run)/manifest.json")
    let older = try program.run(show)
    #expect(older.code == 65 && older.errors.contains("hiddenUnit is not a known key"), "\(older.errors)")
    _ = try program.shell(
      "sed -i 's/hiddenUnit /hiddenUnits /; s/hiddenUnits = 2/hiddenUnits = 3/' \(run)/config.toml")
    let other = try program.run(show)
    #expect(other.code == 65 && other.errors.contains("parameters"), "\(other.errors)")
    _ = try program.shell("for file in \(run)/checkpoints/*/*; do truncate -s 40 $file; done")
    let cut = try program.run(show)
    #expect([65, 66].contains(cut.code) && cut.errors.contains("checkpoint"), "\(cut.errors)")
    _ = try program.shell("rm -r \(run)/checkpoints")
    let none = try program.run(show)
    #expect(none.code == 66 && none.errors.contains("checkpoint"), "\(none.errors)")
  }

  @Test func listsWhatThereIs() throws {
    let program = try Program()
    let text = try program.run("list", "envs")
    #expect(text.code == 0)
    #expect(text.output.contains("tiny"))
    let json = try #require(try program.run("list", "--json").json)
    let environments = try #require(json["environments"] as? [[String: Any]])
    #expect(environments.contains { $0["name"] as? String == "tiny" && $0["episodes"] as? Int == 4 })
    let algorithms = try #require(json["algorithms"] as? [[String: Any]])
    #expect(algorithms.contains { $0["name"] as? String == "rl2" })
    #expect(try program.run("list", "algorithms", "--json").json?["environments"] == nil)
  }

  @Test func aResultThatCannotBeWrittenIsAnError() throws {
    let result = try Program().shell("\"$METARL\" list > /dev/full")
    #expect(result.code == 74)
    #expect(result.errors.contains("cannot write to stdout"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completesWordsOfTheShell(shell: String) throws {
    let program = try Program()
    let script = try program.run("completions", shell)
    #expect(script.code == 0)
    #expect(script.output.contains("metarl"))
    if shell == "bash" {
      let result = try program.shell(
        "$METARL completions bash > script && source ./script && complete -p metarl")
      #expect(result.code == 0)
    }
    #expect(try program.run("completions", "tcsh").code == 64)
  }

  @Test func completesNames() throws {
    let program = try Program()
    #expect(try program.run(Program.training + ["--iterations", "1"]).code == 0)
    let environments = try program.run("---completion", "train", "--", "--env", "0", "0").output
    #expect(environments.split(separator: "\n").contains("tiny"))
    let algorithms = try program.run("---completion", "train", "--", "--algorithm", "0", "0").output
    #expect(algorithms.split(separator: "\n").contains("rl2"))
    let runs = try program.run("---completion", "train", "--", "--resume", "0", "0").output
    #expect(runs == "tiny-rl2-seed0\n" || runs == "tiny-rl2-seed0")
  }

  @Test func tellsWhereSettingsComeFromAndWhatTheMachineIs() throws {
    let program = try Program()
    let shown = try program.run("config", "show", "--env", "tiny", "--algorithm", "rl2", "trials=4")
    #expect(shown.code == 0)
    #expect(
      shown.output.split(separator: "\n").contains { $0.contains(".trials") && $0.contains("command line") })
    #expect(try program.run("config", "show", "--env", "tiny").code == 64)
    #expect(try program.run("config", "shwo").errors.contains("Did you mean \"show\"?"))
    let doctor = try program.run("doctor")
    #expect(doctor.code == 0, "\(doctor.output)")
    #expect(doctor.output.contains("instruction set"))
    #expect(doctor.output.contains("several machines"))
  }

  @Test func tellsContinuousIntegration() throws {
    let program = try Program()
    try program.write("", to: "summary.md")
    let words = "evaluate --env tiny --agent oracle --tasks 5 --require 'total.mean > 9' --junit result.xml"
    let result = try program.shell(
      "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md $METARL \(words)")
    #expect(result.code == 21)
    #expect(result.errors.contains("\n::error title=metarl::not met: total.mean > 9"))
    let summary = String(decoding: try #require(program.bytes("summary.md")), as: UTF8.self)
    #expect(summary.contains("| total |"))
    let junit = String(decoding: try #require(program.bytes("result.xml")), as: UTF8.self)
    #expect(junit.contains("failures=\"1\""))
    let failure = try program.shell("GITHUB_ACTIONS=true $METARL evaluate nothing")
    #expect(failure.errors.contains("::error title=metarl::there is no run nothing"))
    let unwritable = try program.shell("GITHUB_STEP_SUMMARY=no/summary.md $METARL \(words)")
    #expect(unwritable.code == 21)
    #expect(unwritable.errors.contains("warning: cannot write to no/summary.md"))
    #expect(!(try program.shell("unset GITHUB_ACTIONS; $METARL evaluate nothing").errors.contains("::error")))
  }
}
