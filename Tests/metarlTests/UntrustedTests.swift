import Foundation
import Testing

/// What others wrote, in files, names and runs, is data: shown, or refused by name, and never obeyed.
@Suite struct UntrustedTests {
  private static let run = "runs/tiny-rl2-seed0"

  /// A program with a run of two iterations.
  private func trained() throws -> Program {
    let program = try Program()
    let result = try program.run(Program.training + ["--iterations", "2", "checkpointInterval=1"])
    #expect(result.code == 0, "\(result.errors)")
    return program
  }

  /// Which control characters `text` has besides ends of lines.
  private func controls(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func namesDoNotRunInAShell(shell: String) throws {
    let program = try Program()
    for name in ["$(touch MARKER)", "`touch MARKER`", "a;touch MARKER", "plain-1.0"] {
      try program.write("", to: "envs/\(name).toml")
      _ = try program.shell("mkdir -p 'runs/\(name)' && touch 'runs/\(name)/config.toml'")
    }
    guard try program.shell("command -v \(shell)").code == 0 else { return }
    try program.write(try program.run("completions", shell).output, to: "script")
    let press =
      switch shell {
      case "bash":
        """
        PATH="$(dirname "$METARL"):$PATH"; source ./script
        for words in "evaluate" "train --env"; do
          COMP_WORDS=(metarl $words ''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="metarl $words "
          COMP_POINT=${#COMP_LINE}; COMPREPLY=(); _metarl; echo "${COMPREPLY[@]}"
        done
        """
      default:
        "for kind in 'evaluate -- positional@0' 'train -- --env'; do \"$METARL\" ---completion $kind 0 0; done"
      }
    let offered = try program.shell(press)
    #expect(offered.output.contains("plain-1.0"), "\(offered.output) \(offered.errors)")
    #expect(!offered.output.contains("MARKER") && !program.names(".").contains("MARKER"), "\(offered.output)")
  }

  @Test func anEnvironmentFileSaysNothingToATerminal() throws {
    let program = try Program()
    let text = String(decoding: try #require(program.bytes("envs/tiny.toml")), as: UTF8.self)
    for (key, value) in [("description", "Two arms."), ("source", "this test")] {
      try program.write(text.replacing(value, with: "x\\u001b[31mred"), to: "envs/red.toml")
      let result = try program.run("evaluate", "--env", "red", "--agent", "oracle", "--tasks", "2")
      #expect(
        result.code == 65 && result.errors.contains("\(key) is \"x\\u001B[31mred\""), "\(result.errors)")
      #expect(controls(in: result.errors).isEmpty)
    }
    try program.write(text.replacing("horizon", with: "\"ho\\u009brizon\""), to: "envs/key.toml")
    let key = try program.run("check", "key")
    #expect(key.code == 65 && controls(in: key.errors).isEmpty, "\(key.errors)")
  }

  @Test func namesAreNoCommandsToContinuousIntegration() throws {
    let program = try trained()
    _ = try program.shell(
      "cp -r \(Self.run) $'runs/a\\n::error::b' && cp -r \(Self.run) '::error::##[error]c'")
    for command in [
      "runs list", "runs list --json", "evaluate $'runs/a\\n::error::b/none'",
      "runs show '::error::##[error]c'",
      "check $'a\\n::error::b.toml'", "runs compare \(Self.run) $'runs/a\\n::error::b'", "check '##[error]x'",
    ] {
      let result = try program.shell("GITHUB_ACTIONS=true \"$METARL\" \(command)")
      for line in (result.output + result.errors).split(separator: "\n") {
        let isCommand = line.drop(while: \.isWhitespace).hasPrefix("::") || line.contains("##[")
        #expect(!isCommand || line.hasPrefix("::error title=metarl::"), "\(command): \(line)")
      }
    }
    let file = "$'envs/a\\nb.toml'"
    let named = try program.shell("cp envs/tiny.toml \(file); \"$METARL\" check \(file) --junit x.xml")
    #expect(named.code == 65 && named.errors.contains("name is \"a\\nb\""), "\(named.errors)")
  }

  @Test(arguments: ["../../outside", "/outside", "..", ".hidden", "a/b", "a\\u0007b"])
  func aNameIsOnePartOfAPath(name: String) throws {
    let program = try trained()
    _ = try program.shell("cp \(Self.run)/config.toml c.toml")
    let text = String(decoding: try #require(program.bytes("c.toml")), as: UTF8.self)
    try program.write(text.replacing("name = \"tiny\"", with: "name = \"\(name)\""), to: "c.toml")
    let before = program.names(".") + program.names("runs")
    let result = try program.run("train", "--config", "c.toml")
    #expect(result.code == 65 && result.errors.contains("environment.name is"), "\(result.errors)")
    #expect(program.names(".") + program.names("runs") == before)
  }

  @Test(
    arguments: ["lock", "metrics.jsonl", "timing.jsonl", "config.toml", "manifest.json"],
    ["link", "name", "pipe"])
  func onlyFilesOfTheRunAreTouched(file: String, kind: String) throws {
    let program = try trained()
    let path = "\(Self.run)/\(file)"
    let make =
      switch kind {
      case "link": "ln -s \"$PWD/elsewhere\" \(path)"
      case "name": "ln elsewhere \(path)"
      default: "mkfifo \(path)"
      }
    _ = try program.shell("cp \(path) elsewhere; echo more >> elsewhere; rm \(path); \(make)")
    let before = try #require(program.bytes("elsewhere"))
    let result = try program.shell("timeout 60 \"$METARL\" train --resume \(Self.run) --progress none")
    // A second name matters where there is writing.
    if kind != "name" || ["lock", "metrics.jsonl", "timing.jsonl"].contains(file) {
      #expect(result.code == 65 && result.errors.contains("\(file) "), "\(result.errors)")
    }
    #expect(program.bytes("elsewhere") == before)
  }

  @Test(arguments: ["warnings.jsonl", "evaluation.json", "scores.json"], ["link", "pipe"])
  func onlyFilesOfTheRunAreRead(file: String, kind: String) throws {
    let program = try trained()
    #expect(try program.run("evaluate", Self.run, "--no-verdicts").code == 0)
    let path = "\(Self.run)/\(file)"
    let make = kind == "link" ? "ln -s \"$PWD/elsewhere\" \(path)" : "mkfifo \(path)"
    _ = try program.shell("touch \(path); mv \(path) elsewhere; \(make)")
    let before = try #require(program.bytes("elsewhere"))
    let command = file == "warnings.jsonl" ? "evaluate \(Self.run) --tasks 2" : "runs statistics \(Self.run)"
    let result = try program.shell("timeout 60 \"$METARL\" \(command)")
    #expect(result.code == 65 && result.errors.contains("\(file) is a \(kind)"), "\(result.errors)")
    #expect(program.bytes("elsewhere") == before)
  }

  @Test func measurementsWithoutEndAreNotRead() throws {
    let program = try trained()
    _ = try program.shell("truncate -s 6G \(Self.run)/metrics.jsonl")
    for command in ["evaluate \(Self.run) --tasks 2", "runs export \(Self.run)"] {
      let result = try program.shell("ulimit -v 8000000; timeout 60 \"$METARL\" \(command)")
      #expect(result.code == 65 && result.errors.contains("metrics.jsonl"), "\(result.errors)")
    }
  }

  @Test func aCheckpointIsOfItsRun() throws {
    let program = try trained()
    let training = Program.training + ["--iterations", "2", "checkpointInterval=1"]
    #expect(try program.run(training + ["--seed", "1", "--run", "seed"]).code == 0)
    #expect(try program.run(training + ["optimizer.learningRate=0.5", "--run", "rate"]).code == 0)
    for (other, reason) in [("seed", "is of another run"), ("rate", "is of another run")] {
      let path = "\(Self.run)/checkpoints/000002"
      _ = try program.shell("rm -r \(path); cp -r \(other)/checkpoints/000002 \(path)")
      for command in ["evaluate \(Self.run) --tasks 2", "train --resume \(Self.run)"] {
        let result = try program.shell("\"$METARL\" \(command)")
        #expect(result.code == 65 && result.errors.contains(reason), "\(command): \(result.errors)")
      }
      #expect(program.names("\(Self.run)/checkpoints") == ["000000", "000001", "000002"])
    }
  }

  @Test func aDamagedOrLaterCheckpointIsKept() throws {
    let program = try trained()
    let state = "\(Self.run)/checkpoints/000002/state.json"
    _ = try program.shell("cp \(state) state; sed -i 's/\"format\":2/\"format\":3/' \(state)")
    for command in ["evaluate \(Self.run) --tasks 2", "train --resume \(Self.run)"] {
      let later = try program.shell("\"$METARL\" \(command)")
      #expect(later.code == 65 && later.errors.contains("000002 is of format 3"), "\(later.errors)")
    }
    _ = try program.shell(
      "cp state \(state); truncate -s 40 \(Self.run)/checkpoints/000002/learner.safetensors")
    let evaluated = try program.run("evaluate", Self.run, "--tasks", "2")
    #expect(
      evaluated.code == 65 && evaluated.errors.contains("The last that can be read is 1"),
      "\(evaluated.errors)")
    let resumed = try program.run("train", "--resume", Self.run)
    #expect(resumed.code == 0 && resumed.errors.contains("000002 is skipped: "), "\(resumed.errors)")
    #expect(program.names("\(Self.run)/checkpoints") == ["000000", "000001", "000002", "000002.damaged-1"])
  }

  @Test func aRunForReadingIsEvaluated() throws {
    let program = try trained()
    _ = try program.shell("chmod -R go+rX . ; chmod -R a-w \(Self.run)")
    // Who may write everywhere is no test; another user may not.
    let drop = "$([[ $(id -u) == 0 ]] && echo setpriv --reuid 65534 --regid 65534 --clear-groups)"
    guard try program.shell("\(drop) \"$METARL\" list envs").code == 0 else { return }
    for runs in [Self.run, "\(Self.run) \(Self.run)"] {
      let result = try program.shell("\(drop) \"$METARL\" evaluate \(runs) --tasks 2")
      // The same run twice is another matter.
      guard !runs.contains(" ") || result.code == 0 else { continue }
      #expect(result.code == 0 && result.output.contains("total"), "\(result.errors)")
      #expect(result.errors.contains("is not saved"), "\(result.errors)")
    }
    #expect(!program.names(Self.run).contains("evaluation.json"))
  }

  @Test(arguments: ["<&-", "< /dev/null"])
  func aPersonNeedsAnInput(input: String) throws {
    let result = try Program().shell("\"$METARL\" play tiny --terminal \(input)")
    #expect(result.code == 64 && result.errors.contains("standard input is closed"), "\(result.errors)")
  }

  @Test func aProgramElsewhereSaysWhereItLooked() throws {
    let program = try Program()
    _ = try program.shell(
      "mkdir -p away/bin away/share/metarl && cp \"$METARL\" away/bin/ && mv envs away/share/metarl/")
    let found = try program.shell("METARL_ENVS= away/bin/metarl evaluate --env tiny --agent random --tasks 2")
    #expect(found.code == 0, "\(found.errors)")
    let missing = try program.shell("rm -r away/share; METARL_ENVS=here away/bin/metarl check tiny")
    #expect(missing.code == 65 && missing.errors.contains("envs, here, "), "\(missing.errors)")
    let list = try program.shell("METARL_ENVS=here away/bin/metarl list envs")
    #expect(list.code == 65 && list.output == "" && list.errors.contains("envs, here, "), "\(list.errors)")
    #expect(missing.errors.contains("away/share/metarl/envs") && missing.errors.contains("METARL_ENVS"))
  }

  @Test func processesOfALauncherNeedMPI() throws {
    let program = try Program()
    let words = Program.training.joined(separator: " ") + " --iterations 1"
    let several = try program.shell("OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 \"$METARL\" \(words)")
    #expect(several.code == 65 && several.errors.contains("MPI is not built in"), "\(several.errors)")
    #expect(program.names("runs").isEmpty)
    #expect(try program.shell("OMPI_COMM_WORLD_SIZE=1 \"$METARL\" \(words)").code == 0)
  }

  @Test func theSecondUserSignalSaves() throws {
    let result = try Program().shell(
      "\"$METARL\" \(Program.training.joined(separator: " ")) --iterations 1000000 --run r --progress none & "
        + "until [[ -s r/metrics.jsonl ]]; do sleep 0.1; done; kill -USR2 $!; wait $!")
    #expect(result.code == 75 && result.errors.contains("--resume r goes on"), "\(result.errors)")
  }
}
