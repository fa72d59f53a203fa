import Formats

/// What keys are called elsewhere in the field, so that whoever brings a name along learns ours.
package enum Synonyms {
  /// " Did you mean …?" with the key of `keys` that `name` is another name of or a mistyped form of, or else the dotted
  /// path among `paths` whose last part is; else nothing.
  package static func suggestion(
    for name: String, among keys: [String], elsewhere paths: [String] = []
  ) -> String {
    key(for: name, among: keys, elsewhere: paths).map { " Did you mean \"\($0)\"?" } ?? ""
  }

  private static func key(for name: String, among keys: [String], elsewhere paths: [String]) -> String? {
    // What has exactly this name elsewhere is likelier than what is spelt nearly so here.
    key(knownAs: name, among: keys) ?? key(knownAs: name, among: paths)
      ?? nearest(to: name, among: keys) ?? nearest(to: name, among: paths)
  }

  private static func nearest(to name: String, among keys: [String]) -> String? {
    Spelling.nearest(to: name, among: keys)
      ?? Spelling.nearest(to: lastPart(name), among: keys.map(lastPart)).flatMap { part in
        keys.first { lastPart($0) == part }
      }
  }

  /// The key of `keys` that `name` is but for its spelling, or that it stands for elsewhere; of dotted paths the last part
  /// counts.
  package static func key(knownAs name: String, among keys: [String]) -> String? {
    let plain = plain(lastPart(name))
    return keys.first { Self.plain($0) == Self.plain(name) } ?? keys.first {
      Self.plain(lastPart($0)) == plain
    }
      ?? table.first { entry in entry.names.contains(plain) && keys.contains { names($0, entry.key) } }
      .flatMap { entry in keys.first { names($0, entry.key) } }
  }

  /// Whether `key` is `other`, or a dotted path that ends in it.
  private static func names(_ key: String, _ other: String) -> Bool {
    key == other || key.hasSuffix(".\(other)")
  }

  /// What a dotted path ends in.
  package static func lastPart(_ path: String) -> String {
    path.split(separator: ".").last.map(String.init) ?? path
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
      "adaptation.stepSize",
      [
        "innerstepsize", "innerlr", "fastlr", "alpha", "innerlearningrate", "adaptlr", "lrinner", "lrfast",
        "fastlearningrate",
      ]
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
      "entropy.coefficient",
      [
        "entropycoefficient", "entcoef", "entcoeff", "entropycoef", "entropycoeff", "entropybonus", "entropy",
        "entropyweight",
      ]
    ),
    (
      "entropy.finalCoefficient",
      ["finalentropycoefficient", "finalentcoef", "entcoefend", "finalentropycoef"]
    ),
    (
      "value.coefficient",
      ["valuecoefficient", "vfcoef", "vfcoeff", "valuecoef", "valuelosscoef", "valuelosscoeff", "criticcoef"]
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
    (
      "advantages.normalize",
      ["normalizeadvantages", "normadv", "normalizeadvantage", "advnorm", "normalizeadv", "normadvantages"]
    ),
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
      "adaptation.steps",
      [
        "adaptationsteps", "innersteps", "numinnersteps", "numupdatesteps", "innerupdates",
        "numinnergradsteps", "numadaptsteps",
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
    (
      "trpo.klLimit",
      ["divergencelimit", "maxkl", "targetkl", "klthreshold", "delta", "trustregion", "kllimit", "maxkldiv"]
    ),
    (
      "outer.klPenalty",
      ["divergencepenalty", "klcoef", "innerklcoef", "klpenalty", "eta", "initinnerklpenalty", "klcoeff"]
    ),
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
      "exploration.initialStandardDeviation",
      ["initialdeviation", "logstd", "initstd", "initlogstd", "logstdinit", "std", "initialstd", "policystd"]
    ),
    ("rewardScale", ["rewardscaling", "rewscale", "rewardnorm"]),
    ("creditFrom", ["explorationepisodes", "exploreepisodes", "freeepisodes"]),
    ("exploration.bonus", ["noveltybonus", "explorationbonus", "intrinsiccoef", "noveltycoef", "curiosity"]),
    ("contextSize", ["numcontextparams", "contextdim", "latentdim", "contextparams"]),
    ("network.chronoSpan", ["memoryspan", "chronoinit", "chronotmax", "tmax"]),
    ("replay.capacity", ["buffersize", "replaysize", "replaybuffersize", "buffercapacity", "memorysize"]),
    ("targetRate", ["polyak", "softupdate", "targetupdaterate", "tausoft"]),
    ("seed", ["randomseed", "rngseed"]),
    ("checkpointInterval", ["saveinterval", "savefreq", "checkpointevery", "checkpointfreq", "saveevery"]),
    ("checkpointsKept", ["keepcheckpoints", "maxtokeep", "checkpointstokeep", "savetotallimit"]),
    ("evaluateEvery", ["evalinterval", "evalfreq", "evalevery", "testinterval", "evaluationinterval"]),
  ]
}
