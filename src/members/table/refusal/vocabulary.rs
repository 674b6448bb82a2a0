//! Words that a heading or a cell refuses or consents by, in the form of [`key`](crate::members::table::heading::key).
//!
//! Comes in: nothing. Goes out: tables, German and English, with the words of mailing and membership programs. Whoever adds a
//! word adds a heading to `asks/tests.rs`. They are set without the formatter, which would give each word a line.

/// In the words of a text without gaps: refuses, wherever it stands.
#[rustfmt::skip]
pub(super) const REFUSES: &[&str] = &[
    "werbesperre", "mailsperr", "kontaktverbot", "versandsperre", "kontaktsperre", "newslettersperr",
    "sperrvermerk", "sperrkennzeichen", "gesperrt", "austritt", "ausgetreten", "ausgeschieden", "ausscheiden",
    "mitgliedbis", "optout", "optedout", "optingout", "abgemeldet", "abmeldung", "abbestellt", "abbestellung",
    "unsubscribe", "unsubscription", "widerspruch", "widersprochen", "widerruf", "gekuendigt", "kuendigungam",
    "kuendigungsdatum", "kuendigungstermin", "kuendigungsgrund", "kuendigungzum", "unerwuenscht", "ungewollt",
    "verstorben", "gestorben", "todesdatum", "todestag", "sterbedatum", "sterbetag", "deceased",
];

/// Words that refuse beside a consent (`Newsletter gestoppt`), and where nothing but [`NEUTRAL`] words stand with them
/// (`Gelöscht am`).
#[rustfmt::skip]
pub(super) const REFUSES_SOMETHING: &[&str] = &[
    "sperre", "sperrung", "sperrdatum", "sperrgrund", "sperrliste", "kuendigung", "inaktiv", "inactive",
    "geloescht", "loeschung", "deleted", "blacklist", "blacklisted", "blocklist", "blocklisted", "blocked",
    "blockiert", "dnc", "bounced", "verzogen", "stop", "stopp", "stopped", "gestoppt", "deaktiviert",
    "deaktivierung", "deactivated", "abgelehnt", "ablehnung", "ablehnt", "lehntab", "beendet", "beendigung",
    "eingestellt", "ausschluss", "ausgeschlossen", "ausgenommen", "ausgetragen", "austragung", "verweigert",
    "verweigerung", "zurueckgezogen", "zurueckgenommen", "zuruecknahme", "entzogen", "entzug", "untersagt",
    "unterbunden", "unterdrueckt", "erloschen", "abgelaufen", "expired", "lapsed", "withdrawn", "withdrawal",
    "revoked", "revocation", "declined", "denied", "refused", "rejected", "objection", "objected", "suppress",
    "suppressed", "suppression", "exclude", "excluded", "exclusion", "resigned", "resignation", "exit", "left",
    "cancelled", "canceled", "terminated", "removed", "entfernt", "storniert", "storno", "ehemalig", "loeschen",
    "stoppen", "abmelden", "austrag", "verbot", "verboten", "leaving", "tot", "tod", "abgem", "ausgetr", "austr",
    "verst", "widerr",
];

/// Words that refuse beside a [`SUBJECT`]: `Mitgliedschaftsende`.
#[rustfmt::skip]
pub(super) const ENDS: &[&str] = &[
    "ende", "end", "ended", "endet", "endete", "enddatum", "ehemalige", "ehemaliger", "ehemaliges", "former",
];

/// What somebody leaves.
#[rustfmt::skip]
pub(super) const SUBJECT: &[&str] = &[
    "mitglied", "mitglieds", "mitgliedschaft", "mitgliedschafts", "member", "membership",
];

/// Words that deny.
#[rustfmt::skip]
pub(super) const DENIES: &[&str] = &[
    "kein", "keine", "keinen", "keinem", "keiner", "keines", "keinerlei", "nicht", "nie", "niemals", "ohne", "not",
    "never", "without", "dont",
];

/// Words that consent, also as parts of other words.
#[rustfmt::skip]
pub(super) const CONSENTS: &[&str] = &[
    "newsletter", "rundbrief", "rundmail", "rundschreiben", "infomail", "optin", "optedin", "einwilligung",
    "eingewilligt", "einverstaendnis", "einverstanden", "zustimmung", "zugestimmt", "consent", "permission",
    "subscribed", "subscription", "abonniert", "mailerlaubt", "mailerlaubnis", "werbeerlaubnis", "kontakterlaubnis",
];

/// Words that consent where nothing but `ja`, `nein` and their like stand with them.
#[rustfmt::skip]
pub(super) const CONSENTS_ALONE: &[&str] = &[
    "mailing", "mailings", "abo", "aktiv", "active", "dsgvo", "gdpr", "werbung",
];

/// The answers that a heading offers.
pub(super) const ANSWERS: &[&str] = &["ja", "nein", "yes", "no", "j", "n", "y"];

/// Words that consent beside a [`CONTACT`]: `E-Mail erwünscht`.
#[rustfmt::skip]
pub(super) const WISHES: &[&str] = &[
    "erwuenscht", "gewuenscht", "gewollt", "erlaubt", "erlaubnis", "gestattet", "allowed", "permitted",
];

/// What somebody did who consents.
#[rustfmt::skip]
pub(super) const CONSENTED: &[&str] = &[
    "abonniert", "angemeldet", "aktiv", "aktiviert", "active", "bestaetigt", "confirmed", "subscribed",
    "eingewilligt", "einverstanden", "zugestimmt", "erteilt", "erlaubt", "gegeben", "erwuenscht", "gewuenscht",
    "bestellt", "given", "granted", "optin", "optedin", "vorhanden", "anmeldung",
];

/// Words for writing to somebody; so is every word with `mail` in it.
#[rustfmt::skip]
pub(super) const CONTACT: &[&str] = &[
    "werbung", "werbe", "marketing", "kontakt", "kontakte", "kontaktaufnahme", "kontaktieren", "contact",
    "contacted", "anschreiben", "angeschrieben", "schreiben", "zusenden", "zusendung", "zusendungen", "senden",
    "send", "sending", "schicken", "verschicken", "versenden", "versand", "benachrichtigen", "nachrichten",
    "messages", "infos", "nl", "post", "will", "wollen", "moechte", "wuenscht", "want", "wants", "wanted",
    "interesse", "interessiert", "interest", "interested", "erwuenscht", "gewuenscht",
];

/// Words that change nothing about which way round a heading is.
#[rustfmt::skip]
pub(super) const NEUTRAL: &[&str] = &[
    "ja", "nein", "yes", "no", "j", "n", "y", "am", "seit", "datum", "zum", "zur", "zu", "since", "date", "at",
    "on", "time", "timestamp", "zeitpunkt", "uhrzeit", "per", "via", "by", "mail", "mails", "email", "emails", "e",
    "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einer", "fuer", "for", "the", "a", "an",
    "in", "im", "of", "from", "vom", "von", "to", "und", "and", "erhalten", "erhaelt", "bekommen", "bekommt",
    "erwuenscht", "gewuenscht", "gewollt", "wants", "want", "wanted", "wuenscht", "will", "moechte", "wollen",
    "receive", "receives", "erteilt", "gegeben", "vorhanden", "liegt", "vor", "given", "granted", "status", "abo",
    "abonnement", "abonnent", "abonnenten", "anmeldung", "angemeldet", "empfaenger", "empfang", "bezug", "bezieht",
    "versand", "verteiler", "zusendung", "zusenden", "senden", "schicken", "send", "werbung", "werbe", "marketing",
    "kontakt", "contact", "dsgvo", "gdpr", "datenschutz", "erklaerung", "aktiv", "aktiviert", "active", "bestellt",
    "empfaengt", "zustellen", "bestaetigt", "confirmed", "confirmation", "confirm", "double", "hat", "has", "have",
    "ist", "is", "was", "wurde", "bitte", "please", "erlaubt", "erlaubnis", "interesse", "interessiert",
    "interested", "interest", "mailing", "mailings", "allow", "nl",
];

/// More of them, beside a word that refuses or denies.
#[rustfmt::skip]
pub(super) const NEUTRAL_TOO: &[&str] = &[
    "do", "does", "did", "mehr", "weitere", "weiteren", "weiterer", "weiterhin", "more", "any", "further", "longer",
    "bulk", "serien", "mich", "me", "uns", "us", "eingegangen", "grund", "reason", "durch", "mit", "because",
];

/// With one of these a refusal may mean the contrary: `Newsletter trotz Austritt`.
#[rustfmt::skip]
pub(super) const TURNS: &[&str] = &[
    "trotz", "nach", "falls", "wenn", "sofern", "solange", "ausser", "auch", "unless", "until", "if", "after",
    "despite", "although", "oder", "or", "bzw",
];

/// In the words of a text without gaps: about a refusal, but none.
#[rustfmt::skip]
pub(super) const ABOUT_REFUSALS: &[&str] = &[
    "widerruflich", "widerrufbar", "widerrufsrecht", "widerrufsbelehrung", "widerspruchsrecht",
];

/// Fees are blocked too.
pub(super) const MONEY: &[&str] = &["beitrag", "lastschrift", "zahlung", "einzug", "mahn", "sepa", "bank"];

/// Other ways to reach somebody.
#[rustfmt::skip]
pub(super) const OTHER_WAYS: &[&str] = &[
    "fax", "faxe", "faxes", "phone", "call", "calls", "telefon", "anruf", "sms", "whatsapp",
];

/// On paper.
pub(super) const PAPER: &[&str] = &["post", "postweg", "postalisch", "brief", "briefpost", "papier", "paper"];
