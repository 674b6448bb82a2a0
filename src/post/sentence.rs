//! Sentences of German and English prose, without being fooled by `Dr.`, `z. B.`, `24. Oktober` or `“, sagte`.
//!
//! Comes in: running text and its language. Goes out: slices of it, one a sentence. Never changes a character: the
//! slices and the white space between them are the text.

mod dateline;
#[cfg(test)]
mod tests;
mod words;

pub use dateline::strip_dateline;
pub use words::{WordSet, is_month, is_starter, word_set};

/// Quotation marks and brackets that stand directly behind a full stop belong to its sentence.
const CLOSING: &str = "“”\"’'»«›‹‘)]}";

/// What may stand before the first word of a sentence.
const OPENING: &str = "„“”\"‚‘’'«»‹›([{¿¡–—-•*";

/// The sentences of a text. `lang` is a BCP 47 tag; German has rules of its own for ordinals (`24. Oktober`), every
/// other language follows the English ones. A blank line ends a sentence too.
pub fn sentences<'a>(text: &'a str, lang: &str) -> Vec<&'a str> {
    let german = lang.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case("de"));
    paragraphs(text).flat_map(|paragraph| of_paragraph(paragraph, german)).collect()
}

/// The parts between blank lines, trimmed, without empty ones.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            parts.push(&text[start..line_start]);
            start = line_start + line.len();
        }
        line_start += line.len();
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

fn of_paragraph(text: &str, german: bool) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(stop) = next_stop(text, from) {
        from = stop.end;
        if ends_sentence(&text[start..stop.mark], &stop, &text[stop.end..], german) {
            found.push(text[start..stop.end].trim());
            start = stop.end;
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// A run of `.`, `!`, `?` and `…` with the closing marks behind it.
struct Stop<'a> {
    /// Where the run begins, in bytes.
    mark: usize,
    run: &'a str,
    /// Whether closing quotes or brackets stand behind the run.
    closed: bool,
    /// Behind the closing marks.
    end: usize,
}

fn next_stop(text: &str, from: usize) -> Option<Stop<'_>> {
    let is_mark = |c: char| matches!(c, '.' | '!' | '?' | '…');
    let mark = text[from..].find(is_mark)? + from;
    let run_end = text[mark..].find(|c| !is_mark(c)).map_or(text.len(), |len| mark + len);
    let end = text[run_end..].find(|c| !CLOSING.contains(c)).map_or(text.len(), |len| run_end + len);
    Some(Stop { mark, run: &text[mark..run_end], closed: end > run_end, end })
}

/// Whether a sentence ends at `stop`, between `before` and `after`.
fn ends_sentence(before: &str, stop: &Stop, after: &str, german: bool) -> bool {
    let Some(space) = after.chars().next() else { return false };
    let ties = matches!(space, '\u{a0}' | '\u{202f}') && stop.run == ".";
    if !space.is_whitespace() || ties {
        return false;
    }
    let next = after.trim_start().trim_start_matches(|c: char| OPENING.contains(c) || c.is_whitespace());
    match next.chars().next() {
        None => return false,
        Some(first) if first.is_lowercase() || matches!(first, ',' | ';' | ':' | '.' | '!' | '?' | '…') => {
            return false;
        }
        Some(_) => {}
    }
    if !next.contains(char::is_alphanumeric) {
        return false;
    }
    let starts = starts_sentence(next, german);
    if stop.run.contains(['!', '?']) {
        return true;
    }
    if stop.run != "." {
        return !before.ends_with(['[', '(']) && (stop.closed || starts || !german);
    }
    let token = last_token(before);
    match full_stop(token, before, next, german) {
        Dot::Ends => true,
        Dot::MayEnd => starts,
        Dot::Abbreviates => stop.closed && starts,
    }
}

/// What a single full stop does behind a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dot {
    Ends,
    /// It belongs to the word; the sentence ends only if a word follows that begins sentences.
    MayEnd,
    Abbreviates,
}

fn full_stop(token: &str, before: &str, next: &str, german: bool) -> Dot {
    if token.chars().all(|c| c.is_ascii_digit()) && !token.is_empty() {
        return number(token, next, german);
    }
    if german && (is_day_and_month(token) || is_small_roman(token)) && !follows_single_letter(before) {
        return Dot::MayEnd;
    }
    let mut characters = token.chars();
    if let (Some(letter), None) = (characters.next(), characters.next()) {
        return single_letter(letter, before, german);
    }
    if is_compact_abbreviation(token) {
        let never = words::NEVER_END_COMPACT.contains(with_small_initial(token).as_str());
        return if never { Dot::Abbreviates } else { Dot::MayEnd };
    }
    let is_degree =
        matches!(previous_letter(before), Some('B' | 'M')) && words::DEGREES.contains(&*token.to_lowercase());
    if is_degree || (german && token.starts_with("Dipl.-")) {
        return Dot::MayEnd;
    }
    let last_part = token.rsplit(['-', '/', '.']).next().unwrap_or(token);
    word(last_part, next, german)
}

/// Whether a sentence begins with the next word; `A.` is an initial.
fn starts_sentence(next: &str, german: bool) -> bool {
    let first = first_word(next);
    let initial = first.chars().count() == 1 && next[first.len()..].starts_with('.');
    !initial && words::begins_sentences(first, german)
}

/// `z.B` for `Z.B`, with the other letters as they are.
fn with_small_initial(token: &str) -> String {
    let mut characters = token.chars();
    characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

/// `24. Oktober`, `die 3. Tagung`, but `im Jahr 2024. Mitglieder …`.
fn number(digits: &str, next: &str, german: bool) -> Dot {
    let next_is_digit = next.starts_with(|c: char| c.is_ascii_digit());
    if is_month(first_word(next)) || (german && digits.len() <= 2 && next_is_digit) {
        Dot::Abbreviates
    } else if german && digits.len() <= 3 {
        Dot::MayEnd
    } else {
        Dot::Ends
    }
}

/// An initial (`A. Beispiel`), or the last letter of `z. B.` and `e. V.`
fn single_letter(letter: char, before: &str, german: bool) -> Dot {
    if !letter.is_alphabetic() {
        return Dot::Ends;
    }
    if let Some(previous) = previous_letter(before) {
        let joined = with_small_initial(&format!("{previous}.{letter}"));
        let never = words::NEVER_END_COMPACT.iter().any(|never| never.ends_with(joined.as_str()));
        return if never { Dot::Abbreviates } else { Dot::MayEnd };
    }
    if !german && letter == 'I' { Dot::Ends } else { Dot::MayEnd }
}

/// The letter of `z. ` in `z. B`, where `before` ends with the last letter.
fn previous_letter(before: &str) -> Option<char> {
    let before = before.trim_end_matches(|c: char| !c.is_whitespace()).trim_end();
    let token = last_token(before.strip_suffix('.')?);
    let mut characters = token.rsplit('.').next().unwrap_or(token).chars();
    match (characters.next(), characters.next()) {
        (Some(letter), None) if letter.is_alphabetic() => Some(letter),
        _ => None,
    }
}

fn follows_single_letter(before: &str) -> bool {
    previous_letter(before).is_some()
}

fn word(word: &str, next: &str, german: bool) -> Dot {
    let lower = word.to_lowercase();
    let lower = lower.as_str();
    let numbered = next.starts_with(|c: char| c.is_ascii_digit()) || is_small_roman(first_word(next));
    let never = words::NEVER_END.contains(lower) || lower.ends_with("präs") || lower.ends_with("bgm");
    let before_number = words::NUMBERED.contains(lower) || lower.ends_with("nr");
    // `Br.` is the Breisgau, `BR` a broadcaster.
    let may_end = words::MAY_END.contains(lower)
        || (lower.ends_with("str") && lower.len() > 5)
        || (german && words::MAY_END_GERMAN.contains(lower) && !is_acronym(word));
    if never || (numbered && (before_number || may_end)) {
        Dot::Abbreviates
    } else if may_end {
        Dot::MayEnd
    } else {
        Dot::Ends
    }
}

fn is_acronym(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase)
}

/// `z.B`, `e.V`, `U.S`, `Ph.D`, `LL.M`: short parts of letters, the first of one or two.
fn is_compact_abbreviation(token: &str) -> bool {
    let short = |part: &str| (1..=3).contains(&part.chars().count()) && part.chars().all(char::is_alphabetic);
    token.contains('.') && token.split('.').all(short) && token.split('.').next().is_some_and(|p| p.chars().count() < 3)
}

/// `7.11` of `am 7.11. in Berlin`.
fn is_day_and_month(token: &str) -> bool {
    token.split_once('.').is_some_and(|(day, month)| {
        [day, month].iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// `XIV` of `Leo XIV.`, at most 39, so that `CD` and `MD` are none.
fn is_small_roman(token: &str) -> bool {
    !token.is_empty() && token.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

/// The word before the full stop, without what opens it.
fn last_token(before: &str) -> &str {
    let start = before.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8());
    before[start..].trim_start_matches(|c: char| OPENING.contains(c))
}

/// The letters at the beginning.
fn first_word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())]
}
