//! Links as they go out: campaign parameters added, URLs found in running text.
//!
//! Comes in: an absolute URL, or a text with URLs in it. Goes out: the URL with `utm_` parameters, or where the URLs
//! stand. Never opens a URL and never changes a query or a fragment that is already there.

use std::fmt::Write;
use std::ops::Range;

/// `url` with `utm_source`, `utm_medium` and `utm_campaign` added behind its query and before its fragment (RFC 3986
/// section 3). A parameter that the URL has already keeps its value. Anything but http and https comes back as it is.
pub fn tracked(url: &str, source: &str, medium: &str, campaign: &str) -> String {
    if scheme_len(url).is_none() {
        return url.to_owned();
    }
    let (rest, fragment) = url.find('#').map_or((url, ""), |at| url.split_at(at));
    let (base, query) = rest.find('?').map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    let mut query = query.to_owned();
    for (key, value) in [("utm_source", source), ("utm_medium", medium), ("utm_campaign", campaign)] {
        if has_parameter(&query, key) {
            continue;
        }
        if !query.is_empty() && !query.ends_with('&') {
            query.push('&');
        }
        write!(query, "{key}={}", encoded(value)).expect("writing to a String cannot fail");
    }
    format!("{base}?{query}{fragment}")
}

/// Whether a query has the parameter `key`, with or without a value.
fn has_parameter(query: &str, key: &str) -> bool {
    query.split(['&', ';']).any(|pair| pair.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case(key)))
}

/// Percent-encodes everything but the unreserved characters (RFC 3986 section 2.3).
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    text
}

/// Whether a link may lead there: a website, an e-mail address or a telephone number. Whatever is said of a post by its
/// checks, no other address becomes a link in anything that is written.
pub fn is_written(url: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// The host of an absolute http(s) URL, without user, port and brackets of an IPv6 address; `None` if it has none.
pub fn host(url: &str) -> Option<&str> {
    let rest = &url[scheme_len(url)?..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.split(':').next().unwrap_or(host),
    };
    (!host.is_empty()).then_some(host)
}

/// Where the http(s) URLs of a running text stand, in bytes. Punctuation at the end belongs to the sentence; a closing
/// bracket belongs to the URL only if it was opened inside it.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find([':']).map(|at| at + from) {
        from = at + 1;
        let start = match [5, 4].iter().find_map(|len| scheme_start(text, at, *len)) {
            Some(start) if found.last().is_none_or(|last: &Range<usize>| last.end <= start) => start,
            _ => continue,
        };
        let end = start + url_len(&text[start..]);
        if host(&text[start..end]).is_some_and(is_public_name) {
            found.push(start..end);
            from = end;
        }
    }
    found
}

/// Where `http` or `https` begins that ends before the colon at `colon`, if it is a word of its own.
fn scheme_start(text: &str, colon: usize, len: usize) -> Option<usize> {
    let start = colon.checked_sub(len)?;
    let scheme = text.get(start..colon)?;
    let is_scheme = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let own_word = !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
    (is_scheme && own_word && text[colon..].starts_with("://")).then_some(start)
}

/// The length in bytes of `http://` or `https://` at the beginning.
fn scheme_len(url: &str) -> Option<usize> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

/// The length in bytes of the URL at the beginning of `text`.
fn url_len(text: &str) -> usize {
    let stop = |c: char| c.is_whitespace() || c.is_control() || "<>\"„“”«»‚‘’`".contains(c);
    let mut url = &text[..text.find(stop).unwrap_or(text.len())];
    loop {
        let Some(last) = url.chars().next_back() else { return 0 };
        let unopened = match last {
            ')' => url.matches(')').count() > url.matches('(').count(),
            ']' => url.matches(']').count() > url.matches('[').count(),
            _ => ".,;:!?'…*–—".contains(last),
        };
        if !unopened {
            return url.len();
        }
        url = &url[..url.len() - last.len_utf8()];
    }
}

/// Whether networks take a host for a public one: at least two labels, the last of two or more letters.
fn is_public_name(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or("");
    let labels_filled = host.split('.').all(|label| !label.is_empty());
    host.contains('.')
        && labels_filled
        && last.chars().count() >= 2
        && (last.chars().all(char::is_alphabetic) || last.starts_with("xn--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_or_lies_on_a_disk_is_a_link() {
        for url in ["https://a.example", "HTTP://a.example", "mailto:a@b.example", "tel:+49301234"] {
            assert!(is_written(url), "{url}");
        }
        for url in ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "#fn", "a.pdf", "file:///x", ""]
        {
            assert!(!is_written(url), "{url}");
        }
    }

    #[test]
    fn campaign_parameters_keep_query_and_fragment() {
        let cases = [
            ("https://example.org/a", "https://example.org/a?utm_source=x&utm_medium=social&utm_campaign=s"),
            ("https://example.org/a?id=7", "https://example.org/a?id=7&utm_source=x&utm_medium=social&utm_campaign=s"),
            ("https://example.org/a?", "https://example.org/a?utm_source=x&utm_medium=social&utm_campaign=s"),
            ("https://example.org/a?id=7&", "https://example.org/a?id=7&utm_source=x&utm_medium=social&utm_campaign=s"),
            ("https://example.org/a#ort", "https://example.org/a?utm_source=x&utm_medium=social&utm_campaign=s#ort"),
            (
                "https://example.org/#/a?b=c",
                "https://example.org/?utm_source=x&utm_medium=social&utm_campaign=s#/a?b=c",
            ),
            ("HTTPS://EXAMPLE.ORG/A", "HTTPS://EXAMPLE.ORG/A?utm_source=x&utm_medium=social&utm_campaign=s"),
            ("mailto:a@example.org", "mailto:a@example.org"),
            ("tel:+4930123456", "tel:+4930123456"),
        ];
        for (url, expected) in cases {
            assert_eq!(tracked(url, "x", "social", "s"), expected);
        }
    }

    #[test]
    fn campaign_parameters_of_the_author_are_kept() {
        assert_eq!(
            tracked("https://example.org/?utm_source=flyer&UTM_campaign", "x", "social", "s"),
            "https://example.org/?utm_source=flyer&UTM_campaign&utm_medium=social"
        );
    }

    #[test]
    fn campaign_values_are_percent_encoded() {
        assert_eq!(
            tracked("https://example.org", "große&runde", "e mail", "a_b.c-d~e"),
            "https://example.org?utm_source=gro%C3%9Fe%26runde&utm_medium=e%20mail&utm_campaign=a_b.c-d~e"
        );
    }

    #[test]
    fn finds_urls_without_the_punctuation_of_their_sentence() {
        let cases: [(&str, &[&str]); 14] = [
            ("Mehr: https://example.org/a.", &["https://example.org/a"]),
            ("(https://example.org/a)", &["https://example.org/a"]),
            ("https://example.org/A_(B)", &["https://example.org/A_(B)"]),
            ("https://example.org/A_(B)).", &["https://example.org/A_(B)"]),
            ("„https://example.org/a“, sagte", &["https://example.org/a"]),
            ("https://example.org/?a=1&b=2#c!", &["https://example.org/?a=1&b=2#c"]),
            ("https://müller-beispiel.de/straße", &["https://müller-beispiel.de/straße"]),
            ("HTTP://EXAMPLE.ORG und https://b.example", &["HTTP://EXAMPLE.ORG", "https://b.example"]),
            ("http://localhost:8080/a", &[]),
            ("http:// und https://", &[]),
            ("xhttps://example.org", &[]),
            ("www.example.org", &[]),
            ("https://example.org:8443/a…", &["https://example.org:8443/a"]),
            ("https://10.0.0.1/a", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<&str> = urls(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_host_is_without_user_and_port() {
        assert_eq!(host("https://a:b@www.example.org:8443/x?y#z"), Some("www.example.org"));
        assert_eq!(host("http://[::1]:80/"), Some("::1"));
        assert_eq!(host("https:///x"), None);
        assert_eq!(host("ftp://example.org"), None);
    }
}
