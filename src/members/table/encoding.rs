//! The character set of a text table.
//!
//! Comes in: the bytes, once from start to end. Goes out: the [`Encoding`], in constant memory. Never asks the user:
//! valid UTF-8 is UTF-8, anything else is what western spreadsheet programs write.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// How the text was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// UTF-8 with a byte order mark, Excel's "CSV UTF-8".
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    /// Of the time before Unicode, mostly Windows-1252.
    Legacy(&'static encoding_rs::Encoding),
}

impl Encoding {
    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => encoding_rs::UTF_8,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Legacy(encoding) => encoding,
        }
        .new_decoder_with_bom_removal()
    }
}

impl Display for Encoding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Encoding::Utf8 => f.write_str("UTF-8"),
            Encoding::Utf8Bom => f.write_str("UTF-8 with a byte order mark"),
            Encoding::Utf16Le | Encoding::Utf16Be => f.write_str("UTF-16 (“Unicode text”)"),
            Encoding::Legacy(encoding) => f.write_str(match encoding.name() {
                "windows-1252" => "Windows-1252 (Western European)",
                "windows-1250" => "Windows-1250 (Central European)",
                "windows-1251" => "Windows-1251 (Cyrillic)",
                "windows-1254" => "Windows-1254 (Turkish)",
                other => other,
            }),
        }
    }
}

/// How much of a file in an old character set is looked at to tell which; bytes.
const SAMPLE: usize = 1 << 20;

/// Single-byte sets that member lists in Europe come in. Others that the detector knows are unlikelier than an error.
const LEGACY: [&encoding_rs::Encoding; 8] = [
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1253,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_1257,
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_5,
];

/// Reads `source` to its end and says how it was saved.
pub(super) fn detect(source: &mut impl Read) -> io::Result<Encoding> {
    let mut census = Census::default();
    let mut buffer = vec![0; 1 << 16];
    let mut filled = 0;
    loop {
        let read = match source.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            other => other?,
        };
        filled += read;
        if census.start.is_none() && (filled >= 3 || read == 0) {
            let start = bom(&buffer[..filled]);
            if let Some(utf16 @ (Encoding::Utf16Le | Encoding::Utf16Be)) = start {
                return Ok(utf16);
            }
            census.start = Some(start == Some(Encoding::Utf8Bom));
        }
        if read == 0 {
            // What is left is a character cut off by the end of the file.
            census.broken += u64::from(filled > 0);
            return Ok(census.verdict());
        }
        if census.start.is_some() {
            let rest = census.count(&buffer[..filled]);
            buffer.copy_within(filled - rest..filled, 0);
            filled = rest;
        }
    }
}

fn bom(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Some(Encoding::Utf8Bom),
        [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// What was seen so far.
struct Census {
    /// Whether a UTF-8 mark stands at the start, once that is known.
    start: Option<bool>,
    /// Characters of several bytes that are valid UTF-8.
    wide: u64,
    /// Places that are not valid UTF-8.
    broken: u64,
    detector: EncodingDetector,
    sampled: usize,
}

impl Default for Census {
    fn default() -> Census {
        Census {
            start: None,
            wide: 0,
            broken: 0,
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            sampled: 0,
        }
    }
}

impl Census {
    /// Counts and gives back how many bytes at the end are the beginning of a character.
    fn count(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        let left = loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.wide += wide(text.as_bytes());
                    break 0;
                }
                Err(error) => {
                    self.wide += wide(&rest[..error.valid_up_to()]);
                    let Some(length) = error.error_len() else { break rest.len() - error.valid_up_to() };
                    self.broken += 1;
                    rest = &rest[error.valid_up_to() + length..];
                }
            }
        };
        if self.broken > 0 && self.sampled < SAMPLE {
            self.detector.feed(&bytes[..bytes.len() - left], false);
            self.sampled += bytes.len();
        }
        left
    }

    fn verdict(mut self) -> Encoding {
        if self.start == Some(true) {
            return Encoding::Utf8Bom;
        }
        // A few broken places among many good ones: lists were pasted together. Those rows are refused, not garbled.
        if self.broken == 0 || self.wide > self.broken {
            return Encoding::Utf8;
        }
        self.detector.feed(b"", true);
        let guess = self.detector.guess(Some(b"de"), Utf8Detection::Deny);
        Encoding::Legacy(if LEGACY.contains(&guess) { guess } else { encoding_rs::WINDOWS_1252 })
    }
}

/// Lead bytes of several-byte characters.
fn wide(utf8: &[u8]) -> u64 {
    utf8.iter().filter(|byte| **byte >= 0xc0).count() as u64
}

#[cfg(test)]
mod tests {
    use super::{Encoding, detect};

    fn of(bytes: &[u8]) -> String {
        detect(&mut &bytes[..]).expect("memory can be read").to_string()
    }

    #[test]
    fn tells_what_spreadsheet_programs_write() {
        let german = "Vorname;Nachname\nJörg;Müller\nÄnne;Weiß\nRené;Größer – „Boss“\n";
        let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(german);
        assert_eq!(of(german.as_bytes()), "UTF-8");
        assert_eq!(of(format!("\u{feff}{german}").as_bytes()), "UTF-8 with a byte order mark");
        assert_eq!(of(&windows), "Windows-1252 (Western European)");
        assert_eq!(of(b"\xff\xfea\0"), "UTF-16 (“Unicode text”)");
        assert_eq!(of(b"\xfe\xff\0a"), "UTF-16 (“Unicode text”)");
        assert_eq!(of(b""), "UTF-8");
    }

    #[test]
    fn a_single_umlaut_at_the_very_end_of_a_large_file_counts() {
        let mut bytes = b"anna@example.org;Anna\n".repeat(20_000);
        bytes.extend_from_slice(b"joerg@example.org;J\xf6rg\n");
        assert_eq!(of(&bytes), "Windows-1252 (Western European)");
    }

    #[test]
    fn every_western_name_in_windows_1252_is_told_from_utf_8() {
        for name in ["Müller", "Weiß", "René", "Ångström", "Muñoz", "Çelik", "Ærø", "Groß-Gerau", "Ö"] {
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(name);
            let read = detect(&mut &bytes[..]).expect("memory can be read");
            let (text, _, _) = match read {
                Encoding::Legacy(encoding) => encoding.decode(&bytes),
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(text, name, "{read}");
        }
    }

    #[test]
    fn one_broken_place_among_good_umlauts_stays_utf_8() {
        assert_eq!(
            of("Müller\nGröße\nWeiß\n"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"M\xfcller\n")
                .collect::<Vec<_>>()
                .as_slice()),
            "UTF-8"
        );
    }
}
