//! Subject and preheader where the author wrote none: the title and the lead, cut at a sensible place.
//!
//! Comes in: one text. Goes out: a text of one line that is not longer than asked, in characters.

/// Longest subject that is made from a title; most inboxes show 60 to 70 characters.
pub const SUBJECT: usize = 70;
/// Longest preheader that is made from a lead.
pub const PREHEADER: usize = 110;

/// A title as a subject: whole, else up to a dash, bar, bracket or colon, else up to a word.
pub fn subject(title: &str) -> String {
    let title = one_line(title);
    if title.chars().count() <= SUBJECT {
        return title;
    }
    let breaks = [" – ", " — ", " - ", " | ", " (", ": "];
    let fitting = breaks
        .iter()
        .filter_map(|mark| {
            title.match_indices(*mark).map(|(at, _)| at).filter(|at| fits(&title[..*at], SUBJECT)).last()
        })
        .max()
        .filter(|at| title[..*at].chars().count() >= SUBJECT / 3);
    fitting.map_or_else(|| at_word(&title, SUBJECT), |at| title[..at].trim_end().to_owned())
}

/// A lead as a preheader: whole, else up to a word.
pub fn preheader(lead: &str) -> String {
    at_word(&one_line(lead), PREHEADER)
}

/// The text with every run of white space as one space; NBSP and other joining spaces stay.
pub fn one_line(text: &str) -> String {
    text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn fits(text: &str, characters: usize) -> bool {
    text.chars().count() <= characters
}

/// At most `characters`, whole words, with an ellipsis where something is left out.
fn at_word(text: &str, characters: usize) -> String {
    if fits(text, characters) {
        return text.to_owned();
    }
    let end = text.char_indices().nth(characters - 1).map_or(text.len(), |(at, _)| at);
    let cut = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([' ', ',', ';', ':', '–', '-', '(', '„', '“', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_title_is_the_subject() {
        assert_eq!(subject("Fachkräfte:\n eine Kernaufgabe"), "Fachkräfte: eine Kernaufgabe");
    }

    #[test]
    fn a_long_title_ends_at_its_dash() {
        let title = "Fachkräfte gewinnen und halten: was Verbände tun – Bericht von der Jahrestagung in Leipzig";
        assert_eq!(subject(title), "Fachkräfte gewinnen und halten: was Verbände tun");
    }

    #[test]
    fn without_a_sensible_place_it_ends_at_a_word() {
        let shortened = subject(&"Zusammenarbeit ".repeat(9));
        assert_eq!(shortened, format!("{}…", ["Zusammenarbeit"; 4].join(" ")));
    }

    #[test]
    fn a_lead_becomes_at_most_110_characters_of_whole_words() {
        let lead = "Mehr als hundert Gäste kamen nach Leipzig, um über Ausbildung, Zuzug und Weiterbildung zu sprechen, \
                    und blieben bis zum Abend.";
        assert_eq!(
            preheader(lead),
            "Mehr als hundert Gäste kamen nach Leipzig, um über Ausbildung, Zuzug und Weiterbildung zu sprechen, und…"
        );
    }
}
