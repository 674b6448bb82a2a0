//! The template engine as mails use it: strict, bounded, and with every token accounted for.
//!
//! Comes in: the templates and the values that they see. Goes out: text, and where each stretch of it was written.
//! A template that fails, never ends, or does anything to a slot but print it is a finding.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, OutputSpan, State, UndefinedBehavior, Value};

use crate::finding::{Finding, Place};
use crate::render::email::escape::escape;
use crate::render::email::member::Recorder;
use crate::render::email::slot::Slots;
use crate::render::email::template::{BUILT_IN, HTML};
use crate::render::email::{diagnose, scan};
use crate::render::{Template, Templates};
use crate::words;

/// Work that one template may do before it counts as endless; the built-in mail takes about a hundredth.
const FUEL: u64 = 5_000_000;

/// The templates of a mail and its parts.
pub(super) fn used(templates: &Templates) -> impl Iterator<Item = (&str, &Template)> {
    templates.iter().filter(|(name, _)| name.ends_with(".j2"))
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
    let mut named = Vec::new();
    for name in values.args() {
        named.push((name, values.get::<Value>(name)?.to_string()));
    }
    let with_stop =
        named.iter().filter(|(_, value)| value.ends_with('.')).map(|(name, value)| (format!("{{{name}}}."), value));
    let plain = named.iter().map(|(name, value)| (format!("{{{name}}}"), value));
    let values: Vec<(String, &str)> = with_stop.chain(plain).map(|(name, value)| (name, value.as_str())).collect();
    Ok(words::filled(&text, &values))
}

/// The engine with what the templates see so far.
pub(super) struct Stage<'a> {
    templates: &'a Templates,
    environment: Environment<'a>,
    values: BTreeMap<&'static str, Value>,
    recorder: Recorder,
    /// Text from an earlier stage that may hold tokens and stand in a later one.
    preheader: String,
}

impl<'a> Stage<'a> {
    /// An engine with all templates.
    ///
    /// # Errors
    /// A template that cannot be read, or that does more with a member than print it.
    pub(super) fn new(
        templates: &'a Templates,
        values: BTreeMap<&'static str, Value>,
        recorder: Recorder,
    ) -> Result<Stage<'a>, Vec<Finding>> {
        // The built-in ones are known to be clean; a test reads them.
        let own = used(templates).filter(|(name, template)| !is_built_in(name, template));
        let misuses: Vec<Finding> = own.flat_map(|(_, template)| scan::misuses(template)).collect();
        if !misuses.is_empty() {
            return Err(misuses);
        }
        match environment(templates) {
            Ok(environment) => Ok(Stage { templates, environment, values, recorder, preheader: String::new() }),
            Err(error) => Err(vec![diagnose::template_error(&error, templates, &values)]),
        }
    }

    /// Adds what later templates see.
    pub(super) fn set(&mut self, name: &'static str, text: &str) {
        self.values.insert(name, text.into());
        if name == "preheader" {
            text.clone_into(&mut self.preheader);
        }
    }

    pub(super) fn slots(&self) -> Slots {
        self.recorder.lock().slots.clone()
    }

    /// Renders one template and checks that its tokens are where they were printed.
    pub(super) fn render(&self, name: &str) -> Result<(String, Vec<OutputSpan>), Vec<Finding>> {
        let fail = |error: Error| vec![diagnose::template_error(&error, self.templates, &self.values)];
        let template = self.environment.get_template(name).map_err(fail)?;
        let values = Value::from_pairs(self.values.iter().map(|(name, value)| (*name, value.clone())));
        let result = template.render_with_spans(values);
        let mut record = self.recorder.lock();
        let looked_at = record.take_looked_at();
        if !looked_at.is_empty() {
            return Err(looked_at.iter().map(|slot| self.at_slot(scan::looked_at(slot), slot, name)).collect());
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
        Err(changed.iter().map(|slot| self.at_slot(scan::looked_at(slot), slot, name)).collect())
    }

    /// Whether MJML kept every token, and once.
    pub(super) fn check_html(&self, mjml: &str, html: &str) -> Result<(), Vec<Finding>> {
        let record = self.recorder.lock();
        let changed = changed_slots(&record.slots, &record.slots.count(mjml), html);
        if changed.is_empty() {
            return Ok(());
        }
        let finding = |slot: &String| {
            let message = format!("`{slot}` stands in a place that MJML repeats or leaves out, such as mj-title");
            let finding = Finding::error("member-in-template", message);
            self.at_slot(finding.help("put it into the text of the mail, or into the address of a link"), slot, HTML)
        };
        Err(changed.iter().map(finding).collect())
    }

    /// The finding where a template names the slot, the organisation's own before the built-in ones; without such a
    /// place, at the template that was rendered.
    fn at_slot(&self, finding: Finding, slot: &str, rendered: &str) -> Finding {
        let naming =
            used(self.templates).filter_map(|(name, template)| Some((name, template, template.text.find(slot)?)));
        let first = naming.min_by_key(|(name, template, _)| is_built_in(name, template));
        match (first, self.templates.get(rendered)) {
            (Some((_, Template { origin, text }, at)), _) => {
                finding.at(Place::at_offset(origin, text, at).with_width(slot.len()))
            }
            (None, Some(template)) => finding.at(Place::whole_file(&template.origin)),
            (None, None) => finding,
        }
    }
}

fn is_built_in(name: &str, template: &Template) -> bool {
    BUILT_IN.contains(&(name, template.text.as_str()))
}

/// Names of the slots whose tokens do not stand in `text` as often as expected.
fn changed_slots(slots: &Slots, expected: &[usize], text: &str) -> Vec<String> {
    let found = slots.count(text);
    let changed = slots.list.iter().enumerate().filter(|(index, _)| expected.get(*index) != found.get(*index));
    let name = |field: &str| if field == "unsubscribe_url" { field.to_owned() } else { format!("member.{field}") };
    changed.map(|(_, slot)| name(&slot.field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_templates_do_nothing_to_a_member_but_print() {
        let templates = Templates::built_in();
        assert!(used(&templates).all(|(name, template)| is_built_in(name, template)));
        assert!(used(&templates).all(|(_, template)| scan::misuses(template).is_empty()));
    }
}
