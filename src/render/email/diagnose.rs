//! Errors of the template engine and of MJML as findings for the person who wrote the template.
//!
//! Comes in: an error, the templates and the values they see. Goes out: a finding with the template's own path, the
//! line, the line itself, what is undefined and the nearest known name.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::ops::Range;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, OutputSpan, OutputSpanKind, Value};

use crate::finding::{Finding, Place, nearest};
use crate::render::email::mjml::Problem;
use crate::render::{Template, Templates};

/// A template error; an error in an included part is told of that part.
pub(super) fn template_error(error: &Error, templates: &Templates, values: &BTreeMap<&'static str, Value>) -> Finding {
    let error = innermost(error);
    let template = error.name().and_then(|name| templates.get(name));
    let range = error.range().filter(|range| range.start < range.end);
    let range = range.map(|range| template.map_or(range.clone(), |template| whole_path(&template.text, range)));
    let written = template.and_then(|template| template.text.get(range.clone()?)).map(str::trim);
    let mut finding = described(error, written, templates, values);
    if let Some(template) = template {
        finding = finding.at(place(template, error, range));
    }
    finding
}

/// The range with what stands before it in `post.title.foo`: the engine means the last part alone.
fn whole_path(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or("");
    let is_part = text.get(range.clone()).is_some_and(|part| part.starts_with(['.', '[']));
    let path = before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'));
    if is_part { path.len()..range.end } else { range }
}

fn innermost(error: &Error) -> &Error {
    let mut found = error;
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(inner) = source.downcast_ref::<Error>().filter(|inner| inner.name().is_some()) {
            found = inner;
        }
        next = source.source();
    }
    found
}

fn place(template: &Template, error: &Error, range: Option<Range<usize>>) -> Place {
    match range {
        Some(range) => {
            let first_line = template.text[range.start.min(template.text.len())..].lines().next().unwrap_or("");
            let width =
                first_line.chars().count().min(template.text.get(range.clone()).map_or(1, |t| t.chars().count()));
            Place::at_offset(&template.origin, &template.text, range.start).with_width(width)
        }
        None => Place::at_line(&template.origin, &template.text, error.line().unwrap_or(1), 1),
    }
}

fn described(
    error: &Error,
    written: Option<&str>,
    templates: &Templates,
    values: &BTreeMap<&'static str, Value>,
) -> Finding {
    let detail = error.detail().unwrap_or("");
    let named = written.and_then(|written| written.split(['"', '\'']).nth(1)).unwrap_or("of that name");
    match error.kind() {
        ErrorKind::UndefinedError => match written.and_then(|written| undefined(written, values)) {
            Some((path, help)) => finding(format!("`{path}` is not defined"), help),
            None => finding(format!("`{}` uses a value that is not defined", written.unwrap_or("this")), None),
        },
        ErrorKind::TemplateNotFound => {
            let known = nearest(named, templates.iter().map(|(name, _)| name));
            finding(format!("there is no template `{named}`"), known.map(|known| format!("did you mean `{known}`?")))
        }
        ErrorKind::OutOfFuel => finding(
            "the template takes too long; does a loop or a macro never end?".to_owned(),
            Some("end the loop, or split the template".to_owned()),
        ),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            let help = "see the list of filters, tests and functions of minijinja (Jinja2)".to_owned();
            let detail = if detail.contains(' ') { detail } else { "name is unknown" };
            let kind = if error.kind() == ErrorKind::UnknownFunction { "function " } else { "" };
            finding(format!("the {kind}{detail}"), Some(help))
        }
        // The engine has no kind of error of its own for this.
        _ if detail == "recursion limit exceeded" => finding(
            "the template includes itself, or a macro calls itself, without end".to_owned(),
            Some("include another template, or end the calls".to_owned()),
        ),
        ErrorKind::SyntaxError => finding(format!("the template cannot be read: {detail}"), None),
        _ if detail.is_empty() => finding(format!("the template failed: {}", error.kind()), None),
        _ => finding(format!("the template failed: {detail}"), None),
    }
}

fn finding(message: String, help: Option<String>) -> Finding {
    let finding = Finding::error("template", message);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The first part of `a.b.c` that is not there, with the nearest name beside it.
fn undefined(written: &str, values: &BTreeMap<&'static str, Value>) -> Option<(String, Option<String>)> {
    let path =
        written.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).find(|part| !part.is_empty())?;
    let mut names = path.split('.');
    let first = names.next()?;
    let mut walked = first.to_owned();
    let Some(mut value) = values.get(first).cloned() else {
        return Some((walked, meant(first, values).map(|known| format!("did you mean `{known}`?"))));
    };
    for name in names {
        let next = value.get_attr(name).ok().filter(|next| !next.is_undefined());
        walked = format!("{walked}.{name}");
        match next {
            Some(next) => value = next,
            None => {
                let keys = keys(&value);
                let parent = walked.rsplit_once('.').map_or("", |(parent, _)| parent);
                let known = nearest(name, keys.iter().map(String::as_str));
                return Some((walked.clone(), known.map(|known| format!("did you mean `{parent}.{known}`?"))));
            }
        }
    }
    None
}

/// The name that is nearest to one that does not exist, among those that stand alone and those of the post, the site
/// and the others: `titel` is `post.title`.
fn meant(name: &str, values: &BTreeMap<&'static str, Value>) -> Option<String> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (parent, value) in values {
        for key in keys(value) {
            known.entry(key.clone()).or_insert(format!("{parent}.{key}"));
        }
    }
    known.extend(values.keys().map(|key| ((*key).to_owned(), (*key).to_owned())));
    nearest(name, known.keys().map(String::as_str)).and_then(|near| known.get(near).cloned())
}

fn keys(value: &Value) -> Vec<String> {
    let keys = value.try_iter().into_iter().flatten().filter(|_| value.kind() == ValueKind::Map);
    keys.filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

/// What MJML cannot read, at the place of the template that wrote it.
pub(super) fn mjml_problem(problem: &Problem, spans: &[OutputSpan], mjml: &str, templates: &Templates) -> Finding {
    let finding = Finding::error("mjml", format!("the template makes MJML that cannot be used: {}", problem.message));
    let whole = || templates.get(super::template::HTML).map(|template| Place::whole_file(&template.origin));
    let place = problem.range.as_ref().and_then(|range| place_in_template(range, spans, mjml, templates));
    match place.or_else(whole) {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// The place of the template that wrote a stretch of MJML.
pub(super) fn place_in_template(
    range: &Range<usize>,
    spans: &[OutputSpan],
    mjml: &str,
    templates: &Templates,
) -> Option<Place> {
    let span = spans.iter().rev().find(|span| span.output_range().start <= range.start)?;
    let template = templates.get(span.name())?;
    let width = mjml.get(range.clone()).and_then(|text| text.lines().next()).map_or(1, |line| line.chars().count());
    let into = match span.kind() {
        OutputSpanKind::Raw => (range.start - span.output_range().start).min(span.source_range().len()),
        _ => 0,
    };
    Some(Place::at_offset(&template.origin, &template.text, span.source_range().start + into).with_width(width))
}
