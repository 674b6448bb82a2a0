//! Pages and copied texts, and the posts that are made of them.
//!
//! `tests/cases/import/<name>/page.html` (or `.txt`) is imported; `post.md` beside it is the post, letter for letter, as
//! it would be written. The pages are in the styles of the systems that they are named after; their words are invented.

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

mod prose {
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_assume, prop_oneof, proptest};
    use rundbrief::import::chrome::chrome;
    use rundbrief::render::html::html;

    use super::{parse, post_of, read};

    /// Words with German typography and Markdown's special characters around and inside.
    fn word() -> impl Strategy<Value = String> {
        let letters = "[a-zäöüßA-ZÄÖÜ]{1,12}";
        let sign = prop_oneof![
            Just("*"),
            Just("_"),
            Just("**"),
            Just("`"),
            Just("~"),
            Just("~~"),
            Just("["),
            Just("]"),
            Just("("),
            Just(")"),
            Just("<"),
            Just(">"),
            Just("#"),
            Just("##"),
            Just("+"),
            Just("-"),
            Just("="),
            Just("|"),
            Just("!"),
            Just("!["),
            Just("\\"),
            Just("&"),
            Just("&amp;"),
            Just("&#42;"),
            Just("„"),
            Just("“"),
            Just("‚"),
            Just("‘"),
            Just("»"),
            Just("«"),
            Just("–"),
            Just("…"),
            Just("\u{a0}"),
            Just("\u{ad}"),
            Just(":"),
            Just("://"),
            Just("www."),
            Just("https://"),
            Just("@"),
            Just("]("),
            Just("]:"),
            Just("1."),
            Just("24."),
            Just("2)"),
            Just("{"),
            Just("}"),
            Just("%"),
            Just("€"),
            Just("§"),
            Just("'"),
            Just("\""),
            Just("^"),
            Just("$"),
            Just("•"),
        ];
        let inside = (letters, sign.clone(), letters).prop_map(|(a, sign, b)| format!("{a}{sign}{b}"));
        let before = (sign.clone(), letters).prop_map(|(sign, word)| format!("{sign}{word}"));
        let behind = (letters, sign.clone()).prop_map(|(word, sign)| format!("{word}{sign}"));
        let alone = sign.prop_map(str::to_owned);
        let usual = prop_oneof![
            letters,
            Just("z.\u{a0}B.".to_owned()),
            Just("Kolleg*innen".to_owned()),
            Just("24. Oktober 2024".to_owned()),
            Just("„Zitat“, sagte".to_owned()),
        ];
        prop_oneof![6 => usual, 1 => inside, 1 => before, 1 => behind, 1 => alone]
    }

    fn paragraph() -> impl Strategy<Value = String> {
        proptest::collection::vec(word(), 28..60).prop_map(|words| words.join(" "))
    }

    /// Letters and signs as a reader sees them, white space aside.
    fn shown(post: &str) -> String {
        let post = parse(post);
        let html = html(&post.body, &|_| None);
        let mut text = String::new();
        let mut rest = html.as_str();
        while let Some(at) = rest.find('<') {
            text.push_str(&rest[..at]);
            rest = &rest[at + rest[at..].find('>').expect("a tag ends") + 1..];
        }
        text.push_str(rest);
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        squeezed(&text.replace("&#x27;", "'").replace("&amp;", "&"))
    }

    fn squeezed(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    /// What the import takes for something else than text, by its own rules.
    fn is_prose(paragraph: &str) -> bool {
        let first = paragraph.trim_start();
        let small = first.starts_with(['|', '•']) || first.chars().count() < 170;
        !small && chrome(paragraph).is_none()
    }

    proptest! {
        #![proptest_config(super::cases(150))]

        #[test]
        fn copied_text_appears_letter_for_letter(paragraphs in proptest::collection::vec(paragraph(), 1..5), empty in any::<bool>()) {
            prop_assume!(paragraphs.iter().all(|paragraph| is_prose(paragraph)));
            let gap = if empty { "\n\n" } else { "\n" };
            let text = format!("Ein Titel\n\n{}\n", paragraphs.join(gap));
            let post = post_of(read(text.as_bytes()).expect("a draft"));
            let post = post.replacen("draft: true", "lang: de\ndraft: true", usize::from(!post.contains("\nlang: ")));
            prop_assert_eq!(shown(&post), squeezed(&paragraphs.concat()));
        }

        #[test]
        fn a_page_appears_letter_for_letter(paragraphs in proptest::collection::vec(paragraph(), 2..6), emphasis in any::<bool>()) {
            prop_assume!(paragraphs.iter().all(|paragraph| is_prose(paragraph)));
            let wrap = |text: &String| {
                let text = escaped(text);
                match text.split_once(' ') {
                    Some((first, rest)) if emphasis => format!("<p><em>{first}</em> <strong>{rest}</strong></p>"),
                    _ => format!("<p>{text}</p>"),
                }
            };
            let body: String = paragraphs.iter().map(wrap).collect();
            let page = format!("<!doctype html><html lang=\"de\"><body><article><h1>Ein Titel</h1>{body}</article></body></html>");
            let post = post_of(read(page.as_bytes()).expect("a draft"));
            prop_assert_eq!(shown(&post), squeezed(&paragraphs.concat()));
        }
    }
}

mod soup {
    use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
    use rundbrief::post::Post;

    use super::{TimeZone, post_of, read};

    fn piece() -> impl Strategy<Value = String> {
        let tags = prop_oneof![
            Just("p"),
            Just("div"),
            Just("ul"),
            Just("ol"),
            Just("li"),
            Just("table"),
            Just("tr"),
            Just("td"),
            Just("th"),
            Just("blockquote"),
            Just("h1"),
            Just("h2"),
            Just("h5"),
            Just("em"),
            Just("strong"),
            Just("b"),
            Just("i"),
            Just("s"),
            Just("code"),
            Just("pre"),
            Just("figure"),
            Just("figcaption"),
            Just("dl"),
            Just("dt"),
            Just("dd"),
            Just("span"),
            Just("q"),
            Just("a href=\"/x y?a=1&b=(2)\""),
            Just("a href=\"https://e.org/]\""),
            Just("section"),
            Just("article"),
        ];
        prop_oneof![
            3 => tags.clone().prop_map(|tag| format!("<{tag}>")),
            3 => tags.prop_map(|tag| format!("</{}>", tag.split(' ').next().unwrap_or(tag))),
            4 => "[a-zäß]{1,9}[ .,*_`|<&#-]{0,2}",
            1 => Just("<br>".to_owned()),
            1 => Just("<hr>".to_owned()),
            1 => Just("<img src=\"a (1).jpg\" alt=\"Ein [Bild]* | zwei\">".to_owned()),
            1 => Just(" \u{a0}* ".to_owned()),
            1 => Just("Der Vorstand hat am Freitag getagt. ".to_owned()),
            1 => Just("24. Oktober https://… www.a_b.de x@y.de".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(super::cases(300))]

        /// Whatever a page is, it ends in a post that can be read, or in a reason.
        #[test]
        fn any_page_becomes_a_post_that_can_be_read_or_is_refused(pieces in proptest::collection::vec(piece(), 1..120)) {
            let page = format!("<!doctype html><html lang=de><title>Titel</title><body>{}", pieces.concat());
            if let Ok(draft) = read(page.as_bytes()) {
                let text = post_of(draft);
                if let Err(findings) = Post::parse(std::path::Path::new("a.md"), text.as_bytes(), &TimeZone::UTC) {
                    panic!("{}\n{text}\n{page}", findings[0]);
                }
            }
        }

        /// Any text, too.
        #[test]
        fn any_text_becomes_a_post_that_can_be_read_or_is_refused(text in "(\\PC|[\n*_#>\\[\\]()|-]){0,400}") {
            if let Ok(draft) = read(text.as_bytes()) {
                let post = post_of(draft);
                if let Err(findings) = Post::parse(std::path::Path::new("a.md"), post.as_bytes(), &TimeZone::UTC) {
                    assert!(findings.iter().all(|finding| !finding.is_error() || finding.rule == "missing-key"), "{}\n{post}", findings[0]);
                }
            }
        }
    }
}
