//! Where a network is opened with what is to be posted there, for texts that a person posts.
//!
//! Sources: X, "Web intents" (intent/post); LinkedIn, "Share on LinkedIn" (share-offsite, which takes the link alone);
//! Meta, "Share dialog" (sharer.php, the link alone) and "Threads web intents"; Bluesky, "Action intent links"; Mastodon,
//! "Share tool" (share.joinmastodon.org, which asks for one's own server and keeps the text in the browser).

use crate::config::NetworkKind;

/// The address that opens the network; `None` for a text that is for no network in particular.
pub fn url(kind: NetworkKind, text: &str, link: Option<&str>) -> Option<String> {
    match kind {
        NetworkKind::X => Some(format!("https://x.com/intent/post?text={}", encoded(text))),
        NetworkKind::Threads => Some(format!("https://www.threads.net/intent/post?text={}", encoded(text))),
        NetworkKind::Bluesky => Some(format!("https://bsky.app/intent/compose?text={}", encoded(text))),
        NetworkKind::Mastodon => Some(format!("https://share.joinmastodon.org/#text={}", encoded(text))),
        // The text is copied there; without a link the network itself is opened.
        NetworkKind::LinkedIn => Some(match link {
            Some(link) => format!("https://www.linkedin.com/sharing/share-offsite/?url={}", encoded(link)),
            None => "https://www.linkedin.com/feed/".to_owned(),
        }),
        NetworkKind::Facebook => Some(match link {
            Some(link) => format!("https://www.facebook.com/sharer/sharer.php?u={}", encoded(link)),
            None => "https://www.facebook.com/".to_owned(),
        }),
        NetworkKind::Plain => None,
    }
}

/// As people call it.
pub const fn title(kind: NetworkKind) -> &'static str {
    match kind {
        NetworkKind::Mastodon => "Mastodon",
        NetworkKind::Bluesky => "Bluesky",
        NetworkKind::X => "X",
        NetworkKind::LinkedIn => "LinkedIn",
        NetworkKind::Threads => "Threads",
        NetworkKind::Facebook => "Facebook",
        NetworkKind::Plain => "Text",
    }
}

/// Percent-encoded for a query (RFC 3986 section 2.3).
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_the_address() {
        let address = |kind| url(kind, "Tür & Tor: 10 %\n#Ehrenamt", None).expect("has one");
        let text = "T%C3%BCr%20%26%20Tor%3A%2010%20%25%0A%23Ehrenamt";
        assert_eq!(address(NetworkKind::X), format!("https://x.com/intent/post?text={text}"));
        assert_eq!(address(NetworkKind::Mastodon), format!("https://share.joinmastodon.org/#text={text}"));
    }

    #[test]
    fn networks_that_take_a_link_alone_get_it_or_are_opened() {
        let link = Some("https://example.org/a?b=1");
        let shared = url(NetworkKind::LinkedIn, "x", link);
        let expected = "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1";
        assert_eq!(shared.as_deref(), Some(expected));
        assert_eq!(url(NetworkKind::Facebook, "x", None).as_deref(), Some("https://www.facebook.com/"));
        assert_eq!(url(NetworkKind::Plain, "x", link), None);
    }
}
