//! Characters that stand for `<` and `>` on their way through mrml.
//!
//! Comes in: the MJML. Goes out: two characters of Unicode's private use areas that do not occur in it, neither as
//! themselves nor as a reference, so that nothing but what was put there is ever read as `<` or `>`.

use std::collections::HashSet;

/// The areas for private use (Unicode, section 23.5).
const PRIVATE: [std::ops::RangeInclusive<char>; 3] =
    ['\u{e000}'..='\u{f8ff}', '\u{f0000}'..='\u{ffffd}', '\u{100000}'..='\u{10fffd}'];

/// What stands for `<` and for `>` in one mail.
#[derive(Debug)]
pub(super) struct StandIns {
    less: char,
    greater: char,
}

impl StandIns {
    /// Two that `mjml` does not hold; `None` where it holds them all.
    pub(super) fn absent_from(mjml: &str) -> Option<StandIns> {
        let is_private = |c: &char| PRIVATE.iter().any(|area| area.contains(c));
        let taken: HashSet<char> = mjml.chars().chain(referred_to(mjml)).filter(is_private).collect();
        let mut free = PRIVATE.into_iter().flatten().filter(|c| !taken.contains(c));
        Some(StandIns { less: free.next()?, greater: free.next()? })
    }

    /// What stands for `<` or `>`; `None` for other signs.
    pub(super) fn of(&self, sign: char) -> Option<char> {
        match sign {
            '<' => Some(self.less),
            '>' => Some(self.greater),
            _ => None,
        }
    }

    /// Puts `<` and `>` back into the finished HTML.
    pub(super) fn restore(&self, html: String) -> String {
        [(self.less, "<"), (self.greater, ">")].into_iter().fold(html, |html, (written, meant)| {
            if html.contains(written) { html.replace(written, meant) } else { html }
        })
    }
}

/// The characters that numbers stand for: `&#57404;`, `&#xE03C;`, also without the semicolon, as HTML is read.
fn referred_to(text: &str) -> impl Iterator<Item = char> {
    text.split("&#").skip(1).filter_map(|reference| {
        let (digits, base) = match reference.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (reference, 10),
        };
        let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
        u32::from_str_radix(&digits[..end], base).ok().and_then(char::from_u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_holds_is_no_stand_in() {
        let free = StandIns::absent_from("\u{e000} &#xE001; &#XE002 &#57347; &#0057348x").expect("two");
        assert_eq!((free.of('<'), free.of('>'), free.of('a')), (Some('\u{e005}'), Some('\u{e006}'), None));
        assert_eq!(free.restore("p \u{e006} a\u{e000}".to_owned()), "p > a\u{e000}");
    }

    #[test]
    fn a_text_with_every_private_character_has_none() {
        let every: String = PRIVATE.into_iter().flatten().collect();
        assert!(StandIns::absent_from(&every).is_none());
    }
}
