//! The manual: rundbrief(1), and a page for each command.
//!
//! Comes in: the day that stands on the pages. Goes out: pages in roff (man(7)), made of the definition of the command line,
//! so that they say the same as the help, and of what surrounds the program. Never prints and never writes a file.

use std::path::PathBuf;

use clap::{Arg, Args, Command, CommandFactory, ValueHint};
use clap_mangen::roff::{Roff, bold, roman};
use jiff::civil::Date;

use super::global::EVERYWHERE;
use super::reference::{BEGINNING, EXIT_CODES};

mod around;
mod tidy;

use around::{DESCRIPTION, ENVIRONMENT, EVERYDAY, FILES, SECRETS};

#[derive(Debug, Args)]
pub struct Man {
    /// The folder for the pages, such as ~/.local/share/man/man1
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// A page of the manual.
#[derive(Debug)]
pub struct Page {
    /// `rundbrief-send.1`
    pub file: String,
    pub text: String,
}

/// The heading of options that are the same on every page.
const SHARED: &str = "Options of every command";

/// The manual: the page of the whole first, then one for each command, and for those below it.
pub fn pages(day: Date) -> Vec<Page> {
    let mut command = headed(super::Cli::command());
    command.build();
    let whole = command.clone().long_about(DESCRIPTION).mut_args(|argument| argument.help_heading(None));
    let mut pages = vec![page(whole, day, add_surroundings)];
    add_below(&command, day, &mut pages);
    pages
}

/// With the heading above commands below it, which is a section of the page.
fn headed(command: Command) -> Command {
    command.disable_help_subcommand(true).subcommand_help_heading("COMMANDS").mut_subcommands(headed)
}

fn add_below(parent: &Command, day: Date, pages: &mut Vec<Page>) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set()) {
        let own = command.clone().mut_args(|argument| match is_shared(&argument) {
            true => argument.help_heading(SHARED),
            false => argument,
        });
        pages.push(page(own, day, |roff| {
            if let Some(text) = command.get_after_help() {
                add_as_it_is(roff, &text.to_string());
            }
            roff.control("SH", ["SEE ALSO"]);
            roff.text([bold("rundbrief"), roman("(1), for exit codes, files and the environment")]);
        }));
        add_below(command, day, pages);
    }
}

fn is_shared(argument: &Arg) -> bool {
    argument.get_help_heading() == Some(EVERYWHERE) || ["help", "version"].contains(&argument.get_id().as_str())
}

/// A page with what clap knows of a command, and `rest` below it.
fn page(mut command: Command, day: Date, rest: impl FnOnce(&mut Roff)) -> Page {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let usage = command.render_usage().to_string();
    let more = beyond_the_name(&command);
    let command = command
        .override_usage(usage.trim_start_matches("Usage: ").to_owned())
        .long_about(more.clone().unwrap_or_default());
    let man = |command: Command| {
        clap_mangen::Man::new(command)
            .title(name.to_uppercase())
            .date(day.to_string())
            .source(concat!("rundbrief ", env!("CARGO_PKG_VERSION")))
            .manual("User Commands")
    };
    let whole = man(command.clone());
    let arguments = command.clone().mut_args(|argument| {
        let hidden = argument.is_hide_set() || !argument.is_positional();
        argument.hide(hidden).help_heading("Arguments")
    });
    let options = command.clone().mut_args(|argument| {
        let hidden = argument.is_hide_set() || argument.is_positional();
        argument.hide(hidden)
    });
    let mut text = Vec::new();
    whole
        .render_title(&mut text)
        .and_then(|()| whole.render_name_section(&mut text))
        .and_then(|()| whole.render_synopsis_section(&mut text))
        .and_then(|()| if more.is_some() { whole.render_description_section(&mut text) } else { Ok(()) })
        .and_then(|()| if command.has_subcommands() { whole.render_subcommands_section(&mut text) } else { Ok(()) })
        .and_then(|()| man(arguments).render_options_section(&mut text))
        .and_then(|()| man(options).render_options_section(&mut text))
        .expect("a vector takes everything");
    let mut below = Roff::new();
    rest(&mut below);
    text.extend(below.render().into_bytes());
    let text = String::from_utf8(text).expect("the definition is UTF-8");
    Page { file: format!("{name}.1"), text: tidy::tidied(&text) }
}

/// What a command's help says beyond the line that stands beside its name.
fn beyond_the_name(command: &Command) -> Option<String> {
    let whole = command.get_long_about()?.to_string();
    let line = command.get_about().map(ToString::to_string).unwrap_or_default();
    let more = whole.strip_prefix(&line).unwrap_or(&whole).trim();
    (!more.is_empty()).then(|| more.to_owned())
}

/// The sections that only the page of the whole has.
fn add_surroundings(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        add_entry(roff, &code.to_string(), meaning);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, what) in ENVIRONMENT {
        add_entry(roff, name, what);
    }
    roff.control("PP", []);
    roff.text([roman(SECRETS)]);
    roff.control("SH", ["FILES"]);
    roff.text([roman("Relative to the folder of the configuration:")]);
    for (name, what) in FILES {
        add_entry(roff, name, what);
    }
    roff.control("SH", ["EXAMPLES"]);
    for (title, commands) in BEGINNING.iter().chain(EVERYDAY) {
        roff.control("SS", [*title]);
        for (command, what) in *commands {
            add_entry(roff, command, what);
        }
    }
}

/// A term with its explanation below it.
fn add_entry(roff: &mut Roff, term: &str, what: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(what)]);
}

/// Lines that stay lines.
fn add_as_it_is(roff: &mut Roff, text: &str) {
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}
