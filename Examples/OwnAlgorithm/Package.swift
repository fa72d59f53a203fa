// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "OwnAlgorithm",
  // A package of your own would name metarl by its address instead of its path. Without traits there are no pictures
  // and windows, which need Cairo and SDL2.
  dependencies: [.package(name: "metarl", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "OwnAlgorithm",
      dependencies: [
        .product(name: "Metarl", package: "metarl"), .product(name: "MetarlEnvironments", package: "metarl"),
      ])
  ]
)
