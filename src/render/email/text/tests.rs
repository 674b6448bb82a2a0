use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{Notes, WIDTH, body, width, wrap};
use crate::post::{Align, Block, BlockKind, Inline, Picture};
use crate::words::Catalogue;

const TOKEN: &str = "slot0123456789abcdefn0e";

fn block(kind: BlockKind) -> Block {
    Block { line: 1, kind }
}

fn text(part: &str) -> Vec<Inline> {
    vec![Inline::Text(part.to_owned())]
}

fn paragraph(part: &str) -> Block {
    block(BlockKind::Paragraph(text(part)))
}

fn link(url: &str, shown: &str) -> Inline {
    Inline::Link { url: url.to_owned(), content: text(shown) }
}

fn shown(blocks: &[Block]) -> String {
    body(blocks, &mut Notes::new(), &Catalogue::built_in().for_lang("de"))
}

#[test]
fn a_post_reads_well_as_plain_text() {
    let blocks = [
        paragraph(
            "BERLIN – „Wir brauchen Rückkehrer*innen und Kolleg*innen, z.\u{a0}B. in der Pflege“, sagte die \
             Vorsitzende des Vereins Rückenwind e.\u{a0}V. am Donnerstag vor 120 Gästen.",
        ),
        block(BlockKind::Heading { level: 2, content: text("Straße, Maß und Fußnote") }),
        block(BlockKind::Paragraph(vec![
            Inline::Text("Das ".into()),
            Inline::Strong(text("Programm")),
            Inline::Text(" steht ".into()),
            link("https://www.example.org/programm", "im Netz"),
            Inline::Text(", die ".into()),
            Inline::Strike(text("alte")),
            Inline::Emphasis(text(" neue")),
            Inline::Text(" Fassung ".into()),
            link("https://www.example.org/programm", "ebenso"),
            Inline::Text(".".into()),
            Inline::SoftBreak,
            Inline::Text("Fragen an ".into()),
            link("mailto:kontakt@example.org", "kontakt@example.org"),
            Inline::HardBreak,
            Inline::Text("oder ".into()),
            link("http://www.example.org/", "www.example.org"),
            Inline::Text(" und ".into()),
            link("https://www.example.org/anmeldung", "zur Anmeldung"),
        ])),
        block(BlockKind::List {
            start: Some(9),
            tight: true,
            items: vec![
                vec![paragraph("Begrüßung")],
                vec![
                    paragraph(
                        "Vortrag mit einem Titel, der so lang ist, dass er auf der zweiten Zeile unter sich selbst steht",
                    ),
                    block(BlockKind::List {
                        start: None,
                        tight: true,
                        items: vec![vec![paragraph("Fragen")], vec![paragraph("Antworten")]],
                    }),
                ],
            ],
        }),
        block(BlockKind::Quote(vec![
            paragraph("Ein Netzwerk lebt von denen, die es tragen."),
            paragraph("— Eine Teilnehmerin"),
        ])),
        block(BlockKind::Picture(Picture {
            src: "tagung.jpg".into(),
            alt: "Zwei Frauen am Rednerpult".into(),
            credit: Some("Kim Muster".into()),
            link: None,
            line: 1,
            column: 1,
        })),
        block(BlockKind::Rule),
        block(BlockKind::Code { text: "  rundbrief  send\n\n    --dry-run\n".into() }),
    ];
    let mut notes = Notes::new();
    let text = body(&blocks, &mut notes, &Catalogue::built_in().for_lang("de"));
    insta::assert_snapshot!(format!("{text}\n\n{}", notes.list()));
}

#[test]
fn a_narrow_table_is_aligned_and_a_wide_one_is_read_row_by_row() {
    let table = |last: &str| {
        block(BlockKind::Table {
            align: vec![Align::None, Align::Right, Align::Center],
            head: vec![text("Ort"), text("Gäste"), text("Anmerkung")],
            rows: vec![vec![text("Köln"), text("120"), text("voll")], vec![text("Berlin"), text("85"), text(last)]],
        })
    };
    insta::assert_snapshot!(format!(
        "{}\n=====\n{}",
        shown(&[table("–")]),
        shown(&[table("Wegen des Streiks kamen viele erst nach der Pause und blieben dafür bis zum späten Abend.")])
    ));
}

#[test]
fn a_wide_table_keeps_its_headings_and_rows_where_cells_are_empty() {
    let remark = "eine sehr lange Bemerkung zur Veranstaltung, die mit den anderen nicht in eine Zeile passt";
    let row = |cells: [&str; 3]| cells.map(text).to_vec();
    let table = block(BlockKind::Table {
        align: vec![Align::None; 3],
        head: row(["Ort", "Bemerkung", "Ansprechpartnerin"]),
        rows: vec![row(["Berlin", remark, ""]), row(["", "", ""])],
    });
    assert_eq!(
        shown(&[table]),
        "Ort: Berlin\nBemerkung: eine sehr lange Bemerkung zur Veranstaltung, die mit den\n  anderen nicht in eine Zeile \
         passt\nAnsprechpartnerin:\n\nOrt:\nBemerkung:\nAnsprechpartnerin:"
    );
}

#[test]
fn a_loose_list_keeps_its_paragraphs_apart() {
    let items = vec![vec![paragraph("Eins"), paragraph("Noch etwas dazu")], vec![paragraph("Zwei")]];
    let list = block(BlockKind::List { start: None, tight: false, items });
    assert_eq!(shown(&[list]), "- Eins\n\n  Noch etwas dazu\n\n- Zwei");
}

#[test]
fn nbsp_holds_a_url_stays_whole_and_a_slot_takes_no_room() {
    let url = format!("https://example.org/{}", "a".repeat(90));
    assert_eq!(wrap(&format!("Mehr: {url} hier"), 20), format!("Mehr:\n{url}\nhier"));
    assert_eq!(wrap("am 24.\u{a0}Oktober", 8), "am\n24.\u{a0}Oktober");
    assert_eq!(wrap(&format!("Guten Tag {TOKEN}, hallo"), 17), format!("Guten Tag {TOKEN}, hallo"));
    assert_eq!(width(&format!("{TOKEN}ü👩\u{200d}🔬s\u{ad}lot")), 6);
}

#[test]
fn no_line_looks_like_the_start_of_a_mailbox_entry() {
    assert_eq!(shown(&[paragraph("From Berlin to Rome")]), " From Berlin to Rome");
    assert_eq!(shown(&[block(BlockKind::Code { text: "From me   \n".into() })]), " From me");
}

#[test]
fn english_mails_say_picture_and_a_picture_without_words_says_nothing() {
    let picture = |alt: &str, credit: Option<&str>| {
        let picture = Picture {
            src: "a.jpg".into(),
            alt: alt.into(),
            credit: credit.map(str::to_owned),
            link: None,
            line: 1,
            column: 1,
        };
        body(&[block(BlockKind::Picture(picture))], &mut Notes::new(), &Catalogue::built_in().for_lang("en"))
    };
    assert_eq!(picture("A full hall", Some("Kim")), "[Picture: A full hall] Credit: Kim");
    assert_eq!(picture("", None), "");
}

proptest! {
    #[test]
    fn wrapping_loses_no_word_and_no_line_is_too_wide(text in "[a-zäöüß\u{a0}👍., -]{0,300}", columns in 1usize..80) {
        let wrapped = wrap(&text, columns);
        let words = |text: &str| text.split([' ', '\n']).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&wrapped), words(&text));
        for line in wrapped.lines() {
            prop_assert!(!line.ends_with(' '));
            prop_assert!(width(line) <= columns || !line.trim_start().contains(' '), "{line:?}");
        }
    }

    #[test]
    fn every_letter_of_a_paragraph_arrives(part in "\\PC{0,400}") {
        let letters = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
        let text = shown(&[paragraph(&part)]);
        prop_assert_eq!(letters(&text), letters(&part));
        prop_assert!(text.lines().all(|line| !line.starts_with("From ") && width(line.trim_start()) <= WIDTH
            || !line.trim_start().contains(' ')));
    }
}
