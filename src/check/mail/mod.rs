//! The mail: what mail programs cut, drop or cannot show, and what people cannot read or tap.
//!
//! The built-in templates pass all of it; these rules are for long posts and for designs of one's own.

use crate::check::rule::{Family, Rule, Teller};
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::is_web;
use crate::finding::Place;
use crate::render::Template;
use crate::render::email::template::BUILT_IN;

mod color;
mod contrast;
mod css;
mod features;
mod html;
pub mod programs;
mod select;
mod tap;
mod weight;

use html::Document;

pub(super) static FAMILY: Family = Family {
    name: "mail",
    about: "What mail programs cut, drop or cannot show, and what people cannot read or tap",
    rules: &[
        MAIL_SIZE,
        weight::STYLE_BLOCK,
        weight::PICTURE_WEIGHT,
        weight::LINE_LENGTH,
        TEXT_PART,
        contrast::CONTRAST,
        tap::TAP_TARGET,
        features::UNSUPPORTED,
        TEMPLATE_LINK,
        MJML,
    ],
    look,
};

const MAIL_SIZE: Rule = Rule::warning(
    "mail-size",
    "the mail has more than 90 kB of HTML; Gmail shows about 102 kB and cuts off the rest",
    "shorten the text and link to the article",
)
.told_by(Teller::Maker);

const TEXT_PART: Rule = Rule::warning(
    "text-part",
    "the plain text of the mail does not show the text of the post",
    "write {{ body }} on a line of its own into email.txt.j2",
)
.told_by(Teller::Maker);

const MJML: Rule = Rule::warning(
    "mjml",
    "MJML does not know an attribute in a template and leaves it out",
    "look it up in the MJML documentation, or remove it",
)
.told_by(Teller::Maker);

const TEMPLATE_LINK: Rule = Rule::warning(
    "template-link",
    "a link or picture in a template has no whole address, so a mail program finds nothing",
    "write the whole address, beginning with https://",
);

fn look(subject: &Subject<'_>, told: &mut Told) {
    weight::look(subject, told);
    tap::links(subject, told);
    let Some(email) = subject.email else { return };
    // The built-in design is tested for every theme and in Chromium.
    if own_templates(subject).next().is_none() {
        return;
    }
    let document = Document::parse(&email.html);
    contrast::look(subject, &document, told);
    tap::look(subject, &document, told);
    features::look(subject, &document, told);
    links(subject, &document, told);
}

/// Links and pictures that only make sense on a website; those of the post were refused with it.
fn links(subject: &Subject<'_>, document: &Document, told: &mut Told) {
    let Some(email) = subject.email else { return };
    for element in &document.elements {
        for (_, url) in element.attributes.iter().filter(|(name, _)| matches!(name.as_str(), "href" | "src")) {
            let url = url.trim();
            let slot = email.slots.cut(url).len() != 1 || email.slots.cut(url).iter().any(is_slot);
            let whole = ["mailto:", "tel:", "cid:"].iter().any(|scheme| url.to_lowercase().starts_with(scheme));
            if !(slot || whole || is_web(url)) {
                let place = in_templates(subject, url).unwrap_or_else(|| subject.key("title"));
                told.add(&TEMPLATE_LINK, place, format!("`{url}` leads nowhere from a mail"));
            }
        }
    }
}

fn is_slot(piece: &crate::render::email::slot::Piece<'_>) -> bool {
    matches!(piece, crate::render::email::slot::Piece::Slot(_))
}

/// The templates that are not the built-in ones.
fn own_templates<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Template> {
    let built_in = |name: &str, text: &str| BUILT_IN.contains(&(name, text));
    subject.source.templates.iter().filter(move |(name, template)| !built_in(name, &template.text)).map(|(_, own)| own)
}

/// The first place in a template of one's own where a text stands as a word of its own.
fn in_templates(subject: &Subject<'_>, text: &str) -> Option<Place> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    own_templates(subject).find_map(|template| {
        let found = template.text.match_indices(text).find(|(at, _)| {
            let (before, after) = (&template.text[..*at], &template.text[at + text.len()..]);
            let starts = !text.starts_with(part) || !before.ends_with(part);
            let ends = !text.ends_with(part) || !after.starts_with(part);
            starts && ends
        });
        let place = Place::at_offset(&template.origin, &template.text, found?.0);
        Some(place.with_width(text.chars().count()))
    })
}
