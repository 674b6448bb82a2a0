//! Small Excel workbooks, made from their XML parts.
//!
//! Comes in: rows or parts. Goes out: the bytes of an XLSX file. Writes no file.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workbook of one sheet, "Mitglieder", with all texts inline. A cell that begins with `<` is the XML of the cell's
/// inside with its attributes before a `|`: `<t="b"|<v>1</v>`.
pub fn of_rows(rows: &[(u32, &[&str])]) -> Vec<u8> {
    of_sheets(&[("Mitglieder", "visible", &sheet(rows))])
}

/// A workbook of sheets: name, state, XML.
pub fn of_sheets(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut parts = frame(sheets.iter().map(|(name, state, _)| (*name, *state)));
    for (index, (_, _, xml)) in sheets.iter().enumerate() {
        parts.push((format!("xl/worksheets/sheet{}.xml", index + 1), xml.to_string()));
    }
    zipped(&parts)
}

/// The parts of a workbook without its sheets.
pub fn frame<'a>(sheets: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut listed, mut related) = (String::new(), String::new());
    for (index, (name, state)) in sheets.enumerate() {
        let n = index + 1;
        listed += &format!("<sheet name=\"{name}\" sheetId=\"{n}\" state=\"{state}\" r:id=\"rId{n}\"/>");
        related +=
            &format!("<Relationship Id=\"rId{n}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    vec![
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{listed}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{package}\">{related}</Relationships>"),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
    ]
}

/// A sheet's XML from its rows: number from 1, cells.
pub fn sheet(rows: &[(u32, &[&str])]) -> String {
    let mut xml = String::from("<worksheet><sheetData>");
    for (number, cells) in rows {
        xml += &format!("<row r=\"{number}\">");
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let letter = char::from(b'A' + u8::try_from(column).expect("few columns"));
            match cell.strip_prefix('<').and_then(|raw| raw.split_once('|')) {
                Some((attributes, inside)) => xml += &format!("<c r=\"{letter}{number}\" {attributes}>{inside}</c>"),
                None => {
                    let text = cell.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "&#10;");
                    xml += &format!(
                        "<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                    );
                }
            }
        }
        xml += "</row>";
    }
    xml + "</sheetData></worksheet>"
}

/// A zip archive of text parts.
pub fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).expect("memory can be written");
        archive.write_all(content.as_bytes()).expect("memory can be written");
    }
    archive.finish().expect("memory can be written").into_inner()
}
