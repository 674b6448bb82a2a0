//! Pages and copied texts, and the posts that are made of them.
//!
//! `tests/cases/import/<name>/page.html` (or `.txt`) is imported; `post.md` beside it is the post, letter for letter, as
//! it would be written. The pages are in the styles of the systems that they are named after; their words are invented.

#[path = "import/prose.rs"]
mod prose;
#[path = "import/soup.rs"]
mod soup;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use proptest::prelude::ProptestConfig;
use rundbrief::import::{self, Draft, Input, Refused};
use rundbrief::post::{BlockKind, Post};

fn input(bytes: &[u8]) -> Input<'_> {
    Input { bytes, site: "Verband Beispiel", ..Input::default() }
}

fn read(bytes: &[u8]) -> Result<Draft, Refused> {
    import::read(&input(bytes))
}

/// The post, with every picture as if it had been fetched.
fn post_of(mut draft: Draft) -> String {
    let addresses = import::picture::addresses(&draft);
    let named = addresses.into_iter().enumerate().map(|(at, url)| (url, Ok(format!("picture-{}.jpg", at + 1))));
    import::picture::place(&mut draft, &named.collect());
    import::post_text(&draft)
}

fn parse(text: &str) -> Post {
    Post::parse(Path::new("a.md"), text.as_bytes(), &TimeZone::UTC).unwrap_or_else(|findings| {
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}\n{text}", findings.join("\n"))
    })
}

/// `INSTA_UPDATE=always` writes the posts anew; read them before you believe them.
#[test]
fn pages_and_texts_become_the_post_beside_them() {
    let mut seen = 0;
    for entry in fs::read_dir("tests/cases/import").expect("the cases are there") {
        let folder = entry.expect("an entry").path();
        let page = ["page.html", "page.txt"].map(|name| folder.join(name)).into_iter().find(|file| file.exists());
        let page = page.unwrap_or_else(|| panic!("{} has no page", folder.display()));
        let bytes = fs::read(&page).expect("is readable");
        let url = format!("https://www.example.net/{}", folder.file_name().expect("a name").to_string_lossy());
        let html = page.extension().is_some_and(|extension| extension == "html");
        let draft = import::read(&Input { url: html.then_some(&url), ..input(&bytes) });
        let text = post_of(draft.unwrap_or_else(|refused| panic!("{}: {refused}", page.display())));
        let expected = folder.join("post.md");
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            fs::write(&expected, &text).expect("is written");
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        assert!(text == wanted, "{} is not what is made of its page:\n{text}", expected.display());
        let missing = !text.contains("\nlang: ") || !text.contains("\ntitle: ");
        if !missing {
            parse(&text);
        }
        seen += 1;
    }
    assert!(seen >= 24, "only {seen} cases");
}

/// Bad input: a page that is none gives a reason and what to do.
#[test]
fn what_is_no_page_is_refused_with_a_reason_and_what_to_do() {
    let login = b"<html><body><h1>Anmeldung</h1><form><input name=u><input type=password></form></body></html>";
    let scripts = b"<!doctype html><html><body><noscript>You need to enable JavaScript.</noscript>\
                    <div id=root></div><script src=app.js></script></body></html>";
    let waiting =
        b"<!doctype html><html lang=de><body><div id=app>Inhalte werden geladen, einen Moment bitte, es geht gleich \
                    los.</div><script type=module src=/app.js></script></body></html>";
    let guarded =
        b"<!doctype html><title>Just a moment...</title><h1>verband.example</h1><p>Verifying you are human. This may \
                    take a few seconds.</p><script>1</script>";
    let elsewhere =
        b"<!doctype html><meta http-equiv=refresh content='0; url=https://www.example.net/neu'><p>Weiter</p>";
    let missing = "<!doctype html><title>404 – Seite nicht gefunden</title><h1>Seite nicht gefunden</h1><p>Schade.</p>";
    let garbled = b"<!doctype html><meta charset=utf-8><p>Gr\xFC\xDFe aus M\xFCnchen</p>";
    let deep = format!("<!doctype html>{}", "<div>".repeat(200_000));
    let nested = format!("<!doctype html>{}Text", "<div>".repeat(1_500));
    let cases: Vec<(&str, &[u8])> = vec![
        ("login", login),
        ("scripts", scripts),
        ("not found", missing.as_bytes()),
        ("Windows-1252 that says UTF-8", garbled),
        ("waiting", waiting),
        ("asks who is there", guarded),
        ("leads on", elsewhere),
        ("PDF", b"%PDF-1.7\n%\xE2\xE3"),
        ("Word", b"PK\x03\x04word/document.xml"),
        ("nothing", b"  \n"),
        ("chrome alone", "Menü\n\nZurück\n".as_bytes()),
        ("nested", deep.as_bytes()),
        ("nested less", nested.as_bytes()),
    ];
    let told: Vec<String> = cases
        .into_iter()
        .map(|(name, bytes)| {
            let refused = read(bytes).expect_err(name);
            format!("{name}: {}", import::finding(&refused, "page.html"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn nothing_of_a_page_becomes_markup() {
    let page = "<!doctype html><html lang=de><h1>Titel</h1><p>Ein &lt;script&gt;alert(1)&lt;/script&gt; und **Sterne** und \
                [so](javascript:x) und <a href=\"javascript:alert(1)\">hier</a> und &amp;lt; und # eins in einem langen \
                Absatz, damit der Text als Artikel gilt.</p><script>alert(2)</script><p onclick=x>Zweiter Absatz mit genug \
                Text, um zu bleiben, <img src=x onerror=alert(3)> wie er ist.</p></html>";
    let post = parse(&post_of(read(page.as_bytes()).expect("a draft")));
    let BlockKind::Paragraph(content) = &post.body[0].kind else { panic!("{:?}", post.body) };
    assert!(
        rundbrief::post::plain_text(content).starts_with(
            "Ein <script>alert(1)</script> und **Sterne** und [so](javascript:x) und hier und &lt; und # eins"
        ),
        "{content:?}"
    );
    let shown = format!("{:?}", post.body);
    assert!(!shown.contains("alert(2)") && !shown.contains("alert(3)") && !shown.contains("Link"), "{shown}");
}

#[test]
fn without_images_no_picture_is_in_the_post_and_all_are_named() {
    let page = fs::read("tests/cases/import/wordpress/page.html").expect("the case is there");
    let url = "https://verein.example/sommerfest/";
    let mut draft = import::read(&Input { url: Some(url), ..input(&page) }).expect("a draft");
    import::picture::place(&mut draft, &BTreeMap::new());
    let text = import::post_text(&draft);
    assert!(
        text.contains("--images fetches it") && text.contains("# image: { src: foto.jpg, alt: \"Ein Zelt"),
        "{text}"
    );
    assert!(text.contains("kuchen.jpg is not in the text"), "{text}");
    assert!(parse(&text).pictures().is_empty());
}

#[test]
fn a_page_that_is_all_one_form_is_read_and_a_heading_like_a_footer_link_stays() {
    let page = "<!doctype html><html lang=de><body><form><input type=password><h1>Neues vom Verband</h1>\
                <p>Der Vorstand hat am Freitag getagt und drei Beschlüsse gefasst, die alle Mitglieder angehen.</p>\
                <p>Die Beiträge bleiben, wie sie sind, und die Geschäftsstelle zieht im Mai nach Ulm um.</p>\
                <h2>Kontakt</h2><p>Anna Muster, Geschäftsstelle</p><form><p>Suche</p></form></form></body></html>";
    let page = page.replace("angehen.", &format!("angehen. {}", "Das war gut und wichtig für uns alle. ".repeat(15)));
    let text = post_of(read(page.as_bytes()).expect("a draft"));
    assert!(text.contains("## Kontakt\n\nAnna Muster, Geschäftsstelle"), "{text}");
    assert!(text.contains("Die Beiträge bleiben"), "{text}");
}

#[test]
fn the_other_pages_of_an_article_are_told_and_their_numbers_are_no_text() {
    let page = "<!doctype html><html lang=de><body><article class=post><div class=entry-content><p>Es kamen viele Gäste an den \
                See, und der Regen hörte erst am Abend auf.</p><div class=page-links>Seiten: <span>1</span> <a \
                href=https://verein.example/fest/2/>2</a></div></div></article></body></html>";
    let draft = read(page.as_bytes()).expect("a draft");
    assert_eq!(draft.left_out, ["another page of the article: https://verein.example/fest/2/"]);
    assert!(!post_of(draft).contains("Seiten"));
}

#[test]
fn of_several_articles_in_a_pages_data_the_one_that_readers_see_counts() {
    let page = r#"<!doctype html><html lang=de><script type="application/ld+json">{"@graph": [{"@type": "ItemList",
        "itemListElement": [{"@type": "NewsArticle", "headline": "Eine andere Meldung", "datePublished": "2026-11-02"}]},
        {"@type": "NewsArticle", "headline": "Fest am See", "datePublished": "2026-07-04"}]}</script>
        <article><h1>Fest am See</h1><p>Es kamen viele Gäste an den See, und der Regen hörte erst am Abend auf.</p></article></html>"#;
    let draft = read(page.as_bytes()).expect("a draft");
    assert_eq!(draft.title.as_deref(), Some("Fest am See"));
    assert_eq!(draft.date.map(|date| date.to_string()).as_deref(), Some("2026-07-04"));
}

#[test]
fn the_sites_name_in_a_heading_of_its_own_is_not_the_headline() {
    let text = "<p>Es kamen viele Gäste an den See, und der Regen hörte erst am Abend auf.</p>".repeat(2);
    let (name, headline) = ("<h1>Verein Beispiel e.V.</h1>", "<h1>Fest: großer Erfolg</h1>");
    for body in [
        format!(
            "<header>{name}</header><main><article><div class=title>{headline}</div><div>{text}</div></article></main>"
        ),
        format!("<header>{name}</header><main>{headline}{text}</main>"),
        format!("<div id=logo>{name}</div><div>{headline}{text}</div>"),
        format!("<h1 class=site-title><a href=/>Verein Beispiel e.V.</a></h1><div>{headline}{text}</div>"),
        format!("<div>{name}</div><div>{headline}{text}</div>"),
    ] {
        let page =
            format!("<!doctype html><html lang=de><title>Fest: großer Erfolg - Verein Beispiel</title>{body}</html>");
        let draft = read(page.as_bytes()).expect("a draft");
        assert_eq!(draft.title.as_deref(), Some("Fest: großer Erfolg"), "{body}");
    }
    let only =
        "<!doctype html><html lang=de><header><h1>Fest am See</h1></header><main><p>Es kamen viele Gäste.</p></main>";
    assert_eq!(read(only.as_bytes()).expect("a draft").title.as_deref(), Some("Fest am See"));
}

#[test]
fn a_day_that_readers_see_is_compared_with_the_one_of_the_pages_data() {
    let asked = |data: &str, line: &str| {
        let page = format!(
            "<!doctype html><html lang=de><script type=application/ld+json>{{\"@type\": \"NewsArticle\", \"headline\": \
             \"Fest am See\", \"datePublished\": \"{data}\"}}</script><main><h1>Fest am See</h1>{line}<p>Es kamen viele Gäste, \
             und der Regen hörte erst am Abend auf, als die Musik begann und alle tanzten.</p></main></html>"
        );
        let draft = read(page.as_bytes()).expect("a draft");
        let question = draft.questions.into_iter().find(|question| question.key == "date");
        question.map(|question| question.line.unwrap_or_default())
    };
    let other = Some("date: 2026-05-06".to_owned());
    for line in [
        "<p class=date>06.05.2026</p>",
        "<span class=datum>Mittwoch, 6. Mai 2026</span>",
        "<div class=meta><div class=news-date>06.05.2026</div></div>",
        "<p>06.05.2026</p>",
        "<p>Veröffentlicht am 6. Mai 2026</p>",
        "<time datetime=2026-05-06>6. Mai 2026</time>",
    ] {
        assert_eq!(asked("2026-03-01", line), other, "{line}");
        assert_eq!(asked("2026-05-05T23:30:00Z", line), other, "{line}");
        assert_eq!(asked("2026-05-06", line), None, "{line}");
    }
    assert_eq!(asked("2026-03-01", "<p>1. März 2026 | Stand: 06.05.2026</p>"), None);
}

#[test]
fn a_list_of_articles_is_told() {
    let teaser = |title: &str| {
        format!(
            "<article><h2><a href=/a>{title}</a></h2><p>Ein Anriss mit einigen Worten, der neugierig macht.</p></article>"
        )
    };
    let page = |teasers: &str| format!("<!doctype html><html lang=de><main><h1>Aktuelles</h1>{teasers}</main></html>");
    let told = |page: &str| {
        let draft = read(page.as_bytes()).expect("a draft");
        draft.questions.iter().any(|question| question.says.contains("a list of several articles"))
    };
    assert!(told(&page(&["Eins", "Zwei", "Drei"].map(teaser).concat())));
    assert!(!told(&page(&teaser("Eins"))));
}

#[test]
fn the_pictures_of_a_saved_page_keep_the_names_of_the_files_beside_it() {
    let page = "<!doctype html><html lang=de><link rel=canonical href=https://verein.example/fest/><article><h1>Fest</h1>\
                <p>Es kamen viele Gäste an den See, und der Regen hörte erst am Abend auf, als die Musik begann.</p>\
                <figure><img src=\"Fest-Dateien/zelt.jpg\" alt=\"Ein Zelt\"></figure><p>Dank an alle, die geholfen haben.</p>\
                <img src=\"/boot.jpg\" alt=\"Ein Boot\"></article></html>";
    let draft = read(page.as_bytes()).expect("a draft");
    assert_eq!(import::picture::addresses(&draft), ["Fest-Dateien/zelt.jpg", "https://verein.example/boot.jpg"]);
    let url = Input { url: Some("https://verein.example/fest/"), ..input(page.as_bytes()) };
    let draft = import::read(&url).expect("a draft");
    assert_eq!(import::picture::addresses(&draft)[0], "https://verein.example/fest/Fest-Dateien/zelt.jpg");
}

#[test]
fn a_language_that_was_named_wins() {
    let bytes = fs::read("tests/cases/import/plain/page.html").expect("the case is there");
    let draft = import::read(&Input { lang: Some("fr"), ..input(&bytes) }).expect("a draft");
    assert_eq!(draft.lang.as_deref(), Some("fr"));
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(usual: u32) -> ProptestConfig {
    let named = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { named } else { ProptestConfig { cases: usual, ..named } }
}
