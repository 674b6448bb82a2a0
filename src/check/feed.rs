//! The feed: what readers of it miss. That its XML is right is the renderer's business.

use crate::check::rule::{Family, Rule};
use crate::check::subject::Subject;
use crate::check::told::Told;

pub(super) static FAMILY: Family =
    Family { name: "feed", about: "What readers of the feed miss", rules: &[NO_DATE, NO_LINK, TITLE, SELF_LINK], look };

const NO_DATE: Rule = Rule::warning(
    "feed-no-date",
    "the feed item has no date, so readers sort it anywhere",
    "add the day of publication: `date: 2026-11-12`",
);

const NO_LINK: Rule = Rule::warning(
    "feed-no-link",
    "the feed item leads to the home page, because the post has no link",
    "add where the article is published: `link: https://…`",
);

const TITLE: Rule = Rule::warning(
    "feed-title",
    "the title has markup in it, which titles in feeds, subjects and networks show as it is",
    "write plain text: no HTML, no `&amp;`, no Markdown",
);

const SELF_LINK: Rule = Rule::warning(
    "feed-self-link",
    "the feed does not say where it is published, so readers cannot follow it when it moves",
    "add [feed] url = \"https://…/feed.xml\"",
);

fn look(subject: &Subject<'_>, told: &mut Told) {
    let Some(feed) = subject.source.config.feed.as_ref().filter(|_| subject.goes_to("feed")) else { return };
    let header = &subject.post().header;
    // A post without any date has a finding of its own.
    if header.date.is_none() && header.event.is_some() {
        told.add(&NO_DATE, subject.key("event"), NO_DATE.what);
    }
    if header.link.is_none() && !subject.post().is_digest() {
        told.add(&NO_LINK, subject.key("link"), NO_LINK.what);
    }
    if let Some(markup) = markup(&header.title) {
        told.add(&TITLE, subject.key("title"), format!("`{markup}` in the title is shown as it is"));
    }
    if feed.url.is_none() {
        let place = subject.source.config.places.feed.clone();
        told.add(&SELF_LINK, place.unwrap_or_else(|| subject.key("title")), SELF_LINK.what);
    }
}

/// The first tag, reference or emphasis in a text.
fn markup(title: &str) -> Option<&str> {
    let between = |open: &str, close: &str| {
        let at = title.find(open)?;
        let inside = &title[at + open.len()..];
        let length = inside.find(close)?;
        let plain = inside[..length].chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '#' | ' ' | '='));
        (length > 0 && plain && !inside.starts_with(' ')).then(|| &title[at..at + open.len() + length + close.len()])
    };
    [("<", ">"), ("&", ";"), ("**", "**"), ("__", "__"), ("`", "`")]
        .iter()
        .find_map(|(open, close)| between(open, close))
}

#[cfg(test)]
mod tests {
    use super::markup;

    #[test]
    fn markup_is_told_from_signs() {
        for (title, found) in [
            ("Ein <b>Fest</b>", Some("<b>")),
            ("Forschung &amp; Lehre", Some("&amp;")),
            ("**Neu** im Verband", Some("**Neu**")),
            ("Forschung & Lehre; mehr", None),
            ("3 < 4 > 2", None),
            ("Kolleg*innen", None),
        ] {
            assert_eq!(markup(title), found, "{title}");
        }
    }
}
