//! Headings as they stand in real lists, and in the exports of mailing and membership programs.

use super::{Asks, asks, refuses};

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
        "Has Opted Out Of Email",
        "HasOptedOutOfEmail",
        "Opted out",
        "Email Opted Out",
        "UNSUB_TIME",
        "UNSUB_REASON",
        "Do Not Bulk Email",
        "Do not allow Emails",
        "Do not allow Bulk Emails",
        "EMAIL_BLACKLISTED",
        "Mitgliedschaft beendet",
        "Mitgliedschaftsende",
        "Ende der Mitgliedschaft",
        "Membership end date",
        "Ehemaliges Mitglied",
        "Gelöscht am",
        "Sperrkennzeichen",
        "Sperrung",
        "E-Mail gesperrt",
        "Deaktiviert",
        "Nicht anmailen",
        "Nicht per Mail",
        "Bitte nicht mehr anschreiben",
        "E-Mail unerwünscht",
        "kein NL",
        "Keine Rundschreiben",
        "Kein Serienmail",
        "Keine Serien-E-Mail",
        "Kündigungstermin",
        "Kündigung zum",
        "Exit date",
        "Resigned",
        "Lehnt ab",
        "Will nicht",
        "Nicht mehr aktiv",
        "Kein Mitglied mehr",
        "Bitte löschen",
        "Kontaktverbot",
        "Tod am",
        "Nur per Post",
        "Mailstopp",
        "†",
    ];
    for heading in headings {
        assert_eq!(asks(heading), Some(Asks::Refusal), "{heading}");
    }
}

#[test]
fn a_consent_that_is_denied_or_taken_back_is_a_refusal() {
    let headings = [
        "Newsletter nicht erwünscht",
        "Newsletter unerwünscht",
        "Newsletter stop",
        "Newsletterstopp",
        "Newsletter gestoppt",
        "Newsletter deaktiviert",
        "Newsletter abgelehnt",
        "Newsletter beendet",
        "Newsletter Ausschluss",
        "Kein Interesse am Newsletter",
        "Möchte keinen weiteren Newsletter",
        "Bitte keinen E-Mail-Newsletter",
        "Einwilligung verweigert",
        "Einwilligung zurückgezogen",
        "Einwilligung entzogen",
        "Einwilligung widerrufen am",
        "Widerruf der Einwilligung",
        "Consent withdrawn",
        "Consent revoked",
        "Opted out of newsletter",
        "Exclude from newsletter",
        "Stop newsletter",
        "Suppress newsletter",
        "Newsletter blocked",
        "Not interested in newsletter",
        "Does not want newsletter",
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
        "Newsletter (yes/no)",
        "Newsletter?",
        "Newsletter per E-Mail",
        "Newsletter erwünscht",
        "Newsletter erhalten",
        "Newsletter seit",
        "Newsletter-Status",
        "Newsletterempfänger",
        "NewsletterAbo",
        "Newsletteranmeldung am",
        "E-Mail-Newsletter",
        "Wants newsletter",
        "Receive the newsletter",
        "Rundbrief",
        "Rundbriefbezug",
        "Opt-in",
        "OPTIN_TIME",
        "Einwilligung",
        "Einwilligung am",
        "Einwilligung erteilt",
        "Einwilligung liegt vor",
        "Einwilligungsdatum",
        "Einwilligungserklärung",
        "Consent",
        "Consent given at",
        "GDPR consent",
        "Zustimmung Newsletter",
        "Mailing",
        "Aktiv",
        "DSGVO",
        "NL ja/nein",
        "E-Mail erwünscht",
        "E-Mail-Erlaubnis",
        "Kontakt erlaubt",
        "Werbung per E-Mail",
        "Empfängt Newsletter",
        "Rundschreiben",
        "Subscription status",
    ];
    for heading in headings {
        assert_eq!(asks(heading), Some(Asks::Consent), "{heading}");
    }
}

#[test]
fn no_direction_is_guessed_where_words_are_unknown_or_turn_each_other_round() {
    let headings = [
        "Newsletter Süd",
        "Newsletter per Post",
        "Newsletter bis",
        "Newsletter Ende",
        "Newsletter No",
        "Newsletter Nicht-Mitglieder",
        "Newsletter trotz Austritt",
        "Newsletter nicht abbestellt",
        "Kein Widerspruch",
        "Nicht gesperrt",
        "not unsubscribed",
        "Opt-in / Opt-out",
        "An-/Abmeldung Newsletter",
        "angemeldet/abgemeldet",
        "aktiv/inaktiv",
        "Einwilligung bis Widerruf",
        "Einwilligung (widerruflich)",
        "Einwilligung Fotos",
        "Newsletter (0 = ja)",
        "Werbesperre (x = darf)",
    ];
    for heading in headings {
        assert_eq!(asks(heading), Some(Asks::Unclear), "{heading}");
    }
}

#[test]
fn ordinary_headings_are_left_alone() {
    let headings = [
        "E-Mail",
        "E-Mail privat",
        "Vorname",
        "Nachname",
        "Organisation",
        "Ort",
        "Notizen",
        "Notes",
        "Labor",
        "Aktivitäten",
        "Aktiv seit",
        "Mailing address",
        "Kündigungsfrist",
        "Norden",
        "No.",
        "Member No",
        "Eintritt",
        "Mitglied",
        "Mitglied seit",
        "Mitgliedsnummer",
        "Mitgliedsbeitrag",
        "Mitgliedsbeitrag gesperrt bis",
        "Lastschrift gesperrt",
        "Anmeldung",
        "Anmeldung am",
        "Telefon",
        "Kontakt",
        "Post",
        "Postleitzahl",
        "Sperrmüll",
        "Stoppel",
        "Haltestelle",
        "Endreinigung",
        "Wochenende",
        "Ende",
        "Stadt",
        "Totenkopf",
        "Exitstrategie",
        "Ausschuss",
        "Leistung",
        "Do Not Call",
        "Has Opted Out Of Fax",
        "SMS_BLACKLISTED",
        "Ehemalige",
        "",
        "???",
    ];
    for heading in headings {
        assert_eq!(asks(heading), None, "{heading}");
    }
}

#[test]
fn a_status_decides_by_its_cells_alone() {
    for heading in ["Status", "Mitgliedsstatus", "Mitgliedstatus", "Membership status"] {
        assert_eq!(asks(heading), Some(Asks::Status), "{heading}");
    }
}

#[test]
fn cells_that_refuse_by_themselves_are_seen_and_ordinary_ones_are_not() {
    let refusing = [
        "ausgetreten",
        "ausgetreten 2023",
        "verstorben",
        "† 2021",
        "gekündigt zum 31.12.",
        "gelöscht",
        "inaktiv",
        "widerrufen 03.05.2024",
        "keine Mails",
        "keine Zusendung",
        "bitte nicht mehr anschreiben",
        "abgemeldet, bitte nicht mehr anschreiben",
        "nur per Post",
        "unsubscribed",
        "opted out",
        "Ehemalig",
        "former member",
        "nicht mehr Mitglied",
        "nicht aktiv",
        "resigned",
    ];
    for cell in refusing {
        assert!(refuses(cell), "{cell}");
    }
    let ordinary = [
        "",
        "aktiv",
        "passiv",
        "Vorstand",
        "keine Angabe",
        "neben der Tabelle",
        "nein",
        "Ende Mai",
        "01.03.2021",
        "Nicola",
    ];
    for cell in ordinary {
        assert!(!refuses(cell), "{cell}");
    }
}
