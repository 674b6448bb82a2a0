//! Parse the command line, start logging, run, turn the answer into an exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use rundbrief::cli::{self, Cli};
use rundbrief::commands;
use rundbrief::error::Exit;

fn main() -> ExitCode {
    keep_memory();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let exit = commands::refuse(cli::mistake(&error), cli::asks_for_json(std::env::args_os()));
            return ExitCode::from(exit as u8);
        }
        Err(help) => {
            let printed = help.print().and_then(|()| std::io::stdout().flush());
            let exit = if help.use_stderr() { Exit::Usage } else { commands::printed(printed) };
            return ExitCode::from(exit as u8);
        }
    };
    ExitCode::from(commands::run(cli) as u8)
}

/// Has glibc keep freed memory for what comes next. It gives each large block back to the system, and clears it anew
/// for the next one, until a larger block was freed (mallopt(3), `M_MMAP_THRESHOLD`); this one is never touched.
fn keep_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(16 << 20)));
}
