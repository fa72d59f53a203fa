import Formats

/// What keys are called elsewhere in the field, so that whoever brings a name along learns ours.
package enum Synonyms {
  /// " Did you mean …?" with the key of `keys` that `name` is another name of or a mistyped form of; else nothing.
  package static func suggestion(for name: String, among keys: [String]) -> String {
    key(for: name, among: keys).map { " Did you mean \"\($0)\"?" } ?? ""
  }

  /// The key of `keys` that `name` stands for elsewhere, or else the one that it is nearest to.
  static func key(for name: String, among keys: [String]) -> String? {
    key(knownAs: name, among: keys) ?? Spelling.nearest(to: name, among: keys)
  }

  /// The key of `keys` that `name` is but for its spelling, or that it stands for elsewhere.
  package static func key(knownAs name: String, among keys: [String]) -> String? {
    let plain = plain(name)
    return keys.first { Self.plain($0) == plain }
      ?? table.first { $0.names.contains(plain) && keys.contains($0.key) }?.key
  }

  /// `name` without what spellings differ in.
  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  /// The names that each key has in papers and other programs, the likeliest key first where several have one.
  private static let table: [(key: String, names: Set<String>)] = [
    (
      "learningRate",
      [
        "lr", "stepsize", "outerlr", "outerstepsize", "metalr", "metastepsize", "beta", "policylr", "adamlr",
        "learnrate", "outerlearningrate", "metalearningrate",
      ]
    ),
    ("finalLearningRate", ["finallr", "lrend", "endlr", "minlr", "annealrate"]),
    (
      "innerStepSize",
      ["innerlr", "fastlr", "alpha", "innerlearningrate", "adaptlr", "lrinner", "lrfast", "fastlearningrate"]
    ),
    ("discount", ["gamma", "discountfactor", "discountrate"]),
    ("lambda", ["gaelambda", "lam", "tau", "tdlambda", "gaelam"]),
    (
      "hiddenUnits",
      [
        "hiddensize", "hiddendim", "hiddensizes", "nhidden", "numhidden", "hidden", "rnnsize", "grusize",
        "lstmsize", "units", "width", "netarch", "hiddenlayersizes", "dimhidden", "numunits", "statesize",
      ]
    ),
    ("hiddenLayers", ["numlayers", "nlayers", "layers", "depth", "nhiddenlayers", "numhiddenlayers"]),
    ("activation", ["activationfn", "nonlinearity", "hiddennonlinearity"]),
    (
      "entropyCoefficient",
      ["entcoef", "entcoeff", "entropycoef", "entropycoeff", "entropybonus", "entropy", "entropyweight"]
    ),
    ("finalEntropyCoefficient", ["finalentcoef", "entcoefend", "finalentropycoef"]),
    (
      "valueCoefficient", ["vfcoef", "vfcoeff", "valuecoef", "valuelosscoef", "valuelosscoeff", "criticcoef"]
    ),
    (
      "clipRange",
      [
        "clip", "clipeps", "clipepsilon", "epsclip", "clipparam", "cliprange", "clipcoef", "cliprho",
        "epsilon",
      ]
    ),
    (
      "epochs",
      ["nepochs", "numepochs", "ppoepochs", "updateepochs", "kepochs", "noptepochs", "numppoepochs"]
    ),
    ("minibatches", ["nminibatches", "numminibatches", "minibatchsize", "nminibatch", "numminibatch"]),
    (
      "maximumGradientNorm",
      [
        "maxgradnorm", "gradclip", "clipgrad", "gradnorm", "clipnorm", "maxnorm", "gradientclip",
        "gradclipnorm",
      ]
    ),
    ("normalizeAdvantages", ["normadv", "normalizeadvantage", "advnorm", "normalizeadv", "normadvantages"]),
    ("trials", ["batchsize", "numenvs", "nenvs", "numprocesses", "ntrajs", "numtrials", "numworkers"]),
    ("tasks", ["metabatchsize", "batchsize", "taskbatchsize", "ntasks", "numtasks", "metabatch"]),
    (
      "rollouts",
      [
        "fastbatchsize", "numenvs", "nenvs", "rolloutspertask", "rolloutspermetatask", "shots", "kshot",
        "ntraj",
      ]
    ),
    (
      "adaptationSteps",
      [
        "innersteps", "numinnersteps", "numupdatesteps", "innerupdates", "numinnergradsteps", "numadaptsteps",
        "adaptsteps", "inneriters",
      ]
    ),
    (
      "iterations",
      [
        "niter", "nitr", "iters", "numiterations", "numupdates", "totaltimesteps", "timesteps", "totalsteps",
        "steps", "updates", "metaiterations", "numiters", "maxiterations", "trainsteps",
      ]
    ),
    (
      "horizon",
      ["numsteps", "nsteps", "maxsteps", "maxepisodesteps", "episodelength", "maxpathlength", "timelimit"]
    ),
    (
      "episodes",
      ["numepisodes", "nepisodes", "episodespertrial", "episodespertask", "trialepisodes", "nrollout"]
    ),
    ("trainingTasks", ["numtasks", "ntasks", "numtraintasks", "ntraintasks", "traintasks"]),
    ("divergenceLimit", ["maxkl", "targetkl", "klthreshold", "delta", "trustregion", "kllimit", "maxkldiv"]),
    ("divergencePenalty", ["klcoef", "innerklcoef", "klpenalty", "eta", "initinnerklpenalty", "klcoeff"]),
    ("conjugateGradientSteps", ["cgiters", "cgsteps", "cgmaxsteps", "cgiterations", "cgmaxiters"]),
    ("damping", ["cgdamping", "regcoeff", "hvpregcoeff", "cgdampening"]),
    (
      "lineSearchCandidates",
      ["maxbacktracks", "lsmaxsteps", "linesearchmaxiter", "lsmaxiter", "linesearchsteps"]
    ),
    (
      "lineSearchShrinkage",
      ["backtrackratio", "lsbacktrackratio", "linesearchshrinkingfactor", "backtrackcoef"]
    ),
    (
      "initialDeviation", ["logstd", "initstd", "initlogstd", "logstdinit", "std", "initialstd", "policystd"]
    ),
    ("rewardScale", ["rewardscaling", "rewscale", "rewardnorm"]),
    ("noveltyBonus", ["explorationbonus", "intrinsiccoef", "noveltycoef", "curiosity"]),
    ("contextSize", ["numcontextparams", "contextdim", "latentdim", "contextparams"]),
    ("seed", ["randomseed", "rngseed"]),
    ("checkpointInterval", ["saveinterval", "savefreq", "checkpointevery", "checkpointfreq", "saveevery"]),
    ("checkpointsKept", ["keepcheckpoints", "maxtokeep", "checkpointstokeep", "savetotallimit"]),
    ("evaluateEvery", ["evalinterval", "evalfreq", "evalevery", "testinterval", "evaluationinterval"]),
  ]
}
