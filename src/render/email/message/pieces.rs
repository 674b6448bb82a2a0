//! A message in pieces that follow one another, so that what is the same for all members is copied for none.
//!
//! Comes in: what a merge writes. Goes out: [`Message`], for whoever sends it piece by piece or wants it whole.

use std::borrow::Cow;

/// Where a merge writes a message.
pub trait Sink<'c> {
    /// Begins anew.
    fn clear(&mut self);

    /// What is the same for all members comes next; `plain`: see [`is_plain`].
    fn shared(&mut self, bytes: &'c [u8], plain: bool);

    /// What is a member's own is appended here.
    fn own(&mut self) -> &mut Vec<u8>;
}

impl<'c> Sink<'c> for Vec<u8> {
    fn clear(&mut self) {
        Vec::clear(self);
    }

    fn shared(&mut self, bytes: &'c [u8], _plain: bool) {
        self.extend_from_slice(bytes);
    }

    fn own(&mut self) -> &mut Vec<u8> {
        self
    }
}

/// A merged message that borrows what is the same for all; used again for the next member.
#[derive(Debug, Default)]
pub struct Merged<'c> {
    own: Vec<u8>,
    /// Each with how many of its own bytes stand before it.
    shared: Vec<(usize, Piece<'c>)>,
}

impl<'c> Sink<'c> for Merged<'c> {
    fn clear(&mut self) {
        self.own.clear();
        self.shared.clear();
    }

    fn shared(&mut self, bytes: &'c [u8], plain: bool) {
        self.shared.push((self.own.len(), Piece { bytes, plain }));
    }

    fn own(&mut self) -> &mut Vec<u8> {
        &mut self.own
    }
}

/// A stretch of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    pub bytes: &'a [u8],
    /// It [`is_plain`] for certain; otherwise nobody has looked.
    pub plain: bool,
}

/// A complete RFC 5322 message.
#[derive(Debug, Clone, Copy)]
pub enum Message<'a> {
    Whole(&'a [u8]),
    Merged(&'a Merged<'a>),
}

impl<'a> Message<'a> {
    /// In order; none is empty.
    pub fn pieces(self) -> impl Iterator<Item = Piece<'a>> {
        let (own, shared): (&[u8], &[(usize, Piece<'_>)]) = match self {
            Message::Whole(bytes) => (bytes, &[]),
            Message::Merged(merged) => (&merged.own, &merged.shared),
        };
        let befores = std::iter::once(0).chain(shared.iter().map(|(before, _)| *before));
        let all = shared
            .iter()
            .zip(befores)
            .flat_map(|((until, piece), from)| [Piece { bytes: &own[from..*until], plain: false }, *piece]);
        let last = shared.last().map_or(0, |(before, _)| *before);
        all.chain([Piece { bytes: &own[last..], plain: false }]).filter(|piece| !piece.bytes.is_empty())
    }

    /// All of it.
    pub fn whole(self) -> Cow<'a, [u8]> {
        match self {
            Message::Whole(bytes) => Cow::Borrowed(bytes),
            Message::Merged(_) => {
                let mut whole = Vec::with_capacity(self.pieces().map(|piece| piece.bytes.len()).sum());
                self.pieces().for_each(|piece| whole.extend_from_slice(piece.bytes));
                Cow::Owned(whole)
            }
        }
    }
}

/// Whether these are whole lines of ASCII, each with CR LF at its end and none beginning with a dot: several such stretches
/// one after the other are a content that any mail server takes as it is (RFC 5321, section 4.5.2).
pub fn is_plain(bytes: &[u8]) -> bool {
    bytes.is_ascii() && are_lines(bytes)
}

/// The same in any alphabet.
pub fn are_lines(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else { return true };
    // Without a branch, so that many bytes are looked at in one step.
    let (mut alone, mut dotted) = (false, false);
    for (one, next) in bytes.iter().zip(&bytes[1..]) {
        alone |= (*one == b'\r') != (*next == b'\n');
        dotted |= (*one == b'\n') & (*next == b'.');
    }
    !alone && !dotted && !b".\n".contains(first) && bytes.ends_with(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(merged: &Merged<'_>) -> Vec<(String, bool)> {
        let text = |piece: Piece<'_>| (String::from_utf8_lossy(piece.bytes).into_owned(), piece.plain);
        Message::Merged(merged).pieces().map(text).collect()
    }

    #[test]
    fn a_members_own_stands_between_what_is_shared() {
        let mut merged = Merged::default();
        merged.own().extend_from_slice(b"To: anna\r\n");
        merged.shared(b"Subject: x\r\n\r\n", true);
        merged.shared(b"Hello\r\n", true);
        merged.own().extend_from_slice(b"Anna");
        merged.own().extend_from_slice(b"=\r\n");
        merged.shared(b", how are you\r\n", false);
        let expected = [
            ("To: anna\r\n", false),
            ("Subject: x\r\n\r\n", true),
            ("Hello\r\n", true),
            ("Anna=\r\n", false),
            (", how are you\r\n", false),
        ];
        assert_eq!(pieces(&merged), expected.map(|(text, plain)| (text.to_owned(), plain)));
        let whole = Message::Merged(&merged).whole();
        assert_eq!(whole, b"To: anna\r\nSubject: x\r\n\r\nHello\r\nAnna=\r\n, how are you\r\n".as_slice());
        merged.clear();
        assert!(pieces(&merged).is_empty());
        merged.own().extend_from_slice(b"x");
        assert_eq!(pieces(&merged), [("x".to_owned(), false)]);
    }

    #[test]
    fn plain_is_what_needs_no_second_look() {
        for text in ["", "a\r\n", "a\r\n\r\n", "a.b\r\n..c.\r\n".trim_start_matches('.'), "\r\na\r\n"] {
            let plain = !text.contains("\n.");
            assert_eq!(is_plain(text.as_bytes()), plain, "{text:?}");
        }
        for text in ["a", "a\r", "a\n", "\n", ".\r\n", "a\r\n.b\r\n", "a\nb\r\n", "a\rb\r\n", "a\r\r\n", "\r", "ä\r\n"]
        {
            assert!(!is_plain(text.as_bytes()), "{text:?}");
        }
        assert!(are_lines("ä\r\n".as_bytes()));
    }
}
