//! JSON-LD (schema.org): the article or event that a page describes in its own data.
//!
//! Scripts that are no JSON are passed over. Strings are HTML in many pages; they are read as text.

use std::collections::BTreeMap;

use dom_query::Document;
use serde_json::{Map, Value};

use super::dom::one_line;
use super::facts::{EventFact, Facts, ImageFact};
use super::headline;

const ARTICLES: [&str; 10] = [
    "Article",
    "NewsArticle",
    "BlogPosting",
    "Report",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "TechArticle",
    "ScholarlyArticle",
    "SocialMediaPosting",
];

/// The most objects that are looked at.
const MAX_OBJECTS: usize = 2_000;

type Object = Map<String, Value>;

/// What the page's JSON-LD says.
pub(super) fn facts(document: &Document) -> Facts {
    let mut roots = Vec::new();
    for script in document.select("script[type=\"application/ld+json\"]").nodes() {
        roots.extend(parse(&script.text()));
    }
    let mut objects = Vec::new();
    roots.iter().for_each(|root| collect(root, &mut objects, 0));
    let by_id: BTreeMap<&str, &Object> = objects
        .iter()
        .filter(|object| object.len() > 1)
        .filter_map(|object| Some((object.get("@id")?.as_str()?, *object)))
        .collect();
    let data = Data { by_id };
    let articles: Vec<&&Object> =
        objects.iter().filter(|object| types(object).any(|kind| ARTICLES.contains(&kind))).collect();
    // Of several the one whose headline readers see; the others are in lists of the site's articles.
    let headline = headline::text(document).unwrap_or_default();
    let is_shown = |object: &&&&Object| {
        text(object.get("headline").or(object.get("name"))).is_some_and(|title| super::same_text(&title, &headline))
    };
    let article = articles.iter().find(is_shown).or(articles.first()).copied();
    let mut events = objects.iter().filter(|object| types(object).any(is_event));
    let event = events.next().filter(|_| events.next().is_none());
    let page = objects.iter().find(|object| types(object).any(|kind| kind == "WebPage"));
    let mut facts = article.map(|article| data.article(article)).unwrap_or_default();
    if let Some(event) = event {
        facts.event = Some(data.event(event));
        if article.is_none() {
            facts.title = text(event.get("name"));
            facts.image = data.image(event.get("image"));
            facts.description = text(event.get("description"));
            facts.publisher = data.names(event.get("organizer"));
        }
    }
    if let (Some(page), None) = (page, article) {
        facts.date = text(page.get("datePublished"));
    }
    facts
}

fn is_event(kind: &str) -> bool {
    kind.ends_with("Event") || kind == "Festival"
}

/// JSON as pages hold it: in comments, in CDATA, with line breaks inside strings.
fn parse(script: &str) -> Option<Value> {
    let script = script.trim();
    let script = script.trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let script = script.trim_end_matches("-->").trim_end_matches("//]]>").trim_end_matches("]]>").trim();
    serde_json::from_str(script).ok().or_else(|| {
        let spaced: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&spaced).ok()
    })
}

/// Every object in reading order.
fn collect<'v>(value: &'v Value, objects: &mut Vec<&'v Object>, depth: usize) {
    if depth > 20 || objects.len() > MAX_OBJECTS {
        return;
    }
    match value {
        Value::Object(object) => {
            objects.push(object);
            object.values().for_each(|value| collect(value, objects, depth + 1));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, objects, depth + 1)),
        _ => {}
    }
}

fn types<'v>(object: &'v Object) -> impl Iterator<Item = &'v str> {
    let named: Vec<&'v str> = match object.get("@type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    named.into_iter().map(|kind| kind.rsplit(['/', '#', ':']).next().unwrap_or(kind))
}

/// A text, as a reader would see it.
fn text(value: Option<&Value>) -> Option<String> {
    let written = match value? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => return text(values.first()),
        Value::Object(object) => return text(object.get("@value").or_else(|| object.get("name"))),
        _ => return None,
    };
    let shown =
        if written.contains(['<', '&']) { Document::fragment(written.as_str()).text().to_string() } else { written };
    Some(one_line(&shown)).filter(|text| !text.is_empty())
}

struct Data<'v> {
    by_id: BTreeMap<&'v str, &'v Object>,
}

impl<'v> Data<'v> {
    /// The object itself, or the one that it refers to by its `@id`.
    fn whole(&self, object: &'v Object) -> &'v Object {
        let id = object.get("@id").and_then(Value::as_str);
        match id.and_then(|id| self.by_id.get(id)) {
            Some(whole) if object.len() < whole.len() => whole,
            _ => object,
        }
    }

    fn article(&self, article: &'v Object) -> Facts {
        let get = |key: &str| article.get(key);
        Facts {
            title: text(get("headline")).or_else(|| text(get("name"))),
            date: text(get("datePublished")).or_else(|| text(get("dateCreated"))),
            author: self.names(get("author")),
            categories: list(get("articleSection")),
            keywords: keywords(get("keywords")),
            lang: text(get("inLanguage")),
            image: self.image(get("image")),
            link: self.url(get("mainEntityOfPage")).or_else(|| self.url(get("url"))),
            description: text(get("description")),
            publisher: self.names(get("publisher")),
            event: None,
            text: text_with_paragraphs(get("articleBody")),
            shown_date: None,
        }
    }

    fn event(&self, event: &'v Object) -> EventFact {
        let place = match event.get("location") {
            Some(Value::Array(places)) => places.first(),
            other => other,
        };
        let place = match place {
            Some(Value::Object(place)) => {
                let place = self.whole(place);
                let town = match place.get("address") {
                    Some(Value::Object(address)) => text(address.get("addressLocality")),
                    _ => None,
                };
                town.or_else(|| text(place.get("name")))
            }
            other => text(other),
        };
        EventFact { name: text(event.get("name")), place, date: text(event.get("startDate")) }
    }

    /// The names of one or several people or organisations.
    fn names(&self, value: Option<&'v Value>) -> Option<String> {
        match value? {
            Value::Array(values) => {
                let names: Vec<String> = values.iter().filter_map(|value| self.names(Some(value))).collect();
                Some(names.join(", ")).filter(|names| !names.is_empty())
            }
            Value::Object(object) => text(self.whole(object).get("name")),
            other => text(Some(other)).filter(|name| !name.starts_with("http")),
        }
    }

    fn image(&self, value: Option<&'v Value>) -> Option<ImageFact> {
        match value? {
            Value::Array(values) => self.image(values.first()),
            Value::Object(object) => {
                let object = self.whole(object);
                let url = text(object.get("url")).or_else(|| text(object.get("contentUrl")))?;
                let credit = text(object.get("creditText")).or_else(|| self.names(object.get("author")));
                Some(ImageFact { url, credit, named: text(object.get("caption")), ..ImageFact::default() })
            }
            other => text(Some(other)).map(|url| ImageFact { url, ..ImageFact::default() }),
        }
    }

    fn url(&self, value: Option<&'v Value>) -> Option<String> {
        let url = match value? {
            Value::Object(object) => text(object.get("@id")).or_else(|| text(object.get("url"))),
            other => text(Some(other)),
        };
        url.filter(|url| url.starts_with("http"))
    }
}

fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(|value| text(Some(value))).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// Several words, also where they are one text with commas.
fn keywords(value: Option<&Value>) -> Vec<String> {
    list(value).iter().flat_map(|words| words.split(',')).map(|word| word.trim().to_owned()).collect()
}

/// A text that keeps its line ends, which part paragraphs.
fn text_with_paragraphs(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned).filter(|text| !text.trim().is_empty())
}
