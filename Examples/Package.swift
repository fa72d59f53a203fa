// swift-tools-version: 6.2

import PackageDescription

// Programs that build on metarl. A package of your own would name it by its address instead of its path.
let products: [Target.Dependency] = [
  .product(name: "Metarl", package: "metarl"), .product(name: "MetarlEnvironments", package: "metarl"),
]

let package = Package(
  name: "Examples",
  // Without pictures and windows, which need Cairo and SDL2.
  dependencies: [.package(name: "metarl", path: "..", traits: [])],
  targets: [
    .executableTarget(name: "TrainFromSwift", dependencies: products, path: "TrainFromSwift"),
    .executableTarget(name: "OwnEnvironment", dependencies: products, path: "OwnEnvironment"),
    .executableTarget(name: "OwnAlgorithm", dependencies: products, path: "OwnAlgorithm"),
  ]
)
