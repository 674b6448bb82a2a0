//! A compiled mail as bytes, for the sending record.
//!
//! Comes in: a [`Compiled`]. Goes out: `RBM`, a version, fields with their length before them, and a SHA-256 over all
//! of it, so that a damaged record is noticed before anything is sent.

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Compiled, MemberHeader, Part, Place, Segment};
use crate::render::email::slot::Slot;

/// Name of the format and its version.
const HEAD: &[u8; 4] = b"RBM\x01";
const CHECKSUM: usize = 32;

/// The bytes are no compiled mail that this version can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damaged {
    #[error("the stored e-mail was written by another version of rundbrief")]
    Version,
    #[error("the stored e-mail is damaged")]
    Content,
}

impl Compiled {
    /// The mail as bytes; the same mail gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer(HEAD.to_vec());
        writer.0.extend_from_slice(&self.digest);
        writer.number(self.slots.len());
        for slot in &self.slots {
            writer.bytes(slot.field.as_bytes());
            writer.optional(slot.default.as_deref());
        }
        writer.number(self.segments.len());
        self.segments.iter().for_each(|segment| writer.segment(segment));
        let checksum = Sha256::digest(&writer.0);
        writer.0.extend_from_slice(&checksum);
        writer.0
    }

    /// Reads what [`Compiled::to_bytes`] wrote.
    ///
    /// # Errors
    /// If one byte of it is not as it was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Compiled, Damaged> {
        if bytes.len() < HEAD.len() || bytes[..3] != HEAD[..3] {
            return Err(Damaged::Content);
        }
        if bytes[3] != HEAD[3] {
            return Err(Damaged::Version);
        }
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(Damaged::Content)?;
        if content.len() < HEAD.len() || Sha256::digest(content)[..] != checksum[..] {
            return Err(Damaged::Content);
        }
        let mut reader = Reader(&content[HEAD.len()..]);
        reader.compiled().filter(|_| reader.0.is_empty()).ok_or(Damaged::Content)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&(number as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.push(u8::from(text.is_some()));
        if let Some(text) = text {
            self.bytes(text.as_bytes());
        }
    }

    fn segment(&mut self, segment: &Segment) {
        match segment {
            Segment::Literal(literal) => {
                self.0.push(b'L');
                self.bytes(literal);
            }
            Segment::Slot { index, place } => {
                self.0.push(match place {
                    Place::Text => b't',
                    Place::Html => b'h',
                    Place::Url => b'u',
                    Place::UrlPart => b'p',
                });
                self.number(*index);
            }
            Segment::Header(MemberHeader::To) => self.0.push(b'T'),
            Segment::Header(MemberHeader::Date) => self.0.push(b'D'),
            Segment::Header(MemberHeader::MessageId) => self.0.push(b'M'),
            Segment::Header(MemberHeader::Subject(parts)) => {
                self.0.push(b'S');
                self.number(parts.len());
                parts.iter().for_each(|part| self.part(part));
            }
            Segment::Header(MemberHeader::ListUnsubscribe { mailto, one_click }) => {
                self.0.push(b'U');
                self.optional(mailto.as_deref());
                self.0.push(u8::from(*one_click));
            }
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(literal) => {
                self.0.push(b'l');
                self.bytes(literal.as_bytes());
            }
            Part::Slot(index) => {
                self.0.push(b's');
                self.number(*index);
            }
        }
    }
}

/// What is left to read; `None` wherever it ends too early or makes no sense.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn compiled(&mut self) -> Option<Compiled> {
        let digest = *self.0.split_off(..32)?.first_chunk::<32>()?;
        let slots: Vec<Slot> = self.many(|reader| Some(Slot { field: reader.text()?, default: reader.optional()? }))?;
        let count = slots.len();
        let segments = self.many(|reader| reader.segment(count))?;
        Some(Compiled::new(segments, slots, digest))
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn byte(&mut self) -> Option<u8> {
        self.0.split_off_first().copied()
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = *self.0.split_off(..8)?.first_chunk::<8>()?;
        usize::try_from(u64::from_le_bytes(bytes)).ok()
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = self.number()?;
        Some(self.0.split_off(..length)?.to_vec())
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    #[expect(clippy::option_option, reason = "the outer one is the end of the bytes, the inner one the value")]
    fn optional(&mut self) -> Option<Option<String>> {
        if self.flag()? { Some(Some(self.text()?)) } else { Some(None) }
    }

    fn index(&mut self, slots: usize) -> Option<usize> {
        self.number().filter(|index| *index < slots)
    }

    fn segment(&mut self, slots: usize) -> Option<Segment> {
        let slot = |reader: &mut Self, place| Some(Segment::Slot { index: reader.index(slots)?, place });
        match self.byte()? {
            b'L' => Some(Segment::Literal(self.bytes()?)),
            b't' => slot(self, Place::Text),
            b'h' => slot(self, Place::Html),
            b'u' => slot(self, Place::Url),
            b'p' => slot(self, Place::UrlPart),
            b'T' => Some(Segment::Header(MemberHeader::To)),
            b'D' => Some(Segment::Header(MemberHeader::Date)),
            b'M' => Some(Segment::Header(MemberHeader::MessageId)),
            b'S' => Some(Segment::Header(MemberHeader::Subject(self.many(|reader| reader.part(slots))?))),
            b'U' => Some(Segment::Header(MemberHeader::ListUnsubscribe {
                mailto: self.optional()?,
                one_click: self.flag()?,
            })),
            _ => None,
        }
    }

    fn part(&mut self, slots: usize) -> Option<Part> {
        match self.byte()? {
            b'l' => Some(Part::Literal(self.text()?)),
            b's' => Some(Part::Slot(self.index(slots)?)),
            _ => None,
        }
    }
}
