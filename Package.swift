// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "metarl",
  products: [.executable(name: "metarl", targets: ["metarl"])],
  // Pictures and the window, where Cairo and SDL2 are installed; `--disable-default-traits` leaves them out. Training
  // in several processes with MPI; `--traits default,MPI` adds it.
  traits: [.trait(name: "Graphics"), .trait(name: "MPI"), .default(enabledTraits: ["Graphics"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Layer 1: numbers.
    .target(name: "Kernels"),
    .target(name: "Randomness", dependencies: ["Kernels"], swiftSettings: strict),
    .target(name: "Autodiff", dependencies: ["Kernels"], swiftSettings: strict),
    // A target names every target that it imports, because a build looks no farther to see what to compile anew.
    // Layer 2: trials.
    .target(name: "Simulation", dependencies: ["Randomness"], swiftSettings: strict),
    // Layer 3: physics and learning know nothing of each other.
    .target(name: "Environments", dependencies: ["Randomness", "Simulation"], swiftSettings: strict),
    .target(
      name: "Learning", dependencies: ["Kernels", "Randomness", "Autodiff", "Simulation"],
      swiftSettings: strict),
    // Layer 4: one file per published algorithm.
    .target(
      name: "Algorithms", dependencies: ["Randomness", "Autodiff", "Simulation", "Learning"],
      swiftSettings: strict),
    // Layer 4: what stands in files, and how they are written so that nothing is lost.
    .target(name: "Formats", dependencies: ["Simulation", "Learning"], swiftSettings: strict),
    // A yardstick for the benchmark.
    .target(name: "PlainC"),
    // Layer 5: runs on disk, and the processes that train one together.
    .systemLibrary(name: "CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev"])]),
    .target(
      name: "MessagePassing", dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))],
      cSettings: [.define("METARL_MPI", .when(traits: ["MPI"]))]),
    .target(
      name: "Experiments",
      dependencies: [
        "Kernels", "PlainC", "Randomness", "Simulation", "Learning", "Algorithms", "Environments", "Formats",
        .target(name: "MessagePassing", condition: .when(traits: ["MPI"])),
      ],
      swiftSettings: strict),
    // Layer 5: pictures of trials.
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .target(
      name: "Drawing",
      dependencies: ["Simulation", .target(name: "CCairo", condition: .when(traits: ["Graphics"]))],
      swiftSettings: strict),
    // Layer 5: pages about runs.
    .target(
      name: "Reports", dependencies: ["Simulation", "Formats", "Experiments", "Drawing"],
      swiftSettings: strict),
    // Layer 5: the window.
    .systemLibrary(name: "CSDL2", pkgConfig: "sdl2", providers: [.apt(["libsdl2-dev"])]),
    .target(
      name: "Viewer",
      dependencies: [
        "Simulation", "Drawing", .target(name: "CSDL2", condition: .when(traits: ["Graphics"])),
      ],
      swiftSettings: strict),
    // Layer 6: the command line.
    .executableTarget(
      name: "metarl",
      dependencies: [
        "Randomness", "Simulation", "Formats", "Experiments", "Drawing", "Reports", "Viewer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"], swiftSettings: strict),
    .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"], swiftSettings: strict),
    .target(
      name: "Company", dependencies: ["Simulation"], path: "Tests/Company", swiftSettings: strict),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Company"], swiftSettings: strict),
    .testTarget(
      name: "EnvironmentsTests", dependencies: ["Environments", "PlainC"], swiftSettings: strict),
    .testTarget(name: "LearningTests", dependencies: ["Learning"], swiftSettings: strict),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
      name: "AlgorithmsTests", dependencies: ["Algorithms", "Environments", "AllocationCounter", "Company"],
      swiftSettings: strict),
    .testTarget(
      name: "ExperimentsTests", dependencies: ["Formats", "Experiments", "Company"], swiftSettings: strict),
    .testTarget(
      name: "DrawingTests",
      dependencies: [
        "Drawing", "Environments", .target(name: "CCairo", condition: .when(traits: ["Graphics"])),
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Formats", "Experiments", "Simulation"],
      swiftSettings: strict),
    .testTarget(
      name: "ViewerTests", dependencies: ["Viewer", "Environments"], swiftSettings: strict),
    .testTarget(name: "metarlTests", dependencies: ["metarl", "Formats"], swiftSettings: strict),
  ]
)

// The readers of files under libFuzzer, which brings a main function of its own; `.ci/faults/readers` builds it.
if Context.environment["METARL_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["Formats"], path: "Tests/Fuzz",
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
