//! The keys of a header, and what to do instead of the ones that do not exist.

use crate::finding::nearest;

/// The keys of the header itself.
pub(super) const TOP: [&str; 20] = [
    "title",
    "lang",
    "date",
    "event",
    "author",
    "categories",
    "tags",
    "link",
    "image",
    "dates",
    "partners",
    "subject",
    "preheader",
    "teaser",
    "lists",
    "channels",
    "send_at",
    "not_after",
    "posts",
    "draft",
];
pub(super) const EVENT: [&str; 3] = ["name", "place", "date"];
pub(super) const IMAGE: [&str; 3] = ["src", "alt", "credit"];
pub(super) const DATES: [&str; 4] = ["name", "date", "place", "link"];
pub(super) const POSTS: [&str; 2] = ["heading", "posts"];

/// Keys of other programs and of features that are not there, by what to do instead.
const INSTEAD: [(&[&str], &str); 24] = [
    (
        &["attachments", "attachment", "anhang", "anhänge", "files", "pdf", "downloads"],
        "mails carry no attachments: put the PDF on your website and link it in the text",
    ),
    (
        &["body", "text", "content", "inhalt", "lead", "intro"],
        "write the text below the header, after the second `---`",
    ),
    (
        &["template", "layout", "theme", "design", "style", "css"],
        "the look is the same for all posts; it is set in config.toml under [site]",
    ),
    (
        &["to", "cc", "bcc", "recipients", "empfänger", "members", "list", "liste", "verteiler"],
        "name the member lists of config.toml: `lists: [members]`",
    ),
    (&["from", "sender", "absender", "reply_to", "replyto"], "the sender is set in config.toml under [sender]"),
    (&["slug", "id", "guid", "permalink"], "a post's identity is its file name; rename the file instead"),
    (&["language", "sprache", "locale"], "write `lang: de`"),
    (&["titel", "name", "headline", "überschrift"], "write `title: …`"),
    (&["datum", "published", "published_at", "pubdate"], "write `date: 2024-10-24`, the day of publication"),
    (&["autor", "authors", "autorin", "autor_in", "by"], "write `author: …`"),
    (&["category", "kategorie", "kategorien", "rubrik"], "write `categories: […]`"),
    (&["hashtags", "hashtag", "keywords", "schlagworte", "stichworte"], "write `tags: […]`; hashtags come from there"),
    (
        &["bild", "picture", "pictures", "images", "cover", "hero", "photo", "foto", "header_image", "thumbnail"],
        "write `image: { src: foto.jpg, alt: \"…\", credit: \"…\" }`; further pictures go into the text: `![alt](foto.jpg)`",
    ),
    (&["url", "canonical", "website"], "write `link: https://…`, where the article is published"),
    (&["veranstaltung", "anlass"], "write `event: { name: \"…\", place: \"…\", date: 2024-10-24 }`"),
    (&["termine", "termin", "events", "calendar"], "write `dates: [{ name: \"…\", date: 2024-10-24 }]`"),
    (&["betreff", "subject_line"], "write `subject: …`"),
    (
        &["description", "summary", "excerpt", "vorschau", "vorschautext", "preview", "preview_text", "preheader_text"],
        "write `preheader: …` for the line beside the subject, or `teaser: …` for the networks",
    ),
    (&["schedule", "scheduled", "publish_at", "send", "versand", "time"], "write `send_at: 2024-11-28 09:00`"),
    (&["expires", "expiry", "until", "bis"], "write `not_after: 2024-11-29 18:00`"),
    (&["status", "entwurf", "publish"], "write `draft: true` or `draft: false`"),
    (&["kanäle", "kanal", "channel", "networks"], "write `channels: [email, feed]`"),
    (&["sponsors", "sponsor", "logos", "logo", "förderer"], "write `partners: […]` with the names of [site.partners]"),
    (&["<<"], "merging keys from elsewhere is not supported; write them out"),
];

/// What to write instead of an unknown key of the header.
pub(super) fn help_for_top(key: &str) -> String {
    let lower = key.to_lowercase().replace('-', "_");
    if let Some((_, help)) = INSTEAD.iter().find(|(names, _)| names.contains(&lower.as_str())) {
        return (*help).to_owned();
    }
    help_for(key, &TOP)
}

/// Other names for the keys of the maps inside a header.
const NESTED: [(&[&str], &str); 7] = [
    (&["ort", "location", "city", "stadt", "wo", "venue"], "place"),
    (&["datum", "day", "tag", "start", "wann", "when"], "date"),
    (&["titel", "title", "was", "bezeichnung"], "name"),
    (&["caption", "description", "beschreibung", "alternativtext", "alt_text", "text"], "alt"),
    (&["file", "datei", "path", "url", "bild"], "src"),
    (&["quelle", "copyright", "foto", "fotograf", "photo", "source", "by"], "credit"),
    (&["url", "website", "href"], "link"),
];

/// What to write instead of an unknown key of a map inside the header.
pub(super) fn help_for(key: &str, known: &[&str]) -> String {
    let lower = key.to_lowercase();
    let other = NESTED.iter().find(|(names, meant)| names.contains(&lower.as_str()) && known.contains(meant));
    if let Some((_, meant)) = other {
        return format!("write `{meant}: …`");
    }
    let all = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    match nearest(&key.replace('-', "_"), known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the keys here are {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_known_key_is_among_those_that_do_not_exist() {
        for key in TOP {
            assert!(!INSTEAD.iter().any(|(names, _)| names.contains(&key)), "{key}");
        }
    }

    #[test]
    fn proposes_the_nearest_key_or_says_what_to_do() {
        assert_eq!(help_for_top("tittle"), "did you mean `title`?");
        assert_eq!(help_for_top("Send-At"), "did you mean `send_at`?");
        assert!(help_for_top("Attachments").contains("link it in the text"));
        assert_eq!(help_for("sorce", &IMAGE), "did you mean `src`?");
    }
}
