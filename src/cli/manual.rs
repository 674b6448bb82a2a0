//! Completions for shells, and the manual: made of the command line as it is, so that they say the same.
//!
//! Comes in: a shell, or nothing. Goes out: texts. Writes nothing.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Cli;

pub use clap_complete::Shell;

const NAME: &str = "rundbrief";

/// The script that a shell reads.
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// A page of the manual.
#[derive(Debug)]
pub struct Page {
    /// `rundbrief-send.1`
    pub file: String,
    /// In roff (man(7)).
    pub text: String,
}

/// The manual: the page of the whole first, then one for each command, and for those below it.
pub fn pages() -> Vec<Page> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(&command, NAME, &mut pages);
    pages
}

fn add(command: &Command, name: &str, pages: &mut Vec<Page>) {
    // The name of a command below another one is both, as man(1) wants it.
    let named = command.clone().name(String::leak(name.to_owned()) as &'static str);
    let mut text = Vec::new();
    let written: io::Result<()> = Man::new(named).render(&mut text);
    written.expect("a vector takes everything");
    pages.push(Page { file: format!("{name}.1"), text: String::from_utf8_lossy(&text).into_owned() });
    for below in command.get_subcommands() {
        add(below, &format!("{name}-{}", below.get_name()), pages);
    }
}
