//! The words of a heading or a cell, and what they are a sign of.
//!
//! Comes in: a text as somebody typed it. Goes out: its [`words`] in the form of [`key`], compounds in their parts, and the
//! tables that say which of them refuse, deny, consent or turn nothing. Decides nothing.

use crate::members::address::is_invisible;
use crate::members::table::heading::key;

/// In a text's [`key`]: refuses, wherever it stands.
pub(super) const REFUSES: &[&str] = &[
    "werbesperre",
    "mailsperr",
    "versandsperre",
    "kontaktsperre",
    "newslettersperr",
    "sperrvermerk",
    "sperrkennzeichen",
    "gesperrt",
    "austritt",
    "ausgetreten",
    "ausgeschieden",
    "ausscheiden",
    "mitgliedbis",
    "optout",
    "optedout",
    "optingout",
    "abgemeldet",
    "abmeldung",
    "abbestellt",
    "abbestellung",
    "unsubscribe",
    "unsubscription",
    "widerspruch",
    "widersprochen",
    "widerruf",
    "gekuendigt",
    "kuendigungam",
    "kuendigungsdatum",
    "kuendigungstermin",
    "kuendigungsgrund",
    "kuendigungzum",
    "unerwuenscht",
    "ungewollt",
    "verstorben",
    "gestorben",
    "todesdatum",
    "todestag",
    "sterbedatum",
    "sterbetag",
    "deceased",
];

/// Words that refuse beside a consent (`Newsletter gestoppt`), and where nothing but [`NEUTRAL`] words stand with them
/// (`Gelöscht am`).
pub(super) const REFUSES_SOMETHING: &[&str] = &[
    "sperre",
    "sperrung",
    "sperrdatum",
    "sperrgrund",
    "sperrliste",
    "kuendigung",
    "inaktiv",
    "inactive",
    "geloescht",
    "loeschung",
    "deleted",
    "blacklist",
    "blacklisted",
    "blocklist",
    "blocklisted",
    "blocked",
    "blockiert",
    "dnc",
    "bounced",
    "verzogen",
    "stop",
    "stopp",
    "stopped",
    "gestoppt",
    "deaktiviert",
    "deaktivierung",
    "deactivated",
    "abgelehnt",
    "ablehnung",
    "ablehnt",
    "lehntab",
    "beendet",
    "beendigung",
    "eingestellt",
    "ausschluss",
    "ausgeschlossen",
    "ausgenommen",
    "ausgetragen",
    "austragung",
    "verweigert",
    "verweigerung",
    "zurueckgezogen",
    "zurueckgenommen",
    "zuruecknahme",
    "entzogen",
    "entzug",
    "untersagt",
    "unterbunden",
    "unterdrueckt",
    "erloschen",
    "abgelaufen",
    "expired",
    "lapsed",
    "withdrawn",
    "withdrawal",
    "revoked",
    "revocation",
    "declined",
    "denied",
    "refused",
    "rejected",
    "objection",
    "objected",
    "suppress",
    "suppressed",
    "suppression",
    "exclude",
    "excluded",
    "exclusion",
    "resigned",
    "resignation",
    "exit",
    "left",
    "cancelled",
    "canceled",
    "terminated",
    "removed",
    "entfernt",
    "storniert",
    "storno",
    "tot",
    "abgem",
    "ausgetr",
    "austr",
    "verst",
    "widerr",
];

/// Words that refuse beside a [`SUBJECT`]: `Mitgliedschaftsende`.
pub(super) const ENDS: &[&str] = &[
    "ende",
    "end",
    "ended",
    "endet",
    "endete",
    "enddatum",
    "ehemalig",
    "ehemalige",
    "ehemaliger",
    "ehemaliges",
    "former",
];

/// What somebody leaves.
pub(super) const SUBJECT: &[&str] =
    &["mitglied", "mitglieds", "mitgliedschaft", "mitgliedschafts", "member", "membership"];

/// Words that deny.
pub(super) const DENIES: &[&str] = &[
    "kein",
    "keine",
    "keinen",
    "keinem",
    "keiner",
    "keines",
    "keinerlei",
    "nicht",
    "nie",
    "niemals",
    "ohne",
    "not",
    "never",
    "without",
    "dont",
];

/// Words that consent, also as parts of other words.
pub(super) const CONSENTS: &[&str] = &[
    "newsletter",
    "rundbrief",
    "rundmail",
    "rundschreiben",
    "infomail",
    "optin",
    "optedin",
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
    "mailerlaubnis",
    "werbeerlaubnis",
    "kontakterlaubnis",
];

/// Words that consent where nothing but `ja`, `nein` and their like stand with them.
pub(super) const CONSENTS_ALONE: &[&str] =
    &["mailing", "mailings", "abo", "aktiv", "active", "dsgvo", "gdpr", "werbung"];

/// The answers that a heading offers.
pub(super) const ANSWERS: &[&str] = &["ja", "nein", "yes", "no", "j", "n", "y"];

/// Words that consent beside a [`CONTACT`]: `E-Mail erwünscht`.
pub(super) const WISHES: &[&str] =
    &["erwuenscht", "gewuenscht", "gewollt", "erlaubt", "erlaubnis", "gestattet", "allowed", "permitted"];

/// What somebody did who consents.
pub(super) const CONSENTED: &[&str] = &[
    "abonniert",
    "angemeldet",
    "aktiv",
    "aktiviert",
    "active",
    "bestaetigt",
    "confirmed",
    "subscribed",
    "eingewilligt",
    "einverstanden",
    "zugestimmt",
    "erteilt",
    "erlaubt",
    "gegeben",
    "erwuenscht",
    "gewuenscht",
    "given",
    "granted",
    "optin",
    "optedin",
    "vorhanden",
    "anmeldung",
];

/// Words for writing to somebody; so is every word with `mail` in it.
pub(super) const CONTACT: &[&str] = &[
    "werbung",
    "werbe",
    "marketing",
    "kontakt",
    "kontakte",
    "kontaktaufnahme",
    "kontaktieren",
    "contact",
    "contacted",
    "anschreiben",
    "angeschrieben",
    "schreiben",
    "zusenden",
    "zusendung",
    "zusendungen",
    "senden",
    "send",
    "sending",
    "schicken",
    "verschicken",
    "versenden",
    "versand",
    "benachrichtigen",
    "nachrichten",
    "messages",
    "infos",
    "nl",
    "post",
    "will",
    "wollen",
    "moechte",
    "wuenscht",
    "want",
    "wants",
    "wanted",
    "interesse",
    "interessiert",
    "interest",
    "interested",
    "erwuenscht",
    "gewuenscht",
];

/// Words that change nothing about which way round a heading is.
pub(super) const NEUTRAL: &[&str] = &[
    "ja",
    "nein",
    "yes",
    "no",
    "j",
    "n",
    "y",
    "am",
    "seit",
    "datum",
    "zum",
    "zur",
    "zu",
    "since",
    "date",
    "at",
    "on",
    "time",
    "timestamp",
    "zeitpunkt",
    "uhrzeit",
    "per",
    "via",
    "by",
    "mail",
    "mails",
    "email",
    "emails",
    "e",
    "der",
    "die",
    "das",
    "den",
    "dem",
    "des",
    "ein",
    "eine",
    "einen",
    "einer",
    "fuer",
    "for",
    "the",
    "a",
    "an",
    "in",
    "im",
    "of",
    "from",
    "vom",
    "von",
    "to",
    "und",
    "and",
    "erhalten",
    "erhaelt",
    "bekommen",
    "bekommt",
    "erwuenscht",
    "gewuenscht",
    "gewollt",
    "wants",
    "want",
    "wanted",
    "wuenscht",
    "will",
    "moechte",
    "wollen",
    "receive",
    "receives",
    "erteilt",
    "gegeben",
    "vorhanden",
    "liegt",
    "vor",
    "given",
    "granted",
    "status",
    "abo",
    "abonnement",
    "abonnent",
    "abonnenten",
    "anmeldung",
    "angemeldet",
    "empfaenger",
    "empfang",
    "bezug",
    "bezieht",
    "versand",
    "verteiler",
    "zusendung",
    "zusenden",
    "senden",
    "schicken",
    "send",
    "werbung",
    "werbe",
    "marketing",
    "kontakt",
    "contact",
    "dsgvo",
    "gdpr",
    "datenschutz",
    "erklaerung",
    "aktiv",
    "aktiviert",
    "active",
    "bestaetigt",
    "confirmed",
    "confirmation",
    "confirm",
    "double",
    "hat",
    "has",
    "have",
    "ist",
    "is",
    "was",
    "wurde",
    "bitte",
    "please",
    "erlaubt",
    "erlaubnis",
    "interesse",
    "interessiert",
    "interested",
    "interest",
    "mailing",
    "mailings",
    "allow",
    "nl",
];

/// More of them, beside a word that refuses or denies.
pub(super) const NEUTRAL_TOO: &[&str] = &[
    "do",
    "does",
    "did",
    "mehr",
    "weitere",
    "weiteren",
    "weiterer",
    "weiterhin",
    "more",
    "any",
    "further",
    "longer",
    "bulk",
    "serien",
    "mich",
    "me",
    "uns",
    "us",
    "eingegangen",
    "grund",
    "reason",
    "durch",
    "mit",
    "because",
];

/// With one of these a refusal may mean the contrary: `Newsletter trotz Austritt`.
pub(super) const TURNS: &[&str] = &[
    "trotz", "nach", "falls", "wenn", "sofern", "solange", "ausser", "auch", "unless", "until", "if", "after",
    "despite", "although", "oder", "or", "bzw",
];

/// In a text's [`key`]: about a refusal, but none.
pub(super) const ABOUT_REFUSALS: &[&str] =
    &["widerruflich", "widerrufbar", "widerrufsrecht", "widerrufsbelehrung", "widerspruchsrecht"];

/// Fees are blocked too.
pub(super) const MONEY: &[&str] = &["beitrag", "lastschrift", "zahlung", "einzug", "mahn", "sepa", "bank"];

/// Other ways to reach somebody.
pub(super) const OTHER_WAYS: &[&str] =
    &["fax", "faxe", "faxes", "phone", "call", "calls", "telefon", "anruf", "sms", "whatsapp"];

/// On paper.
pub(super) const PAPER: &[&str] = &["post", "postweg", "postalisch", "brief", "briefpost", "papier", "paper"];

/// Two words that are one: the second begins so.
const JOINED: &[(&str, &str)] = &[
    ("e", "mail"),
    ("news", "letter"),
    ("rund", "brief"),
    ("rund", "mail"),
    ("rund", "schreiben"),
    ("info", "mail"),
    ("un", "sub"),
    ("black", "list"),
    ("block", "list"),
];

/// Two words that are one, as they stand.
const JOINED_WHOLE: &[(&str, &str)] = &[
    ("opt", "in"),
    ("opted", "in"),
    ("opt", "out"),
    ("opts", "out"),
    ("opted", "out"),
    ("opting", "out"),
    ("lehnt", "ab"),
    ("k", "a"),
    ("n", "a"),
];

/// Beginnings of compounds whose end may refuse: `Mailstopp`, `Mitgliedschaftsende`.
const BEGINNINGS: &[&str] =
    &["mitgliedschafts", "mitgliedschaft", "mitglieds", "mitglied", "email", "mail", "werbe", "versand", "kontakt"];

/// The words of a text, each in the form of [`key`]; `NewsletterAbo`, `Newsletter-Abo` and `Newsletterabo` are two each, a
/// cross for the dead is one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for piece in pieces(text) {
        if let Some(last) = words.last_mut() {
            let begins = JOINED.iter().any(|(first, second)| last == first && piece.starts_with(second));
            if begins || JOINED_WHOLE.contains(&(last.as_str(), piece.as_str())) {
                last.push_str(&piece);
                continue;
            }
        }
        words.push(piece);
    }
    words.iter().flat_map(|word| parts(word)).collect()
}

/// Divided at everything that is no letter or digit, and at a capital letter inside a word.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut small = false;
    for c in text.replace(['†', '✝'], " verstorben ").chars() {
        let apostrophe = matches!(c, '\'' | '’');
        let mark = apostrophe || c == '\u{308}' || is_invisible(c) && !c.is_whitespace();
        let between = !c.is_alphanumeric() && !mark;
        if between || small && c.is_uppercase() {
            pieces.push(String::new());
        }
        if !between {
            pieces.last_mut().expect("it begins with one").push(c);
        }
        small = if mark { small } else { c.is_lowercase() };
    }
    pieces.iter().map(|piece| key(piece)).filter(|piece| !piece.is_empty()).collect()
}

/// A compound's parts: what consents, and what stands before and after it.
fn parts(word: &str) -> Vec<String> {
    if word.starts_with("unsub") {
        return vec![word.to_owned()];
    }
    let found = CONSENTS.iter().filter_map(|consent| Some((word.find(consent)?, *consent)));
    if let Some((at, consent)) = found.min_by_key(|(at, consent)| (*at, usize::MAX - consent.len())) {
        let (before, after) = (&word[..at], unlinked(&word[at + consent.len()..]));
        let around = |part: &str| if part.is_empty() { Vec::new() } else { parts(part) };
        return [around(before), vec![consent.to_owned()], around(after)].concat();
    }
    for beginning in BEGINNINGS {
        let end = word.strip_prefix(beginning).map(unlinked);
        let refuses = |end: &&str| REFUSES_SOMETHING.contains(end) || ENDS.contains(end) || WISHES.contains(end);
        if let Some(end) = end.filter(refuses) {
            return vec![(*beginning).to_owned(), end.to_owned()];
        }
    }
    vec![word.to_owned()]
}

/// The second part of a compound without the letter between the two, and without a mere ending.
fn unlinked(after: &str) -> &str {
    let known = |word: &str| {
        let tables = [NEUTRAL, REFUSES_SOMETHING, ENDS, CONSENTS];
        tables.iter().any(|table| table.contains(&word))
    };
    match after {
        "s" | "e" | "en" | "n" | "ed" | "em" => "",
        _ => after.strip_prefix('s').filter(|rest| !known(after) && known(rest)).unwrap_or(after),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn compounds_are_divided_and_what_belongs_together_is_joined() {
        let cases = [
            ("Newsletterempfänger", "newsletter empfaenger"),
            ("Rundbriefbezug", "rundbrief bezug"),
            ("NewsletterAbo", "newsletter abo"),
            ("Einwilligungsdatum", "einwilligung datum"),
            ("E-Mail-Newsletters", "email newsletter"),
            ("HasOptedOutOfEmail", "has optedout of email"),
            ("Opt-in / Opt-out", "optin optout"),
            ("News\u{ad}letter", "newsletter"),
            ("GEKU\u{308}NDIGT", "gekuendigt"),
            ("Don’t send", "dont send"),
            ("Newsletterstopp", "newsletter stopp"),
            ("Mailstopp", "mail stopp"),
            ("Mitgliedschaftsende", "mitgliedschafts ende"),
            ("UNSUB_TIME", "unsub time"),
            ("un-subscribed", "unsubscribed"),
            ("† 2021", "verstorben 2021"),
            ("keine", "keine"),
            ("???", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }
}
