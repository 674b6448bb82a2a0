//! Where a network is opened with what is to be posted there, for texts that a person posts.
//!
//! Sources: X, "Web intents" (intent/post); LinkedIn, "Share on LinkedIn" (share-offsite, which takes the link alone);
//! Meta, "Share dialog" (sharer.php, the link alone) and "Threads web intents"; Bluesky, "Action intent links".

use crate::config::NetworkKind;

/// The address that opens the network; `None` where there is none to open, or nothing to link.
pub fn url(kind: NetworkKind, text: &str, link: Option<&str>) -> Option<String> {
    match kind {
        NetworkKind::X => Some(format!("https://x.com/intent/post?text={}", encoded(text))),
        NetworkKind::Threads => Some(format!("https://www.threads.net/intent/post?text={}", encoded(text))),
        NetworkKind::Bluesky => Some(format!("https://bsky.app/intent/compose?text={}", encoded(text))),
        NetworkKind::LinkedIn => {
            link.map(|link| format!("https://www.linkedin.com/sharing/share-offsite/?url={}", encoded(link)))
        }
        NetworkKind::Facebook => {
            link.map(|link| format!("https://www.facebook.com/sharer/sharer.php?u={}", encoded(link)))
        }
        // Each instance has an address of its own.
        NetworkKind::Mastodon | NetworkKind::Plain => None,
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
        let url = url(NetworkKind::X, "Tür & Tor: 10 %\n#Ehrenamt", None).expect("has one");
        assert_eq!(url, "https://x.com/intent/post?text=T%C3%BCr%20%26%20Tor%3A%2010%20%25%0A%23Ehrenamt");
        assert_eq!(super::url(NetworkKind::LinkedIn, "x", None), None);
    }
}
