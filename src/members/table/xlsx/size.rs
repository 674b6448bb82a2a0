//! How large an Excel file becomes when it is read.
//!
//! Comes in: the zip archive. Goes out: nothing, or an error before any of it is kept in memory. An archive may say less
//! than it holds, so that every entry is also unpacked once and counted, without keeping it.

use std::io::{self, BufReader, Read, Seek, Write};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::{damaged, too_large};
use crate::members::table::error::TableError;

/// Entries that a workbook may have; one with a hundred sheets and pictures has some three hundred.
const ENTRIES_MAX: usize = 5_000;
/// All entries together, unpacked, in bytes.
const TOTAL_MAX: u64 = 200 << 20;
/// One sheet, unpacked, in bytes: 100,000 rows of 20 cells are about 80 MB. Sheets are read in a stream.
const SHEET_MAX: u64 = 120 << 20;
/// The workbook's texts, unpacked, in bytes. calamine keeps them: 100,000 rows of 12 different texts are 33 MB; the most
/// that so much can take in memory, as empty texts, is five times as much.
const TEXTS_MAX: u64 = 48 << 20;
/// Any other XML, unpacked, in bytes.
const PART_MAX: u64 = 16 << 20;
/// Between two tags, in bytes: held in memory at once. Excel's longest cell is 32,767 characters.
const STRETCH_MAX: u64 = 1 << 20;

/// Refuses a workbook that would take too much memory, and what is no workbook.
pub(super) fn check<R: Read + Seek>(source: &mut R) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(source).map_err(unreadable)?;
    if archive.len() > ENTRIES_MAX {
        return Err(too_large("it has more than 5,000 parts"));
    }
    check_kind(&archive)?;
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(unreadable)?;
        let most = most_of(&entry);
        declared = declared.saturating_add(entry.size());
        if entry.size() > most || declared > TOTAL_MAX {
            return Err(unpacked_too_large());
        }
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let most = most_of(&entry).min(TOTAL_MAX - total);
        let texts = is_texts(&part_name(&entry));
        let size = count(entry, most)?;
        total += size;
        if texts {
            check_declared_texts(archive.by_index(index).map_err(unreadable)?, size)?;
        }
    }
    Ok(())
}

/// Other archives of spreadsheet programs, told by their parts.
fn check_kind<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<(), TableError> {
    let has = |name: &str| archive.index_for_name(name).is_some();
    let save_as = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)";
    if has("content.xml") || has("mimetype") {
        return Err(TableError::new("this is an OpenDocument file (.ods), not an Excel workbook", save_as));
    }
    if has("xl/workbook.bin") {
        return Err(TableError::new("this is a binary Excel workbook (.xlsb)", save_as));
    }
    if has("Index/Document.iwa") {
        return Err(TableError::new("this is an Apple Numbers file", "export it from Numbers as Excel or CSV"));
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return Err(TableError::new("this is a Word or PowerPoint file, not a table", save_as));
    }
    Ok(())
}

fn part_name<R: Read>(entry: &ZipFile<'_, R>) -> String {
    String::from_utf8_lossy(entry.name_raw()).to_lowercase()
}

fn is_texts(name: &str) -> bool {
    name.ends_with("sharedstrings.xml")
}

/// What the entry may take.
fn most_of<R: Read>(entry: &ZipFile<'_, R>) -> u64 {
    let name = part_name(entry);
    if name.contains("/worksheets/") {
        SHEET_MAX
    } else if is_texts(&name) {
        TEXTS_MAX
    } else if name.ends_with(".xml") || name.ends_with(".rels") {
        PART_MAX
    } else {
        TOTAL_MAX
    }
}

/// The entry's true size; an error as soon as it is more than `most`.
fn count<R: Read>(entry: ZipFile<'_, R>, most: u64) -> Result<u64, TableError> {
    let is_xml = part_name(&entry).ends_with(".xml");
    let mut stretches = Stretches::default();
    let mut limited = entry.take(most + 1);
    let size = io::copy(&mut limited, &mut stretches).map_err(|error| damaged(&error.to_string()))?;
    if size > most {
        return Err(unpacked_too_large());
    }
    if is_xml && stretches.longest > STRETCH_MAX {
        return Err(too_large("it has a text without end"));
    }
    Ok(size)
}

/// Measures how far tags are apart, and keeps nothing.
#[derive(Default)]
struct Stretches {
    current: u64,
    longest: u64,
}

impl Write for Stretches {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for stretch in bytes.split_inclusive(|byte| *byte == b'<') {
            self.current += stretch.len() as u64;
            self.longest = self.longest.max(self.current);
            if stretch.ends_with(b"<") {
                self.current = 0;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// calamine sets memory aside for as many texts as the part says it has: a false number would end the program. The
/// shortest text, `<si/>`, has five bytes.
fn check_declared_texts<R: Read>(entry: ZipFile<'_, R>, size: u64) -> Result<(), TableError> {
    let mut reader = Reader::from_reader(BufReader::new(entry));
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == "sst" => {
                let mut attributes = element.attributes();
                for attribute in attributes.with_checks(false).flatten() {
                    let counts = attribute.key.local_name().as_ref() == "uniqueCount";
                    let believable = attribute.value.trim().parse::<u64>().is_ok_and(|count| count <= size / 5);
                    if counts && !believable {
                        return Err(damaged("it says that it has more texts than it can hold"));
                    }
                }
                return Ok(());
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

fn unpacked_too_large() -> TableError {
    too_large("unpacked it takes more memory than a list should")
}

fn unreadable(error: ZipError) -> TableError {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        other => damaged(&other.to_string()),
    }
}
