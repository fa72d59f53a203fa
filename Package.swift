// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

// What a test says is compiled as it stands, in half of the time; what it tests is optimized.
let testing = strict + [.unsafeFlags(["-Onone"])]

let package = Package(
  name: "metarl",
  products: [
    .executable(name: "metarl", targets: ["metarl"]), .library(name: "Metarl", targets: ["Metarl"]),
    .library(name: "MetarlEnvironments", targets: ["MetarlEnvironments"]),
  ],
  // Pictures and the window, where Cairo and SDL2 are installed; `--disable-default-traits` leaves them out. Training
  // in several processes with MPI; `--traits default,MPI` adds it.
  traits: [.trait(name: "Graphics"), .trait(name: "MPI"), .default(enabledTraits: ["Graphics"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // A target names every target that it imports, because a build looks no farther to see what to compile anew.
    // Layer 1: numbers, threads, files.
    .target(name: "Kernels"),
    .target(name: "Randomness", dependencies: ["Kernels"], swiftSettings: strict),
    .target(name: "Parallel", swiftSettings: strict),
    .target(name: "Formats", swiftSettings: strict),
    // Layer 2: shapes to draw, and gradients.
    .target(name: "Scenes", swiftSettings: strict),
    .target(name: "Autodiff", dependencies: ["Kernels"], swiftSettings: strict),
    // Layer 3: environments, and agents in them.
    .target(name: "Simulation", dependencies: ["Randomness", "Formats", "Scenes"], swiftSettings: strict),
    .target(
      name: "Trials", dependencies: ["Randomness", "Parallel", "Formats", "Scenes", "Simulation"],
      swiftSettings: strict),
    // Layer 4: physics and learning know nothing of each other.
    .target(
      name: "Environments", dependencies: ["Randomness", "Parallel", "Formats", "Scenes", "Simulation"],
      swiftSettings: strict),
    .target(
      name: "Learning",
      dependencies: ["Kernels", "Randomness", "Parallel", "Formats", "Autodiff", "Simulation", "Trials"],
      swiftSettings: strict),
    // Layer 5: a folder for each family of algorithms.
    .target(
      name: "Algorithms",
      dependencies: ["Randomness", "Parallel", "Formats", "Autodiff", "Simulation", "Trials", "Learning"],
      swiftSettings: strict),
    // Layer 6: what users write, and what is kept of it.
    .target(
      name: "Configuration",
      dependencies: ["Randomness", "Parallel", "Formats", "Simulation", "Learning"], swiftSettings: strict),
    .target(
      name: "Runs",
      dependencies: [
        "Kernels", "Randomness", "Parallel", "Formats", "Simulation", "Trials", "Learning", "Configuration",
      ],
      swiftSettings: strict),
    // Layer 7: training, in processes that train one agent together where MPI is built in, and evaluation.
    .systemLibrary(name: "CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev"])]),
    .target(
      name: "MessagePassing", dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))],
      cSettings: [.define("METARL_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "Training",
      dependencies: [
        "Kernels", "Randomness", "Parallel", "Formats", "Simulation", "Trials", "Learning", "Configuration",
        "Runs",
        .target(name: "MessagePassing", condition: .when(traits: ["MPI"])),
      ],
      swiftSettings: strict),
    .target(
      name: "Evaluation",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Scenes", "Simulation", "Trials", "Learning",
        "Configuration", "Runs",
      ],
      swiftSettings: strict),
    // Layer 8: many runs.
    .target(
      name: "Studies",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Simulation", "Trials", "Configuration", "Runs", "Training",
        "Evaluation",
      ],
      swiftSettings: strict),
    // Layer 8: pictures of trials.
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .target(
      name: "Drawing",
      dependencies: [
        "Scenes", "Simulation", "Trials", .target(name: "CCairo", condition: .when(traits: ["Graphics"])),
      ],
      swiftSettings: strict),
    // Layer 9: pages about runs, and the window.
    .target(
      name: "Reports",
      dependencies: [
        "Parallel", "Formats", "Scenes", "Simulation", "Trials", "Configuration", "Runs", "Evaluation",
        "Studies",
        "Drawing",
      ],
      swiftSettings: strict),
    .systemLibrary(name: "CSDL2", pkgConfig: "sdl2", providers: [.apt(["libsdl2-dev"])]),
    .target(
      name: "Viewer",
      dependencies: [
        "Scenes", "Simulation", "Trials", "Drawing",
        .target(name: "CSDL2", condition: .when(traits: ["Graphics"])),
      ],
      swiftSettings: strict),
    // Layer 10: the lists of all environments and algorithms, and how fast they are.
    .target(
      name: "Catalogue",
      dependencies: ["Formats", "Simulation", "Learning", "Environments", "Algorithms", "Configuration"],
      swiftSettings: strict),
    // What other packages import.
    .target(
      name: "Metarl",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Scenes", "Autodiff", "Simulation", "Trials", "Learning",
        "Algorithms", "Configuration", "Runs", "Training", "Evaluation",
      ],
      swiftSettings: strict),
    .target(
      name: "MetarlEnvironments", dependencies: ["Environments", "Catalogue"], swiftSettings: strict),
    // A yardstick for the benchmark.
    .target(name: "PlainC"),
    .target(
      name: "Bench",
      dependencies: [
        "Kernels", "PlainC", "Randomness", "Parallel", "Formats", "Simulation", "Environments", "Algorithms",
        "Configuration",
      ],
      swiftSettings: strict),
    // Layer 11: the command line.
    .executableTarget(
      name: "metarl",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Scenes", "Simulation", "Trials", "Configuration", "Runs",
        "Training",
        "Evaluation", "Studies", "Drawing", "Reports", "Viewer", "Catalogue", "Bench",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"], swiftSettings: testing),
    .testTarget(
      name: "ParallelTests", dependencies: ["Parallel", "ProcessGroup"], swiftSettings: testing),
    .testTarget(name: "FormatsTests", dependencies: ["Formats"], swiftSettings: testing),
    .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"], swiftSettings: testing),
    .target(
      name: "ProcessGroup", dependencies: ["Parallel", "Formats"], path: "Tests/ProcessGroup",
      swiftSettings: strict),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Randomness", "Parallel", "Formats", "Scenes", "Simulation", "Trials"],
      swiftSettings: testing),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: ["Randomness", "Formats", "Scenes", "Simulation", "Trials", "Environments", "PlainC"],
      swiftSettings: testing),
    .testTarget(
      name: "LearningTests", dependencies: ["Randomness", "Formats", "Autodiff", "Simulation", "Learning"],
      swiftSettings: testing),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
      name: "AlgorithmsTests",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Autodiff", "Scenes", "Simulation", "Trials", "Learning",
        "Algorithms",
        "Environments", "AllocationCounter", "ProcessGroup",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Randomness", "Parallel", "Formats", "Scenes", "Simulation", "Trials", "Learning", "Algorithms",
        "Environments", "Configuration", "Runs", "Training", "Evaluation", "Studies", "Catalogue", "Bench",
        "ProcessGroup",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "DrawingTests",
      dependencies: [
        "Randomness", "Scenes", "Simulation", "Trials", "Drawing", "Environments",
        .target(name: "CCairo", condition: .when(traits: ["Graphics"])),
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Formats", "Configuration", "Runs", "Training", "Evaluation", "Catalogue", "Reports"],
      swiftSettings: testing),
    .testTarget(
      name: "ViewerTests",
      dependencies: [
        "Randomness", "Scenes", "Simulation", "Trials", "Drawing", "Environments", "Viewer",
      ],
      swiftSettings: testing),
    .testTarget(name: "metarlTests", dependencies: ["metarl", "Formats", "Runs"], swiftSettings: testing),
  ]
)

// The readers of files under libFuzzer, which brings a main function of its own; `.ci/faults/readers` builds it.
if Context.environment["METARL_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["Formats"], path: "Tests/Fuzz",
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
