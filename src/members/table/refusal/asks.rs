//! Headings that ask whether somebody may be written to.
//!
//! Comes in: a heading. Goes out: whether it asks for a consent or a refusal. Looks at no cell; a heading that is taken
//! for one by mistake costs a line of configuration, one that is missed costs a member's trust.

use crate::members::table::heading::key;

/// What a heading asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::members::table) enum Asks {
    /// `Newsletter`, `Einwilligung`: yes is a consent.
    Consent,
    /// `Austritt`, `Werbesperre`: anything in it is a refusal.
    Refusal,
}

/// In a heading's [`key`]: a word that refuses, wherever it stands.
const REFUSES: [&str; 40] = [
    "werbesperre",
    "mailsperre",
    "versandsperre",
    "kontaktsperre",
    "newslettersperre",
    "sperrvermerk",
    "gesperrt",
    "austritt",
    "ausgetreten",
    "ausgeschieden",
    "ausscheiden",
    "mitgliedbis",
    "optout",
    "abgemeldet",
    "abmeldung",
    "abgemeldetam",
    "abbestellt",
    "abbestellung",
    "unsubscribe",
    "widerspruch",
    "widersprochen",
    "widerruf",
    "widerrufen",
    "gekuendigt",
    "kuendigungam",
    "kuendigungsdatum",
    "kuendigungzum",
    "verstorben",
    "gestorben",
    "todesdatum",
    "sterbedatum",
    "deceased",
    "donotcontact",
    "donotmail",
    "donotemail",
    "donotsend",
    "nichtanschreiben",
    "nichtmehranschreiben",
    "nichtkontaktieren",
    "nichtmailen",
];

/// In a heading's [`key`]: words that refuse only where they stand alone.
const REFUSES_ALONE: [&str; 11] = [
    "sperre",
    "kuendigung",
    "inaktiv",
    "inactive",
    "geloescht",
    "deleted",
    "blacklist",
    "blocked",
    "dnc",
    "bounced",
    "verzogen",
];

/// In a heading's [`key`]: a word that consents, wherever it stands.
const CONSENTS: [&str; 18] = [
    "newsletter",
    "rundbrief",
    "rundmail",
    "infomail",
    "optin",
    "einwilligung",
    "eingewilligt",
    "einverstaendnis",
    "einverstanden",
    "zustimmung",
    "zugestimmt",
    "consent",
    "permission",
    "subscribed",
    "subscription",
    "abonniert",
    "mailerlaubt",
    "werbeerlaubnis",
];

/// In a heading's [`key`]: words that consent only where they stand alone.
const CONSENTS_ALONE: [&str; 9] =
    ["mailing", "mailings", "mailingjanein", "abo", "aktiv", "active", "dsgvo", "gdpr", "werbung"];

/// What a heading asks, if it is one of those.
pub(in crate::members::table) fn asks(heading: &str) -> Option<Asks> {
    let key = key(heading);
    let within = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let alone = |words: &[&str]| words.contains(&key.as_str());
    if within(&REFUSES) || alone(&REFUSES_ALONE) || is_denied(&key) {
        Some(Asks::Refusal)
    } else if within(&CONSENTS) || alone(&CONSENTS_ALONE) {
        Some(Asks::Consent)
    } else {
        None
    }
}

/// `Bitte keine E-Mails`, `Kein Newsletter`, `no mail`.
fn is_denied(key: &str) -> bool {
    const DENIED: [&str; 5] = ["mail", "email", "werbung", "kontakt", "contact"];
    let sent = |rest: &str| CONSENTS.iter().chain(&DENIED).any(|word| rest.starts_with(word));
    let german = ["kein", "keine", "keinen", "keinerlei", "nicht", "ohne"];
    german.iter().any(|no| key.match_indices(no).any(|(at, _)| sent(&key[at + no.len()..])))
        || ["no", "not", "without"].iter().any(|no| key.strip_prefix(no).is_some_and(sent))
}

/// Whether a cell in a column without a heading refuses by itself: `verstorben`, `ausgetreten 2023`.
pub(in crate::members::table) fn refuses(cell: &str) -> bool {
    asks(cell) == Some(Asks::Refusal)
}

#[cfg(test)]
mod tests {
    use super::{Asks, asks};

    #[test]
    fn headings_that_refuse_are_seen() {
        let headings = [
            "Werbesperre",
            "Austritt",
            "Austrittsdatum",
            "ausgetreten am",
            "Opt-out",
            "Opt Out Newsletter",
            "Abgemeldet",
            "Newsletter abgemeldet",
            "Unsubscribed",
            "unsubscribed_at",
            "Widerspruch",
            "Gekündigt",
            "GEKU\u{308}NDIGT",
            "Kündigung",
            "Gesperrt",
            "Verstorben",
            "Kein Mailing",
            "Kein Newsletter",
            "keine E-Mails",
            "No newsletter",
            "Do not contact",
            "Do-Not-Mail",
            "Mitglied bis",
            "Inaktiv",
        ];
        for heading in headings {
            assert_eq!(asks(heading), Some(Asks::Refusal), "{heading}");
        }
    }

    #[test]
    fn headings_that_consent_are_seen() {
        let headings = [
            "Newsletter",
            "Newsletter ja/nein",
            "Newsletter?",
            "Rundbrief",
            "Opt-in",
            "Einwilligung",
            "Einwilligung am",
            "Consent",
            "Zustimmung Newsletter",
            "Mailing",
            "Aktiv",
            "DSGVO",
        ];
        for heading in headings {
            assert_eq!(asks(heading), Some(Asks::Consent), "{heading}");
        }
    }

    #[test]
    fn ordinary_headings_are_left_alone() {
        let headings = [
            "E-Mail",
            "Vorname",
            "Nachname",
            "Organisation",
            "Ort",
            "Notizen",
            "Labor",
            "Aktivitäten",
            "Mailing address",
            "Kündigungsfrist",
            "Norden",
            "Eintritt",
            "Mitglied seit",
            "Mitgliedsnummer",
            "Anmeldung",
            "Telefon",
            "Status",
        ];
        for heading in headings {
            assert_eq!(asks(heading), None, "{heading}");
        }
    }
}
