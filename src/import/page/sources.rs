//! Where a page's pictures are: for those that a script loads when they come into sight, and those in several sizes.
//!
//! Comes in: the tree. Goes out: the same tree, every `<img>` with an address in `src`, without counting pixels.

use dom_query::{Document, NodeRef, Selection};

use super::dom;

/// Where scripts find the address that they put in later.
const LAZY: [&str; 5] = ["data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-src"];
/// Lists of one picture in several sizes.
const SETS: [&str; 4] = ["srcset", "data-srcset", "data-lazy-srcset", "data-original-set"];
/// Formats that mail programs do not show.
const UNSHOWN: [&str; 3] = [".webp", ".avif", ".svg"];

/// Settles every picture's address.
pub(super) fn settle(document: &Document) {
    for node in document.select("img").nodes() {
        let class = dom::attribute(node, "class").unwrap_or_default();
        let named = |name: &str| class.split_whitespace().any(|word| word == name);
        if named("emoji") || named("wp-smiley") {
            node.replace_with_html(escaped(&dom::attribute(node, "alt").unwrap_or_default()));
            continue;
        }
        if named("icon") || named("file-icon") {
            node.remove_from_parent();
            continue;
        }
        let tiny = |name| dom::attribute(node, name).is_some_and(|size| size == "1" || size == "0");
        if tiny("width") || tiny("height") {
            node.remove_from_parent();
            continue;
        }
        let lazy = LAZY.iter().find_map(|name| dom::attribute(node, name)).filter(|src| is_real(src));
        let source = lazy.or_else(|| dom::attribute(node, "src").filter(|src| is_real(src)));
        match source.or_else(|| from_sets(node)).or_else(|| without_scripts(node)) {
            Some(source) => node.set_attr("src", &source),
            None => node.remove_attr("src"),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Whether an address leads to a picture, and not to what is shown until a script has loaded it.
fn is_real(src: &str) -> bool {
    let file = src.split(['?', '#']).next().unwrap_or(src).rsplit('/').next().unwrap_or("").to_lowercase();
    let waiting = ["blank.", "placeholder.", "spacer.", "transparent.", "1x1.", "lazy.", "pixel.", "loading."];
    !src.starts_with("data:") && !src.starts_with("about:") && !waiting.iter().any(|name| file.starts_with(name))
}

/// The largest one of the picture's own sets, or of the `<picture>` around it.
fn from_sets(node: &NodeRef<'_>) -> Option<String> {
    let own = SETS.iter().find_map(|name| dom::attribute(node, name));
    own.and_then(|set| largest(&set)).or_else(|| {
        let around = node.parent().filter(|parent| parent.has_name("picture"))?;
        let sources = Selection::from(around).select("source");
        let sets = sources.nodes().iter().filter_map(|node| SETS.iter().find_map(|name| dom::attribute(node, name)));
        let found: Vec<String> = sets.filter_map(|set| largest(&set)).collect();
        let shown = |url: &&String| !UNSHOWN.iter().any(|ending| url.to_lowercase().contains(ending));
        found.iter().find(shown).or(found.first()).cloned()
    })
}

/// The address with the largest width or density (HTML, section 4.8.4.2.1).
fn largest(set: &str) -> Option<String> {
    let candidates = set.split(", ").flat_map(|part| part.split(",http").enumerate().map(rejoined));
    let sized = candidates.filter_map(|candidate| {
        let mut words = candidate.split_whitespace();
        let url = words.next()?.trim_end_matches(',').to_owned();
        let size = words.next().and_then(|size| size.trim_end_matches(['w', 'x']).parse::<f64>().ok()).unwrap_or(1.0);
        is_real(&url).then_some((url, size))
    });
    sized.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(url, _)| url)
}

fn rejoined((index, part): (usize, &str)) -> String {
    if index == 0 { part.to_owned() } else { format!("http{part}") }
}

/// The picture for readers without scripts, beside this one or in it.
fn without_scripts(node: &NodeRef<'_>) -> Option<String> {
    let picture = node.parent().filter(|parent| parent.has_name("picture"));
    let place = picture.as_ref().unwrap_or(node);
    let beside = place.next_element_sibling().or_else(|| place.prev_element_sibling());
    let beside = beside.filter(|beside| beside.has_name("noscript"))?;
    let inner = Selection::from(beside).select("img");
    inner.nodes().iter().find_map(|img| dom::attribute(img, "src").filter(|src| is_real(src)))
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::settle;

    fn src(html: &str) -> Option<String> {
        let document = Document::fragment(html);
        settle(&document);
        super::dom::first_attribute(&document, "img", "src")
    }

    #[test]
    fn a_picture_of_a_sign_is_the_sign() {
        let document = Document::fragment("<p>Danke <img class=emoji src=a.svg alt=🎉>!</p>");
        settle(&document);
        assert_eq!(document.text().to_string(), "Danke 🎉!");
    }

    #[test]
    fn a_picture_is_found_wherever_a_page_hides_its_address() {
        const WAITING: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
        for (html, expected) in [
            ("<img src=a.jpg>".to_owned(), Some("a.jpg")),
            (format!("<img src=\"{WAITING}\" data-src=a.jpg>"), Some("a.jpg")),
            (format!("<img src=\"{WAITING}\" data-srcset=\"a-300.jpg 300w, a-1024.jpg 1024w\">"), Some("a-1024.jpg")),
            ("<img srcset=\"a.jpg 1x,https://e.org/a,b.jpg 2x\">".to_owned(), Some("https://e.org/a,b.jpg")),
            (
                format!("<picture><source srcset=a.webp><source srcset=a.jpg><img src=\"{WAITING}\"></picture>"),
                Some("a.jpg"),
            ),
            (format!("<img src=\"{WAITING}\"><noscript><img src=a.jpg></noscript>"), Some("a.jpg")),
            ("<img src=/theme/blank.gif>".to_owned(), None),
            ("<img src=count.gif width=1 height=1>".to_owned(), None),
        ] {
            assert_eq!(src(&html).as_deref(), expected, "{html}");
        }
    }
}
