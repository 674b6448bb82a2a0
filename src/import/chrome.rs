//! What stands around an article on its page and is none of it: skip links, menus, „Zurück“, share and cookie lines,
//! breadcrumbs, lone separators.
//!
//! Comes in: one line or paragraph. Goes out: the rule that drops it, or none. All rules stand in one table, each with
//! lines that it drops and lines that look alike and stay; the tests read the same table. A rule looks at a whole line,
//! never at a part of one: no sentence ever loses a word.

use rules::RULES;

mod rules;

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

/// Signs around and between phrases.
const AROUND: &str = "|·•›»‹«→←↑↓>/<-–—:…×☰✕✖▲▼[](),\u{a0}";

/// Footer links that, alone in a line, head a part of many a press text.
const HEADINGS: [&str; 4] = ["kontakt", "contact", "kontakt:", "contact:"];

/// The rule by which a line is page chrome.
pub fn chrome(line: &str) -> Option<&'static str> {
    let line = line.trim();
    if HEADINGS.contains(&line.to_lowercase().as_str()) {
        return None;
    }
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
