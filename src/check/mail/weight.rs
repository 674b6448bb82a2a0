//! What makes a mail too heavy, and lines that are too long.

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::finding::Place;
use crate::post::picture::MAX_BYTES;
use crate::render::email::text::width;

pub(super) const STYLE_BLOCK: Rule = Rule::warning(
    "style-block",
    "the style blocks of the mail have more than 16 kB, and Gmail then drops all of them",
    "move what is written into elements to `<mj-style inline=\"inline\">`, and delete what no element uses",
);

pub(super) const PICTURE_WEIGHT: Rule = Rule::warning(
    "picture-weight",
    "the pictures make each mail heavier than 1 MB",
    "show fewer pictures and link to the article, or link them: [email] images = \"link\"",
);

pub(super) const LINE_LENGTH: Rule = Rule::warning(
    "line-length",
    "a line of the plain text has more than 78 characters, and mail programs break it anywhere",
    "break the line; in code, at 72 characters",
);

/// Bytes of all style blocks together that Gmail reads.
const STYLES: usize = 16 * 1024;
/// Bytes of a mail's pictures, in base64.
const PICTURES: usize = 1_000_000;
/// RFC 5322, section 2.1.1.
const LINE: usize = 78;

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    let Some(email) = subject.email else { return };
    let styles: usize = blocks(&email.html).map(str::len).sum();
    if styles > STYLES {
        let template = subject.source.templates.get("_style.mjml.j2");
        let place = template.map_or_else(|| subject.key("title"), |template| Place::whole_file(&template.origin));
        told.add(
            &STYLE_BLOCK,
            place,
            format!("the style blocks have {} kB; Gmail drops them from 16 kB on", styles / 1024),
        );
    }
    pictures(subject, told);
    for line in email.text.lines() {
        // An address cannot be broken.
        let address = line.contains("://") || line.contains("mailto:") || line.contains('@');
        if told.has_room(&LINE_LENGTH) && line.len() > LINE && !address && width(line) > LINE {
            let message = format!("a line of the plain text has {} characters, more than {LINE}", width(line));
            told.add(&LINE_LENGTH, place_of(subject, line.trim()), message);
        }
    }
}

fn blocks(html: &str) -> impl Iterator<Item = &str> {
    html.split("<style").skip(1).map(|rest| {
        let inside = rest.split_once('>').map_or("", |(_, inside)| inside);
        inside.split("</style").next().unwrap_or_default()
    })
}

fn pictures(subject: &Subject<'_>, told: &mut Told) {
    if !subject.embeds_pictures() {
        return;
    }
    let Some(email) = subject.email else { return };
    // One that was only measured is taken as what it becomes at most.
    let most = |name: &str| subject.source.pictures.measured(name).map_or(MAX_BYTES, |bytes| MAX_BYTES.min(bytes));
    let bytes = email.images.iter().map(|image| match image.prepared.bytes.len() {
        0 => most(&image.prepared.name),
        bytes => bytes,
    });
    let weight = bytes.sum::<usize>() * 4 / 3;
    if weight > PICTURES {
        let pictures = email.images.len();
        let message = format!("{pictures} pictures make each mail up to {:.1} MB heavy", weight as f64 / 1e6);
        told.add(&PICTURE_WEIGHT, subject.key("image"), message);
    }
}

/// The line of the post or of a template that a line of the mail comes from.
fn place_of(subject: &Subject<'_>, line: &str) -> Place {
    let found = subject.post().written.text.split('\n').zip(1..).find(|(own, _)| own.contains(line));
    match found {
        Some((own, number)) => {
            let column = own.find(line).map_or(1, |at| own[..at].chars().count() + 1);
            subject.place(crate::post::Spot { line: number, column, width: line.chars().count() })
        }
        None => Place::whole_file(&subject.post().file),
    }
}
