//! What every command takes.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum, ValueHint};

/// The heading of options that every command takes.
pub(super) const EVERYWHERE: &str = "Everywhere";

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The configuration; without one, a built-in example organisation is used
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// How results are printed on standard output
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Say more about what is done (twice: everything)
    #[arg(short, long, global = true, help_heading = EVERYWHERE, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, help_heading = EVERYWHERE, conflicts_with = "verbose")]
    pub quiet: bool,
    /// What is logged on standard error: text for people, or for programs one JSON object a line
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_enum,
        default_value_t = LogFormat::Text,
        env = "RUNDBRIEF_LOG_FORMAT",
        hide_env_values = true
    )]
    pub log_format: LogFormat,
    /// Whether to use colours
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// One JSON document with stable names
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Also into files and pipes
    Always,
    /// Plain text
    Never,
}
