//! The article's HTML without anything but text, emphasis, links, pictures, lists and tables (ammonia).

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, Url, UrlRelative};

const TAGS: [&str; 62] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];
const MORE_TAGS: [&str; 7] = ["u", "ul", "var", "wbr", "time", "tt", "font"];

/// Cleans; addresses stay as [`super::addresses`] has made them.
pub(super) fn clean(html: &str) -> String {
    let attributes: [(&str, &[&str]); 7] = [
        ("a", &["href"]),
        ("img", &["src", "alt"]),
        ("ol", &["start"]),
        ("td", &["colspan", "align"]),
        ("th", &["colspan", "align"]),
        ("figcaption", &["class"]),
        ("span", &["class"]),
    ];
    let attributes: HashMap<&str, HashSet<&str>> =
        attributes.into_iter().map(|(tag, names)| (tag, names.iter().copied().collect())).collect();
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().chain(&MORE_TAGS).copied().collect())
        .clean_content_tags(["script", "style", "noscript", "template", "svg", "math"].into())
        .tag_attributes(attributes)
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    builder.clean(html).to_string()
}

/// An address of the page's own data, made whole.
pub(in crate::import) fn absolute(url: &str, base: Option<&str>) -> Option<String> {
    let whole = match base.and_then(|base| Url::parse(base).ok()) {
        Some(base) => base.join(url).ok()?,
        None if url.starts_with("//") => Url::parse(&format!("https:{url}")).ok()?,
        None => Url::parse(url).ok()?,
    };
    matches!(whole.scheme(), "http" | "https").then(|| whole.to_string())
}
