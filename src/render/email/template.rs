//! From a post to the finished mail, all but its plain-text body: subject, preheader, MJML, HTML and the frame of the
//! plain text, each with the same slots.
//!
//! Comes in: a [`Source`], the name of the list, and the plain-text body that is already laid out. Goes out:
//! [`Rendered`], or findings that name template and line. Pure: the same source gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, OutputSpan, State, UndefinedBehavior, Value};
use sha2::{Digest, Sha256};

use crate::finding::{Finding, Place, Severity};
use crate::render::email::context::{Context, context};
use crate::render::email::escape::escape;
use crate::render::email::images::percent_encode;
use crate::render::email::member::Recorder;
use crate::render::email::slot::Slots;
use crate::render::email::{diagnose, mjml, scan, shorten};
use crate::render::{Source, Template, Templates};

pub use crate::render::email::images::InlineImage;

/// The templates of a mail.
pub const HTML: &str = "email.mjml.j2";
const TEXT: &str = "email.txt.j2";
const SUBJECT: &str = "subject.txt.j2";
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

/// Work that one template may do before it counts as endless; the built-in mail takes about a hundredth.
const FUEL: u64 = 5_000_000;

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
}

impl Rendered {
    /// The HTML with each picture's `src` replaced, for instance by a file beside `email.html`.
    pub fn html_with_images(&self, src: impl Fn(&InlineImage) -> String) -> String {
        self.images.iter().fold(self.html.clone(), |html, image| {
            html.replace(&format!("\"{}\"", escape(&image.src)), &format!("\"{}\"", escape(&src(image))))
        })
    }
}

/// Renders the mail of a post to `list`; `body` is its plain text, laid out.
///
/// # Errors
/// Findings for a template that fails or looks at a member's data, for MJML that cannot be read, and for pictures
/// that were not loaded.
pub fn render(source: &Source<'_>, list: &str, body: &str) -> Result<Rendered, Vec<Finding>> {
    let misuses: Vec<Finding> = used(source.templates).flat_map(|(_, template)| scan::misuses(template)).collect();
    if !misuses.is_empty() {
        return Err(misuses);
    }
    let Context { mut values, images } = context(source, list)?;
    let recorder = Recorder::new(nonce(source, list));
    values.insert("member", recorder.member());
    if let Some(url) = unsubscribe_url(source, &recorder) {
        values.insert("unsubscribe_url", url);
    }
    let environment = environment(source.templates)
        .map_err(|error| vec![diagnose::template_error(&error, source.templates, &values)])?;
    let mut stage = Stage { templates: source.templates, environment, values, recorder, preheader: String::new() };

    let subject = shorten::one_line(&stage.render(SUBJECT)?.0);
    let preheader = shorten::one_line(&stage.render(PREHEADER)?.0);
    stage.values.insert("preheader", preheader.as_str().into());
    stage.preheader.clone_from(&preheader);
    let (mjml, spans) = stage.render(HTML)?;
    let as_finding = |problem: &mjml::Problem| diagnose::mjml_problem(problem, &spans, &mjml, source.templates);
    let made = mjml::to_html(&mjml).map_err(|problem| vec![as_finding(&problem)])?;
    stage.check_html(&mjml, &made.html)?;
    let findings = made.dropped.iter().map(as_finding);
    let findings = findings.map(|finding| Finding { severity: Severity::Warning, ..finding }).collect();
    stage.values.insert("body", body.trim_end_matches('\n').into());
    let text_frame = stage.render(TEXT)?.0;
    let slots = stage.recorder.lock().slots.clone();
    Ok(Rendered { subject, preheader, mjml, html: made.html, text_frame, slots, images, findings })
}

/// The templates of a mail and its parts.
fn used(templates: &Templates) -> impl Iterator<Item = (&str, &Template)> {
    templates.iter().filter(|(name, _)| name.ends_with(".j2"))
}

/// 16 hexadecimal digits that depend on everything the mail is made of, so that no content can hold a token by chance.
fn nonce(source: &Source<'_>, list: &str) -> String {
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

fn environment(templates: &Templates) -> Result<Environment<'_>, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".mjml.j2") { AutoEscape::Custom("mjml".into()) } else { AutoEscape::None }
    });
    environment.set_formatter(print);
    environment.add_function("fill", fill);
    for (name, template) in used(templates) {
        environment.add_template(name, &template.text)?;
    }
    Ok(environment)
}

/// Prints a value: escaped in MJML unless it is HTML of ours; nothing for `none`.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = if value.is_none() { String::new() } else { value.to_string() };
    let text = match state.auto_escape() {
        AutoEscape::Custom(_) if !value.is_safe() => escape(&text),
        _ => text,
    };
    out.write_str(&text).map_err(|error| Error::new(ErrorKind::WriteFailure, error.to_string()))
}

/// `fill(words.email.photo, credit="…")`: the text with each `{name}` replaced. A name that ends in a full stop, as
/// `e.V.` does, takes the place of the sentence's own.
fn fill(text: String, values: Kwargs) -> Result<String, Error> {
    let names: Vec<String> = values.args().map(str::to_owned).collect();
    names.iter().try_fold(text, |text, name| {
        let value = values.get::<Value>(name)?.to_string();
        let text = if value.ends_with('.') { text.replace(&format!("{{{name}}}."), &value) } else { text };
        Ok(text.replace(&format!("{{{name}}}"), &value))
    })
}

/// The engine with what the templates see so far.
struct Stage<'a> {
    templates: &'a Templates,
    environment: Environment<'a>,
    values: BTreeMap<&'static str, Value>,
    recorder: Recorder,
    /// Text from an earlier stage that may hold tokens and stand in a later one.
    preheader: String,
}

impl Stage<'_> {
    /// Renders one template and checks that its tokens are where they were printed.
    fn render(&self, name: &str) -> Result<(String, Vec<OutputSpan>), Vec<Finding>> {
        let fail = |error: Error| vec![diagnose::template_error(&error, self.templates, &self.values)];
        let template = self.environment.get_template(name).map_err(fail)?;
        let values = Value::from_pairs(self.values.iter().map(|(name, value)| (*name, value.clone())));
        let result = template.render_with_spans(values);
        let mut record = self.recorder.lock();
        let looked_at = record.take_looked_at();
        if !looked_at.is_empty() {
            return Err(looked_at
                .iter()
                .map(|name| self.at_template(scan::looked_at(name), template.name()))
                .collect());
        }
        let (text, spans) = result.map_err(fail)?;
        let mut expected = record.take_printed();
        let inherited = record.slots.count(&self.preheader);
        let in_markup = name.ends_with(".mjml.j2");
        let shown = if in_markup { escape(&self.preheader) } else { self.preheader.clone() };
        let repeated = if shown.is_empty() { 0 } else { text.matches(&shown).count() };
        expected.iter_mut().zip(inherited).for_each(|(expected, count)| *expected += count * repeated);
        let changed = changed_slots(&record.slots, &expected, &text);
        if changed.is_empty() {
            return Ok((text, spans));
        }
        Err(changed.iter().map(|field| self.at_template(scan::looked_at(field), template.name())).collect())
    }

    /// Whether MJML kept every token, and once.
    fn check_html(&self, mjml: &str, html: &str) -> Result<(), Vec<Finding>> {
        let record = self.recorder.lock();
        let changed = changed_slots(&record.slots, &record.slots.count(mjml), html);
        if changed.is_empty() {
            return Ok(());
        }
        let finding = |field: &String| {
            let message = format!("`{field}` stands in a place that MJML repeats or leaves out, such as mj-title");
            let finding = Finding::error("member-in-template", message);
            self.at_template(finding.help("put it into the text of the mail, or into the address of a link"), HTML)
        };
        Err(changed.iter().map(finding).collect())
    }

    fn at_template(&self, finding: Finding, name: &str) -> Finding {
        match self.templates.get(name) {
            Some(template) => finding.at(Place::whole_file(&template.origin)),
            None => finding,
        }
    }
}

/// Names of the slots whose tokens do not stand in `text` as often as expected.
fn changed_slots(slots: &Slots, expected: &[usize], text: &str) -> Vec<String> {
    let found = slots.count(text);
    let changed = slots.list.iter().enumerate().filter(|(index, _)| expected.get(*index) != found.get(*index));
    let name = |field: &str| if field == "unsubscribe_url" { field.to_owned() } else { format!("member.{field}") };
    changed.map(|(_, slot)| name(&slot.field)).collect()
}
