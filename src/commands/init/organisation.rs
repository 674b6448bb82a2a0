//! The questions about the organisation and the sender.

use std::path::Path;

use super::answers::whole_url;
use super::interview::{Interview, Question, indented};
use super::key::Key;
use super::place;
use super::prompter::Prompter;
use crate::config::sender_of;
use crate::error::Error;
use crate::post::picture::prepare;
use crate::render::Shown;

/// More lines are no imprint.
const LONGEST_IMPRINT: usize = 40;

impl<P: Prompter> Interview<'_, P> {
    /// Everything that stands in `[site]` and `[sender]`.
    ///
    /// # Errors
    /// Nobody answers, or wrong too often.
    pub async fn organisation(&mut self) -> Result<(), Error> {
        let name = Question {
            prompt: "Organisation",
            help: "The name as it stands above and below every mail, such as: Verband Muster e.V.",
            ..Question::default()
        };
        self.value(Key::Name, name, str::to_owned).await?;
        let url = Question {
            prompt: "Web address",
            help: "Of the organisation's own pages: www.verband-muster.de",
            ..Question::default()
        };
        self.value(Key::Url, url, whole_url).await?;
        let lang = Question {
            prompt: "Language of the newsletter",
            help: "de, en …: buttons, dates and salutations are in it. German and English are known.",
            default: Some("de".to_owned()),
            ..Question::default()
        };
        self.value(Key::Lang, lang, str::to_owned).await?;
        self.imprint().await?;
        let privacy = Question {
            prompt: "Privacy page",
            help: "The page that tells how you treat personal data. Every mail links to it.",
            optional: true,
            ..Question::default()
        };
        self.value(Key::PrivacyUrl, privacy, whole_url).await?;
        self.logo().await?;
        self.sender().await
    }

    async fn sender(&mut self) -> Result<(), Error> {
        let name = self.known(Key::Name).unwrap_or_default();
        if let Some(written) = self.answers.get(Key::From) {
            let whole = sender_of(&name, written);
            self.answers.set(Key::From, whole);
        }
        let from = Question {
            prompt: "Sender",
            help: "The address that the mails come from, at your own domain; your mail provider must let you send from it.\n\
                   With another name than the organisation's: Name <newsletter@verband-muster.de>",
            ..Question::default()
        };
        self.value(Key::From, from, |text| sender_of(&name, text)).await?;
        let reply = Question {
            prompt: "Answers go to",
            help: "If somebody presses Reply. Without one they go to the sender.",
            optional: true,
            ..Question::default()
        };
        self.value(Key::ReplyTo, reply, str::to_owned).await?;
        let from = self.known(Key::From).map(|from| bare(&from).to_owned());
        if self.draft.is_new()
            && let Some(domain) = from.as_ref().and_then(|from| Some(from.split_once('@')?.1))
        {
            let id = format!("{}.{domain}", self.answers.list_name);
            if self.draft.objection(&self.answers, Key::ListId, &id).is_none() {
                self.answers.set(Key::ListId, id);
            }
        }
        let unsubscribe = Question {
            prompt: "Unsubscribe at",
            help: "An address that somebody reads: whoever presses Unsubscribe in their mail program writes to it.\n\
                   Or an https page of yours with {token} in its address.",
            default: from,
            ..Question::default()
        };
        // The sender's own address will do, once there is one.
        if unsubscribe.default.is_none() && !self.prompter.is_there() {
            return Ok(());
        }
        self.value(Key::Unsubscribe, unsubscribe, str::to_owned).await
    }

    async fn imprint(&mut self) -> Result<(), Error> {
        if !self.asks(Key::Imprint, false) {
            if self.known(Key::Imprint).is_none() {
                self.miss(Key::Imprint);
            }
            return Ok(());
        }
        let today = self.known(Key::Imprint);
        self.prompter.say(match today {
            Some(_) => "Imprint: what stands below every mail. Several lines; an empty line ends it, and keeps today's if it is the first.",
            None => "Imprint: what stands below every mail (name, address, who represents you). Several lines; an empty line ends it.",
        });
        if let Some(today) = &today {
            self.prompter.say(&indented(today));
        }
        let mut lines: Vec<String> = Vec::new();
        let mut empty = 0;
        while lines.len() < LONGEST_IMPRINT {
            let line = self.prompter.line("| ").await?.trim().to_owned();
            match line.as_str() {
                "?" => self.prompter.say("  German law (§ 5 DDG) wants to know who writes: name, address, who represents you, a way to reach you."),
                "" if !lines.is_empty() => break,
                "" if today.is_some() => return Ok(()),
                "" if empty >= 4 => return Err(Error::Usage("Imprint: no answer that can be used, 5 times".to_owned())),
                "" => {
                    empty += 1;
                    self.prompter.say("  every mail must say who sends it");
                }
                _ => lines.push(line),
            }
        }
        let imprint = lines.join("\n");
        // That of the example is refused, as it is before a send.
        if let Some(objection) = self.draft.objection(&self.answers, Key::Imprint, &imprint) {
            return Err(Error::Usage(format!("Imprint: {objection}")));
        }
        self.answers.set(Key::Imprint, imprint);
        Ok(())
    }

    async fn logo(&mut self) -> Result<(), Error> {
        let folder = self.draft.folder().to_owned();
        if let Some(written) = self.answers.get(Key::Logo) {
            return match picture(&folder, written) {
                None => Ok(()),
                Some(objection) => Err(Error::Usage(format!("{} {written}: {objection}", Key::Logo.flag()))),
            };
        }
        if !self.asks(Key::Logo, true) {
            return Ok(());
        }
        let question = Question {
            prompt: "Logo",
            help: "A JPEG or PNG file that stands above every mail. Without one the organisation's name stands there.",
            default: self.known(Key::Logo),
            optional: true,
        };
        let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
        let today = question.default.clone();
        let answer = super::interview::ask(self.prompter, &question, |text| {
            let written = match Some(text) == today.as_deref() {
                true => text.to_owned(),
                false => place::from(&folder, &place::home(text, home.clone())),
            };
            picture(&folder, &written).map_or(Ok(written), Err)
        })
        .await?;
        if answer != today {
            self.answers.set(Key::Logo, answer.unwrap_or_default());
        }
        Ok(())
    }
}

/// What is wrong with a picture file.
fn picture(folder: &Path, written: &str) -> Option<String> {
    match std::fs::read(folder.join(written)) {
        Err(error) => Some(format!("{written} cannot be read: {}", error.kind())),
        Ok(bytes) => prepare(&bytes, written, Shown::Logo.width()).err().map(|error| error.to_string()),
    }
}

/// The address in `Name <address>`.
pub fn bare(sender: &str) -> &str {
    sender.rsplit_once('<').map_or(sender, |(_, rest)| rest.trim_end_matches('>')).trim()
}
