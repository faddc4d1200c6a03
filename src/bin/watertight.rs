//! The native command line.

/// Parses, calls, prints.
fn main() -> std::process::ExitCode {
    watertight::cli::main()
}
