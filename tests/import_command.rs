//! `import`, as a user runs it: from a website, a file and standard input; with pictures; again, to see what changed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

#[path = "support/project.rs"]
mod project;

use project::{Project, config};

const PAGE: &str = include_str!("cases/import/wordpress/page.html");

/// A website on this computer: paths and whole answers.
struct Site {
    address: String,
}

impl Site {
    fn new(answers: Vec<(&str, Vec<u8>)>) -> Site {
        let answers: BTreeMap<String, Vec<u8>> =
            answers.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for socket in listener.incoming() {
                let Ok(mut socket) = socket else { return };
                let mut buffer = [0; 4096];
                let length = socket.read(&mut buffer).unwrap_or(0);
                let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or("/");
                let missing = answer("404 Not Found", "text/html", b"<h1>Not found</h1>");
                let _ = socket.write_all(answers.get(path).unwrap_or(&missing));
            }
        });
        Site { address }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

fn answer(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn ok(media_type: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", media_type, body)
}

/// A project that may load pages from this computer, and has no post yet.
fn project() -> Project {
    let project = Project::empty();
    project.write("config.toml", config() + "\n[import]\nallow_private = true\n");
    project.write("newsletters/lists/members.csv", project::LIST);
    project
}

fn picture() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/logos/stiftung-muster.png")).expect("is there")
}

/// Posts and pictures; the lists aside.
fn written(project: &Project) -> Vec<String> {
    project.files("newsletters").into_iter().filter(|file| !file.starts_with("lists")).collect()
}

#[test]
fn a_published_page_becomes_a_post_that_builds() {
    let site = Site::new(vec![("/sommerfest/", ok("text/html; charset=utf-8", PAGE.as_bytes()))]);
    let project = project();
    let ran = project.run(&["import", &site.url("/sommerfest/")]).code(0);
    let ran = ran.says("2 categories are possible").says("To decide before it is sent").says("--images fetches it");
    let file = "newsletters/2026-07-04-rueckblick-sommerfest-am-see.md";
    assert!(ran.says(&format!("rundbrief build {file}")).stdout().starts_with(file));
    assert_eq!(written(&project), ["2026-07-04-rueckblick-sommerfest-am-see.md"]);
    assert!(project.read(file).contains("\ndraft: true\n"));
    project.run(&["build", file]).code(0);
    let again = project.run(&["import", &site.url("/sommerfest/")]).code(64);
    assert!(again.says("is there already and was left as it is").stdout().is_empty());
}

#[test]
fn pictures_are_fetched_beside_the_post_and_build() {
    let page = PAGE.replace("https://verein.example", "");
    let page = page.replace(
        "</figure>",
        "</figure><img src=\"/wp-content/uploads/2026/07/F%C3%BC%C3%9Fe%20(1).jpg\" alt=\"Füße\">",
    );
    let uploads = "/wp-content/uploads/2026/07";
    let site = Site::new(vec![
        ("/page", ok("text/html", page.as_bytes())),
        (&format!("{uploads}/fest.jpg"), ok("image/png", &picture())),
        (&format!("{uploads}/F%C3%BC%C3%9Fe%20(1).jpg"), ok("image/png", &picture())),
        (&format!("{uploads}/kuchen.jpg"), ok("image/webp", b"RIFF\x10\0\0\0WEBPVP8 ")),
    ]);
    let project = project();
    let stem = "2026-07-04-rueckblick-sommerfest-am-see";
    let other = format!("newsletters/{stem}-fuesse-1.png");
    project.write(&other, "somebody's own file");
    let ran = project.run(&["import", &site.url("/page"), "--images"]).code(0).says("WebP");
    assert_eq!(project.read(&other), "somebody's own file");
    assert_eq!(
        written(&project),
        ["-fest.png", "-fuesse-1-2.png", "-fuesse-1.png", ".md"].map(|end| format!("{stem}{end}"))
    );
    let text = project.read(&format!("newsletters/{stem}.md"));
    assert!(text.contains(&format!("image: {{ src: {stem}-fest.png, alt: \"Ein Zelt am Seeufer im Regen\"")), "{text}");
    assert!(ran.stdout().contains("fest.png"));
    project.run(&["build", stem]).code(0);
}

/// The text between the tags, white space aside.
fn text_of(html: &str) -> String {
    let tags = html.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text));
    let text = tags.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let text = text.replace("&#39;", "'").replace("&#x27;", "'").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_letter_of_a_text_stands_in_the_mail_that_is_built_of_it() {
    let paragraphs = [
        "**Nicht fett** und _nicht kursiv_, auch nicht `so`, ~~so~~ oder [so](https://e.example) und ![so](x.png); 3 * 4 * 5, \
         a_b_c, Kolleg*innen, Freund:innen, Rückkehrer_innen, C#, § 7 Abs. 2, 100 % & mehr, 5 < 6 > 4, {{ nichts }}, {% auch %}.",
        "24. Oktober 2024: „Wir sind ‚viele‘“, sagte sie – z.\u{a0}B. in Köln/Bonn … &amp; &#42; &lt;b&gt; \\ \\* ^1 $x$ @ada \
         https://e.example/a_b?c=1&d=2#e www.e.example »so« ‹so› “so” ‘so’ 1) 2. + - = | ~ Fach\u{ad}kräfte 👩‍🚒 60 m² H₂O.",
        "# Keine Überschrift, sondern ein langer Absatz, der mit einem Zeichen beginnt, das in Markdown etwas bedeutet, und der \
         am Ende noch [eins]: hat, <!-- kein Kommentar --> und <script>kein Skript</script> und ein Ausrufezeichen!",
    ];
    let project = project();
    project.write("text.txt", format!("Ein Titel\n\n{}\n", paragraphs.join("\n\n")));
    project.run(&["import", "text.txt", "--out", "a.md", "--lang", "de"]).code(0);
    project.run(&["build", "a.md"]).code(0);
    let mail = text_of(&project.read("out/a/email.html"));
    for paragraph in paragraphs {
        let letters: String = paragraph.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(mail.contains(&letters), "{letters}\n{mail}");
    }
}

#[test]
fn a_page_that_a_browser_saved_takes_the_pictures_beside_it_and_none_from_elsewhere() {
    let project = project();
    let img = |src: &str, alt: &str| format!("<figure><img src=\"{src}\" alt=\"{alt}\"></figure>");
    let text = "<p>Es kamen viele Gäste an den See, und der Regen hörte erst am Abend auf, als die Musik begann.</p>";
    let images = img("Fest%20am%20See-Dateien/zelt.png", "Ein Zelt") + text + &img("../geheim.png", "Ein Plan");
    let page =
        format!("<!doctype html><html lang=de><article><h1>Fest am See</h1>{text}{images}{text}</article></html>");
    project.write("saved/page.html", page);
    project.write("saved/Fest am See-Dateien/zelt.png", picture());
    project.write("geheim.png", picture());
    project.run(&["import", "saved/page.html", "--images"]).code(0).says("../geheim.png");
    assert_eq!(written(&project), ["fest-am-see-zelt.png", "fest-am-see.md"]);
    assert!(project.read("newsletters/fest-am-see.md").contains("fest-am-see-zelt.png"));
    project.run(&["build", "fest-am-see"]).code(0);
}

#[test]
fn what_is_no_page_leaves_no_file() {
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b' '; 40_000_000]).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    let bomb = [
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", gzip.len())
            .as_bytes(),
        &gzip,
    ]
    .concat();
    let mut endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n".to_vec();
    endless.resize(11_000_000, b'x');
    let login = b"<html><body><h1>Login</h1><form><input type=password></form></body></html>";
    let scripts = b"<!doctype html><div id=root>Loading</div><script src=app.js></script>";
    let garbled = b"<!doctype html><meta charset=utf-8><h1>Gr\xFC\xDFe</h1><p>aus M\xFCnchen</p>";
    let circle = b"HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    let site = Site::new(vec![
        ("/login", ok("text/html", login)),
        ("/forbidden", answer("403 Forbidden", "text/html", b"no")),
        ("/broken", answer("500 Internal Server Error", "text/html", b"no")),
        ("/pdf", ok("application/pdf", b"%PDF-1.7")),
        ("/scripts", ok("text/html", scripts)),
        ("/garbled", ok("text/html; charset=UTF-8", garbled)),
        ("/json", ok("application/json", b"{}")),
        ("/endless", endless),
        ("/bomb", bomb),
        ("/circle", circle),
        (
            "/file",
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_vec(),
        ),
    ]);
    let project = project();
    for (path, code, says) in [
        ("/missing", 66, "page not found"),
        ("/login", 65, "the page asks for a login"),
        ("/forbidden", 65, "the page asks for a login"),
        ("/broken", 74, "answered with status 500"),
        ("/pdf", 65, "this is a PDF"),
        ("/scripts", 65, "scripts make it in the browser"),
        ("/garbled", 65, "says that it is UTF-8, but line 1 is not"),
        ("/json", 65, "`application/json`"),
        ("/endless", 65, "more than 10 MB"),
        ("/bomb", 65, "more than 10 MB"),
        ("/circle", 74, "redirects more than 5 times"),
        ("/file", 74, "leads to an address that does not begin with https://"),
    ] {
        let ran = project.run(&["import", &site.url(path), "--images"]).code(code).says(says);
        assert!(ran.stderr().contains("= help: "), "{path}: {}", ran.stderr());
        assert_eq!(written(&project), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_private_address_is_refused_unless_the_configuration_permits_it() {
    let project = Project::new();
    for (url, says) in [
        ("https://127.0.0.1:1/", "private network"),
        ("https://localhost:1/", "private network"),
        ("https://169.254.169.254/latest/", "private network"),
        ("http://example.org/a", "try https://example.org/a"),
        ("ftp://example.org/a", "must begin with https://"),
    ] {
        project.run(&["import", url]).code(64).says(says);
    }
}

#[test]
fn a_file_and_standard_input_are_read_and_an_address_without_https_is_explained() {
    let project = project();
    project.write("text.txt", include_str!("cases/import/text-wrapped/page.txt"));
    project.run(&["import", "text.txt", "--out", "a.md", "--lang", "de-AT"]).code(0);
    assert!(project.read("a.md").contains("\nlang: de-AT\n"));
    project.run(&["build", "a.md"]).code(0);
    project.run(&["import", "text.txt", "--out", "a.md"]).code(64).says("--diff");
    project.run(&["import", "www.example.org/news/1"]).code(66).says("write https://www.example.org/news/1");
    project.run(&["import", "nothing.txt"]).code(66).says("page or text not found");
    project.run(&["import", "newsletters"]).code(65).says("a folder");
    project.run(&["import", "text.txt", "--lang", "german!"]).code(64).says("--lang de");
    project.run(&["import", "-"]).code(65).says("there is nothing in it");
}

#[test]
fn a_text_that_is_too_long_for_a_post_leaves_no_file() {
    let project = project();
    let paragraph = "Der Verband hat am Freitag getagt und über vieles gesprochen. ".repeat(20);
    project.write("text.txt", format!("Titel\n\n{}", format!("{paragraph}\n\n").repeat(900)));
    project.run(&["import", "text.txt"]).code(65).says("no post can be made of this").says("--> text.txt");
    assert_eq!(written(&project), Vec::<String>::new());
}

#[test]
fn the_json_has_what_is_to_decide_with_its_lines() {
    let project = project();
    project.write("text.txt", include_str!("cases/import/text-one-line/page.txt"));
    let json = project.run(&["--format", "json", "import", "text.txt", "--out", "a.md"]).code(0).json();
    assert_eq!(json["file"], "a.md");
    assert_eq!(json["date"], "2026-06-12");
    let link = &json["decide"][0];
    assert_eq!(link["key"], "link");
    let line = usize::try_from(link["line"].as_u64().expect("a line")).expect("a small number");
    let text = project.read("a.md");
    assert!(text.lines().nth(line).is_some_and(|line| line == "# link: https://…"), "{text}");
    assert!(json["typing_errors"][0].as_str().is_some_and(|slip| slip.contains("no space behind")));
}

#[test]
fn a_post_imported_with_its_pictures_is_the_pages_text_captions_too() {
    let project = project();
    let page = "<!doctype html><html lang=de><article><h1>Fest am See</h1><p>Es kamen viele Gäste an den See, und der Regen \
                hörte erst am Abend auf, als die Musik begann.</p><figure><img src=zelt.png alt=\"Ein Zelt\"><figcaption>Das \
                Zelt am Abend. Foto: Anna Muster</figcaption></figure><p>Dank an alle, die geholfen haben, und an die \
                Feuerwehr.</p></article></html>";
    project.write("page.html", page);
    project.write("zelt.png", picture());
    project.run(&["import", "page.html", "--images", "--out", "fest.md"]).code(0);
    let post = project.read("fest.md");
    assert!(post.contains("![Ein Zelt](fest-zelt.png \"Anna Muster\")\n\n*Das Zelt am Abend.*\n\nDank"), "{post}");
    project.run(&["import", "page.html", "--diff", "fest.md"]).code(0).says("The text of fest.md is the page's.");
    project.run(&["import", "page.html", "--out", "ohne.md"]).code(0).says("below it: “Das Zelt am Abend.”");
    assert!(!project.read("ohne.md").contains("\n*Das Zelt"), "a caption goes with its picture");
    project.run(&["import", "page.html", "--diff", "fest.md", "--out", "fest.md"]).code(64).says("name a new file");
}

#[test]
fn a_diff_shows_what_changed_and_keeps_the_authors_header_and_pictures() {
    let project = project();
    let page = |guests: &str, more: &str| {
        format!(
            "<!doctype html><html lang=de><title>Fest</title><article><h1>Fest am See</h1><p>Es kamen {guests} Gäste an den \
             See, und der Regen hörte erst am Abend auf, als die Musik begann.</p><p>Dank an alle, die geholfen haben, und \
             an die Feuerwehr für das große Zelt.</p>{more}</article></html>"
        )
    };
    project.write("page.html", page("200", ""));
    project.run(&["import", "page.html", "--out", "fest.md"]).code(0);
    // The author breaks a line, decides, adds a picture.
    let own = project.read("fest.md").replace("title: \"Fest am See\"", "title: \"Unser Fest\"  # kürzer");
    let (header, body) = own.split_once("---\nEs").expect("the text begins so");
    let own = format!("{header}---\nEs{}", body.replace("an den See, und", "an den\nSee, und"))
        .replace("\n\nDank", "\n\n![Ein Zelt](zelt.png)\n\nDank");
    project.write("fest.md", &own);
    project.write("zelt.png", picture());
    project.run(&["import", "page.html", "--diff", "fest.md"]).code(0).says("The text of fest.md is the page's.");

    project
        .write("page.html", page("240", "<p>Nachtrag: Die Spenden reichen für zwei neue Boote im kommenden Jahr.</p>"));
    let ran = project.run(&["--color", "never", "import", "page.html", "--diff", "fest.md", "--out", "neu.md"]).code(0);
    let ran =
        ran.says("~ Es kamen [-200-] {+240+} Gäste").says("+ Nachtrag: Die Spenden").says("your header “Unser Fest”");
    assert!(!ran.stdout().contains("zelt"), "{}", ran.stdout());
    assert_eq!(project.read("fest.md"), own, "the post itself stays");
    let text = project.read("neu.md");
    assert!(text.contains("title: \"Unser Fest\"  # kürzer\n") && text.contains("240 Gäste"), "{text}");
    assert!(text.contains("![Ein Zelt](zelt.png)\n\nDank an alle"), "{text}");
    project.run(&["import", "page.html", "--diff", "fest.md", "--out", "neu.md"]).code(64);
    project.run(&["build", "neu.md"]).code(0);
}
