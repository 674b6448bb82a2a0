//! A command line that cannot be read.
//!
//! Comes in: clap's error, or the arguments as they are. Goes out: what to answer, and whether as JSON. Never prints.

use std::ffi::OsString;

/// What to answer to a command line that cannot be read, without `error: ` in front.
pub fn mistake(error: &clap::Error) -> String {
    let text = error.render().to_string();
    text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned()
}

/// Whether a command line that cannot be read asks for JSON all the same.
pub fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut before = OsString::new();
    for argument in arguments {
        if argument == "--format=json" || (before == "--format" && argument == "json") {
            return true;
        }
        before = argument;
    }
    false
}
