//! Key figures: the sentence with the number that people remember.
//!
//! Comes in: sentences. Goes out: how well each serves as a key figure. A date, a time of day, a paragraph number and
//! a page are no key figures, and a number alone is none: its noun belongs to it.

use crate::post::sentence::is_month;

/// Number words that stand in `sieben von zehn` and `three out of four`.
const NUMBERS: &str = "ein eine einer einem zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert \
                       one two three four five six seven eight nine ten eleven twelve twenty hundred";

/// `jede zweite`, `every third`: the words behind `jede`, `every`.
const PARTS: &str = "zweite dritte vierte fünfte sechste siebte achte neunte zehnte second third fourth fifth tenth";

/// `zwei Drittel`, `die Hälfte`, `three quarters`.
const FRACTIONS: &str = "Hälfte Drittel Viertel Fünftel Zehntel half third quarter thirds quarters fifths";

/// What makes a large number of the one before it.
const MAGNITUDES: &str = "Mio Millionen Million Mrd Milliarden Milliarde Tausend million billion thousand";

/// The number behind these is a place in a text, not an amount.
const REFERENCES: &str = "Abs Absatz Art Artikel Nr Nummer § §§ Seite S Kapitel Raum Tel Telefon Punkt Teil Heft Band \
                          Ziffer No Number Page Section Room Chapter Part Article Hausnummer Halle Hall Platz";

/// How well a sentence serves as a key figure: 0 not at all, 3 a share, less an amount.
pub fn score(sentence: &str) -> u8 {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    (0..words.len()).map(|at| score_at(&words, at)).max().unwrap_or(0)
}

fn score_at(words: &[&str], at: usize) -> u8 {
    let word = |offset: usize| words.get(at + offset).map_or("", |word| bare(word));
    let here = word(0);
    if is_share(here, word(1), words.get(at..).unwrap_or_default()) {
        return 3;
    }
    if is_in(NUMBERS, here) || here == "die" || here == "der" || here == "the" || here == "a" {
        return if is_in_as_written(FRACTIONS, word(1)) { 2 } else { 0 };
    }
    let Some(amount) = amount(words, at) else { return 0 };
    let magnitude = is_in_as_written(MAGNITUDES, word(1));
    let noun = (1..=3).map(word).any(is_noun);
    match (noun || magnitude, magnitude || amount >= 100) {
        (false, _) => 0,
        (true, true) => 2,
        (true, false) => u8::from(amount >= 10),
    }
}

/// `42 %`, `42 Prozent`, `sieben von zehn Stellen`, `one in five`, `jede zweite`.
fn is_share(here: &str, next: &str, rest: &[&str]) -> bool {
    let number = |word: &str| parse(word).is_some() || is_in(NUMBERS, word);
    let raw = rest.first().copied().unwrap_or("");
    let percent = raw.trim_end_matches(|c: char| ".,;:!?)“".contains(c));
    if percent.strip_suffix('%').and_then(parse).is_some() {
        return true;
    }
    if number(here) && (raw_is_percent(rest.get(1)) || is_in("prozent percent prozentpunkte", next) || next == "per") {
        return next != "per" || rest.get(2).is_some_and(|word| bare(word) == "cent");
    }
    let connected = match next {
        "von" | "of" | "in" => rest.get(2),
        "out" if rest.get(2) == Some(&"of") => rest.get(3),
        _ => None,
    };
    let of_many = connected.is_some_and(|total| number(bare(total)) && !looks_like_year(bare(total)));
    (number(here) && of_many && !looks_like_year(here))
        || (is_in("jede jeder jedes jeden every", here) && is_in_prefix(PARTS, next))
}

fn raw_is_percent(word: Option<&&str>) -> bool {
    word.is_some_and(|word| word.starts_with('%'))
}

/// The number at `at` if it is an amount: no date, no time, no year, no reference.
fn amount(words: &[&str], at: usize) -> Option<u64> {
    let raw = words[at];
    let previous = at.checked_sub(1).map_or("", |before| bare(words[before]));
    let next = words.get(at + 1).map_or("", |word| bare(word));
    let value = parse(bare(raw))?;
    let ordinal = raw.ends_with('.') && at + 1 < words.len();
    let is_date = ordinal || is_month(next) || is_month(previous) || is_in("uhr am pm a.m p.m", next);
    (!is_date && !looks_like_year(bare(raw)) && !is_in_as_written(REFERENCES, previous)).then_some(value)
}

/// The whole part of a number with German or English separators; `None` for anything else, `10:30` and `7.11.` too.
fn parse(word: &str) -> Option<u64> {
    let groups: Vec<&str> = word.split(['.', ',', '\u{a0}', '\u{202f}']).collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(digits) {
        return None;
    }
    let grouped = groups[1..].iter().all(|group| group.len() == 3);
    let whole = if grouped { groups.concat() } else { groups[0].to_owned() };
    if !grouped && groups.len() > 2 { None } else { whole.parse().ok() }
}

fn looks_like_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1500..2200).contains(&year))
}

/// A word that a number can count: two letters or more, no connective.
fn is_noun(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let connective = is_in(
        "und oder in im am an auf aus bei bis das der die dem den des ein eine es für haben ist mit nach sich sind um \
         von vor war waren wie wurde wurden zu zum zur and at by for from in is of on or the to was were with that",
        word,
    );
    letters >= 3 && letters == word.chars().filter(|c| *c != '-').count() && !connective
}

/// The word without the punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '§')
}

fn is_in(list: &str, word: &str) -> bool {
    is_in_as_written(list, &word.to_lowercase())
}

fn is_in_as_written(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// `zweiter` and `zweites` as `zweite`.
fn is_in_prefix(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| word.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_amounts_with_their_noun_are_key_figures() {
        for (sentence, expected) in [
            ("Sieben von zehn Betrieben suchen Personal.", 3),
            ("Rund 42 % der Stellen sind offen.", 3),
            ("Rund 42% der Stellen sind offen.", 3),
            ("Das sind 3,5 Prozent mehr.", 3),
            ("Only 3.5 percent agree.", 3),
            ("Only 12 per cent agree.", 3),
            ("One in five jobs is open.", 3),
            ("Three out of four members agree.", 3),
            ("Jeder dritte Betrieb bildet aus.", 3),
            ("Zwei Drittel der Betriebe bilden aus.", 2),
            ("Es kamen 1.200 Gäste.", 2),
            ("Es kamen 350 Gäste.", 2),
            ("The fund holds 5 million euros.", 2),
            ("Es kamen 42 neue Mitglieder.", 1),
            ("We welcomed 42 new members.", 1),
        ] {
            assert_eq!(score(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn dates_times_and_references_are_none() {
        for sentence in [
            "Wir trafen uns am 24. Oktober 2024 in Berlin.",
            "Beginn ist um 10:30 Uhr, Ende um 16 Uhr.",
            "Nach § 15 Abs. 12 gilt das nicht.",
            "Das steht auf Seite 42 im Heft.",
            "Im Jahr 2024 war alles anders.",
            "Seit 1998 gibt es uns.",
            "Am 7.11. ist Tagung.",
            "Die 25. Tagung war gut.",
            "Es waren 42.",
            "On October 24 we met.",
            "We start at 10 am sharp.",
            "Von 2019 bis 2024 wuchs der Verband.",
            "Es kamen 3 Gäste.",
            "",
        ] {
            assert_eq!(score(sentence), 0, "{sentence}");
        }
    }
}
