//! Law and deliverability: what a mail to many must say, and what keeps it out of the spam folder.

use crate::check::rule::{Family, Rule};
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::{host, is_below, words};
use crate::config::{Login, Transport};
use crate::finding::Place;
use crate::post::passage::PassageKind;

pub(super) static FAMILY: Family = Family {
    name: "law",
    about: "What a mail to many must say, and what keeps it out of the spam folder",
    rules: &[IMPRINT, UNSUBSCRIBE, PRIVACY, LIST_HEADERS, SENDER, LIST_BASIS, SHORTENER, PICTURE_ONLY],
    look,
};

const IMPRINT: Rule = Rule::warning(
    "imprint",
    "the mail does not show who sends it",
    "write [site] imprint, and keep it in the footer of your own template (§ 5 DDG)",
);

const UNSUBSCRIBE: Rule = Rule::warning(
    "unsubscribe",
    "the mail shows no way to unsubscribe",
    "write [sender] unsubscribe, and keep {{ unsubscribe_url }} in the footer of your own template",
);

const PRIVACY: Rule = Rule::warning(
    "privacy-link",
    "the mail does not link to the privacy policy",
    "write [site] privacy_url, and keep it in the footer of your own template (GDPR Art. 13)",
);

const LIST_HEADERS: Rule = Rule::warning(
    "list-headers",
    "the mail lacks a header by which mail programs recognise a list: List-Id or List-Unsubscribe",
    "write [sender] list_id and unsubscribe; large providers sort mails without them into spam",
);

const SENDER: Rule = Rule::warning(
    "sender-domain",
    "the sender's domain is not the one that the mail is sent by, so SPF and DMARC may fail",
    "send from an address of your own domain, by a mail server of it",
);

const LIST_BASIS: Rule = Rule::warning(
    "list-basis",
    "a list does not say why its people may be written to",
    "add basis = \"consent\", \"membership\" or what it is (GDPR Art. 6); you will be asked for it",
);

const SHORTENER: Rule = Rule::warning(
    "link-shortener",
    "a link goes through a shortener, as most phishing does",
    "write the address that it leads to",
);

const PICTURE_ONLY: Rule = Rule::warning(
    "picture-only",
    "the mail has pictures and hardly any text",
    "say in the text what the picture says: pictures are often off, and filters take such mails for spam",
);

/// Fewer words than this, with a picture, are a poster.
const WORDS: usize = 20;

const SHORTENERS: [&str; 22] = [
    "bit.ly",
    "t.co",
    "goo.gl",
    "tinyurl.com",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "t1p.de",
    "kurzelinks.de",
    "rebrand.ly",
    "cutt.ly",
    "short.io",
    "shorturl.at",
    "rb.gy",
    "tiny.cc",
    "lnkd.in",
    "fb.me",
    "v.gd",
    "bl.ink",
    "dub.sh",
    "kurzlink.de",
    "adf.ly",
];

/// Whoever sends for others in the name of these is refused by most (their DMARC policies).
const FREEMAIL: [&str; 20] = [
    "gmail.com",
    "googlemail.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "outlook.com",
    "outlook.de",
    "hotmail.com",
    "hotmail.de",
    "live.com",
    "yahoo.com",
    "yahoo.de",
    "aol.com",
    "icloud.com",
    "me.com",
    "posteo.de",
];

fn look(subject: &Subject<'_>, told: &mut Told) {
    let mails = subject.goes_to("email");
    if mails {
        footer(subject, told);
        headers(subject, told);
        sender(subject, told);
        basis(subject, told);
        picture_only(subject, told);
    }
    for link in subject.links() {
        let host = host(link.url);
        if SHORTENERS.iter().any(|shortener| is_below(&host, shortener)) {
            told.add(&SHORTENER, subject.place(link.place), format!("{host} hides where this link leads"));
        }
    }
}

/// A line of the configuration, else the post's first.
fn config(subject: &Subject<'_>, place: &Option<Place>) -> Place {
    place.clone().unwrap_or_else(|| subject.key("title"))
}

fn footer(subject: &Subject<'_>, told: &mut Told) {
    let (site, places) = (&subject.source.config.site, &subject.source.config.places);
    let Some(email) = subject.email else { return };
    let shows = |text: &str| email.html.contains(text) || email.html.contains(&escaped(text));
    match &site.imprint {
        None => told.add(&IMPRINT, config(subject, &places.site), "there is no imprint"),
        Some(imprint) => {
            // The first line alone is often the name, which stands elsewhere too.
            if !imprint.lines().all(|line| shows(line.trim())) {
                told.add(&IMPRINT, config(subject, &places.imprint), "the mail does not show the imprint");
            }
        }
    }
    match &site.privacy_url {
        None => told.add(&PRIVACY, config(subject, &places.site), "there is no link to a privacy policy"),
        Some(url) if !shows(url) => {
            told.add(&PRIVACY, config(subject, &places.privacy_url), PRIVACY.what);
        }
        Some(_) => {}
    }
    let unsubscribe = &subject.source.config.sender.unsubscribe;
    let slot = email.slots.list.iter().position(|slot| slot.field == "unsubscribe_url");
    let shown = match (slot, &unsubscribe.mailto) {
        (Some(index), _) if unsubscribe.url.is_some() => email.html.contains(&email.slots.token(index)),
        (_, Some(address)) => shows(&format!("mailto:{address}")),
        _ => false,
    };
    // Without any way at all, the headers have a finding.
    if !shown && (unsubscribe.mailto.is_some() || unsubscribe.url.is_some()) {
        told.add(&UNSUBSCRIBE, config(subject, &places.unsubscribe_mailto), UNSUBSCRIBE.what);
    }
}

/// As templates write it: see `render::email::escape`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn headers(subject: &Subject<'_>, told: &mut Told) {
    let (sender, places) = (&subject.source.config.sender, &subject.source.config.places);
    if sender.list_id.is_none() {
        told.add(&LIST_HEADERS, config(subject, &places.from), "the mail has no List-Id");
    }
    if sender.unsubscribe.mailto.is_none() && sender.unsubscribe.url.is_none() {
        told.add(&LIST_HEADERS, config(subject, &places.from), "the mail has no List-Unsubscribe");
    }
}

fn sender(subject: &Subject<'_>, told: &mut Told) {
    let (config_of, places) = (subject.source.config, &subject.source.config.places);
    let from = config_of.sender.from.email.domain().to_lowercase();
    if FREEMAIL.contains(&from.as_str()) {
        let message = format!("a mail to many in the name of {from} is refused by most providers");
        told.add(&SENDER, config(subject, &places.from), message);
        return;
    }
    let own = organisation(&from);
    if let Some(bounce) = &config_of.sender.bounce_address {
        let domain = bounce.domain().to_lowercase();
        if organisation(&domain) != own {
            let message = format!("bounces go to {domain}, but the sender is at {from}: SPF counts for {domain} only");
            let help = "take a bounce_address of the sender's domain; else DMARC hangs on DKIM alone";
            told.advise(&SENDER, config(subject, &places.bounce_address), message, help);
        }
    }
    let Transport::Smtp(smtp) = &config_of.email.transport else { return };
    let account = match &smtp.login {
        Some(Login::Password { username, .. } | Login::OAuth { username, .. }) => username.to_lowercase(),
        None => return,
    };
    let Some((_, domain)) = account.rsplit_once('@') else { return };
    // An account of this computer (`verband@localhost`) names no domain that anybody could look up.
    if domain.contains('.') && organisation(domain) != own {
        let message = format!("the account is at {domain}, but the sender is at {from}");
        told.add(&SENDER, config(subject, &places.from), message);
    }
}

/// The part of a domain that its owner has registered: two labels, three below endings such as `co.uk`.
fn organisation(domain: &str) -> String {
    let labels: Vec<&str> = domain.split('.').collect();
    let [.., second, last] = labels.as_slice() else { return domain.to_owned() };
    let public = last.len() == 2 && ["co", "com", "org", "ac", "gov", "net", "or", "gv", "edu"].contains(second);
    labels[labels.len().saturating_sub(if public { 3 } else { 2 })..].join(".")
}

fn basis(subject: &Subject<'_>, told: &mut Told) {
    let config_of = subject.source.config;
    for name in subject.lists {
        let Some(list) = config_of.lists.get(name) else { continue };
        if list.basis.as_ref().is_none_or(|basis| basis.trim().is_empty()) {
            let place = config_of.places.lists.get(name).cloned();
            let message = format!("the list `{name}` does not say why its people may be written to");
            told.add(&LIST_BASIS, config(subject, &place), message);
        }
    }
}

fn picture_only(subject: &Subject<'_>, told: &mut Told) {
    let pictures = subject.post().pictures().len();
    if pictures == 0 || subject.post().is_digest() {
        return;
    }
    let text = subject.body_passages().filter(|passage| !matches!(passage.kind, PassageKind::Heading(_)));
    let count: usize = text.map(|passage| words(&passage.text).count()).sum();
    if count < WORDS {
        let what = if pictures == 1 { "a picture" } else { "pictures" };
        told.add(&PICTURE_ONLY, subject.body(), format!("the mail is {what} and {count} words of text"));
    }
}

#[cfg(test)]
mod tests {
    use super::organisation;

    #[test]
    fn an_organisation_is_the_registered_part_of_a_domain() {
        for (domain, own) in [
            ("verband.de", "verband.de"),
            ("mail.verband.de", "verband.de"),
            ("news.trust.org.uk", "trust.org.uk"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(organisation(domain), own);
        }
    }
}
