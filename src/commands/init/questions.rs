//! All questions in their order, and what was given as options checked before the first of them.
//!
//! Comes in: the configuration, the command line, somebody who answers or nobody. Goes out: [`Wishes`], complete and
//! checked, or what is wrong and missing, all at once. Writes nothing.

use super::answers::Answers;
use super::draft::Draft;
use super::interview::{Extent, Interview, Question, ask, yes};
use super::key::Key;
use super::organisation::bare;
use super::prompter::Prompter;
use super::secrets::Typed;
use super::server::named;
use crate::cli;
use crate::error::Error;
use crate::members::address::Address;

/// Everything that a person or a script wants.
pub struct Wishes {
    pub answers: Answers,
    pub typed: Vec<Typed>,
    /// Where the sample mail goes; nowhere if it is not wanted.
    pub test_to: Option<String>,
    /// A list is begun with this address on it.
    pub new_list: Option<String>,
}

/// # Errors
/// [`Error::Usage`] for wrong options, for missing ones where nobody can be asked, and where nobody answers.
pub async fn ask_all<P: Prompter>(
    arguments: &cli::Init,
    draft: &Draft,
    answers: Answers,
    prompter: &mut P,
) -> Result<Wishes, Error> {
    let answers = checked(draft, &answers)?;
    let test_to = arguments.test_to.as_deref().map(own_address).transpose();
    let test_to = test_to.map_err(|objection| Error::Usage(format!("--test-to: {objection}")))?;
    let single =
        !answers.is_empty() || test_to.is_some() || arguments.no_test || arguments.no_login || arguments.new_list;
    let extent = match (draft.is_new(), single) {
        (true, _) => Extent::All,
        (false, true) => Extent::Missing,
        (false, false) => again(draft, prompter).await?,
    };
    if extent == Extent::All && prompter.is_there() {
        prompter.say(
            "Enter takes what stands in brackets, ? explains, Ctrl-C ends it; nothing is written before the end.\n",
        );
    }
    let new_list = arguments.new_list;
    let mut interview = Interview { prompter, draft, answers, extent, missing: Vec::new(), new_list };
    interview.organisation().await?;
    let typed = interview.server().await?;
    interview.list().await?;
    let wants_test = !(arguments.no_test || arguments.no_login);
    let test_to = match test_to {
        None if wants_test || interview.new_list => interview.own_address(wants_test).await?,
        known => known,
    };
    let Interview { answers, missing, new_list, .. } = interview;
    if !missing.is_empty() {
        return Err(Error::Usage(nobody_to_ask(&missing)));
    }
    let new_list = if new_list { test_to.clone() } else { None };
    Ok(Wishes { answers, typed, test_to: test_to.filter(|_| wants_test), new_list })
}

/// What was given as options, each as the configuration's rules take it.
///
/// # Errors
/// [`Error::Usage`] with all that is wrong.
fn checked(draft: &Draft, given: &Answers) -> Result<Answers, Error> {
    let mut checked = given.emptied();
    let mut wrong = Vec::new();
    for (key, value) in given.iter() {
        let (value, objection) = match key {
            Key::Provider => match named(value) {
                Ok(name) => (name, None),
                Err(objection) => (value.to_owned(), Some(objection)),
            },
            _ => (value.to_owned(), draft.objection(&checked, key, value)),
        };
        match objection {
            Some(objection) => wrong.push(format!("{}: {objection}", key.flag())),
            None => checked.set(key, value),
        }
    }
    if wrong.is_empty() { Ok(checked) } else { Err(Error::Usage(wrong.join("\nerror: "))) }
}

/// Whether a configuration that is there is gone through again.
async fn again<P: Prompter>(draft: &Draft, prompter: &mut P) -> Result<Extent, Error> {
    if !prompter.is_there() {
        return Ok(Extent::Missing);
    }
    prompter.say(&format!("{} is there already.", draft.file.display()));
    let help = "n: nothing is changed; it logs in, looks at the list and sends the sample mail again. y: each answer is\n\
                asked for again, with today's as the default. Single answers can be given as options, see `rundbrief help init`.";
    Ok(if yes(prompter, "Go through the answers again?", help, false).await? { Extent::All } else { Extent::Missing })
}

impl<P: Prompter> Interview<'_, P> {
    /// The address of the person who sets it up: where the test mail goes.
    async fn own_address(&mut self, wants_test: bool) -> Result<Option<String>, Error> {
        let told = self.known(Key::Notify).and_then(|to| Some(bare(to.split(',').next()?).to_owned()));
        if !self.prompter.is_there() || self.extent == Extent::Missing && told.is_some() {
            if told.is_none() {
                let option = if wants_test { "--test-to ADDRESS or --no-test" } else { "--test-to ADDRESS" };
                self.missing.push((option.to_owned(), "your own address, where the sample mail goes".to_owned()));
            }
            return Ok(told);
        }
        let question = Question {
            prompt: "Your own address",
            help: "The sample mail goes there, so that you see what your members will see.",
            default: told.clone(),
            optional: false,
        };
        let answer = ask(self.prompter, &question, own_address).await?;
        if self.extent == Extent::All
            && told.is_none()
            && let Some(address) = &answer
        {
            let help = "A mail after each send with what was accepted, refused, or may not have arrived; and one when a planned\n\
                        send did not happen.";
            if self.yes("Tell this address what became of each send?", help, true).await? {
                self.answers.set(Key::Notify, address.as_str());
            }
        }
        Ok(answer)
    }
}

fn own_address(text: &str) -> Result<String, String> {
    Address::parse(text).map(|address| address.to_string()).map_err(|error| format!("{text}: {error}"))
}

/// All missing answers, with the options that give them.
fn nobody_to_ask(missing: &[(String, String)]) -> String {
    let width = missing.iter().map(|(option, _)| option.chars().count()).max().unwrap_or(0);
    let line = |(option, what): &(String, String)| format!("      {option:width$}  {what}");
    let lines: Vec<String> = missing.iter().map(line).collect();
    format!(
        "nobody can be asked here, and these answers are missing\n  = help: run it in a terminal, or give them as options:\n{}",
        lines.join("\n")
    )
}
