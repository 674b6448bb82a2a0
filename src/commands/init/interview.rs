//! One question after the other: what is known is not asked, what is wrong is asked again.
//!
//! Comes in: a configuration and the answers that were given as options. Goes out: all answers, each checked by the
//! configuration's own rules; where nobody can be asked, what is missing.

use super::answers::Answers;
use super::draft::Draft;
use super::key::Key;
use super::prompter::Prompter;
use crate::error::Error;

/// A wrong answer is asked for again, so often.
const TRIES: usize = 5;

/// What a question is about and how it is put.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    pub prompt: &'a str,
    /// What `?` shows.
    pub help: &'a str,
    /// What an empty answer means.
    pub default: Option<String>,
    /// An empty answer is one.
    pub optional: bool,
}

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything, with today's answers as defaults.
    All,
    /// Only what is missing: single answers were given as options.
    Missing,
}

pub struct Interview<'a, P> {
    pub prompter: &'a mut P,
    pub draft: &'a Draft,
    pub answers: Answers,
    pub extent: Extent,
    /// Required answers that nobody can be asked for, as options.
    pub missing: Vec<(String, String)>,
    /// A list is begun, with the own address alone on it.
    pub new_list: bool,
}

impl<P: Prompter> Interview<'_, P> {
    /// What the configuration says today. What it says of another mail server does not count: a login must not go there.
    pub fn today(&self, key: Key) -> Option<String> {
        let gone = key.is_of_server() && key != Key::Provider && self.draft.is_other_server(&self.answers);
        self.draft.current(key, &self.answers.list_name).filter(|_| !gone)
    }

    /// The answer that will be in the configuration, or what it says today.
    pub fn known(&self, key: Key) -> Option<String> {
        let answered = self.answers.get(key).map(str::to_owned);
        answered.or_else(|| self.today(key)).filter(|text| !text.is_empty())
    }

    /// Whether a question has to be put to somebody.
    pub fn asks(&self, key: Key, optional: bool) -> bool {
        let wanted = self.extent == Extent::All || !(optional || self.today(key).is_some());
        self.answers.get(key).is_none() && wanted && self.prompter.is_there()
    }

    /// Notes that a required answer is missing.
    pub fn miss(&mut self, key: Key) {
        self.missing.push((key.option().to_owned(), key.what().to_owned()));
    }

    /// Asks for one value of the configuration, unless it is known. `normal` turns an answer into what is written.
    ///
    /// # Errors
    /// Nobody answers, or wrong too often.
    pub async fn value(
        &mut self,
        key: Key,
        question: Question<'_>,
        normal: impl Fn(&str) -> String,
    ) -> Result<(), Error> {
        let today = self.today(key);
        if !self.asks(key, question.optional) {
            if self.answers.get(key).is_none() && today.is_none() && !question.optional {
                match question.default {
                    Some(default) => self.answers.set(key, default),
                    None => self.miss(key),
                }
            }
            return Ok(());
        }
        let question = Question { default: today.clone().or(question.default.clone()), ..question };
        let (draft, answers) = (self.draft, &self.answers);
        let answer = ask(self.prompter, &question, |text| {
            let normal = normal(text);
            match draft.objection(answers, key, &normal) {
                None => Ok(normal),
                Some(objection) => Err(objection),
            }
        })
        .await?;
        if answer != today {
            match answer {
                Some(answer) => self.answers.set(key, answer),
                None if today.is_some() => self.answers.set(key, ""),
                None => {}
            }
        }
        Ok(())
    }

    /// A question that is answered with yes or no.
    ///
    /// # Errors
    /// As [`ask`].
    pub async fn yes(&mut self, prompt: &str, help: &str, default: bool) -> Result<bool, Error> {
        yes(self.prompter, prompt, help, default).await
    }
}

/// A question that is answered with yes or no.
///
/// # Errors
/// As [`ask`].
pub async fn yes<P: Prompter>(prompter: &mut P, prompt: &str, help: &str, default: bool) -> Result<bool, Error> {
    let question =
        Question { prompt, help, default: Some(if default { "y" } else { "n" }.to_owned()), optional: false };
    let answer = ask(prompter, &question, |text| match text.to_lowercase().as_str() {
        "y" | "yes" | "j" | "ja" => Ok("y".to_owned()),
        "n" | "no" | "nein" => Ok("n".to_owned()),
        _ => Err("please answer y or n".to_owned()),
    });
    Ok(answer.await?.as_deref() == Some("y"))
}

/// Asks until the answer is right. `None`: there is none, and none is needed; `-` takes a default away.
///
/// # Errors
/// Nobody answers, or wrong too often.
pub async fn ask<P: Prompter>(
    prompter: &mut P,
    question: &Question<'_>,
    mut check: impl FnMut(&str) -> Result<String, String>,
) -> Result<Option<String>, Error> {
    let shown = match (&question.default, question.optional) {
        (Some(default), _) => format!("{} [{}]: ", question.prompt, one_line(default)),
        (None, true) => format!("{} [none]: ", question.prompt),
        (None, false) => format!("{}: ", question.prompt),
    };
    let mut wrong = 0;
    while wrong < TRIES {
        let answer = prompter.line(&shown).await?;
        let answer = match (answer.trim(), &question.default) {
            ("?", _) => {
                prompter.say(&indented(question.help));
                continue;
            }
            ("-", _) if question.optional => return Ok(None),
            ("", None) if question.optional => return Ok(None),
            ("", Some(default)) => default.clone(),
            (text, _) => text.to_owned(),
        };
        let checked =
            if answer.is_empty() { Err("this is needed; ? says what for".to_owned()) } else { check(&answer) };
        match checked {
            Ok(answer) => return Ok(Some(answer)),
            Err(objection) => prompter.say(&indented(&objection)),
        }
        wrong += 1;
    }
    Err(Error::Usage(format!("{}: no answer that can be used, {TRIES} times", question.prompt)))
}

/// Below the question that it belongs to.
pub fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("  {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn one_line(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    if lines.next().is_some() { first + " …" } else { first }
}
