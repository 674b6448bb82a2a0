//! What somebody reads who approves a post: sender, subject, preheader and text of the mail, teasers, feed item.
//!
//! Comes in: a post made ready. Goes out: its texts by kind, also as JSON for the sending record. Members' own values are
//! named, not shown: `{salutation}`.

use serde::{Deserialize, Serialize};

use super::super::Context;
use super::super::ready::Ready;

/// What a text is for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    Sender,
    Subject,
    Preheader,
    Text,
    Teaser,
    Feed,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub what: What,
    /// The list of a mail, the network of a teaser; else empty.
    pub of: String,
    pub text: String,
}

/// All texts of a post, in the order in which they are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(pub Vec<Text>);

impl Texts {
    pub fn of(context: &Context, ready: &Ready) -> Texts {
        let mut texts = Vec::new();
        let mut add = |what, of: &str, text: String| texts.push(Text { what, of: of.to_owned(), text });
        let has = |channel: &str| ready.parts.iter().any(|part| part.channel == channel);
        if has("email") {
            let sender = &context.project.config.sender;
            let answers = sender.reply_to.as_ref().map(|to| format!("\n\n{to}")).unwrap_or_default();
            add(What::Sender, "", format!("{}{answers}", sender.from));
            for (list, email) in &ready.renditions.emails {
                add(What::Subject, list, email.slots.named(&email.subject));
                add(What::Preheader, list, email.slots.named(&email.preheader));
                add(What::Text, list, email.slots.named(&email.text));
            }
        }
        for teaser in &ready.renditions.teasers {
            add(What::Teaser, &teaser.channel, teaser.text.clone());
        }
        if let Some(item) = &ready.renditions.item {
            add(What::Feed, "", item.readable());
        }
        Texts(texts)
    }

    /// For the sending record.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts have string keys")
    }

    /// What [`Texts::to_json`] wrote; `None` for anything else.
    pub fn from_json(written: &str) -> Option<Texts> {
        serde_json::from_str(written).ok()
    }
}
