//! `completions`: what a shell needs to complete the command line.

use serde_json::json;

use super::screen::Screen;
use crate::cli;
use crate::error::Exit;

pub fn run(arguments: &cli::Completions, screen: Screen) -> Exit {
    let script = cli::completions(arguments.shell);
    screen.result(script.trim_end());
    screen.json(&json!({ "shell": arguments.shell.to_string(), "script": script }));
    Exit::Settled
}
