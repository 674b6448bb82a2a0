use super::*;

fn paragraph(content: Vec<Inline>) -> Block {
    Block { line: 0, kind: BlockKind::Paragraph(content) }
}

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

#[test]
fn only_what_would_be_markup_is_escaped() {
    for (plain, written) in [
        ("Danke! Kolleg*innen und Mitarbeiter*innen kamen.", "Danke! Kolleg*innen und Mitarbeiter*innen kamen."),
        ("24. Oktober 2024", "24\\. Oktober 2024"),
        ("# 1", "\\# 1"),
        ("Wir sind #1 und C# mit foto_1.jpg", "Wir sind #1 und C# mit foto_1.jpg"),
        ("- kein Punkt", "\\- kein Punkt"),
        ("[a]: b", "\\[a\\]: b"),
        ("*so* und _so_ und `so`", "\\*so\\* und \\_so\\_ und \\`so\\`"),
        ("5 < 7 > 3 <b>", "5 < 7 > 3 \\<b>"),
        ("&amp; & AT&T", "\\&amp; & AT\\&T"),
        ("„z. B.“\u{a0}– 5\u{a0}€", "„z. B.“\u{a0}– 5\u{a0}€"),
    ] {
        assert_eq!(write(&[paragraph(vec![text(plain)])]), format!("{written}\n"));
    }
}

#[test]
fn emphasis_that_markdown_cannot_write_is_left_out_and_its_letters_stay() {
    for (content, written) in [
        (vec![text("Mit"), Inline::Emphasis(vec![text("glieder")])], "Mitglieder"),
        (vec![Inline::Strong(vec![text("„Ja“")]), text("und")], "„Ja“und"),
        (vec![Inline::Strong(vec![text("Ja ")]), text("und")], "**Ja** und"),
        (vec![Inline::Strong(vec![text("Ja")]), Inline::Strong(vec![text("wohl")])], "**Jawohl**"),
        (vec![text("a "), Inline::Emphasis(vec![text("b")]), text(" c")], "a *b* c"),
    ] {
        assert_eq!(write(&[paragraph(content)]), format!("{written}\n"));
    }
}

#[test]
fn an_address_that_is_none_stays_text() {
    for plain in ["Siehe https://… dort.", "http://a b", "www.", "https://x_y/<z>", "a@b.c und @wir", "ftp://a.b"] {
        let written = write(&[paragraph(vec![text(plain)])]);
        assert!(comes_back(&written, &paragraph(vec![text(plain)])), "{plain}: {written}");
    }
}

#[test]
fn an_address_that_is_none_is_written_so_that_a_person_can_read_it() {
    let plain = text("Die Form https://a.de/x\"y ist (so) gemeint.");
    assert_eq!(write(&[paragraph(vec![plain])]), "Die Form https&#58;//a.de/x\"y ist (so) gemeint.\n");
}

#[test]
fn a_heading_and_a_cell_are_one_line_however_deep_a_break_lies() {
    let broken = vec![Inline::Emphasis(vec![text("a"), Inline::HardBreak, text("b")])];
    let heading = BlockKind::Heading { level: 2, content: broken.clone() };
    assert_eq!(write(&[Block { line: 0, kind: heading }]), "## *a b*\n");
    let table = BlockKind::Table { align: Vec::new(), head: vec![broken], rows: vec![vec![vec![text("c")]]] };
    assert_eq!(write(&[Block { line: 0, kind: table }]), "| *a b* |\n| --- |\n| c |\n");
}

#[test]
fn two_lists_stay_two() {
    let list = |word: &str| Block {
        line: 0,
        kind: BlockKind::List { start: None, tight: true, items: vec![vec![paragraph(vec![text(word)])]] },
    };
    assert_eq!(write(&[list("a"), list("b"), list("c")]), "- a\n\n* b\n\n- c\n");
}

#[test]
fn a_table_keeps_its_bars() {
    let cell = |word: &str| vec![text(word)];
    let table = BlockKind::Table {
        align: Vec::new(),
        head: vec![cell("a|b"), cell("")],
        rows: vec![vec![cell("1"), cell("2 * 3")]],
    };
    assert_eq!(write(&[Block { line: 0, kind: table }]), "| a\\|b |  |\n| --- | --- |\n| 1 | 2 \\* 3 |\n");
}
