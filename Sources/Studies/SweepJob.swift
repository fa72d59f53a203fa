import Formats

/// A file with which an engine of a cluster, or a shell, does the trainings of a sweep.
public struct SweepJob {
  /// Who does them.
  public enum Engine: String, CaseIterable, Sendable {
    /// A job array of Slurm.
    case slurm
    /// An indexed Job of Kubernetes.
    case kubernetes
    /// A shell script for one machine.
    case shell
  }

  private let sweep: Sweep
  private let jobCount: Int
  private let threadCount: Int

  /// Jobs for `sweep`, up to `jobCount` at a time with `threadCount` threads each.
  public init(_ sweep: Sweep, jobCount: Int, threadCount: Int) {
    self.sweep = sweep
    self.jobCount = jobCount
    self.threadCount = threadCount
  }

  /// The file. The sweep's directory is where it is now, or where the variable SWEEP says; the program is the
  /// `metarl` that is found, or what the variable METARL says.
  public func document(for engine: Engine) -> String {
    switch engine {
    case .slurm: slurm
    case .kubernetes: kubernetes
    case .shell: shell
    }
  }

  private var name: String { DurableFile.name(of: sweep.path) }

  /// Words of the shell that train number `$index`, from the beginning or from where it stopped.
  private func training(_ prefix: String = "") -> [String] {
    let metarl = "\(prefix)\"${METARL:-metarl}\" train"
    let options = "--threads \(threadCount) --progress plain"
    return [
      "SWEEP=${SWEEP:-\(quotedForShell(sweep.path))}",
      "names=(\(sweep.names.map(quotedForShell).joined(separator: " ")))",
      "run=$SWEEP/${names[$index]}",
      "if [[ -e $run ]]; then",
      "  \(metarl) --resume \"$run\" \(options)",
      "else",
      "  \(metarl) --config \"$run.toml\" --run \"$run\" \(options)",
      "fi",
    ]
  }

  /// Slurm sends USR1 some time before it takes the machine away; code 75 then says that there is more to do.
  private var slurm: String {
    let lines =
      [
        "#!/usr/bin/env bash", "#SBATCH --job-name=\(name)",
        "#SBATCH --array=0-\(sweep.names.count - 1)%\(jobCount)", "#SBATCH --ntasks=1",
        "#SBATCH --cpus-per-task=\(threadCount)", "#SBATCH --signal=USR1@120", "#SBATCH --requeue",
        "#SBATCH --open-mode=append", "index=$SLURM_ARRAY_TASK_ID",
      ] + training("srun ") + [
        "code=$?",
        "if [[ $code == 75 ]]; then",
        "  scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"",
        "fi",
        "exit $code",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  private var shell: String {
    let lines =
      [
        "#!/usr/bin/env bash",
        "# Does the trainings of the sweep, \(jobCount) at a time; doing it again goes on with those that stopped.",
        "if [[ $# == 0 ]]; then",
        "  seq 0 \(sweep.names.count - 1) | xargs -P \(jobCount) -I{} bash \"$0\" {}",
        "  exit",
        "fi",
        "index=$1",
      ] + training()
    return lines.joined(separator: "\n") + "\n"
  }

  /// Code 75 says that the pod was told to end and is to be tried again; 20 and 65 that trying again is useless.
  private var kubernetes: String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata:
      generateName: metarl-sweep-
    spec:
      completionMode: Indexed
      completions: \(sweep.names.count)
      parallelism: \(jobCount)
      backoffLimitPerIndex: 3
      maxFailedIndexes: \(sweep.names.count)
      podReplacementPolicy: Failed
      podFailurePolicy:
        rules:
          - action: Ignore
            onExitCodes: {containerName: metarl, operator: In, values: [75]}
          - action: FailIndex
            onExitCodes: {containerName: metarl, operator: In, values: [20, 65]}
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 120
          containers:
            - name: metarl
              image: metarl
              resources:
                requests: {cpu: "\(threadCount)"}
              env:
                - {name: SWEEP, value: /sweep}
              volumeMounts:
                - {name: sweep, mountPath: /sweep}
              command: [bash, -c]
              args:
                - |
                  index=$JOB_COMPLETION_INDEX
    \(training("exec ").map { "              " + $0 }.joined(separator: "\n"))
          volumes:
            - name: sweep
              persistentVolumeClaim: {claimName: metarl-sweep}

    """
  }

  /// `text` as one word of a shell.
  private func quotedForShell(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
