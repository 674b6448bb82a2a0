//! What stands around an article on its page and is none of it: skip links, menus, „Zurück“, share and cookie lines,
//! breadcrumbs, lone separators.
//!
//! Comes in: one line or paragraph. Goes out: the rule that drops it, or none. All rules stand in one table, each with
//! lines that it drops and lines that look alike and stay; the tests read the same table. A rule looks at a whole line,
//! never at a part of one: no sentence ever loses a word.

/// How a rule recognises a line.
enum Match {
    /// The line consists of these phrases, one or several of them, with or without signs between.
    Phrases(&'static [&'static str]),
    /// The line begins with one of these words and has at most so many characters.
    Begins(&'static [&'static str], usize),
    /// Parts between separators, the first of which is one of these.
    Trail(&'static [&'static str]),
    /// Nothing but signs.
    Signs,
}

/// One kind of page chrome.
struct Rule {
    name: &'static str,
    matches: Match,
    /// Read by the tests alone: lines that go, and lines that stay.
    #[cfg(test)]
    drops: &'static [&'static str],
    #[cfg(test)]
    keeps: &'static [&'static str],
}

/// `rule!(name, matches, drops, keeps)`.
macro_rules! rule {
    ($name:literal, $matches:expr, $drops:expr, $keeps:expr) => {
        Rule {
            name: $name,
            matches: $matches,
            #[cfg(test)]
            drops: &$drops,
            #[cfg(test)]
            keeps: &$keeps,
        }
    };
}

const RULES: &[Rule] = &[
    rule!(
        "skip link",
        Match::Phrases(&[
            "zum hauptinhalt springen",
            "zum hauptinhalt",
            "zum inhalt springen",
            "zum inhalt",
            "direkt zum inhalt",
            "zum seiteninhalt",
            "zum footer springen",
            "zum fußbereich springen",
            "zum seitenende",
            "zum seitenfuß",
            "zur navigation springen",
            "zur hauptnavigation springen",
            "zur hauptnavigation",
            "zur suche springen",
            "navigation überspringen",
            "zum menü",
            "skip to main content",
            "skip to main navigation",
            "skip to page footer",
            "skip to footer",
            "skip to content",
            "skip to navigation",
            "skip to search",
            "skip navigation",
            "skip navigation links",
            "jump to content",
            "jump to navigation",
        ]),
        ["Zum Hauptinhalt springen Skip to page footer", "Skip to content", "› Direkt zum Inhalt"],
        ["Zum Inhalt springen kann man mit der Tastatur.", "Zum Inhalt der Tagung"]
    ),
    rule!(
        "back link",
        Match::Phrases(&[
            "zurück",
            "zurück zur übersicht",
            "zurück zur liste",
            "zurück zur startseite",
            "zurück zu aktuelles",
            "zurück zur newsübersicht",
            "zurück nach oben",
            "zur übersicht",
            "zur startseite",
            "nach oben",
            "nach oben springen",
            "seitenanfang",
            "vorheriger beitrag",
            "nächster beitrag",
            "vorheriger artikel",
            "nächster artikel",
            "ältere beiträge",
            "neuere beiträge",
            "weiterlesen",
            "weiter lesen",
            "mehr lesen",
            "mehr erfahren",
            "alle news",
            "alle meldungen",
            "alle beiträge",
            "back",
            "go back",
            "back to overview",
            "back to list",
            "back to news",
            "back to top",
            "to top",
            "previous",
            "next",
            "previous post",
            "next post",
            "previous article",
            "next article",
            "read more",
            "all news",
            "prev",
        ]),
        ["Zurück", "« Zurück zur Übersicht", "Vorheriger Beitrag | Nächster Beitrag", "Back to top ↑"],
        ["Zurück in die Zukunft", "Zurück blieb ein gutes Gefühl.", "Weiterlesen lohnt sich."]
    ),
    rule!(
        "share link",
        Match::Phrases(&[
            "teilen",
            "artikel teilen",
            "beitrag teilen",
            "diesen artikel teilen",
            "diesen beitrag teilen",
            "seite teilen",
            "jetzt teilen",
            "teilen auf",
            "auf facebook teilen",
            "auf twitter teilen",
            "auf x teilen",
            "auf linkedin teilen",
            "auf xing teilen",
            "auf mastodon teilen",
            "auf whatsapp teilen",
            "per e-mail teilen",
            "per mail teilen",
            "per e-mail versenden",
            "per e-mail senden",
            "link kopieren",
            "drucken",
            "seite drucken",
            "artikel drucken",
            "druckversion",
            "pdf",
            "merken",
            "twittern",
            "tweet",
            "facebook",
            "twitter",
            "linkedin",
            "xing",
            "whatsapp",
            "mastodon",
            "bluesky",
            "threads",
            "instagram",
            "telegram",
            "pinterest",
            "reddit",
            "youtube",
            "e-mail",
            "email",
            "mail",
            "x",
            "share",
            "share this",
            "share this article",
            "share this post",
            "share on",
            "share on facebook",
            "share on twitter",
            "share on x",
            "share on linkedin",
            "share via email",
            "share by email",
            "copy link",
            "print",
            "print this page",
            "like",
            "follow us",
            "folgen sie uns",
        ]),
        ["Teilen", "Facebook X LinkedIn E-Mail", "Diesen Artikel teilen:", "Share on Facebook · Copy link"],
        ["Teilen macht stark", "Facebook sperrt Konten von Vereinen.", "E-Mail an alle"]
    ),
    rule!(
        "cookie line",
        Match::Begins(
            &[
                "wir verwenden cookies",
                "wir nutzen cookies",
                "wir setzen cookies",
                "diese website verwendet cookies",
                "diese webseite verwendet cookies",
                "diese website nutzt cookies",
                "diese webseite nutzt cookies",
                "diese seite verwendet cookies",
                "diese seite nutzt cookies",
                "unsere website verwendet cookies",
                "auf dieser website verwenden wir cookies",
                "um unsere webseite für sie optimal",
                "we use cookies",
                "this website uses cookies",
                "this site uses cookies",
                "our website uses cookies",
            ],
            600
        ),
        ["Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten.", "This website uses cookies."],
        ["Wir sprachen darüber, wie Vereine Cookies verwenden.", "Cookies und Datenschutz waren Thema."]
    ),
    rule!(
        "consent button",
        Match::Phrases(&[
            "alle akzeptieren",
            "alle cookies akzeptieren",
            "akzeptieren",
            "alles akzeptieren",
            "alle ablehnen",
            "ablehnen",
            "nur notwendige cookies",
            "nur notwendige",
            "nur essenzielle cookies akzeptieren",
            "einstellungen speichern",
            "cookie-einstellungen",
            "cookie einstellungen",
            "cookies verwalten",
            "individuelle datenschutzeinstellungen",
            "datenschutzeinstellungen",
            "einwilligung verwalten",
            "accept",
            "accept all",
            "accept all cookies",
            "accept cookies",
            "reject",
            "reject all",
            "decline",
            "only necessary cookies",
            "necessary cookies only",
            "cookie settings",
            "manage cookies",
            "save settings",
        ]),
        ["Alle akzeptieren Nur notwendige Cookies", "Accept all | Reject all", "Cookie-Einstellungen"],
        ["Ablehnen oder annehmen?", "Akzeptieren wir das?"]
    ),
    rule!(
        "breadcrumb",
        Match::Trail(&[
            "start",
            "startseite",
            "home",
            "sie sind hier",
            "sie befinden sich hier",
            "you are here",
            "homepage"
        ]),
        [
            "Startseite › Aktuelles › Fachkräfte",
            "Sie sind hier: Start / Aktuelles",
            "Home > News",
            "Home » 2024 » Recap"
        ],
        ["Start in die Saison", "Home Office > Büro, sagen viele.", "Berlin / Brandenburg"]
    ),
    rule!(
        "navigation",
        Match::Phrases(&[
            "menü",
            "hauptmenü",
            "menü öffnen",
            "menü schließen",
            "navigation",
            "hauptnavigation",
            "navigation öffnen",
            "navigation ein-/ausblenden",
            "suche",
            "suchen",
            "suche öffnen",
            "suchbegriff eingeben",
            "schließen",
            "sprache",
            "deutsch",
            "english",
            "de",
            "en",
            "leichte sprache",
            "gebärdensprache",
            "startseite",
            "home",
            "anmelden",
            "login",
            "logout",
            "abmelden",
            "registrieren",
            "mitglied werden",
            "newsletter abonnieren",
            "menu",
            "open menu",
            "close menu",
            "main menu",
            "toggle navigation",
            "search",
            "close",
            "sign in",
            "log in",
            "register",
            "subscribe",
        ]),
        ["Menü", "DE | EN", "Suche öffnen", "Toggle navigation"],
        ["Deutsch lernen in Vereinen", "Suche Frieden", "Login für Mitglieder kommt"]
    ),
    rule!(
        "footer link",
        Match::Phrases(&[
            "impressum",
            "datenschutz",
            "datenschutzerklärung",
            "datenschutzhinweise",
            "barrierefreiheit",
            "erklärung zur barrierefreiheit",
            "kontakt",
            "agb",
            "sitemap",
            "disclaimer",
            "haftungsausschluss",
            "alle rechte vorbehalten",
            "alle rechte vorbehalten.",
            "nutzungsbedingungen",
            "imprint",
            "legal notice",
            "privacy",
            "privacy policy",
            "privacy statement",
            "terms",
            "terms of use",
            "terms and conditions",
            "contact",
            "contact us",
            "accessibility",
            "accessibility statement",
            "all rights reserved",
        ]),
        ["Impressum | Datenschutz | Kontakt", "Imprint · Privacy policy", "Datenschutzerklärung"],
        ["Datenschutz im Verein", "Kontakt: anna@example.org", "Contact: Anna Muster"]
    ),
    rule!(
        "copyright line",
        Match::Begins(&["©", "(c) 19", "(c) 20", "copyright ©", "copyright 19", "copyright 20"], 120),
        ["© 2024 Verband Beispiel e.V.", "Copyright © 2024 Example Association"],
        ["Copyright war das Thema des Vormittags.", "(c) ist kein Buchstabe"]
    ),
    rule!(
        "lone separator",
        Match::Signs,
        ["|", "***", "---", "· · ·", "› »", "_____"],
        ["| Aktuelles", "1", "– ja –", "?", "…"]
    ),
];

/// Signs around and between phrases.
const AROUND: &str = "|·•›»‹«→←↑↓>/<-–—:…×☰✕✖▲▼[](),\u{a0}";

/// The rule by which a line is page chrome.
pub fn chrome(line: &str) -> Option<&'static str> {
    let line = line.trim();
    RULES.iter().find(|rule| rule.takes(line)).map(|rule| rule.name)
}

impl Rule {
    fn takes(&self, line: &str) -> bool {
        match &self.matches {
            // The longest line of phrases is a row of share buttons.
            Match::Phrases(phrases) => line.len() <= 200 && consists_of(&line.to_lowercase(), phrases),
            Match::Begins(words, longest) => {
                let lower = line.to_lowercase();
                line.chars().count() <= *longest && words.iter().any(|word| lower.starts_with(word))
            }
            Match::Trail(firsts) => is_trail(line, firsts),
            Match::Signs => !line.is_empty() && line.chars().all(|c| "|-–—_*•·=~#›»‹«/\\+ \t\u{a0}".contains(c)),
        }
    }
}

/// Whether the line is used up by the phrases, each followed by a sign, a space or the end.
fn consists_of(line: &str, phrases: &[&str]) -> bool {
    let skip = |rest: &'_ str| -> usize {
        rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || AROUND.contains(c)).len()
    };
    let mut rest = &line[skip(line)..];
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let ends = |behind: &str| behind.chars().next().is_none_or(|c| c.is_whitespace() || AROUND.contains(c));
        let longest = phrases
            .iter()
            .filter(|phrase| rest.strip_prefix(**phrase).is_some_and(ends))
            .max_by_key(|phrase| phrase.len());
        let Some(phrase) = longest else { return false };
        rest = &rest[phrase.len()..];
        rest = &rest[skip(rest)..];
    }
    true
}

fn is_trail(line: &str, firsts: &[&str]) -> bool {
    const SEPARATORS: [char; 6] = ['›', '»', '>', '/', '→', '|'];
    let line = line.trim_matches(|c: char| c.is_whitespace() || SEPARATORS.contains(&c));
    let (label, rest) = match line.split_once(':') {
        Some((label, rest)) if firsts.contains(&label.trim().to_lowercase().as_str()) => (true, rest),
        _ => (false, line),
    };
    let parts: Vec<&str> = rest.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty()).collect();
    let first = parts.first().is_some_and(|part| firsts.contains(&part.to_lowercase().as_str()));
    line.chars().count() <= 250 && (label || (first && parts.len() >= 2)) && !line.ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_drops_its_own_lines_and_keeps_those_that_look_alike() {
        for rule in RULES {
            for line in rule.drops {
                assert!(rule.takes(line), "{}: {line:?} stays", rule.name);
            }
            for line in rule.keeps {
                assert_eq!(chrome(line), None, "{}: {line:?} goes", rule.name);
            }
            assert!(!rule.drops.is_empty() && !rule.keeps.is_empty(), "{} has no examples", rule.name);
        }
    }

    #[test]
    fn phrases_are_written_as_they_are_compared() {
        for rule in RULES {
            let (Match::Phrases(words) | Match::Begins(words, _) | Match::Trail(words)) = &rule.matches else {
                continue;
            };
            for word in *words {
                assert_eq!(*word, word.to_lowercase(), "{}", rule.name);
            }
        }
    }
}
