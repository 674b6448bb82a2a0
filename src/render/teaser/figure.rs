//! Key figures: the sentence with the number that people remember.
//!
//! Comes in: sentences. Goes out: how well each serves as a key figure. A date, a time of day, a paragraph number and
//! a page are no key figures, and a number alone is none: its noun belongs to it.

use std::sync::LazyLock;

use crate::post::sentence::{WordSet, is_month, word_set};

/// Number words that stand in `sieben von zehn` and `three out of four`.
static NUMBERS: WordSet = LazyLock::new(|| {
    word_set(
        "ein eine einer einem zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert \
         one two three four five six seven eight nine ten eleven twelve twenty hundred",
    )
});

/// `jede zweite`, `every third`: the words behind `jede`, `every`.
static PARTS: WordSet = LazyLock::new(|| {
    word_set("zweite dritte vierte fünfte sechste siebte achte neunte zehnte second third fourth fifth tenth")
});

/// `zwei Drittel`, `die Hälfte`, `three quarters`.
static FRACTIONS: WordSet =
    LazyLock::new(|| word_set("Hälfte Drittel Viertel Fünftel Zehntel half third quarter thirds quarters fifths"));

/// What makes a large number of the one before it.
static MAGNITUDES: WordSet =
    LazyLock::new(|| word_set("Mio Millionen Million Mrd Milliarden Milliarde Tausend million billion thousand"));

/// The number behind these is a place in a text, not an amount.
static REFERENCES: WordSet = LazyLock::new(|| {
    word_set(
        "Abs Absatz Art Artikel Nr Nummer § §§ Seite S Kapitel Raum Tel Telefon Punkt Teil Heft Band \
         Ziffer No Number Page Section Room Chapter Part Article Hausnummer Halle Hall Platz",
    )
});

/// What stands between a number and a noun, or instead of a noun.
static CONNECTIVES: WordSet = LazyLock::new(|| {
    word_set(
        "und oder in im am an auf aus bei bis das der die dem den des ein eine es für haben ist mit nach sich sind um \
         von vor war waren wie wurde wurden zu zum zur and at by for from in is of on or the to was were with that",
    )
});

/// One word of a sentence.
struct Word<'a> {
    raw: &'a str,
    /// Without the punctuation around it.
    bare: &'a str,
    /// `bare` in lower case.
    lower: String,
}

/// What stands behind the last word.
static NOTHING: Word<'static> = Word { raw: "", bare: "", lower: String::new() };

impl Word<'_> {
    fn read(raw: &str) -> Word<'_> {
        let bare = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '§');
        Word { raw, bare, lower: bare.to_lowercase() }
    }

    fn is_number(&self) -> bool {
        parse(self.bare).is_some() || NUMBERS.contains(self.lower.as_str())
    }

    /// A word that a number can count: two letters or more, no connective.
    fn is_noun(&self) -> bool {
        let letters = self.bare.chars().filter(|c| c.is_alphabetic()).count();
        let others = self.bare.chars().filter(|c| *c != '-').count() - letters;
        letters >= 3 && others == 0 && !CONNECTIVES.contains(self.lower.as_str())
    }
}

/// How well a sentence serves as a key figure: 0 not at all, 3 a share, less an amount.
pub fn score(sentence: &str) -> u8 {
    let words: Vec<Word<'_>> = sentence.split_whitespace().map(Word::read).collect();
    (0..words.len()).map(|at| score_at(&words, at)).max().unwrap_or(0)
}

fn score_at(words: &[Word<'_>], at: usize) -> u8 {
    let word = |offset: usize| words.get(at + offset).unwrap_or(&NOTHING);
    let here = word(0);
    if is_share(&words[at..]) {
        return 3;
    }
    if NUMBERS.contains(here.lower.as_str()) || matches!(here.bare, "die" | "der" | "the" | "a") {
        return if FRACTIONS.contains(word(1).bare) { 2 } else { 0 };
    }
    let Some(amount) = amount(words, at) else { return 0 };
    let magnitude = MAGNITUDES.contains(word(1).bare);
    let noun = (1..=3).map(word).any(Word::is_noun);
    match (noun || magnitude, magnitude || amount >= 100) {
        (false, _) => 0,
        (true, true) => 2,
        (true, false) => u8::from(amount >= 10),
    }
}

/// `42 %`, `42 Prozent`, `sieben von zehn Stellen`, `one in five`, `jede zweite`.
fn is_share(words: &[Word<'_>]) -> bool {
    let word = |at: usize| words.get(at).unwrap_or(&NOTHING);
    let (here, next) = (word(0), word(1));
    let percent = here.raw.trim_end_matches(|c: char| ".,;:!?)“".contains(c));
    if percent.strip_suffix('%').and_then(parse).is_some() {
        return true;
    }
    if matches!(here.lower.as_str(), "jede" | "jeder" | "jedes" | "jeden" | "every") {
        return PARTS.iter().any(|part| next.bare.starts_with(part));
    }
    if !here.is_number() {
        return false;
    }
    if next.bare == "per" {
        return word(2).bare == "cent";
    }
    if next.raw.starts_with('%') || matches!(next.lower.as_str(), "prozent" | "percent" | "prozentpunkte") {
        return true;
    }
    let total = match next.bare {
        "von" | "of" | "in" => word(2),
        "out" if word(2).raw == "of" => word(3),
        _ => return false,
    };
    total.is_number() && !looks_like_year(total.bare) && !looks_like_year(here.bare)
}

/// The number at `at` if it is an amount: no date, no time, no year, no reference.
fn amount(words: &[Word<'_>], at: usize) -> Option<u64> {
    let here = &words[at];
    let value = parse(here.bare)?;
    let previous = at.checked_sub(1).map_or("", |before| words[before].bare);
    let next = words.get(at + 1).unwrap_or(&NOTHING);
    let ordinal = here.raw.ends_with('.') && at + 1 < words.len();
    let is_time = matches!(next.lower.as_str(), "uhr" | "am" | "pm" | "a.m" | "p.m");
    let is_date = ordinal || is_time || is_month(next.bare) || is_month(previous);
    (!is_date && !looks_like_year(here.bare) && !REFERENCES.contains(previous)).then_some(value)
}

/// The whole part of a number with German or English separators; `None` for anything else, `10:30` and `7.11.` too.
fn parse(word: &str) -> Option<u64> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
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
