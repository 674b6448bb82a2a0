//! Member lists as files: golden CSV cases in `cases/members`, workbooks, and tables of any content.
//!
//! Each case holds `list.csv`, perhaps `list.toml` with what the configuration says, and `expected.snap`: what
//! `members check` tells people, then its JSON; or the error.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use rundbrief::error::Exit;
use rundbrief::members::check::Check;
use rundbrief::members::table::{Kind, Options, Table, TableError, read};
use rundbrief::members::{Member, Row};

#[path = "support/workbook.rs"]
mod workbook;

/// What a list's section says.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default, rename = "where")]
    filter: BTreeMap<String, OneOrMore>,
    sheet: Option<String>,
}

/// What a `where` wants of a column.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn all(&self) -> Vec<String> {
        match self {
            OneOrMore::One(value) => vec![value.clone()],
            OneOrMore::More(values) => values.clone(),
        }
    }
}

impl Settings {
    fn read<R: Read + Seek>(&self, source: R, kind: Kind) -> Result<Table<R>, TableError> {
        let sheet = self.sheet.as_deref();
        let filter = self.filter.iter().map(|(heading, values)| (heading.clone(), values.all())).collect();
        read(source, kind, &Options { columns: &self.columns, filter: &filter, sheet })
    }
}

/// The text for people and the JSON, or the error with its help.
fn checked<R: Read + Seek>(table: Result<Table<R>, TableError>) -> String {
    let check = |mut table: Table<R>| {
        let check = Check::of(&mut table)?;
        let json = serde_json::to_string_pretty(&check).expect("a check is JSON");
        Ok(format!("{}\n{json}", check.text(&table.report)))
    };
    table.and_then(check).unwrap_or_else(|error: TableError| error.finding(Path::new("list.csv")).to_string())
}

/// The error of a workbook.
fn refused(bytes: Vec<u8>, sheet: Option<&str>) -> String {
    let settings = Settings { sheet: sheet.map(str::to_owned), ..Settings::default() };
    let error = settings.read(Cursor::new(bytes), Kind::Xlsx).map(|_| ()).expect_err("an error");
    format!("{error}: {}", error.help.as_deref().unwrap_or_default())
}

fn members(bytes: &[u8], kind: Kind) -> Vec<Member> {
    let table = Settings::default().read(Cursor::new(bytes), kind).expect("a table");
    table
        .map(|row| match row.expect("a row") {
            Row::Member(member) => member,
            other => panic!("not a member: {other:?}"),
        })
        .collect()
}

#[test]
fn every_case_is_told_as_expected() {
    insta::glob!("cases/members/*/list.csv", |path| {
        let case = path.parent().expect("a case's folder");
        let settings = std::fs::read_to_string(case.join("list.toml")).unwrap_or_default();
        let settings: Settings = toml::from_str(&settings).expect("settings");
        let bytes = std::fs::read(path).expect("a list");
        insta::with_settings!({ snapshot_path => case, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", checked(settings.read(Cursor::new(bytes), Kind::Csv)));
        });
    });
}

#[test]
fn the_example_list_has_no_fault() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("newsletters/lists/members.example.csv");
    let mut table = Settings::default().read(std::fs::File::open(path).expect("the list"), Kind::Csv).expect("a table");
    let check = Check::of(&mut table).expect("all rows");
    assert_eq!((check.members.len(), check.rejected.len(), check.merged.len()), (8, 0, 0));
    assert!(table.report.refusals.is_empty(), "{:?}", table.report.refusals);
    for member in &check.members {
        assert!(["example.org", "example.com"].contains(&member.address.domain()), "{}", member.address);
    }
}

#[test]
fn a_files_ending_tells_how_it_is_read() {
    let kind = |name: &str| Kind::of_path(Path::new(name)).map_err(|error| error.to_string());
    assert_eq!(kind("a/Mitglieder.CSV"), Ok(Kind::Csv));
    assert_eq!(kind("list.xlsx"), Ok(Kind::Xlsx));
    assert_eq!(kind("list.xls"), Err("a list cannot be read from a .xls file".to_owned()));
    assert_eq!(kind("list"), Err("the file's name has no ending".to_owned()));
}

#[test]
fn a_workbooks_cells_are_read_as_a_person_sees_them() {
    let bytes = workbook::of_rows(&[
        (3, &["Anrede", "Nachname", "E-Mail", "PLZ", "Beitritt", "Beirat", "Formel"]),
        (
            4,
            &[
                "Frau",
                "Größe & Söhne",
                "anna@example.org",
                "< |<v>1067</v>",
                "<s=\"1\"|<v>45603</v>",
                "<t=\"b\"|<v>1</v>",
            ],
        ),
        (7, &["", "Bär", "<t=\"str\"|<f>A1</f><v>bert@example.org</v>", "", "", "", "< |<f>1+1</f><v>2</v>"]),
    ]);
    let members = members(&bytes, Kind::Xlsx);
    let shown: Vec<String> = members.iter().map(|m| format!("{} {} {:?}", m.row, m.address, m.fields)).collect();
    assert_eq!(
        shown,
        [
            "4 anna@example.org {\"beirat\": \"true\", \"beitritt\": \"2024-11-07\", \"honorific\": \"Frau\", \"last_name\": \"Größe & Söhne\", \"plz\": \"1067\"}",
            "7 bert@example.org {\"formel\": \"2\", \"last_name\": \"Bär\"}",
        ]
    );
}

#[test]
fn a_workbooks_faults_are_told_row_by_row() {
    let bytes = workbook::of_rows(&[
        (1, &["E-Mail", "Vorname", "Austritt"]),
        (2, &["anna@example.org\nberta@example.org", "Anna"]),
        (3, &["<t=\"e\"|<v>#N/A</v>", "Bert"]),
        (4, &["carla@example.org", "Carla\nMaria", "<s=\"1\"|<v>45291</v>"]),
        (5, &["doris@example.org", "Doris", "", "", "verstorben"]),
        (6, &["emil@example.org", "Emil", "", "", "neben der Tabelle"]),
    ]);
    insta::assert_snapshot!(checked(Settings::default().read(Cursor::new(bytes), Kind::Xlsx)));
}

#[test]
fn the_first_visible_sheet_is_read_unless_one_is_named() {
    let sheet = |address: &str| workbook::sheet(&[(1, &["E-Mail"]), (2, &[address])]);
    let bytes = workbook::of_sheets(&[
        ("Alt", "hidden", &sheet("alt@example.org")),
        ("Mitglieder", "visible", &sheet("anna@example.org")),
        ("Förderer", "visible", &sheet("bert@example.org")),
    ]);
    let first = |sheet: Option<&str>| {
        let settings = Settings { sheet: sheet.map(str::to_owned), ..Settings::default() };
        let check = Check::of(&mut settings.read(Cursor::new(&bytes), Kind::Xlsx).expect("a table")).expect("rows");
        check.members[0].address.to_string()
    };
    assert_eq!(first(None), "anna@example.org");
    assert_eq!(first(Some("förderer ")), "bert@example.org");
    assert_eq!(first(Some("Alt")), "alt@example.org");
    assert_eq!(
        refused(bytes.clone(), Some("Mitglider")),
        "the workbook has no sheet “Mitglider”: did you mean “Mitglieder”? The sheets are “Alt”, “Mitglieder”, “Förderer”"
    );
}

#[test]
fn a_workbook_that_begins_with_a_cover_sheet_names_the_others() {
    let bytes = workbook::of_sheets(&[
        ("Deckblatt", "visible", &workbook::sheet(&[(1, &["Mitgliederliste"])])),
        ("Mitglieder 2026", "visible", &workbook::sheet(&[(1, &["E-Mail"]), (2, &["anna@example.org"])])),
        ("Alt", "hidden", &workbook::sheet(&[(1, &["E-Mail"])])),
    ]);
    assert_eq!(
        refused(bytes, None),
        "no column has a heading for e-mail addresses; the headings are “Mitgliederliste”: the sheet “Deckblatt” was \
         read; if the members are on another one, add to the list's section of config.toml: sheet = \"Mitglieder 2026\""
    );
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let mut parts = workbook::frame([("A", "visible")].into_iter());
    parts.push(("xl/worksheets/sheet1.xml".to_owned(), format!("<worksheet>{}", " ".repeat(130 << 20))));
    let bomb = workbook::zipped(&parts);
    assert!(bomb.len() < 200_000, "{} bytes", bomb.len());
    let expected = "the Excel file is too large: unpacked it takes more memory than a list should: open it in a \
                    spreadsheet program and save the sheet as CSV UTF-8 (.csv)";
    assert_eq!(refused(bomb.clone(), None), expected);
    // The same with a directory that lies about the size: it ends where it said.
    assert!(refused(with_declared_size(bomb, 130 << 20, 4_000), None).contains("larger than its declared"));
    // A cell that takes the memory of the sheet a second time.
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>{}</v></c></row></sheetData></worksheet>",
        "x".repeat(2 << 20)
    );
    assert!(refused(workbook::of_sheets(&[("A", "visible", &sheet)]), None).contains("a text without end"));
}

/// The archive with one declared size (4 bytes, little-endian) written over wherever it stands.
fn with_declared_size(mut archive: Vec<u8>, at_least: u32, declared: u32) -> Vec<u8> {
    let mut places = 0;
    for at in 0..archive.len() - 4 {
        let value = u32::from_le_bytes(archive[at..at + 4].try_into().expect("4 bytes"));
        let header = at >= 22 && archive[at - 22..].starts_with(b"PK\x03\x04")
            || at >= 24 && archive[at - 24..].starts_with(b"PK\x01\x02");
        if header && value >= at_least {
            archive[at..at + 4].copy_from_slice(&declared.to_le_bytes());
            places += 1;
        }
    }
    assert_eq!(places, 2, "the local header and the directory");
    archive
}

#[test]
fn a_workbook_that_lies_about_its_texts_or_rows_is_refused() {
    let mut parts = workbook::frame([("A", "visible")].into_iter());
    parts.push((
        "xl/sharedStrings.xml".to_owned(),
        "<sst uniqueCount=\"999999999999999\"><si><t>x</t></si></sst>".to_owned(),
    ));
    parts.push(("xl/worksheets/sheet1.xml".to_owned(), workbook::sheet(&[(1, &["E-Mail"])])));
    assert!(refused(workbook::zipped(&parts), None).contains("more texts than it can hold"));
    let far = workbook::of_rows(&[(1, &["E-Mail"]), (4_000_000_000, &["anna@example.org"])]);
    assert!(refused(far, None).contains("its rows are out of order"));
    let sheet = "<worksheet><sheetData><row r=\"99999999999999\"><c r=\"ZZZZZZZZZ99999999999\"><v>1</v></c></row></sheetData></worksheet>";
    assert!(refused(workbook::of_sheets(&[("A", "visible", sheet)]), None).contains("the Excel file is damaged"));
}

#[test]
fn a_workbook_of_more_than_100_000_rows_is_refused() {
    let mut sheet = String::from("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>E-Mail</t></is></c></row>");
    sheet += &"<row><c t=\"inlineStr\"><is><t>anna@example.org</t></is></c></row>".repeat(100_001);
    sheet += "</sheetData></worksheet>";
    assert!(refused(workbook::of_sheets(&[("A", "visible", &sheet)]), None).contains("more than 100000 rows"));
}

#[test]
fn other_files_under_an_excel_name_are_refused_with_what_to_do() {
    assert!(
        refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on".to_vec(), None)
            .starts_with("this is an old Excel file (.xls) or one with a password")
    );
    assert!(
        refused(b"E-Mail;Name".to_vec(), None)
            .starts_with("this is not an Excel workbook: if it is a CSV file, name it .csv")
    );
    let ods = workbook::zipped(&[("mimetype".to_owned(), "application/vnd.oasis.opendocument.spreadsheet".to_owned())]);
    assert!(refused(ods, None).starts_with("this is an OpenDocument file (.ods)"));
    assert!(refused(b"PK\x03\x04 cut off".to_vec(), None).starts_with("the Excel file is damaged"));
    let mut cut = workbook::of_rows(&[(1, &["E-Mail"]), (2, &["anna@example.org"])]);
    cut.truncate(cut.len() / 2);
    assert!(refused(cut, None).starts_with("the Excel file is damaged"));
}

/// A source that says how far it was read since the last seek, and may fail there.
struct Watched {
    bytes: Cursor<Vec<u8>>,
    position: Arc<AtomicU64>,
    fails_at: u64,
}

impl Watched {
    fn rows(rows: usize, fails_at: u64) -> (Watched, Arc<AtomicU64>) {
        let row = |n: usize| format!("Frau;Müller;m{n}@example.org\n");
        let text = "Anrede;Nachname;E-Mail\n".to_owned() + &(0..rows).map(row).collect::<String>();
        let position = Arc::new(AtomicU64::new(0));
        (Watched { bytes: Cursor::new(text.into_bytes()), position: position.clone(), fails_at }, position)
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.position() >= self.fails_at {
            return Err(io::Error::other("the disk is gone"));
        }
        let read = self.bytes.read(buffer)?;
        self.position.store(self.bytes.position(), Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[test]
fn rows_come_out_before_the_table_is_read_to_its_end() {
    let (source, position) = Watched::rows(50_000, u64::MAX);
    let size = source.bytes.get_ref().len() as u64;
    let mut table = Settings::default().read(source, Kind::Csv).expect("a table");
    let first = table.next().expect("a row").expect("no error");
    assert!(matches!(first, Row::Member(member) if member.row == 2));
    let read = position.load(Ordering::Relaxed);
    assert!(read <= 1 << 16 && size > 1_000_000, "{read} of {size} bytes");
    assert_eq!(table.count(), 49_999);
}

#[test]
fn a_disk_that_fails_is_no_fault_of_the_list() {
    let (source, _) = Watched::rows(10, 0);
    let error = Settings::default().read(source, Kind::Csv).map(|_| ()).expect_err("an error");
    let error = error.into_error(Path::new("list.csv"));
    assert_eq!(error.exit(), Exit::Io);
    assert_eq!(error.to_string(), "error: cannot read list.csv: the disk is gone");
}

/// A table's text in one way of saving it.
#[derive(Debug, Clone, Copy)]
enum Saved {
    Utf8,
    Bom,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

fn saved(text: &str, saved: Saved) -> Vec<u8> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect();
    match saved {
        Saved::Utf8 => text.as_bytes().to_vec(),
        Saved::Bom => format!("\u{feff}{text}").into_bytes(),
        Saved::Utf16Le => utf16(u16::to_le_bytes),
        Saved::Utf16Be => utf16(u16::to_be_bytes),
        Saved::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
    }
}

fn any_saved() -> impl Strategy<Value = Saved> {
    prop_oneof![
        Just(Saved::Utf8),
        Just(Saved::Bom),
        Just(Saved::Utf16Le),
        Just(Saved::Utf16Be),
        Just(Saved::Windows1252)
    ]
}

/// Cells with everything that a table's syntax could stumble over, between words as German lists have them: how a table
/// without a mark was saved can only be told from words that occur.
fn any_note() -> impl Strategy<Value = String> {
    let word =
        proptest::sample::select(vec!["Müller", "Größe", "Straße", "Köln-Süd", "Ärzte", "Vorstand", "ja", "12", "a.b"]);
    let syntax = proptest::sample::select(vec![";", ",", "\"", "'", "\t", " ", "&", "\"\"", "; ", "-"]);
    let piece = prop_oneof![word, syntax].prop_map(str::to_owned);
    let pieces = proptest::collection::vec(piece, 0..6);
    pieces.prop_map(|pieces| pieces.concat().trim_matches([' ', '\t']).replace('\t', " "))
}

proptest! {
    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in any::<Vec<u8>>(), heading in any::<bool>()) {
        let start: &[u8] = if heading { b"E-Mail;Nachname;Notiz\n" } else { b"" };
        let bytes = [start, &bytes].concat();
        let _ = checked(Settings::default().read(Cursor::new(&bytes), Kind::Csv));
        let _ = checked(Settings::default().read(Cursor::new(&bytes), Kind::Xlsx));
    }

    #[test]
    fn any_damage_to_a_workbook_is_a_table_or_an_error(at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = workbook::of_rows(&[(1, &["E-Mail"]), (2, &["anna@example.org"])]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = checked(Settings::default().read(Cursor::new(bytes), Kind::Xlsx));
    }

    #[test]
    fn a_table_comes_back_as_it_was_saved(
        notes in proptest::collection::vec((any_note(), any_note()), 1..8),
        delimiter in prop_oneof![Just(';'), Just(','), Just('\t')],
        line_end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        how in any_saved(),
    ) {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut text = ["E-Mail", "Notiz", "Größe"].join(&delimiter.to_string()) + line_end;
        for (index, (note, size)) in notes.iter().enumerate() {
            text += &[format!("m{index}@example.org"), quoted(note), quoted(size)].join(&delimiter.to_string());
            text += line_end;
        }
        let read = members(&saved(&text, how), Kind::Csv);
        prop_assert_eq!(read.len(), notes.len());
        for (index, (member, (note, size))) in read.iter().zip(&notes).enumerate() {
            prop_assert_eq!(member.row, index as u64 + 2);
            prop_assert_eq!(member.address.as_str(), format!("m{index}@example.org"));
            prop_assert_eq!(member.field("notiz").unwrap_or_default(), note);
            prop_assert_eq!(member.field("groesse").unwrap_or_default(), size);
        }
    }
}
