//! A source's bytes as UTF-8, a piece at a time.
//!
//! Comes in: bytes in any [`Encoding`]. Goes out: UTF-8 bytes one by one; what cannot be read is U+FFFD. Holds one
//! buffer, whatever the file's size.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use encoding_rs::{CoderResult, Decoder};

use super::encoding::Encoding;

/// Bytes that are read at once.
const INPUT: usize = 1 << 16;

/// The decoding reader.
pub(super) struct Decoded<R> {
    source: R,
    encoding: Encoding,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    /// How much of `output` was handed out.
    used: usize,
    ended: bool,
}

impl<R: Read + Seek> Decoded<R> {
    /// Starts at the beginning of `source`.
    pub(super) fn new(mut source: R, encoding: Encoding) -> io::Result<Decoded<R>> {
        source.seek(SeekFrom::Start(0))?;
        let decoder = encoding.decoder();
        Ok(Decoded { source, encoding, decoder, input: vec![0; INPUT], output: Vec::new(), used: 0, ended: false })
    }

    /// Starts again at the beginning.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(0))?;
        self.decoder = self.encoding.decoder();
        self.output.clear();
        self.used = 0;
        self.ended = false;
        Ok(())
    }

    /// The next byte of UTF-8, without going past it.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.used == self.output.len() {
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
        Ok(Some(self.output[self.used]))
    }

    /// The next byte of UTF-8.
    pub(super) fn take(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        self.used += usize::from(byte.is_some());
        Ok(byte)
    }

    /// All that is decoded and not yet handed out, at least one buffer of it unless the source is shorter.
    pub(super) fn ahead(&mut self) -> io::Result<&[u8]> {
        self.peek()?;
        Ok(&self.output[self.used..])
    }

    /// Goes past `bytes` of what [`Decoded::ahead`] showed.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.used = (self.used + bytes).min(self.output.len());
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut filled = 0;
        while filled < self.input.len() {
            match self.source.read(&mut self.input[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let most = self.decoder.max_utf8_buffer_length(filled).expect("a buffer's length is far below the limit");
        self.output.resize(most, 0);
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(&self.input[..filled], &mut self.output, self.ended);
        debug_assert!(result == CoderResult::InputEmpty && read == filled, "the output has room for all input");
        self.output.truncate(written);
        self.used = 0;
        Ok(())
    }
}
