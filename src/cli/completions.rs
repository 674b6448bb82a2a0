//! Scripts with which a shell completes the command line: made of its definition, so that they say the same.
//!
//! Comes in: a shell. Goes out: its script. Never prints.

use clap::{Args, CommandFactory};

pub use clap_complete::Shell;

/// Takes no folder: where a shell looks differs from machine to machine.
#[derive(Debug, Args)]
#[command(after_help = "\
Make the folder if it is not there, write the script into it, and open a new terminal:
  rundbrief completions bash > ~/.local/share/bash-completion/completions/rundbrief
  rundbrief completions fish > ~/.config/fish/completions/rundbrief.fish
  rundbrief completions zsh > ~/.zfunc/_rundbrief
For zsh, ~/.zshrc needs `fpath+=~/.zfunc` before `compinit`.")]
pub struct Completions {
    /// The shell that you type in
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// The script that a shell reads.
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::Cli::command(), "rundbrief", &mut script);
    String::from_utf8(script).expect("the definition is UTF-8")
}
