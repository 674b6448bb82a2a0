//! URLs that a member's value becomes part of.

use std::fmt::Write;

/// The value with everything escaped but RFC 3986's unreserved characters: safe in any part of a URL.
pub(super) fn percent_encode(value: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    encoded
}

/// Whether a whole link may be this: http(s) with a host, or mailto with an address; no blanks, no control characters.
pub(super) fn is_web_or_mail(url: &str) -> bool {
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => {
            rest.strip_prefix("//").is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '?', '#', '\\']))
        }
        "mailto" => rest.contains('@'),
        _ => false,
    }
}

/// Whether the URL may stand in angle brackets in a header: https, printable ASCII, no space and no bracket.
pub(super) fn is_https_for_header(url: &str) -> bool {
    is_web_or_mail(url)
        && url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b','))
}

#[cfg(test)]
mod tests {
    use super::{is_https_for_header, is_web_or_mail, percent_encode};

    #[test]
    fn only_web_and_mail_addresses_are_links() {
        for good in ["https://example.org/ü?a=b", "HTTP://example.org", "mailto:a@example.org"] {
            assert!(is_web_or_mail(good), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "https:///x", "https://", "example.org", "data:text/html,x", "https://a b", ""]
        {
            assert!(!is_web_or_mail(bad), "{bad}");
        }
    }

    #[test]
    fn a_header_takes_https_only() {
        assert!(is_https_for_header("https://example.org/u/abc"));
        assert!(!is_https_for_header("http://example.org/u/abc"));
        assert!(!is_https_for_header("https://example.org/u>,<mailto:x@y"));
    }

    #[test]
    fn a_part_of_a_url_cannot_leave_its_place() {
        assert_eq!(percent_encode("a/../?b=ü&c#d \"", b""), "a%2F..%2F%3Fb%3D%C3%BC%26c%23d%20%22");
    }
}
