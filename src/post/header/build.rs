//! From the header's tree to a [`Header`]: every key with its meaning.
//!
//! Comes in: the tree and the post's own slug. Goes out: a header, or errors in the report. Never stops at the first
//! problem.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::post::header::digest;
use crate::post::header::fields::Fields;
use crate::post::header::keys;
use crate::post::header::yaml::{Entry, Node, Value};
use crate::post::reference;
use crate::post::{ComingDate, Event, Header, OwnTeaser, Picture, Slug};

/// What an image's header entry looks like.
const IMAGE_EXAMPLE: &str = "image: { src: foto.jpg, alt: \"Drei Personen auf einer Bühne\", credit: \"Name\" }";

/// The known keys of the header with their nodes.
struct Top<'n>(Vec<(&'static str, &'n Entry)>);

impl<'n> Top<'n> {
    fn get(&self, key: &'static str) -> Option<&'n Node> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, entry)| &entry.value)
    }
}

/// Builds the header. `None` when a required key is missing or wrong; the report then has an error.
pub(super) fn header(fields: &mut Fields<'_, '_>, root: &Node, own: Option<&Slug>, zone: &TimeZone) -> Option<Header> {
    let entries: &[Entry] = match &root.value {
        Value::Map(entries) => entries,
        Value::Null => &[],
        other => {
            let message = format!("the header is {}, not lines of `key: value`", other.kind());
            fields.error(root, "wrong-type", message, "write it like `title: …` and `lang: de`, each in its own line");
            return None;
        }
    };
    let top = Top(fields.map(entries, &keys::TOP, ""));
    let lines: BTreeMap<_, _> = top.0.iter().map(|(key, entry)| (*key, fields.spot(&entry.key).line)).collect();
    let title = required(fields, &top, "title", "title: \"Fachkräfte: eine Kernaufgabe\"");
    let lang = required(fields, &top, "lang", "lang: de").and_then(|lang| language(fields, top.get("lang"), lang));
    let mut line = |key: &'static str| {
        let node = top.get(key)?;
        fields.warn_of_comment(node, key);
        fields.line_of_text(node, key, &format!("{key}: …"))
    };
    let (author, subject, preheader) = (line("author"), line("subject"), line("preheader"));
    let (send_at, not_after) = times(fields, &top, zone);
    let built = Header {
        title: title.unwrap_or_default(),
        lang: lang.clone().unwrap_or_default(),
        date: top.get("date").and_then(|node| fields.day(node, "date")),
        event: top.get("event").and_then(|node| event(fields, node)),
        author,
        categories: names(fields, &top, "categories", "categories: [Aktivitäten]"),
        tags: tags(fields, top.get("tags")),
        link: top.get("link").and_then(|node| fields.url(node, "link")),
        image: top.get("image").and_then(|node| image(fields, node)),
        dates: coming_dates(fields, top.get("dates")),
        partners: names(fields, &top, "partners", "partners: [efre]"),
        subject,
        preheader,
        teaser: top.get("teaser").map_or(OwnTeaser::None, |node| teaser(fields, node)),
        lists: some_names(fields, &top, "lists", "lists: [members]").unwrap_or_default(),
        channels: some_names(fields, &top, "channels", "channels: [email, feed]"),
        send_at,
        not_after,
        posts: top.get("posts").map_or_else(Vec::new, |node| digest::sections(fields, node, own)),
        draft: top.get("draft").and_then(|node| fields.boolean(node, "draft")).unwrap_or(false),
        lines,
    };
    (!built.title.is_empty() && lang.is_some()).then_some(built)
}

fn required(fields: &mut Fields<'_, '_>, top: &Top<'_>, key: &'static str, example: &str) -> Option<String> {
    let Some(node) = top.get(key) else {
        fields.missing(key, example);
        return None;
    };
    fields.warn_of_comment(node, key);
    let text = fields.line_of_text(node, key, example);
    if let (None, Value::Text(written)) = (&text, &node.value)
        && written.trim().is_empty()
    {
        fields.error(node, "missing-key", format!("`{key}` is empty"), format!("write it like `{example}`"));
    }
    text
}

/// Checks that a tag looks like BCP 47 (RFC 5646, section 2.1): a language of two or three letters, then subtags.
fn language(fields: &mut Fields<'_, '_>, node: Option<&Node>, lang: String) -> Option<String> {
    let mut parts = lang.split('-');
    let primary = parts.next().unwrap_or("");
    let plausible = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    if plausible && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return Some(lang);
    }
    let meant = match lang.to_lowercase().replace('_', "-").as_str() {
        "deutsch" | "german" | "ger-de" => "de".to_owned(),
        "englisch" | "english" => "en".to_owned(),
        other if lang.contains('_') && !other.starts_with('-') => lang.replace('_', "-"),
        _ => "de` or `en".to_owned(),
    };
    let message = format!("`{lang}` is not a language tag (BCP 47)");
    fields.error(node?, "bad-lang", message, format!("write `{meant}`"));
    None
}

fn times(
    fields: &mut Fields<'_, '_>,
    top: &Top<'_>,
    zone: &TimeZone,
) -> (Option<jiff::civil::DateTime>, Option<jiff::civil::DateTime>) {
    let send_at = top.get("send_at").and_then(|node| fields.moment(node, "send_at", zone));
    let not_after = top.get("not_after").and_then(|node| fields.moment(node, "not_after", zone));
    if let (Some(send), Some(last), Some(node)) = (send_at, not_after, top.get("not_after"))
        && last <= send
    {
        let message = "`not_after` is not later than `send_at`, so nothing would ever be sent";
        fields.error(node, "bad-date", message, "write a later time, or leave `not_after` out: then it is a day later");
    }
    (send_at, not_after)
}

fn names(fields: &mut Fields<'_, '_>, top: &Top<'_>, key: &'static str, example: &str) -> Vec<String> {
    let Some(node) = top.get(key) else { return Vec::new() };
    fields.names(node, key, example).into_iter().map(|(name, _)| name).collect()
}

/// Names where an empty list would mean the opposite of what it looks like.
fn some_names(fields: &mut Fields<'_, '_>, top: &Top<'_>, key: &'static str, example: &str) -> Option<Vec<String>> {
    let node = top.get(key)?;
    if node.value == Value::List(Vec::new()) {
        let help = format!("name at least one, like `{example}`, or delete the line to mean all");
        fields.error(node, "wrong-type", format!("`{key}` is empty"), help);
    }
    if let Value::Text(text) = &node.value
        && text.contains(',')
    {
        let help = format!("put them in brackets: `{key}: [{}]`", text.trim());
        fields.error(node, "wrong-type", format!("`{key}` is one text with commas, not a list"), help);
        return None;
    }
    Some(fields.names(node, key, example).into_iter().map(|(name, _)| name).collect())
}

fn tags(fields: &mut Fields<'_, '_>, node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    if let Value::Text(text) = &node.value
        && text.contains(',')
    {
        let list = text.split(',').map(|tag| tag.trim().trim_start_matches('#')).collect::<Vec<_>>().join(", ");
        let help = format!("put them in brackets: `tags: [{list}]`");
        fields.error(node, "wrong-type", "`tags` is one text with commas, not a list", help);
        return Vec::new();
    }
    let mut tags: Vec<String> = Vec::new();
    for (name, item) in fields.names(node, "tags", "tags: [Fachkräfte, Cluster]") {
        let tag = name.trim_start_matches('#').trim();
        if tag.is_empty() {
            fields.empty_item(item, "tags");
        } else if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn event(fields: &mut Fields<'_, '_>, node: &Node) -> Option<Event> {
    let example = "event: { name: \"Jahrestagung\", place: Berlin, date: 2024-11-07 }";
    let entries = fields.entries(node, "event", example)?;
    let mut event = Event { name: None, place: None, date: None };
    for (key, entry) in fields.map(entries, &keys::EVENT, "event") {
        match key {
            "name" => event.name = fields.line_of_text(&entry.value, "event.name", example),
            "place" => event.place = fields.line_of_text(&entry.value, "event.place", example),
            _ => event.date = fields.day(&entry.value, "event.date"),
        }
    }
    Some(event)
}

fn image(fields: &mut Fields<'_, '_>, node: &Node) -> Option<Picture> {
    let spot = fields.spot(node);
    if let Value::Text(src) = &node.value {
        let help =
            format!("write it like `image: {{ src: {}, alt: \"…\" }}` and describe what is to be seen", src.trim());
        fields.error(node, "missing-alt", "`image` must be a map with `src` and `alt`, not text", help);
        return None;
    }
    let entries = fields.entries(node, "image", IMAGE_EXAMPLE)?;
    let (mut src, mut alt, mut credit) = (None, None, None);
    let pairs = fields.map(entries, &keys::IMAGE, "image");
    for (key, entry) in &pairs {
        let text = fields.line_of_text(&entry.value, &format!("image.{key}"), IMAGE_EXAMPLE);
        match *key {
            "src" => src = text.map(|text| (text, &entry.value)),
            "alt" => alt = text,
            _ => credit = text,
        }
    }
    let wrongly_typed =
        |key| pairs.iter().any(|(name, entry)| *name == key && !matches!(entry.value.value, Value::Text(_)));
    let missing_alt = alt.is_none() && !wrongly_typed("alt");
    if missing_alt {
        let help = "add `alt: \"…\"` and say in one sentence what is to be seen; some readers only hear it";
        fields.error(node, "missing-alt", "`image` has no description (`alt`)", help);
    }
    let Some((src, src_node)) = src else {
        if !wrongly_typed("src") {
            fields.error(
                node,
                "missing-key",
                "`image` has no file (`src`)",
                format!("write it like `{IMAGE_EXAMPLE}`"),
            );
        }
        return None;
    };
    if let Err(refused) = reference::picture(&src) {
        fields.error(src_node, "bad-picture", refused.message, refused.help);
        return None;
    }
    Some(Picture { src, alt: alt?, credit, link: None, line: spot.line, column: spot.column })
}

fn coming_dates(fields: &mut Fields<'_, '_>, node: Option<&Node>) -> Vec<ComingDate> {
    let items = match node.map(|node| (&node.value, node)) {
        None => return Vec::new(),
        Some((Value::List(items), _)) => items.as_slice(),
        Some((_, node)) => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| coming_date(fields, item)).collect()
}

fn coming_date(fields: &mut Fields<'_, '_>, node: &Node) -> Option<ComingDate> {
    let example = "dates: [{ name: \"Stammtisch\", date: 2026-12-01, place: \"Köln\", link: \"https://…\" }]";
    let entries = fields.entries(node, "dates", example)?;
    let (mut name, mut date, mut place, mut link) = (None, None, None, None);
    let pairs = fields.map(entries, &keys::DATES, "dates");
    for (key, entry) in &pairs {
        match *key {
            "name" => name = fields.line_of_text(&entry.value, "dates.name", example),
            "date" => date = fields.day(&entry.value, "dates.date"),
            "place" => place = fields.line_of_text(&entry.value, "dates.place", example),
            _ => link = fields.url(&entry.value, "dates.link"),
        }
    }
    for required in ["name", "date"] {
        if !pairs.iter().any(|(key, _)| *key == required) {
            let message = format!("an entry of `dates` has no `{required}`");
            fields.error(node, "missing-key", message, format!("write it like `{example}`"));
        }
    }
    Some(ComingDate { name: name?, date: date?, place, link })
}

fn teaser(fields: &mut Fields<'_, '_>, node: &Node) -> OwnTeaser {
    let example = "teaser: \"Was der Abend gebracht hat.\"";
    let Value::Map(entries) = &node.value else {
        return fields.text(node, "teaser", example).map_or(OwnTeaser::None, OwnTeaser::Text);
    };
    let mut seen: BTreeMap<String, &Node> = BTreeMap::new();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries {
        let (name, key) = (entry.name(), format!("teaser.{}", entry.name()));
        if let Some(first) = seen.get(&name) {
            fields.repeated(&entry.key, &key, first);
            continue;
        }
        seen.insert(name.clone(), &entry.key);
        if let Some(text) = fields.text(&entry.value, &key, "mastodon: \"…\"") {
            texts.insert(name, text);
        }
    }
    OwnTeaser::ByChannel(texts)
}
