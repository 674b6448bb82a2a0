//! Links: their words, and where they lead.

use std::net::IpAddr;

use crate::check::rule::Rule;
use crate::check::subject::{Answer, Subject};
use crate::check::told::Told;
use crate::check::words::{host, is_below};
use crate::config::Transport;

pub(super) const LINK_TEXT: Rule = Rule::warning(
    "link-text",
    "the words of a link do not say where it leads: „hier“, “click here”",
    "make the words that name the target the link: „Zum Bericht der Herbsttagung“; many people jump from link to link",
);

pub(super) const PRIVATE_LINK: Rule = Rule::error(
    "private-link",
    "a link leads to a page that only you can open: your own computer, an internal network, an editor's preview",
    "publish the page and write the address that everybody can open",
);

pub(super) const DEAD_LINK: Rule = Rule::warning(
    "dead-link",
    "a link does not answer (asked with --online)",
    "open it in a browser and correct the address; a page that is published later answers then",
);

/// Whole link texts, in lower case, without marks at the ends.
const NOTHING_SAID: [&str; 36] = [
    "hier",
    "hier klicken",
    "klicken sie hier",
    "klicke hier",
    "klick hier",
    "bitte hier klicken",
    "hier weiterlesen",
    "hier entlang",
    "mehr",
    "mehr dazu",
    "mehr lesen",
    "mehr erfahren",
    "mehr infos",
    "mehr informationen",
    "weiter",
    "weiterlesen",
    "weitere informationen",
    "link",
    "dieser link",
    "diesem link",
    "diesen link",
    "zum link",
    "website",
    "webseite",
    "here",
    "click here",
    "click",
    "this link",
    "this",
    "this page",
    "more",
    "read more",
    "learn more",
    "more info",
    "more information",
    "details",
];

/// Endings of names that no public DNS has (RFC 6762, RFC 8375, and what routers make up).
const INTERNAL: [&str; 9] =
    ["localhost", "local", "internal", "intranet", "lan", "home", "home.arpa", "corp", "fritz.box"];

/// In the address of a page that only its editors see.
const FOR_EDITORS: [&str; 7] = [
    "/wp-admin/",
    "preview=true",
    "preview_id=",
    "/typo3/",
    "/user/login",
    "/administrator/index.php",
    "/wp-login.php",
];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    // Whoever sends to a mail server on this computer tries things out, and may link to it.
    let transport = &subject.source.config.email.transport;
    let here = matches!(transport, Transport::Smtp(smtp) if smtp.is_loopback());
    for link in subject.links() {
        let words = link.words.unwrap_or_default();
        let said = words.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if NOTHING_SAID.contains(&said.as_str()) {
            let message = format!("“{}” does not say where the link leads", words.trim());
            told.add(&LINK_TEXT, subject.place(link.place), message);
        }
        if let Some(why) = private(link.url).filter(|_| !here) {
            told.add(&PRIVATE_LINK, subject.place(link.place), format!("readers cannot open this link: {why}"));
        }
        match subject.facts.answers.get(link.url) {
            Some(Answer::Dead(why)) => {
                told.add(&DEAD_LINK, subject.place(link.place), format!("this link leads nowhere: {why}"));
            }
            Some(Answer::Doubtful(why)) => {
                let help = "open it in a browser and correct the address; if it works there, the website only refuses programs";
                let message = format!("this link did not answer: {why}");
                told.advise(&DEAD_LINK, subject.place(link.place), message, help);
            }
            Some(Answer::Alive) | None => {}
        }
    }
}

/// Why a web address cannot be opened by others.
fn private(url: &str) -> Option<String> {
    let host = host(url);
    if host.is_empty() {
        return None;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        let inside = match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
            IpAddr::V6(v6) => {
                v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local()
            }
        };
        return inside.then(|| format!("{host} is an address inside a network"));
    }
    if !host.contains('.') || INTERNAL.iter().any(|ending| is_below(&host, ending)) {
        return Some(format!("{host} exists inside a network only"));
    }
    let lower = url.to_lowercase();
    FOR_EDITORS.iter().find(|part| lower.contains(**part)).map(|part| format!("`{part}` belongs to a page for editors"))
}

#[cfg(test)]
mod tests {
    use super::private;

    #[test]
    fn pages_for_editors_and_inside_a_network_are_private() {
        for url in [
            "http://localhost:8080/a",
            "https://intranet/termine",
            "https://192.168.1.4/a",
            "https://[fe80::1]/",
            "https://wiki.verband.local/",
            "https://verband.de/?p=12&preview=true",
            "https://verband.de/wp-admin/post.php?post=3",
        ] {
            assert!(private(url).is_some(), "{url}");
        }
        for url in ["https://verband.de/vorschau", "https://local.ch/", "mailto:a@verband.local", "https://8.8.8.8/"] {
            assert_eq!(private(url), None, "{url}");
        }
    }
}
