#!/usr/bin/env bash
# Swift 6.3.1 (Linux, x86-64), release builds of Swift packages: of an array that is written where it is passed, a function of
# another module sees numbers that nobody wrote, if all it does is to hand the array's span on.
#
# `room.fill([7])`, where `fill(_ values: [N])` is public in a generic class of another target and calls `fill(values.span)`, fills in what
# happens to lie on the stack. The array is kept on the stack of the caller once that small function is inlined there
# across modules, which release builds of SwiftPM do by default, and the store of its numbers is left out, as if nobody
# read them. A debug build, a span taken by the caller, an array that was returned or repeated, and a release build with
# -Xswiftc -disable-cmo are right. There is no warning.
#
# Why it matters: spans are how numeric code of this field takes its inputs now, and an overload for arrays beside one for
# spans is the obvious convenience. Tests of debug builds pass. Reading the array by withUnsafeBufferPointer is right.
#
# Seen: debug 7.0; release another number, such as 0.0; release without cross-module optimization 7.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Sources/Room" "$work/Sources/Caller"
cd "$work"
cat >Package.swift <<'SWIFT'
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
  name: "spans",
  targets: [.target(name: "Room"), .executableTarget(name: "Caller", dependencies: ["Room"])])
SWIFT
cat >Sources/Room/Room.swift <<'SWIFT'
public protocol Number: BitwiseCopyable {}
extension Float: Number {}

public final class Room<N: Number> {
  private let memory = UnsafeMutablePointer<N>.allocate(capacity: 1)
  public init(_ first: N) { memory.initialize(to: first) }
  public var number: N { memory[0] }

  public func fill(_ values: Span<N>) {
    values.withUnsafeBufferPointer { source in
      if let from = source.baseAddress { memory.update(from: from, count: source.count) }
    }
  }

  public func fill(_ values: [N]) { fill(values.span) }
}
SWIFT
cat >Sources/Caller/main.swift <<'SWIFT'
import Room

let room = Room<Float>(-1)
room.fill([Float(CommandLine.arguments.count + 6)])
print(room.number)
SWIFT
seen() { swift build --quiet "$@" >build.log 2>&1 || { cat build.log; exit 1; }; "$(swift build "$@" --show-bin-path)/Caller"; }
swift --version 2>/dev/null | head -n 1
debug=$(seen)
echo "debug: $debug"
release=$(seen -c release)
echo "release: $release"
apart=$(seen -c release -Xswiftc -disable-cmo --scratch-path .build-apart)
echo "release without cross-module optimization: $apart"
[[ $debug == 7.0 && $apart == 7.0 && $release != 7.0 ]]
