import Foundation

// A file that outgrows its limit is then an error of the write, which is reported.
signal(SIGXFSZ, SIG_IGN)
exit(Program.run(Array(CommandLine.arguments.dropFirst())))
