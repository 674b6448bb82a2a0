//! Domain names without `https://`, which X links and counts as URLs all the same.
//!
//! Comes in: a text and its URLs. Goes out: where the other domain names stand, with their paths.

use std::ops::Range;

/// Top-level domains of three letters and more that a German or English text may name. Any two ASCII letters are taken
/// for a country. A name that X does not know counts as 23 here although X counts it as written: the text is then
/// shorter than it could be, never longer.
const TOP_LEVEL: [&str; 44] = [
    "com",
    "org",
    "net",
    "info",
    "biz",
    "edu",
    "gov",
    "int",
    "mil",
    "app",
    "dev",
    "blog",
    "news",
    "jobs",
    "shop",
    "online",
    "site",
    "website",
    "cloud",
    "digital",
    "tech",
    "social",
    "events",
    "academy",
    "foundation",
    "energy",
    "group",
    "gmbh",
    "berlin",
    "hamburg",
    "bayern",
    "koeln",
    "cologne",
    "ruhr",
    "nrw",
    "saarland",
    "wien",
    "tirol",
    "swiss",
    "museum",
    "coop",
    "email",
    "community",
    "world",
];

/// Where domain names without a scheme stand, outside of `urls`; with the path behind them.
pub fn bare_domains(text: &str, urls: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_alphanumeric()).map(|at| at + from) {
        let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        let end = text[start..].find(word).map_or(text.len(), |len| start + len);
        from = end;
        if let Some(url) = urls.iter().find(|url| url.contains(&start)) {
            from = url.end;
            continue;
        }
        let linked = !text[..start].ends_with(|c: char| c.is_alphanumeric() || "@$#_-./".contains(c));
        let name = text[start..end].trim_end_matches(['.', '-']);
        if linked && is_domain(name) && !text[end..].starts_with(['@', '_']) {
            let mut end = start + name.len();
            if text[end..].starts_with('/') {
                let path = &text[end..];
                let path = &path[..path.find(char::is_whitespace).unwrap_or(path.len())];
                end += path.trim_end_matches(|c: char| ".,;:!?'\"…)]}“”»«".contains(c)).len();
            }
            found.push(start..end);
            from = end;
        }
    }
    found
}

fn is_domain(name: &str) -> bool {
    let Some((rest, top)) = name.rsplit_once('.') else { return false };
    let known = (top.len() == 2 && top.bytes().all(|b| b.is_ascii_alphabetic()))
        || TOP_LEVEL.contains(&top.to_ascii_lowercase().as_str());
    known && rest.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}
