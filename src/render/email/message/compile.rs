//! From rendered parts to a [`Compiled`] mail.
//!
//! Comes in: subject, text and HTML with tokens, pictures, the sender. Goes out: segments in the order of the message,
//! every literal encoded. Cuts first and encodes then, so that no value can ever be taken for markup or structure.

use sha2::{Digest, Sha256};

use super::header::Refused;
use super::mark::{Mark, without_tokens};
use super::place::Scanner;
use super::{
    CompileError, Compiled, Embedded, MemberHeader, Part, Parts, Place, Segment, header, picture, quoted, url,
};
use crate::config::Sender;
use crate::render::email::slot::{Piece, Slots};

/// Compiles a mail.
///
/// # Errors
/// The template's or the configuration's fault, as a [`CompileError`]; none depends on a member.
pub fn compile(parts: &Parts<'_>, sender: &Sender) -> Result<Compiled, CompileError> {
    compile_as(parts, sender, None)
}

/// Compiles the same mail as a test of it: with the same digest, marked in subject and header, without the tokens that
/// unsubscribe the member whose values it shows.
///
/// # Errors
/// As [`compile`].
pub fn compile_marked(parts: &Parts<'_>, sender: &Sender, mark: &Mark) -> Result<Compiled, CompileError> {
    compile_as(parts, sender, Some(mark))
}

fn compile_as(parts: &Parts<'_>, sender: &Sender, mark: Option<&Mark>) -> Result<Compiled, CompileError> {
    if parts.subject.trim().is_empty() {
        return Err(CompileError::NoSubject);
    }
    let pictures = picture::distinct(parts.html, parts.pictures)?;
    let subject = cut(parts.slots, parts.subject.trim(), "subject")?;
    let text = cut(parts.slots, &ended(parts.text), "text part")?;
    let html = cut(parts.slots, &ended(parts.html), "HTML part")?;

    let mut builder = Builder::default();
    builder.head(parts, sender, &subject)?;
    let digest = digest(parts.slots, &builder.segments, [&subject, &text, &html], &pictures);
    if let Some(mark) = mark {
        builder = Builder::default();
        builder.head(parts, sender, &mark.subject(&subject))?;
        builder.fixed("X-Rundbrief-Test", &mark.header())?;
    }
    let boundary = Boundaries::new(&digest);
    builder.push(format!("Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n\r\n", boundary.alternative));
    builder.push(format!("--{}\r\nContent-Type: text/plain; charset=utf-8\r\n{QUOTED}", boundary.alternative));
    builder.text(&text);
    builder.push(format!("\r\n--{}\r\n", boundary.alternative));
    if pictures.is_empty() {
        builder.push(format!("{HTML}{QUOTED}"));
        builder.html(&html, parts.slots)?;
    } else {
        builder.related(&html, parts.slots, &pictures, &boundary.related)?;
    }
    builder.push(format!("\r\n--{}--\r\n", boundary.alternative));
    let segments = match mark {
        Some(_) => without_tokens(builder.segments, parts.slots, sender)?,
        None => builder.segments,
    };
    Ok(Compiled::new(segments, parts.slots.list.clone(), digest))
}

const QUOTED: &str = "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
const HTML: &str = "Content-Type: text/html; charset=utf-8\r\n";

/// The lines between the parts. `=_` stands in no quoted-printable and no base64 text, so they cannot occur inside.
pub(super) struct Boundaries {
    pub(super) alternative: String,
    pub(super) related: String,
}

impl Boundaries {
    pub(super) fn new(digest: &[u8; 32]) -> Boundaries {
        let hexadecimal: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        Boundaries { alternative: format!("=_a{hexadecimal}"), related: format!("=_r{hexadecimal}") }
    }
}

/// The text with one line end at its end. The one before a boundary belongs to the boundary (RFC 2046 section 5.1.1) and
/// comes on top, so that no part ends with the soft break behind a slot: not every reader takes that.
fn ended(text: &str) -> String {
    [text.trim_end_matches(['\r', '\n']), "\n"].concat()
}

/// The text cut at its tokens. What still begins like a token was changed by the template.
fn cut(slots: &Slots, text: &str, part: &'static str) -> Result<Vec<Part>, CompileError> {
    let token = slots.token(0);
    let opening = token.trim_end_matches("n0e");
    let mut cut = Vec::new();
    for piece in slots.cut(text) {
        cut.push(match piece {
            Piece::Literal(literal) if literal.to_ascii_lowercase().contains(opening) => {
                return Err(CompileError::BrokenToken { part });
            }
            Piece::Literal(literal) => Part::Literal(literal.to_owned()),
            Piece::Slot(index) => Part::Slot(index),
        });
    }
    Ok(cut)
}

/// SHA-256 over the fixed headers, the cut texts, the slots and the pictures, each with its length before it, so that
/// no two different mails have the same stream of bytes.
fn digest(slots: &Slots, head: &[Segment], texts: [&[Part]; 3], pictures: &[Embedded<'_>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |tag: u8, bytes: &[u8]| {
        hash.update([tag]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    add(b'v', b"rundbrief mail 1");
    for segment in head {
        match segment {
            Segment::Literal(lines) => add(b'h', lines),
            Segment::Header(MemberHeader::ListUnsubscribe { mailto, one_click }) => {
                add(b'u', mailto.as_deref().unwrap_or("").as_bytes());
                add(b'o', &[u8::from(*one_click)]);
            }
            Segment::Header(_) | Segment::Slot { .. } => add(b'm', b""),
        }
    }
    for text in texts {
        add(b't', &(text.len() as u64).to_be_bytes());
        for part in text {
            match part {
                Part::Literal(literal) => add(b'l', literal.as_bytes()),
                Part::Slot(index) => add(b's', &(*index as u64).to_be_bytes()),
            }
        }
    }
    for slot in &slots.list {
        add(b'f', slot.field.as_bytes());
        match &slot.default {
            Some(default) => add(b'd', default.as_bytes()),
            None => add(b'n', b""),
        }
    }
    for embedded in pictures {
        add(b'i', embedded.id.as_bytes());
        add(b'p', embedded.picture.name.as_bytes());
        add(b'b', &embedded.picture.bytes);
    }
    hash.finalize().into()
}

#[derive(Default)]
struct Builder {
    segments: Vec<Segment>,
}

impl Builder {
    /// Adds bytes, to the last literal if there is one.
    fn push(&mut self, bytes: impl AsRef<[u8]>) {
        self.literal().extend_from_slice(bytes.as_ref());
    }

    /// The literal that the mail ends with so far, or a new one.
    fn literal(&mut self) -> &mut Vec<u8> {
        if !matches!(self.segments.last(), Some(Segment::Literal(_))) {
            self.segments.push(Segment::Literal(Vec::new()));
        }
        match self.segments.last_mut() {
            Some(Segment::Literal(last)) => last,
            _ => unreachable!("a literal was pushed above"),
        }
    }

    fn member(&mut self, header: MemberHeader) {
        self.segments.push(Segment::Header(header));
    }

    /// All header lines but the content type.
    fn head(&mut self, parts: &Parts<'_>, sender: &Sender, subject: &[Part]) -> Result<(), CompileError> {
        self.mailbox("From", &sender.from)?;
        self.member(MemberHeader::To);
        if let Some(reply_to) = &sender.reply_to {
            self.mailbox("Reply-To", reply_to)?;
        }
        match subject {
            [Part::Literal(fixed)] => self.push(header::text("Subject", fixed).map_err(|why| refused("Subject", why))?),
            _ => self.subject(subject)?,
        }
        self.member(MemberHeader::Date);
        self.member(MemberHeader::MessageId);
        if let Some(list_id) = &sender.list_id {
            self.fixed("List-Id", &format!("<{list_id}>"))?;
        }
        self.unsubscribe(sender)?;
        self.fixed("Feedback-ID", &feedback_id(parts, sender))?;
        self.fixed("X-Auto-Response-Suppress", "OOF, AutoReply")?;
        self.fixed("MIME-Version", "1.0")
    }

    fn mailbox(&mut self, name: &'static str, mailbox: &lettre::message::Mailbox) -> Result<(), CompileError> {
        let line = header::mailbox(name, mailbox.name.as_deref(), mailbox.email.as_ref());
        self.push(line.map_err(|why| refused(name, why))?);
        Ok(())
    }

    /// The literals of a subject with slots must be free of control characters; the values are checked later.
    fn subject(&mut self, subject: &[Part]) -> Result<(), CompileError> {
        for part in subject {
            if let Part::Literal(literal) = part {
                header::text("Subject", literal).map_err(|why| refused("Subject", why))?;
            }
        }
        self.member(MemberHeader::Subject(subject.to_vec()));
        Ok(())
    }

    /// A line of structured ASCII that is neither encoded nor folded.
    fn fixed(&mut self, name: &'static str, value: &str) -> Result<(), CompileError> {
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(CompileError::Control { header: name });
        }
        if name.len() + 2 + value.len() > header::LONGEST_LINE {
            return Err(CompileError::TooLong { header: name });
        }
        self.push(format!("{name}: {value}\r\n"));
        Ok(())
    }

    fn unsubscribe(&mut self, sender: &Sender) -> Result<(), CompileError> {
        let settings = &sender.unsubscribe;
        let mailto = settings.mailto.as_ref().map(|address| {
            let escaped = |part: &str| url::percent_encode(part, b"+");
            format!("mailto:{}@{}", escaped(address.user()), escaped(address.domain()))
        });
        let one_click = settings.url.is_some();
        if mailto.is_some() || one_click {
            self.member(MemberHeader::ListUnsubscribe { mailto, one_click });
        }
        if one_click {
            self.fixed("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?;
        }
        Ok(())
    }

    fn text(&mut self, text: &[Part]) {
        for part in text {
            match part {
                Part::Literal(literal) => self.quoted(literal),
                Part::Slot(index) => self.segments.push(Segment::Slot { index: *index, place: Place::Text }),
            }
        }
    }

    fn html(&mut self, html: &[Part], slots: &Slots) -> Result<(), CompileError> {
        let mut scanner = Scanner::new();
        for (at, part) in html.iter().enumerate() {
            match part {
                Part::Literal(literal) => {
                    scanner.read(literal);
                    self.quoted(literal);
                }
                Part::Slot(index) => {
                    let next = match html.get(at + 1) {
                        Some(Part::Literal(next)) => next.as_str(),
                        _ => "",
                    };
                    let place = scanner.slot(next).map_err(|place| {
                        let nth = html[..at].iter().filter(|before| *before == part).count();
                        CompileError::Misplaced { field: slots.list[*index].field.clone(), place, slot: *index, nth }
                    })?;
                    self.segments.push(Segment::Slot { index: *index, place });
                }
            }
        }
        Ok(())
    }

    /// The HTML with its pictures, the HTML first (RFC 2387 section 3.2).
    fn related(
        &mut self,
        html: &[Part],
        slots: &Slots,
        pictures: &[Embedded<'_>],
        boundary: &str,
    ) -> Result<(), CompileError> {
        self.push(format!("Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{boundary}\"\r\n\r\n"));
        self.push(format!("--{boundary}\r\n{HTML}{QUOTED}"));
        self.html(html, slots)?;
        self.literal().reserve(pictures.iter().map(|picture| picture::part_length(picture) + 100).sum());
        for embedded in pictures {
            self.push(format!("\r\n--{boundary}\r\n"));
            picture::part(embedded, self.literal());
        }
        self.push(format!("\r\n--{boundary}--\r\n"));
        Ok(())
    }

    fn quoted(&mut self, literal: &str) {
        let out = self.literal();
        out.reserve(literal.len() + literal.len() / 8);
        quoted::encode(literal, out);
    }
}

/// Who sends what to whom, for the complaint reports of large mailbox providers: `campaign:list:newsletter:sender`. The
/// last field must stay the same over all mails of a sender and be 5 to 15 characters long.
fn feedback_id(parts: &Parts<'_>, sender: &Sender) -> String {
    let plain = |name: &str| -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        name.chars().take(100).map(plain).collect()
    };
    let domain = Sha256::digest(sender.from.email.domain().to_lowercase().as_bytes());
    let sender: String = domain[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{}:newsletter:{sender}", plain(parts.campaign), plain(parts.list))
}

fn refused(header: &'static str, why: Refused) -> CompileError {
    match why {
        Refused::TooLong => CompileError::TooLong { header },
        Refused::Control | Refused::Address => CompileError::Control { header },
    }
}
