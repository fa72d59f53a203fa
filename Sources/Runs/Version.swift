/// The version of the program, as `metarl --version` prints it and manifests record it.
public let version = "0.2.0"

/// The version of the compiler that built this binary.
package let compilerVersion: String = {
  #if compiler(>=6.5)
    "Swift 6.5 or later"
  #elseif compiler(>=6.4)
    "Swift 6.4"
  #elseif compiler(>=6.3)
    "Swift 6.3"
  #else
    "Swift 6.2"
  #endif
}()
