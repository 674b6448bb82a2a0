//! Words that are often mistyped, and the mistyped word that is one of them.
//!
//! Each is long and far from every other word, so that one or two wrong letters inside it are a slip and no other word.
//! The beginning and the end must be right: forms of a word differ there.

use std::sync::LazyLock;

use crate::post::sentence::{WordSet, word_set};

static KNOWN: WordSet = LazyLock::new(|| {
    word_set(
        "geschäftsführer geschäftsführerin geschäftsführung geschäftsstelle geschäftsführender gesellschaft \
         gesellschaftlich wirtschaft wirtschaftlich wissenschaft wissenschaftlich mitgliederversammlung \
         veranstaltung veranstaltungen konferenz herausforderung herausforderungen unterstützung unterstützen \
         unternehmen zusammenarbeit ministerium bundesministerium fachkräfte fachkräftemangel ehrenamt ehrenamtlich \
         vorsitzende vorsitzender vorstand vertreter vertreterin vertrat vertreten präsentation präsentierte \
         teilnehmer teilnehmende teilnehmerinnen organisation organisationen kommunikation information informationen \
         digitalisierung nachhaltigkeit entwicklung entwicklungen verantwortung auszeichnung ausgezeichnet \
         gemeinsam gemeinschaft gemeinschaftlich erfolgreich regelmäßig selbstverständlich wahrscheinlich \
         verschiedene unterschiedliche öffentlichkeit öffentlichkeitsarbeit bewältigung qualifizierung finanzierung \
         förderung abteilungsleiter abteilungsleiterin staatssekretär staatssekretärin bürgermeister \
         bürgermeisterin interessant interessieren projekt diskussion diskussionen podiumsdiskussion rückblick \
         rückschau austausch netzwerk vernetzung schirmherrschaft begrüßung begrüßte verabschiedet anschließend \
         insbesondere außerdem eigentlich hoffentlich letztendlich voraussichtlich standard rhythmus \
         association organisation organization management government development members membership conference \
         cooperation communication responsibility opportunity opportunities successful successfully \
         independent environment independence representative representatives accommodate accommodation necessary \
         professional committee beginning separate separately definitely recommendation recommended \
         occurred received achievement experience knowledge strategic participants participation immediately \
         volunteers volunteering sustainability particularly",
    )
});

/// The known word that `word` was meant to be; `None` where it is right, short or something else.
pub(super) fn meant(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    if length < 6 || KNOWN.contains(lower.as_str()) {
        return None;
    }
    let found = KNOWN.iter().find(|known| is_slip(&lower, length, known))?;
    let capital = word.starts_with(char::is_uppercase);
    let mut meant = String::new();
    for (index, c) in found.chars().enumerate() {
        if index == 0 && capital { meant.extend(c.to_uppercase()) } else { meant.push(c) }
    }
    Some(meant)
}

fn is_slip(word: &str, length: usize, known: &str) -> bool {
    let wanted = known.chars().count();
    let allowed = if wanted >= 13 { 2 } else { 1 };
    if wanted < 7 || wanted.abs_diff(length) > allowed {
        return false;
    }
    let ends = |text: &str| text.chars().rev().take(2).collect::<String>();
    let begins = |text: &str| text.chars().next();
    begins(word) == begins(known)
        && ends(word) == ends(known)
        && strsim::damerau_levenshtein(word, known) <= allowed
        && !is_other_form(word, known)
}

/// Forms that differ inside: `vertritt`, `organisiert`, British and American spelling.
fn is_other_form(word: &str, known: &str) -> bool {
    let plain =
        |text: &str| text.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü").replace("ss", "ß").replace('z', "s");
    plain(word) == plain(known) || REAL.contains(&word)
}

/// Words that are right and near to a known one.
const REAL: [&str; 22] = [
    "gesellschafter",
    "unternahmen",
    "vertraten",
    "vertraute",
    "vertrauten",
    "vertrieben",
    "vorstände",
    "fachkräften",
    "entwickelung",
    "teilnehmern",
    "veranstalteten",
    "begrüßten",
    "wirtschaften",
    "auszeichnungen",
    "seperate",
    "vorsitzenden",
    "organisatorin",
    "gemeinsame",
    "gemeinden",
    "konferenzen",
    "netzwerke",
    "austauschs",
];

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn slips_are_told_from_other_words() {
        for (word, expected) in [
            ("vetrat", Some("vertrat")),
            ("Geschäsftführerin", Some("Geschäftsführerin")),
            ("Untertsützung", Some("Unterstützung")),
            ("recieved", Some("received")),
            ("Vertreter", None),
            ("Vertreterin", None),
            ("Gesellschafter", None),
            ("Geschäftsführerinnen", None),
            ("organisation", None),
            ("organization", None),
            ("Verträge", None),
            ("Unternehmer", None),
            ("Vertreten", None),
            ("gemeinsame", None),
        ] {
            assert_eq!(meant(word).as_deref(), expected, "{word}");
        }
    }
}
