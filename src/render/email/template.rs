//! From a post to the finished mail, all but its plain-text body: subject, preheader, MJML, HTML and the frame of the
//! plain text, each with the same slots.
//!
//! Comes in: a [`Source`], the name of the list, and the plain-text body that is already laid out. Goes out:
//! [`Rendered`], or findings that name template and line. Pure: the same source gives the same bytes.

use std::fmt::Write;

use minijinja::{OutputSpan, Value};
use sha2::{Digest, Sha256};

use crate::finding::{Finding, Place, Severity};
use crate::render::email::context::{Context, context};
use crate::render::email::engine::{Stage, used};
use crate::render::email::escape::escape;
use crate::render::email::images::{percent_encode, with_sources};
use crate::render::email::member::Recorder;
use crate::render::email::slot::Slots;
use crate::render::email::{diagnose, mjml, shorten};
use crate::render::{Source, Templates};

pub use crate::render::email::images::InlineImage;

/// The templates of a mail.
pub const HTML: &str = "email.mjml.j2";
pub(super) const TEXT: &str = "email.txt.j2";
pub(super) const SUBJECT: &str = "subject.txt.j2";
const PREHEADER: &str = "preheader.txt.j2";

/// The templates inside the binary, by name.
pub const BUILT_IN: &[(&str, &str)] = &[
    (HTML, include_str!("../../../templates/email.mjml.j2")),
    ("_style.mjml.j2", include_str!("../../../templates/_style.mjml.j2")),
    ("_head.mjml.j2", include_str!("../../../templates/_head.mjml.j2")),
    ("_post.mjml.j2", include_str!("../../../templates/_post.mjml.j2")),
    ("_digest.mjml.j2", include_str!("../../../templates/_digest.mjml.j2")),
    ("_dates.mjml.j2", include_str!("../../../templates/_dates.mjml.j2")),
    ("_partners.mjml.j2", include_str!("../../../templates/_partners.mjml.j2")),
    ("_footer.mjml.j2", include_str!("../../../templates/_footer.mjml.j2")),
    (TEXT, include_str!("../../../templates/email.txt.j2")),
    (SUBJECT, include_str!("../../../templates/subject.txt.j2")),
    (PREHEADER, include_str!("../../../templates/preheader.txt.j2")),
];

/// A mail but for the members' values.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// One line; may hold tokens.
    pub subject: String,
    /// One line; may hold tokens.
    pub preheader: String,
    pub mjml: String,
    pub html: String,
    /// The whole plain text with the body in its place; lines of the frame may be longer than a mail's should be.
    pub text_frame: String,
    pub slots: Slots,
    /// Every picture that the HTML shows, once.
    pub images: Vec<InlineImage>,
    /// Warnings: what MJML did not know and left out.
    pub findings: Vec<Finding>,
    /// Which template wrote which stretch of the MJML.
    spans: Vec<OutputSpan>,
}

impl Rendered {
    /// Where a template wrote a text of the MJML for the `nth` time, counted from 0.
    pub(super) fn place_of(&self, text: &str, nth: usize, templates: &Templates) -> Option<Place> {
        let (at, _) = self.mjml.match_indices(text).nth(nth)?;
        diagnose::place_in_template(&(at..at + text.len()), &self.spans, &self.mjml, templates)
    }

    /// The HTML with each picture's `src` replaced, for instance by a file beside `email.html`.
    pub fn html_with_images(&self, src: impl Fn(&InlineImage) -> String) -> String {
        with_sources(&self.html, &self.images, src)
    }
}

/// Renders the mail of a post to `list`; `body` is its plain text, laid out.
///
/// # Errors
/// Findings for a template that fails or looks at a member's data, for MJML that cannot be read, and for pictures
/// that were not loaded.
pub fn render(source: &Source<'_>, list: &str, body: &str) -> Result<Rendered, Vec<Finding>> {
    let Context { mut values, mut images } = context(source, list)?;
    let recorder = Recorder::new(nonce(source, list));
    values.insert("member", recorder.member());
    if let Some(url) = unsubscribe_url(source, &recorder) {
        values.insert("unsubscribe_url", url);
    }
    let mut stage = Stage::new(source.templates, values, recorder)?;
    let subject = shorten::one_line(&stage.render(SUBJECT)?.0);
    let preheader = shorten::one_line(&stage.render(PREHEADER)?.0);
    stage.set("preheader", &preheader);
    let (mjml, spans) = stage.render(HTML)?;
    let as_finding = |problem: &mjml::Problem| diagnose::mjml_problem(problem, &spans, &mjml, source.templates);
    let made = mjml::to_html(&mjml).map_err(|problem| vec![as_finding(&problem)])?;
    stage.check_html(&mjml, &made.html)?;
    let left_out = |problem: &mjml::Problem| {
        let (severity, message) = (Severity::Warning, problem.message.clone());
        Finding { severity, message, ..as_finding(problem) }.help("look it up in the MJML documentation, or remove it")
    };
    let findings = made.dropped.iter().map(left_out).collect();
    images.retain(|image| made.html.contains(&escape(&image.src)));
    stage.set("body", body.trim_end_matches('\n'));
    let text_frame = stage.render(TEXT)?.0;
    let slots = stage.slots();
    Ok(Rendered { subject, preheader, mjml, html: made.html, text_frame, slots, images, findings, spans })
}

/// 16 hexadecimal digits that depend on everything the mail is made of, so that no content can hold a token by chance.
pub(super) fn nonce(source: &Source<'_>, list: &str) -> String {
    let (site, header) = (&source.config.site, &source.post.header);
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    };
    [list, &site.name, &site.url, site.imprint.as_deref().unwrap_or("")].into_iter().for_each(&mut add);
    [&header.title, &format!("{:?}{:?}", header.subject, header.preheader)].into_iter().for_each(|part| add(part));
    add(&format!("{:?}", source.post.body));
    for post in source.sections.iter().flat_map(|section| &section.posts) {
        add(&format!("{}{:?}", post.header.title, post.body));
    }
    for (name, template) in used(source.templates) {
        add(name);
        add(&template.text);
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}

/// Where a member unsubscribes: a slot when each has an own address, else the same `mailto:` for all (RFC 6068).
fn unsubscribe_url(source: &Source<'_>, recorder: &Recorder) -> Option<Value> {
    let unsubscribe = &source.config.sender.unsubscribe;
    if unsubscribe.url.is_some() {
        return Some(recorder.slot("unsubscribe_url", None, "unsubscribe_url".to_owned()));
    }
    let subject = percent_encode(&source.words.get("email.unsubscribe"));
    unsubscribe.mailto.as_ref().map(|address| format!("mailto:{address}?subject={subject}").into())
}
