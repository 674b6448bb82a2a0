//! Slots: the places of a mail that change from member to member.
//!
//! A template never sees a member's data. It sees tokens: ASCII words with a nonce derived from the content, which
//! survive MJML and CSS inlining, and at which the finished mail is cut into literals and slots.

use memchr::memmem::Finder;

/// The slots of one mail, in order of their first use; the index in `list` is the number in the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    nonce: String,
    pub list: Vec<Slot>,
}

/// One place for a member's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// `salutation`, `unsubscribe_url`, or a field of the member (`first_name`, or a column of the list).
    pub field: String,
    /// What stands there when the member's cell is empty; without one, that member is skipped.
    pub default: Option<String>,
}

/// A text cut at its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    Literal(&'a str),
    /// Index into [`Slots::list`].
    Slot(usize),
}

impl Slots {
    /// No slots yet. `nonce` is 16 lower-case hexadecimal digits, a digest of the content.
    pub fn new(nonce: impl Into<String>) -> Slots {
        Slots { nonce: nonce.into(), list: Vec::new() }
    }

    /// A text with a value in the place of each of its tokens, as it is.
    pub fn fill(&self, text: &str, values: &[String]) -> String {
        let value = |piece| match piece {
            Piece::Literal(literal) => literal,
            Piece::Slot(index) => values[index].as_str(),
        };
        self.cut(text).into_iter().map(value).collect()
    }

    /// The index of a slot, which is added when it is new.
    pub fn add(&mut self, slot: Slot) -> usize {
        match self.list.iter().position(|known| *known == slot) {
            Some(index) => index,
            None => {
                self.list.push(slot);
                self.list.len() - 1
            }
        }
    }

    /// The token of a slot: ASCII letters and digits only, `slot<nonce>n<index>e`.
    pub fn token(&self, index: usize) -> String {
        format!("slot{}n{index}e", self.nonce)
    }

    /// How often each slot's token stands in a text, by index.
    pub fn count(&self, text: &str) -> Vec<usize> {
        let mut counts = vec![0; self.list.len()];
        for piece in self.cut(text) {
            if let Piece::Slot(index) = piece {
                counts[index] += 1;
            }
        }
        counts
    }

    /// Cuts a text at its tokens; empty literals are left out.
    pub fn cut<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        let opening = format!("slot{}n", self.nonce);
        let opening = Finder::new(&opening);
        let length = opening.needle().len();
        let mut pieces = Vec::new();
        let (mut start, mut from) = (0, 0);
        while let Some(found) = opening.find(&text.as_bytes()[from..]).map(|at| at + from) {
            let digits = &text[found + length..];
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            from = found + length + end;
            let index = digits[..end].parse::<usize>().ok().filter(|index| *index < self.list.len());
            if let (Some(index), true) = (index, digits[end..].starts_with('e')) {
                if start < found {
                    pieces.push(Piece::Literal(&text[start..found]));
                }
                pieces.push(Piece::Slot(index));
                from += 1;
                start = from;
            }
        }
        if start < text.len() {
            pieces.push(Piece::Literal(&text[start..]));
        }
        pieces
    }

    /// A text as somebody reads it who is no member: `{salutation}` where a member's own stands.
    pub fn named(&self, text: &str) -> String {
        let piece = |piece| match piece {
            Piece::Literal(literal) => literal.to_owned(),
            Piece::Slot(index) => format!("{{{}}}", self.list[index].field),
        };
        self.cut(text).into_iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_known_tokens_only() {
        let mut slots = Slots::new("0123456789abcdef");
        let index = slots.add(Slot { field: "first_name".into(), default: None });
        let text = format!("Hallo {}! slot0123456789abcdefn7e", slots.token(index));
        let pieces = slots.cut(&text);
        assert_eq!(pieces, [Piece::Literal("Hallo "), Piece::Slot(0), Piece::Literal("! slot0123456789abcdefn7e")]);
    }
}
