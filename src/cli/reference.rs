//! What the help and the manual both say: how to begin, and the exit codes.
//!
//! Comes in: nothing. Goes out: texts and tables. Never prints.

use std::fmt::Write;

/// Commands that show the way, each with what it does, below what they are for.
pub type Examples = &'static [(&'static str, &'static [(&'static str, &'static str)])];

pub const BEGINNING: Examples = &[
    (
        "Begin with the sample",
        &[
            ("rundbrief build newsletters/2026-11-herbsttagung.md", "look at everything in out/"),
            ("rundbrief send newsletters/2026-11-herbsttagung.md", "one file for each member, on this computer"),
        ],
    ),
    ("Set up your own", &[("rundbrief init", "asks what a real send needs, and tests it")]),
];

/// Exit codes (sysexits), each with what it means to people.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done"),
    (64, "the command line is wrong"),
    (65, "a post, template or list has errors"),
    (66, "a file is missing"),
    (69, "some rows or members could not be used"),
    (74, "reading, writing or the sending record failed"),
    (75, "some are tried again later; run it again"),
    (76, "some may not have arrived; decide with `rundbrief resolve`"),
    (77, "the mail server refused the login"),
    (78, "the configuration has errors"),
];

/// What stands below the help of the whole program.
pub fn after_help() -> String {
    let mut text = String::new();
    for (title, commands) in BEGINNING {
        let lines: String = commands.iter().map(|(command, what)| format!("  {command:<51}    {what}\n")).collect();
        write!(text, "{title}:\n{lines}\n").expect("a string takes everything");
    }
    let codes: Vec<String> = EXIT_CODES.iter().map(|(code, meaning)| format!("  {code:>2}  {meaning}")).collect();
    text + "Exit codes:\n" + &codes.join("\n")
}
