//! The e-mail: from a post to subject, MJML, HTML, plain text and the compiled message, all with slots.
//!
//! Comes in: a [`Source`] and the name of a list. Goes out: an [`Email`], or findings. Pure.

pub mod blocks;
mod context;
mod diagnose;
mod engine;
mod escape;
mod images;
mod member;
pub mod message;
pub mod mjml;
pub mod palette;
mod readers;
mod scan;
pub mod shorten;
pub mod slot;
pub mod template;
pub mod text;

use crate::config::Sender;
use crate::finding::{Finding, Place};
use crate::render::Source;
use crate::render::email::message::{CompileError, Compiled, Embedded, Mark, Parts, compile, compile_marked};
use crate::render::email::slot::Slots;
use crate::render::email::template::InlineImage;
use crate::render::email::text::{Notes, WIDTH, body, wrap};

/// The mail of one post to one list.
#[derive(Debug, Clone)]
pub struct Email {
    /// May hold slot tokens, as the following may.
    pub subject: String,
    pub preheader: String,
    pub mjml: String,
    pub html: String,
    pub text: String,
    pub slots: Slots,
    pub images: Vec<InlineImage>,
    /// The message, ready to be merged with members.
    pub compiled: Compiled,
    pub findings: Vec<Finding>,
}

/// The most bytes of HTML. Gmail clips a mail at about 102 kB, and what a member's values add comes on top.
const MOST_HTML: usize = 90_000;

/// Stands for the body while the frame of the plain text is wrapped, so that code and tables keep their lines. No text can
/// hold it, since it depends on the text.
fn stand_in(source: &Source<'_>, list: &str) -> String {
    format!("\u{e000}body{}\u{e000}", template::nonce(source, list))
}

/// Renders and compiles the mail of a post to a list.
///
/// # Errors
/// Findings of the templates, and of what cannot stand in a message.
pub fn render(source: &Source<'_>, list: &str) -> Result<Email, Vec<Finding>> {
    let stand_in = stand_in(source, list);
    let rendered = template::render(source, list, &stand_in)?;
    let text = wrap(&rendered.text_frame, WIDTH).replace(&stand_in, &laid_out(source, list));
    let pictures = embedded(&rendered.images);
    let parts = Parts {
        subject: &rendered.subject,
        text: &text,
        html: &rendered.html,
        slots: &rendered.slots,
        pictures: &pictures,
        campaign: source.post.slug.as_str(),
        list,
    };
    let compiled =
        compile(&parts, &source.config.sender).map_err(|error| vec![not_compiled(error, source, &rendered)])?;
    let template::Rendered { subject, preheader, mjml, html, text_frame, slots, images, mut findings, .. } = rendered;
    findings.extend(too_heavy(&html, source));
    findings.extend(without_body(text_frame.contains(&stand_in), source));
    Ok(Email { subject, preheader, mjml, html, text, slots, images, compiled, findings })
}

/// The pictures that go inside the mail.
fn embedded(images: &[InlineImage]) -> Vec<Embedded<'_>> {
    let inside =
        images.iter().filter_map(|image| Some(Embedded { id: image.cid.as_deref()?, picture: &image.prepared }));
    inside.collect()
}

/// What keeps a mail from being compiled, at the line of the template that is at fault.
fn not_compiled(error: CompileError, source: &Source<'_>, rendered: &template::Rendered) -> Finding {
    let place = match &error {
        CompileError::Misplaced { slot, nth, .. } => {
            rendered.place_of(&rendered.slots.token(*slot), *nth, source.templates)
        }
        CompileError::PictureMissing { id } => rendered.place_of(&format!("cid:{id}"), 0, source.templates),
        CompileError::NoSubject => {
            source.templates.get(template::SUBJECT).map(|template| Place::whole_file(&template.origin))
        }
        _ => None,
    };
    Finding::from(error).at(place.unwrap_or_else(|| Place::whole_file(&source.post.file)))
}

/// The warning that mailbox providers will show only the beginning of the mail.
fn too_heavy(html: &str, source: &Source<'_>) -> Option<Finding> {
    (html.len() > MOST_HTML).then(|| {
        let message = format!("the e-mail has {} kB of HTML, more than 90 kB", html.len() / 1_000);
        Finding::warning("mail-size", message)
            .at(Place::whole_file(&source.post.file))
            .help("Gmail shows about 100 kB and cuts off the rest, the way to unsubscribe too; shorten the text and link to the article")
    })
}

/// The warning that readers of the plain text will not see the post.
fn without_body(shown: bool, source: &Source<'_>) -> Option<Finding> {
    let finding = Finding::warning("text-part", "the plain text of the e-mail does not show the text of the post");
    let template = source.templates.get(template::TEXT)?;
    (!shown).then(|| {
        finding.at(Place::whole_file(&template.origin)).help("write {{ body }} on a line of its own, without a filter")
    })
}

/// The plain text of the post's own body, with the list of its links.
fn laid_out(source: &Source<'_>, list: &str) -> String {
    let mut notes = Notes::new();
    let text = body(&source.post.body, &mut notes, source.words);
    let text = if notes.is_empty() { text } else { format!("{text}\n\n{}", notes.list()) };
    match source.correction {
        true => format!("{}\n\n{text}", wrap(&readers::told(source, list, "correction_line"), WIDTH)),
        false => text,
    }
}

impl Email {
    /// The same mail as a test of it, to show it to somebody before it goes out: [`Compiled`] with the same digest and
    /// slots. `campaign` is the post's slug. A [`Recipient`](message::Recipient) gives it the address of who tests, a
    /// member's values and [`Mark::message_id`]; tokens are ignored.
    ///
    /// # Errors
    /// As when the mail was compiled, where the longer subject or address makes a difference.
    pub fn marked(&self, mark: &Mark, sender: &Sender, campaign: &str, list: &str) -> Result<Compiled, CompileError> {
        let (subject, text, html) = (self.subject.as_str(), self.text.as_str(), self.html.as_str());
        let pictures = embedded(&self.images);
        let parts = Parts { subject, text, html, slots: &self.slots, pictures: &pictures, campaign, list };
        compile_marked(&parts, sender, mark)
    }

    /// The HTML with a member's values, and each embedded picture at `file(its name)`.
    pub fn html_for(&self, values: &[String], file: impl Fn(&str) -> String) -> String {
        let html = self.compiled.shown_html(&self.html, &self.slots, values);
        let embedded = self.images.iter().filter(|image| image.cid.is_some());
        images::with_sources(&html, embedded, |image| file(&image.prepared.name))
    }

    /// The plain text with a member's values.
    pub fn text_for(&self, values: &[String]) -> String {
        self.slots.fill(&self.text, values)
    }
}
