//! The command line: parse, call, print. The engine is the page's own [`crate::session::Session`], driven by threads.
//!
//! Exit codes: 0 nothing at or above `--fail-on`, 1 something, 2 bad usage or unreadable input (one sentence on stderr).

mod args;
mod commands;
mod engine;
mod print;
mod registry;

pub use args::Arguments;

use crate::error::Result;
use args::Action;
use clap::Parser;
use std::process::ExitCode;

/// Exit code for bad usage or unreadable input.
const REFUSED: u8 = 2;
/// Exit code when something was found.
const FOUND: u8 = 1;

/// Runs the command line with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            let _ = usage.print();
            return if usage.use_stderr() { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS };
        }
    };
    match act(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FOUND),
        Err(error) => {
            print::refusal(&error);
            ExitCode::from(REFUSED)
        }
    }
}

/// Does what was asked. `false` when something at or above `--fail-on` was found.
fn act(arguments: &Arguments) -> Result<bool> {
    match &arguments.action {
        Action::Audit(options) => commands::audit(options),
        Action::Run(options) => commands::run(options),
        Action::Check(options) => commands::check(options),
        Action::Predict(options) => commands::predict(options),
        Action::Sample(options) => commands::sample(options),
        Action::List(options) => commands::list(options),
        Action::Compare(options) => registry::compare(options),
        Action::Registry(options) => registry::registry(options),
    }
}
