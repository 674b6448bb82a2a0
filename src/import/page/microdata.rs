//! Microdata (schema.org): `itemscope`, `itemprop`.

use dom_query::{Document, NodeRef, Selection};

use super::dom;
use super::facts::{EventFact, Facts, ImageFact};

const ARTICLE: &str = "[itemtype*=\"schema.org/Article\"], [itemtype*=\"schema.org/NewsArticle\"], \
                       [itemtype*=\"schema.org/BlogPosting\"], [itemtype*=\"schema.org/Report\"]";
const EVENT: &str = "[itemtype$=\"Event\"]";

/// What the page's microdata says.
pub(super) fn facts(document: &Document) -> Facts {
    let articles = document.select(ARTICLE);
    let mut facts = own(&articles).map(|scope| article(&scope)).unwrap_or_default();
    let events = document.select(EVENT);
    if let [event] = events.nodes() {
        let fact = EventFact {
            name: property(event, "name"),
            place: property(event, "addressLocality").or_else(|| property(event, "location")),
            date: property(event, "startDate"),
        };
        if facts.title.is_none() {
            facts.title = fact.name.clone();
        }
        facts.event = Some(fact);
    }
    facts
}

/// The page's own article: the one with its headline or text; the first of all may be a teaser of another one.
fn own<'a>(articles: &Selection<'a>) -> Option<NodeRef<'a>> {
    let holds = |node: &&NodeRef<'_>| Selection::from(**node).select("h1, [itemprop~=articleBody]").exists();
    let nodes = articles.nodes();
    nodes.iter().find(holds).or(nodes.first()).copied()
}

fn article(scope: &NodeRef<'_>) -> Facts {
    let categories = all(scope, "articleSection").nodes().iter().filter_map(value).collect();
    let image = all(scope, "image").nodes().iter().find_map(|node| {
        let picture = Selection::from(*node).select("img");
        let picture = if node.has_name("img") { Some(*node) } else { picture.nodes().first().copied() };
        let alt = picture.as_ref().and_then(|picture| dom::attribute(picture, "alt"));
        let url = picture.as_ref().and_then(|picture| dom::attribute(picture, "src")).or_else(|| value(node));
        url.map(|url| ImageFact { url, alt, ..ImageFact::default() })
    });
    Facts {
        title: property(scope, "headline").or_else(|| property(scope, "name")),
        date: property(scope, "datePublished"),
        author: nested(scope, "author"),
        categories,
        lang: property(scope, "inLanguage"),
        image,
        link: property(scope, "mainEntityOfPage")
            .or_else(|| property(scope, "url"))
            .filter(|url| url.starts_with("http")),
        publisher: nested(scope, "publisher"),
        ..Facts::default()
    }
}

fn all<'a>(scope: &NodeRef<'a>, name: &str) -> Selection<'a> {
    Selection::from(*scope).select(&format!("[itemprop~=\"{name}\"]"))
}

fn property(scope: &NodeRef<'_>, name: &str) -> Option<String> {
    all(scope, name).nodes().iter().find_map(value)
}

/// The name of a person or organisation that has properties of its own.
fn nested(scope: &NodeRef<'_>, name: &str) -> Option<String> {
    let found = all(scope, name);
    let node = found.nodes().first()?;
    if node.has_attr("itemscope") { property(node, "name") } else { value(node) }
}

/// The value of a property (HTML, section 5.2.4).
fn value(node: &NodeRef<'_>) -> Option<String> {
    let text = || Some(dom::line(node)).filter(|text| !text.is_empty());
    dom::attribute(node, "content").or_else(|| match dom::name(node).as_str() {
        "time" => dom::attribute(node, "datetime").or_else(text),
        "img" | "source" => dom::attribute(node, "src"),
        "link" => dom::attribute(node, "href"),
        "meta" => None,
        _ => text(),
    })
}
