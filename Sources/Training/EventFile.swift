import Formats
import Foundation
import Runs

/// A file that TensorBoard reads: the measurements of every iteration, and the hyperparameters.
///
/// A record is the length of an event, the masked checksum of these 8 bytes, the event, its masked checksum.
/// A resumed run begins another file, whose first event tells TensorBoard to forget what it has from that
/// step on, so that the run is one curve.
///
/// Source: `event.proto`, `summary.proto` and `plugins/hparams/plugin_data.proto` of TensorBoard; the record
/// format is TFRecord's.
package final class EventFile {
  private let path: String
  private let descriptor: Int32
  private let now: () -> Double

  /// A new file in `directory`, whose first iteration will be `firstStep`.
  package init(
    in directory: String, firstStep: Int, hyperparameters: Table,
    now: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.now = now
    (path, descriptor) = try Self.create(in: directory, time: Int(now()))
    try write(event { $0.append("brain.Event:2", field: 3) })
    if firstStep > 1 { try write(event(step: firstStep) { $0.append(field: 7) { $0.append(1, field: 1) } }) }
    try writeHyperparameters(hyperparameters)
  }

  deinit { close(descriptor) }

  /// Notes the measurements of one iteration.
  package func append(_ status: TrainingStatus) throws {
    try write(
      event(step: status.iteration) { event in
        event.append(field: 5) { summary in
          for (name, value) in status.metrics { Self.append(Self.tag(name), value, to: &summary) }
          Self.append("time/stepsPerSecond", status.timeStepsPerSecond, to: &summary)
        }
      })
  }

  /// Measurements in held-out tasks stand beside those of the training.
  private static func tag(_ name: String) -> String {
    guard name.hasPrefix(HeldOutMetric.prefix) else { return "train/\(name)" }
    let rest = name.dropFirst(HeldOutMetric.prefix.count)
    return "heldOut/\(rest.prefix(1).lowercased())\(rest.dropFirst())"
  }

  /// Shows a trial after `step` iterations.
  package func append(_ picture: TrainingPicture, step: Int) throws {
    try write(
      event(step: step) { event in
        event.append(field: 5) { summary in
          summary.append(field: 1) { value in
            value.append("trial", field: 1)
            value.append(field: 4) { image in
              image.append(picture.height, field: 1)
              image.append(picture.width, field: 2)
              image.append(4, field: 3)
              image.append(picture.png, field: 4)
            }
          }
        }
      })
  }

  /// Notes how the training ended.
  package func finish(isSuccess: Bool) throws {
    try writePlugin("_hparams_/session_end_info", field: 4) { end in
      end.append(isSuccess ? 1 : 2, field: 1)
      end.append(now(), field: 2)
    }
  }

  /// The bytes of a record.
  package static func record(_ data: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Array($0) }
    return length + masked(length) + data + masked(data)
  }

  private static func masked(_ data: [UInt8]) -> [UInt8] {
    let sum = Checksum.castagnoli(data)
    return withUnsafeBytes(of: ((sum >> 15 | sum << 17) &+ 0xA282_EAD8).littleEndian) { Array($0) }
  }

  /// TensorBoard reads the files of a directory in the order of their names.
  private static func create(in directory: String, time: Int) throws -> (path: String, descriptor: Int32) {
    let prefix = "events.out.tfevents."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let times = names.filter { $0.hasPrefix(prefix) }.compactMap {
      Int($0.dropFirst(prefix.count).prefix(10))
    }
    let number = String(max(time, (times.max() ?? 0) + 1))
    let padding = String(repeating: "0", count: max(0, 10 - number.count))
    let path = "\(directory)/\(prefix)\(padding)\(number).metarl.\(getpid())"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("create", path) }
    return (path, descriptor)
  }

  private func event(step: Int = 0, _ body: (inout ProtocolMessage) -> Void) -> ProtocolMessage {
    var event = ProtocolMessage()
    event.append(now(), field: 1)
    if step != 0 { event.append(step, field: 2) }
    body(&event)
    return event
  }

  private func write(_ event: ProtocolMessage) throws {
    try DurableFile.writeAll(Self.record(event.bytes), to: descriptor, path: path)
  }

  private static func append(_ tag: String, _ value: Double, to summary: inout ProtocolMessage) {
    summary.append(field: 1) { entry in
      entry.append(tag, field: 1)
      entry.append(Float(value), field: 2)
    }
  }

  // MARK: Hyperparameters

  private func writeHyperparameters(_ table: Table) throws {
    let entries = table.leaves
    try writePlugin("_hparams_/experiment", field: 2) { experiment in
      for (name, value) in entries {
        experiment.append(field: 4) { information in
          information.append(name, field: 1)
          information.append(Self.type(of: value), field: 4)
        }
      }
      experiment.append(field: 5) { metric in
        metric.append(field: 1) { $0.append("train/return", field: 2) }
      }
    }
    try writePlugin("_hparams_/session_start_info", field: 3) { start in
      for (name, value) in entries {
        start.append(field: 1) { entry in
          entry.append(name, field: 1)
          entry.append(field: 2) { Self.append(value, to: &$0) }
        }
      }
      start.append(now(), field: 5)
    }
  }

  /// Writes a summary of the plug-in for hyperparameters, whose content is in `field` of its data.
  private func writePlugin(_ tag: String, field: UInt64, _ content: (inout ProtocolMessage) -> Void) throws {
    var data = ProtocolMessage()
    data.append(0, field: 1)
    data.append(field: field, content)
    try write(
      event { event in
        event.append(field: 5) { summary in
          summary.append(field: 1) { value in
            value.append(tag, field: 1)
            // A tensor of type float without dimensions stands for no value.
            value.append(field: 8) { tensor in
              tensor.append(1, field: 1)
              tensor.append(field: 2) { _ in }
            }
            value.append(field: 9) { metadata in
              metadata.append(field: 1) { plugin in
                plugin.append("hparams", field: 1)
                plugin.append(data.bytes, field: 2)
              }
            }
          }
        }
      })
  }

  /// The type of a hyperparameter: a string, a truth value or a number.
  private static func type(of value: Value) -> Int {
    if case .boolean = value { return 2 }
    return value.double == nil ? 1 : 3
  }

  private static func append(_ value: Value, to message: inout ProtocolMessage) {
    if case .boolean(let flag) = value {
      message.append(flag, field: 4)
    } else if let number = value.double {
      message.append(number, field: 2)
    } else {
      message.append(value.string ?? TOML.inline(value), field: 3)
    }
  }
}

/// A picture of what an agent does, with an alpha channel, in the format PNG.
public struct TrainingPicture: Sendable {
  /// Pixels.
  public let width, height: Int
  /// The file.
  public let png: [UInt8]

  /// A picture of so many pixels.
  public init(width: Int, height: Int, png: [UInt8]) {
    self.width = width
    self.height = height
    self.png = png
  }
}
