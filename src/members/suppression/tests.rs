use std::io::Cursor;

use super::{Entry, read};
use crate::members::table::Kind;

/// `row address`, `row: reason` or `row (value)`, a line each; first the column.
fn told(bytes: &[u8]) -> Vec<String> {
    let export = match read(Cursor::new(bytes), Kind::Csv) {
        Ok(export) => export,
        Err(error) => return vec![error.to_string()],
    };
    let mut told = vec![export.column().unwrap_or("anywhere").to_owned()];
    told.extend(export.map(|entry| match entry.expect("can be read") {
        Entry::Address { row, address } => format!("{row} {address}"),
        Entry::Rejected { row, reason } => format!("{row}: {reason}"),
        Entry::Well { row, value } => format!("{row} ({value})"),
    }));
    told
}

#[test]
fn a_text_with_an_address_a_line_is_enough() {
    let text = b"anna@example.org\r\n\r\nBen Beispiel <BEN@Example.org>\r\nmailto:c@example.org\r\nkein Mensch\r\n";
    assert_eq!(
        told(text),
        ["anywhere", "1 anna@example.org", "3 BEN@example.org", "4 c@example.org", "5: “kein Mensch” has no @"]
    );
    assert_eq!(told(b"anna@example.org, ben@example.org\n"), ["anywhere", "1 anna@example.org", "1 ben@example.org"]);
    assert_eq!(told(b"\n \n"), ["the file is empty"]);
}

#[test]
fn the_column_is_found_by_its_heading_in_german_and_english() {
    for heading in
        ["E-Mail", "email", "Email Address", "Adresse", "recipient", "Empfänger", "To", "rcpt", "E-Mail-Adresse"]
    {
        let text = format!("Datum;{heading};Grund\n24.11.2026;anna@example.org;abgemeldet\n");
        assert_eq!(told(text.as_bytes()), [heading, "2 anna@example.org"]);
    }
    assert_eq!(
        told(b"From\tRecipient\tCode\nwir@example.org\tanna@example.org\t550\n"),
        ["Recipient", "2 anna@example.org"]
    );
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode("Empfänger;Größe\nanna@example.org;1\n");
    assert_eq!(told(&windows), ["Empfänger", "2 anna@example.org"]);
}

#[test]
fn without_a_heading_the_address_is_found_by_its_look() {
    assert_eq!(
        told(b"Anna,anna@example.org,550\nBen,ben@example.org,550\n"),
        ["anywhere", "1 anna@example.org", "2 ben@example.org"]
    );
    assert_eq!(told(b"Name;Wer\nAnna;anna@example.org\n"), ["anywhere", "2 anna@example.org"]);
    assert_eq!(told(b"Adresse;Kontakt 1\nHauptstr. 1;anna@example.org\n"), ["Adresse", "2 anna@example.org"]);
    assert_eq!(
        told(b"550,wir@example.org,anna@example.org\n")[1],
        "1: several cells hold an address; add a first row that calls the right column E-Mail"
    );
}

#[test]
fn every_address_of_a_cell_counts_and_a_damaged_one_is_told() {
    assert_eq!(
        told("E-Mail\nanna@example.org; ben@example.org\nrfc822;c@example.org\n\"anna@example,org\"\n\nann a@example.org\n".as_bytes()),
        [
            "E-Mail",
            "2 anna@example.org",
            "2 ben@example.org",
            "3 c@example.org",
            "4: “anna@example,org” has a comma for a dot; is anna@example.org meant?",
            "6: “ann a@example.org” has a space in it; remove what does not belong to the address",
        ]
    );
}

#[test]
fn members_whom_an_export_shows_to_be_well_are_left_alone() {
    let text = "email,event\na@example.org,delivered\nb@example.org,hard_bounce\nc@example.org,Soft bounce\n\
                d@example.org,Geöffnet\ne@example.org,unsubscribed\nf@example.org,\n";
    let expected = [
        "email",
        "2 (delivered)",
        "3 b@example.org",
        "4 (Soft bounce)",
        "5 (Geöffnet)",
        "6 e@example.org",
        "7 f@example.org",
    ];
    assert_eq!(told(text.as_bytes()), expected);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn bytes_of_any_kind_end_in_entries_or_an_error(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        if let Ok(export) = read(Cursor::new(bytes), Kind::Csv) {
            let entries = export.count();
            proptest::prop_assert!(entries <= 400);
        }
    }
}
