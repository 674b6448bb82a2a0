//! Parse the command line, start logging, run, turn the answer into an exit code.

use std::process::ExitCode;

use clap::Parser;
use rundbrief::cli::Cli;
use rundbrief::commands;
use rundbrief::error::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = error.print();
            let usage = error.use_stderr() || printed.is_err();
            return ExitCode::from(if usage { Exit::Usage as u8 } else { Exit::Settled as u8 });
        }
    };
    ExitCode::from(commands::run(cli) as u8)
}
