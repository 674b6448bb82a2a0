//! `init`: asks what a first real send needs, writes it, and shows that it works.
//!
//! | file | what it does |
//! |---|---|
//! | `key`, `answers` | what can be answered; the answers of this run |
//! | `draft` | the configuration with the answers in it, comments and order kept; what is wrong with one |
//! | `prompter`, `interview` | a person at a terminal, or nobody; one question |
//! | `questions`, `organisation`, `server`, `secrets`, `list` | all questions, by subject |
//! | `planned`, `changes`, `write`, `books`, `sample` | what is going to be written, and writing it |
//! | `first` | the login, the list's check, the sample mail |
//!
//! Everything is asked and checked before the first byte is written, and the configuration comes last: it names what is
//! there. What fails after that takes nothing back.

use std::path::Path;

use serde_json::json;

use super::screen::Screen;
use super::{Context, signals};
use crate::cli::{self, quoted};
use crate::config::{NAME_HELP, is_name};
use crate::dispatch::Phase;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::project::{Project, secret_warnings};

mod answers;
mod books;
mod changes;
mod draft;
mod first;
mod interview;
mod key;
mod list;
mod organisation;
mod place;
mod planned;
mod prompter;
mod questions;
mod sample;
mod secrets;
mod server;
mod write;

use answers::Answers;
use draft::Draft;
use first::First;
use planned::{Planned, Written};
use prompter::{Prompter, Terminal};

pub async fn run(arguments: &cli::Init, named: Option<&Path>, screen: Screen) -> Result<Exit, Error> {
    let file = named.unwrap_or(Path::new("config.toml"));
    let draft = open(file)?;
    if let Some(name) = arguments.list_name.as_deref().filter(|name| !is_name(name)) {
        return Err(Error::Usage(format!("--list-name: `{name}` cannot be a name\n  = help: {NAME_HELP}")));
    }
    let list = arguments.list_name.clone().unwrap_or_else(|| draft.first_list());
    let signals = signals::listen();
    let mut terminal = Terminal::new(signals.clone());
    let given = Answers::of(arguments, draft.folder(), &list)?;
    let asked = questions::ask_all(arguments, &draft, given, &mut terminal).await;
    let planned = match asked {
        Ok(wishes) => Planned::of(&draft, wishes, &screen).await,
        Err(error) => Err(error),
    };
    let agreed = match &planned {
        Ok(planned) => agreed(planned, &draft, arguments.yes, &mut terminal, &screen).await,
        Err(_) => Ok(false),
    };
    let written = match (planned, agreed) {
        (Ok(planned), Ok(true)) => planned.write(&draft).await?,
        (Err(error), _) | (_, Err(error)) => {
            // Told to a person, who may wonder; a script knows.
            if terminal.is_there() {
                screen.note("Nothing was written.");
            }
            return Err(error);
        }
        (Ok(_), Ok(false)) => {
            screen.result("Nothing was written.");
            screen.json(&json!({ "written": [], "errors": [] }));
            return Ok(Exit::Settled);
        }
    };
    let mut stopped = signals;
    let first = tokio::select! {
        first = show_that_it_works(arguments, file, &written, &list, &mut terminal, screen) => first?,
        _ = stopped.wait_for(|phase| *phase != Phase::Run) => {
            return Err(Error::Usage(format!("stopped\n  = help: everything is written; {}", go_on(named))));
        }
    };
    let exit = first.exit.unwrap_or(Exit::Settled);
    screen.result(&match exit {
        Exit::Settled | Exit::SomeRejected => next(named, &written, first.test.is_null()),
        _ => format!("\nEverything is written and stays. When that is put right, {}", go_on(named)),
    });
    screen.json(&json!({
        "config": file.display().to_string(),
        "written": written.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "login": first.login,
        "list": first.list,
        "test": first.test,
        "errors": first.errors,
    }));
    Ok(exit)
}

/// The configuration as it is.
fn open(file: &Path) -> Result<Draft, Error> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            let finding = Finding::error("config-syntax", "the configuration is not UTF-8 text");
            return Err(Error::Config(vec![finding.at(Place::whole_file(file))]));
        }
        Err(error) => return Err(Error::io("read", file, error)),
    };
    Draft::of(file, text).map_err(Error::Config)
}

/// Shows what is going to be written, and asks.
async fn agreed<P: Prompter>(
    planned: &Planned,
    draft: &Draft,
    yes: bool,
    prompter: &mut P,
    screen: &Screen,
) -> Result<bool, Error> {
    screen.result(&planned.shown(draft));
    if planned.files.is_empty() || yes || !prompter.is_there() {
        return Ok(true);
    }
    prompter.say("");
    interview::yes(prompter, "Write this?", "y writes it, n leaves everything as it is.", true).await
}

/// The login, the list's check, the sample mail.
async fn show_that_it_works<P: Prompter>(
    arguments: &cli::Init,
    file: &Path,
    written: &Written,
    list: &str,
    prompter: &mut P,
    screen: Screen,
) -> Result<First, Error> {
    let context = Context::of(Project::open(Some(file), Path::new(""))?, screen)?;
    first::close_secrets(&context, prompter).await?;
    let mut first = First::default();
    let reached = match arguments.no_login {
        true => true,
        false => first.log_in(&context, prompter).await,
    };
    if written.about_list {
        first.look_at_list(&context, list);
    }
    match &written.test_to {
        // It says itself who else can read a secret.
        Some(address) if reached => first.send_test(&context, &written.post, address).await,
        _ => context.screen.findings(&secret_warnings(&context.project)),
    }
    Ok(first)
}

fn program(named: Option<&Path>) -> String {
    named.map_or("rundbrief".to_owned(), |file| format!("rundbrief --config {}", quoted(file.display())))
}

fn go_on(named: Option<&Path>) -> String {
    format!("run `{} init` again: it goes on from here.", program(named))
}

fn next(named: Option<&Path>, written: &Written, untested: bool) -> String {
    // A single answer was changed by somebody who knows what comes next.
    if !written.about_list {
        return "\nDone.".to_owned();
    }
    let program = program(named);
    let post = quoted(written.post.display());
    let done = if untested { "Everything is written." } else { "Everything is set up." };
    format!(
        "\n{done} Next:\n  {program} build {post}\n      the sample as files, to look at\n  {program} new \"Title\"\n      \
         begins your own post\n  {program} send POST --test you@…\n      your post to you alone; without --test to everybody, \
         after it has shown who that is"
    )
}
