//! OpenGraph, Dublin Core, plain `<meta>`, `<title>` and the language attribute.

use std::collections::BTreeMap;

use dom_query::Document;

use super::facts::{Facts, ImageFact};
use super::{dom, headline};

/// What the page's head says.
pub(super) fn facts(document: &Document) -> Facts {
    let properties = properties(document);
    let property = |name: &str| properties.get(name).cloned();
    let first = |names: &[&str]| names.iter().find_map(|name| property(name));
    let publisher = property("og:site_name");
    let suffix = publisher.as_deref();
    let title = property("og:title").map(|title| without_site(&title, suffix));
    let title = title.or_else(|| headline::text(document));
    let title = title.or_else(|| dom::first_text(document, "head title").map(|title| without_site(&title, suffix)));
    let image =
        property("og:image").map(|url| ImageFact { url, alt: property("og:image:alt"), ..ImageFact::default() });
    let locale = || property("og:locale").map(|locale| locale.replace('_', "-"));
    Facts {
        title,
        date: first(&[
            "article:published_time",
            "article:published",
            "date",
            "dc.date",
            "DC.date.issued",
            "dcterms.date",
        ]),
        author: first(&["article:author", "author", "dc.creator", "DC.creator"])
            .filter(|author| !author.contains("://")),
        categories: property("article:section").into_iter().collect(),
        lang: dom::first_attribute(document, "html", "lang").or_else(locale),
        image,
        link: dom::first_attribute(document, "link[rel=\"canonical\"]", "href").or_else(|| property("og:url")),
        description: first(&["og:description", "description"]),
        publisher,
        ..Facts::default()
    }
}

/// Every `<meta>` by its name, the first of each.
fn properties(document: &Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for node in document.select("meta").nodes() {
        let name = dom::attribute(node, "property").or_else(|| dom::attribute(node, "name"));
        if let (Some(name), Some(content)) = (name, dom::attribute(node, "content")) {
            found.entry(name).or_insert(content);
        }
    }
    found
}

/// `Fachkräfte | Verband Beispiel` without the site: its own name, or in a `<title>` the last part behind a bar.
fn without_site(title: &str, site: Option<&str>) -> String {
    for separator in [" | ", " – ", " - ", " :: ", " » ", " · "] {
        if let Some((before, behind)) = title.rsplit_once(separator) {
            let named =
                site.is_some_and(|site| behind.trim().eq_ignore_ascii_case(site) || site.contains(behind.trim()));
            if named || (separator == " | " && !before.trim().is_empty()) {
                return before.trim().to_owned();
            }
        }
    }
    title.to_owned()
}
