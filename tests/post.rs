//! Posts as people write them: `tests/cases/post/good` parse into the tree that the snapshot shows, and
//! `tests/cases/post/bad` give the findings that the snapshot shows, exactly as they are printed.
//!
//! A tree is printed one block a line: the line in the file, the kind, the text. Inside text, `_…_` is emphasis, `*…*`
//! strong, `~…~` struck, `` `…` `` code, `[…](…)` a link, `⏎` a hard break and `␣` a soft one; any invisible character
//! is written as its number.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use rundbrief::finding::Finding;
use rundbrief::post::{Align, Block, BlockKind, Header, Inline, OwnTeaser, Picture, Post, plain_text};

#[test]
fn good_posts_become_the_tree_in_their_snapshot() {
    insta::glob!("cases/post/good/*.md", |path| {
        let post = parse(path).unwrap_or_else(|findings| panic!("{}", print_findings(&findings)));
        settings().bind(|| insta::assert_snapshot!("good", print_post(&post)));
    });
}

#[test]
fn bad_posts_are_refused_with_every_finding_in_their_snapshot() {
    insta::glob!("cases/post/bad/*.md", |path| {
        let findings = parse(path).expect_err("a bad post must not parse");
        assert!(findings.iter().any(Finding::is_error), "refused without an error");
        settings().bind(|| insta::assert_snapshot!("bad", print_findings(&findings)));
    });
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    let source = fs::read_to_string("tests/cases/post/good/everything.md").expect("the case exists");
    let print = |text: &str| print_post(&parse_bytes(Path::new("newsletters/a.md"), text.as_bytes()).expect("parses"));
    let expected = print(&source);
    assert_eq!(print(&source.replace('\n', "\r\n")), expected);
    assert_eq!(print(&format!("\u{FEFF}{source}")), expected);
}

/// Snapshots in `tests/snapshots/post`, named after the case.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/post");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn a_file_name_that_cannot_be_a_slug_is_an_error_beside_the_others() {
    let findings = parse_bytes(Path::new("newsletters/Mai 2025.md"), b"---\ntitle: A\n---\nText.\n").expect_err("bad");
    assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["missing-key", "bad-file-name"]);
}

#[test]
fn sixty_errors_are_fifty_and_a_sum() {
    let keys: String = (0..60).map(|n| format!("k{n}_unbekannt: 1\n")).collect();
    let text = format!("---\ntitle: A\nlang: de\n{keys}---\nText.\n");
    let findings = parse_bytes(Path::new("newsletters/a.md"), text.as_bytes()).expect_err("bad");
    assert_eq!(findings.len(), 51);
    assert_eq!(findings.last().map(|last| last.message.as_str()), Some("and 10 more errors like these"));
}

/// Each of these takes minutes in a parser that meets it without limits.
#[test]
fn hostile_texts_end_within_seconds() {
    let started = Instant::now();
    let one_line = |part: &str| part.repeat(900_000 / part.len());
    let emphasis = format!("{}{}\n\n", "*a **b ".repeat(450), "b** a* ".repeat(450));
    let links = format!("{}\n\n", "[a](https://b.c) ".repeat(1_900));
    let bodies = [
        one_line(">"),
        one_line("- "),
        one_line("<b>x</b> "),
        one_line("*a **b "),
        emphasis.repeat(140),
        links.repeat(25),
    ];
    for body in bodies {
        let text = format!("---\ntitle: A\nlang: de\n---\n{body} Text\n");
        let _ = parse_bytes(Path::new("newsletters/a.md"), text.as_bytes());
    }
    let keys: String = (0..5_000).map(|n| format!("k{n}: 1\n")).collect();
    let _ = parse_bytes(Path::new("newsletters/a.md"), format!("---\n{keys}---\nText.\n").as_bytes());
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(
        header in "([a-z_]{1,9}: ?[\\PC\n\t]{0,20}\n){0,6}",
        body in "([-*_>#`~|<!\\[\\]()1-9.: \n\t]|[a-zäß*]|[0-9]{1,3}\\. |<!--|-->|\\PC){0,200}",
    ) {
        let _ = parse_bytes(Path::new("newsletters/a.md"), format!("---\n{header}---\n{body}").as_bytes());
        let _ = parse_bytes(Path::new("newsletters/a.md"), format!("{header}{body}").as_bytes());
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_bytes(Path::new("newsletters/a.md"), &bytes);
        let _ = parse_bytes(Path::new("newsletters/a.md"), &[b"---\ntitle: A\nlang: de\n---\n", bytes.as_slice()].concat());
    }

    #[test]
    fn german_prose_survives_letter_for_letter(words in proptest::collection::vec(german_word(), 1..40)) {
        let prose = format!("Start {}", words.join(" "));
        let text = format!("---\ntitle: A\nlang: de\n---\n{prose}\n");
        let post = parse_bytes(Path::new("newsletters/a.md"), text.as_bytes()).expect("prose is a post");
        prop_assert_eq!(post.body.len(), 1);
        prop_assert_eq!(plain_text(post.lead().unwrap_or_default()), prose);
        prop_assert!(post.findings.is_empty(), "{}", print_findings(&post.findings));
    }
}

/// Words as German newsletters have them, with gender stars, colons, underscores, quotes and invisible characters.
fn german_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-ZÄÖÜ][a-zäöüß]{2,9}",
        "[A-ZÄÖÜ][a-zäöüß]{2,9}[*:_](innen|in|n|r)[,.]?",
        "„[A-ZÄÖÜ][a-zäöüß]{2,9}\\*innen“,?",
        "\\([A-ZÄÖÜ][a-zäöüß]{2,9}\\*innen\\)",
        "[a-zäöüß]{2,5}\u{AD}[a-zäöüß]{2,5}",
        "[1-9][0-9]?\\. (Oktober|Mai) 20[0-9]{2}",
        "[1-9][0-9]?\u{A0}(%|€|Gäste)",
        Just("z.\u{A0}B.".to_owned()),
        Just("e.V.".to_owned()),
        Just("–".to_owned()),
        Just("👩\u{200D}👩\u{200D}👧".to_owned()),
        Just("der*die".to_owned()),
    ]
}

fn parse(path: &Path) -> Result<Post, Vec<Finding>> {
    let name = Path::new("newsletters").join(path.file_name().expect("a file"));
    parse_bytes(&name, &fs::read(path).expect("the case can be read"))
}

fn parse_bytes(name: &Path, bytes: &[u8]) -> Result<Post, Vec<Finding>> {
    Post::parse(name, bytes, &TimeZone::get("Europe/Berlin").expect("the bundled database has it"))
}

fn print_findings(findings: &[Finding]) -> String {
    let print = |finding: &Finding| format!("{finding}\n  = rule: {}", finding.rule);
    findings.iter().map(print).collect::<Vec<_>>().join("\n\n")
}

fn print_post(post: &Post) -> String {
    let mut out = format!("slug: {}\n", post.slug);
    print_header(&mut out, &post.header);
    out.push_str("---\n");
    print_blocks(&mut out, &post.body, 0);
    if !post.findings.is_empty() {
        write!(out, "---\n{}", print_findings(&post.findings)).expect("a String takes everything");
    }
    out
}

fn print_header(out: &mut String, header: &Header) {
    let mut row = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let line = header.lines.get(key).map_or(0, |line| *line);
            writeln!(out, "{line:>3} {key}: {}", visible(&value)).expect("a String takes everything");
        }
    };
    row("title", Some(header.title.clone()));
    row("lang", Some(header.lang.clone()));
    row("date", header.date.map(|date| date.to_string()));
    row(
        "event",
        header.event.as_ref().map(|event| format!("{:?} in {:?} on {:?}", event.name, event.place, event.date)),
    );
    row("author", header.author.clone());
    row("categories", some_list(&header.categories));
    row("tags", some_list(&header.tags));
    row("link", header.link.clone());
    row("image", header.image.as_ref().map(print_picture));
    for date in &header.dates {
        row("dates", Some(format!("{} on {} in {:?}, {:?}", date.name, date.date, date.place, date.link)));
    }
    row("partners", some_list(&header.partners));
    row("subject", header.subject.clone());
    row("preheader", header.preheader.clone());
    row(
        "teaser",
        match &header.teaser {
            OwnTeaser::None => None,
            OwnTeaser::Text(text) => Some(text.clone()),
            OwnTeaser::ByChannel(texts) => Some(format!("{texts:?}")),
        },
    );
    row("lists", some_list(&header.lists));
    row("channels", header.channels.as_deref().and_then(some_list));
    row("send_at", header.send_at.map(|time| time.to_string()));
    row("not_after", header.not_after.map(|time| time.to_string()));
    for section in &header.posts {
        let slugs: Vec<&str> = section.posts.iter().map(|slug| slug.as_str()).collect();
        row("posts", Some(format!("{:?}: {}", section.heading, slugs.join(" | "))));
    }
    row("draft", header.draft.then(|| "true".to_owned()));
}

fn some_list(items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| items.join(" | "))
}

fn print_blocks(out: &mut String, blocks: &[Block], depth: usize) {
    let indent = "  ".repeat(depth);
    for block in blocks {
        write!(out, "{:>3} {indent}", block.line).expect("a String takes everything");
        match &block.kind {
            BlockKind::Heading { level, content } => out.push_str(&format!("h{level} {}\n", print_inlines(content))),
            BlockKind::Paragraph(content) => out.push_str(&format!("p {}\n", print_inlines(content))),
            BlockKind::Quote(inner) => {
                out.push_str("quote\n");
                print_blocks(out, inner, depth + 1);
            }
            BlockKind::List { start, tight, items } => {
                let kind = start.map_or("list".to_owned(), |start| format!("list from {start}"));
                out.push_str(&format!("{kind}{}\n", if *tight { "" } else { ", loose" }));
                for item in items {
                    out.push_str(&format!("    {indent}-\n"));
                    print_blocks(out, item, depth + 1);
                }
            }
            BlockKind::Code { text } => out.push_str(&format!("code {text:?}\n")),
            BlockKind::Picture(picture) => out.push_str(&format!("picture {}\n", print_picture(picture))),
            BlockKind::Table { align, head, rows } => {
                let sign = |align: &Align| match align {
                    Align::None => "-",
                    Align::Left => "<",
                    Align::Center => "=",
                    Align::Right => ">",
                };
                out.push_str(&format!("table {}\n", align.iter().map(sign).collect::<String>()));
                for row in std::iter::once(head).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| print_inlines(cell)).collect();
                    out.push_str(&format!("    {indent}| {} |\n", cells.join(" | ")));
                }
            }
            BlockKind::Rule => out.push_str("rule\n"),
        }
    }
}

fn print_picture(picture: &Picture) -> String {
    let credit = picture.credit.as_ref().map(|credit| format!(" (credit: {credit})")).unwrap_or_default();
    let link = picture.link.as_ref().map(|link| format!(" (link: {link})")).unwrap_or_default();
    format!("{} “{}”{credit}{link} at {}:{}", picture.src, picture.alt, picture.line, picture.column)
}

fn print_inlines(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => visible(text),
            Inline::Emphasis(inner) => format!("_{}_", print_inlines(inner)),
            Inline::Strong(inner) => format!("*{}*", print_inlines(inner)),
            Inline::Strike(inner) => format!("~{}~", print_inlines(inner)),
            Inline::Code(text) => format!("`{}`", visible(text)),
            Inline::Link { url, content } => format!("[{}]({url})", print_inlines(content)),
            Inline::SoftBreak => "␣".to_owned(),
            Inline::HardBreak => "⏎".to_owned(),
        })
        .collect()
}

/// Invisible characters as their numbers, so that a reader of the snapshot sees them.
fn visible(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{A0}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202F}' | '\u{300}'..='\u{36F}' | '\u{FE0F}')
    };
    text.chars().map(|c| if invisible(c) { format!("‹{:X}›", u32::from(c)) } else { c.to_string() }).collect()
}
