//! `build` and `new`, as a user runs them.

#[path = "support/project.rs"]
mod project;

use project::{POST, Project};

/// The bytes of some picture.
fn picture() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/logos/stiftung-muster.png")).expect("is there")
}

#[test]
fn a_build_writes_everything_of_the_contract() {
    let project = Project::new();
    project.run(&["build", "newsletters/kurz.md"]).code(0).says("release code");
    assert_eq!(
        project.files("out/kurz"),
        [
            "email.eml",
            "email.html",
            "email.mjml",
            "email.txt",
            "item.xml",
            "plan.json",
            "teaser/bluesky.txt",
            "teaser/bluesky.url",
            "teaser/linkedin.txt",
            "teaser/linkedin.url",
            "teaser/mastodon.txt",
            "teaser/mastodon.url",
            "teaser/plain.txt",
            "teaser/x.txt",
            "teaser/x.url",
        ]
    );
    assert!(project.read("out/kurz/email.txt").contains("Sehr geehrte Frau Muster"), "for the first member");
    assert!(!project.has_record(), "a build leaves no record");
}

#[test]
fn a_suggested_command_can_be_copied_whatever_the_folder_is_called() {
    let project = Project::new();
    project.write("newsletters/2026 Herbst & mehr/q.md", POST);
    let ran = project.run(&["build", "newsletters/2026 Herbst & mehr/q.md"]).code(0);
    ran.says("then: rundbrief send 'newsletters/2026 Herbst & mehr/q.md'\n");
    project.run(&["build", "newsletters/kurz.md"]).code(0).says("then: rundbrief send newsletters/kurz.md\n");
}

#[test]
fn a_file_that_cannot_be_a_posts_is_told_what_to_call_it() {
    let project = Project::new();
    for (name, says, better) in [
        ("gro\u{308}ße", "contains an accent or dots as a character of their own;", "groesse"),
        ("Weihnachtsgruß 2026", "contains a space;", "weihnachtsgruss-2026"),
        ("a\u{200b}b & c", "contains an invisible character (U+200B);", "a-b-c"),
        ("frage?", "contains `?`;", "frage"),
    ] {
        let file = format!("newsletters/{name}.md");
        project.write(&file, POST);
        project
            .run(&["build", &file])
            .code(65)
            .says(says)
            .says(&format!("rename the file, for instance to {better}.md"));
    }
}

#[test]
fn a_build_takes_no_folder_that_is_none_of_its_own() {
    let project = Project::new();
    project.write("newsletters/kurz/images/foto.png", picture());
    let ran = project.run(&["build", "kurz", "--out", "newsletters"]).code(64);
    ran.says("newsletters/kurz/images is there and is of no earlier build");
    assert_eq!(project.files("newsletters/kurz"), ["images/foto.png"]);
    project.write("out/kurz/notes.txt", "mine");
    project.run(&["build", "kurz"]).code(0);
    project.run(&["build", "kurz"]).code(0);
    assert_eq!(project.read("out/kurz/notes.txt"), "mine");
}

#[test]
fn a_build_repeats_itself_byte_for_byte() {
    let project = Project::new();
    project.run(&["build", "newsletters/kurz.md", "--out", "a"]).code(0);
    project.run(&["build", "kurz", "--out", "b"]).code(0);
    for file in project.files("a/kurz") {
        assert_eq!(project.read(&format!("a/kurz/{file}")), project.read(&format!("b/kurz/{file}")), "{file}");
    }
}

#[test]
fn the_release_code_is_of_the_content_and_not_of_the_recipients() {
    let project = Project::new();
    let code = |project: &Project| {
        project.run(&["--format", "json", "build", "kurz"]).code(0).json()["code"].as_str().expect("a code").to_owned()
    };
    let before = code(&project);
    project.write("newsletters/lists/members.csv", "E-Mail\nzoe@example.org\n");
    assert_eq!(code(&project), before);
    project.write("newsletters/kurz.md", POST.replace("drei", "vier"));
    assert_ne!(code(&project), before);
}

#[test]
fn a_new_post_is_a_draft_that_builds() {
    let project = Project::new();
    let ran = project.run(&["--format", "json", "new", "Was war: „Neues“ & \"Altes\""]).code(0);
    let file = ran.json()["file"].as_str().expect("a file").to_owned();
    assert_eq!(file, "newsletters/2026-11-23-was-war-neues-altes.md");
    assert!(project.read(&file).contains("draft: true"));
    project.run(&["build", &file]).code(0);
    project.run(&["new", "Was war: „Neues“ & \"Altes\""]).code(64).says("is there already");
}

#[test]
fn a_new_digest_lists_what_came_since() {
    let project = Project::new();
    project.write("newsletters/alt.md", POST.replace("2026-11-20", "2026-01-05"));
    project.write("newsletters/entwurf.md", POST.replace("tags:", "draft: true\ntags:"));
    let ran = project.run(&["--format", "json", "new", "Rundblick", "--digest", "--since", "2026-11-01"]).code(0);
    let file = ran.json()["file"].as_str().expect("a file").to_owned();
    let text = project.read(&file);
    assert!(text.contains("- kurz") && !text.contains("- alt") && !text.contains("- entwurf"), "{text}");
    project.run(&["build", &file]).code(0);
    assert!(project.read("out/2026-11-23-rundblick/email.txt").contains("Kurz berichtet"));
    project.run(&["new", "Leer", "--digest", "--since", "2027-01-01"]).code(64).says("at least one");
    let german = project.run(&["new", "Leer", "--digest", "--since", "01.11.2026"]).code(64);
    german.says("write it as year-month-day: 2026-11-01");
    project.run(&["new", "Leer", "--digest", "--since", "gestern"]).code(64).says("as year-month-day: 2026-11-01");
}

#[test]
fn an_organisations_own_template_and_words_take_the_place_of_the_built_in_ones() {
    let project = Project::new();
    project.write("config.toml", project::config().replace("[site]\n", "[site]\ntemplates = \"eigene\"\n"));
    project.write("eigene/words.yaml", "de:\n  email.unsubscribe: Keine Post mehr\n");
    project.run(&["build", "kurz"]).code(0);
    assert!(project.read("out/kurz/email.html").contains("Keine Post mehr"));
    project.write("eigene/emial.mjml.j2", "");
    project.run(&["build", "kurz"]).code(65).says("no template is called `emial.mjml.j2`").says("email.mjml.j2");
}

#[test]
fn a_list_is_checked_row_by_row() {
    let project = Project::new();
    project.write(
        "liste.csv",
        "Vorname;Nachname;E-Mail\nAnna;A;anna@example.org\nBen;B;ben(at)example.org\nAnna;A;Anna@example.org\n",
    );
    let answer = project.run(&["--format", "json", "members", "check", "liste.csv"]).code(69).json();
    assert_eq!(answer["members"][0]["address"], "anna@example.org");
    assert_eq!(answer["rejected"][0]["row"], 3);
    assert_eq!((&answer["merged"][0]["row"], &answer["merged"][0]["into"]), (&4.into(), &2.into()));
    project.run(&["members", "check", "liste.csv"]).code(69).says("row 3");
    project.run(&["members", "check", "newsletters/lists/members.csv"]).code(0);
    project.run(&["members", "check", "fehlt.csv"]).code(66);
}

#[test]
fn a_link_around_a_picture_leads_on_from_it_in_the_mail_the_text_and_the_feed() {
    let project = Project::new();
    let config = project::config()
        .replace("images = \"embed\"", "images = \"link\"\nimages_url = \"https://www.example.org/bilder/\"");
    project.write("config.toml", config);
    project.write("newsletters/bild.png", picture());
    let linked = "[![Ein Plakat](bild.png)](https://www.example.org/plakat?a=1&b=2)";
    project.write("newsletters/kurz.md", format!("{POST}\n{linked}\n\n- Punkt {linked}\n"));
    project.run(&["build", "kurz"]).code(0);
    let link = "href=\"https://www.example.org/plakat?a=1&amp;b=2\"";
    assert_eq!(project.read("out/kurz/email.html").matches(link).count(), 2);
    assert_eq!(project.read("out/kurz/item.xml").matches(link).count(), 2);
    let text = project.read("out/kurz/email.txt");
    assert!(
        text.contains("[Bild: Ein Plakat]\u{a0}[1]") && text.contains("[1] https://www.example.org/plakat?a=1&b=2")
    );
}

#[test]
fn linked_pictures_wait_in_public_images() {
    let project = Project::new();
    let config = project::config()
        .replace("images = \"embed\"", "images = \"link\"\nimages_url = \"https://www.example.org/bilder/\"");
    project.write("config.toml", config);
    project.write("newsletters/bild.png", picture());
    project.write("newsletters/kurz.md", POST.replace("tags:", "image: { src: bild.png, alt: Ein Bild }\ntags:"));
    project.run(&["build", "kurz"]).code(0).says("upload public/images to https://www.example.org/bilder");
    let files = project.files("public/images");
    assert_eq!(files.len(), 1, "{files:?}");
    let link = format!("https://www.example.org/bilder/{}", files[0]);
    for file in ["email.html", "email.eml", "item.xml"] {
        let text = project.read(&format!("out/kurz/{file}")).replace("=\r\n", "");
        assert!(text.contains(&link), "{file} links {link}");
    }
    assert!(!project.read("out/kurz/email.eml").contains("image/png"), "nothing is embedded");
}

#[test]
fn a_build_of_an_unchanged_post_writes_nothing_even_on_another_day() {
    let project = Project::new();
    project.run(&["build", "kurz"]).code(0);
    let written = |name: &str| std::fs::metadata(project.path(name)).expect("is there").modified().expect("is known");
    let before: Vec<_> =
        project.files("out/kurz").into_iter().map(|file| written(&format!("out/kurz/{file}"))).collect();
    project.run_at("1795507200", &["build", "kurz"]).code(0);
    let after: Vec<_> =
        project.files("out/kurz").into_iter().map(|file| written(&format!("out/kurz/{file}"))).collect();
    assert_eq!(before, after);
    assert!(project.read("out/kurz/email.eml").contains("Date: Fri, 20 Nov 2026 09:00:00 +0100"));
}

#[test]
fn pictures_are_found_beside_the_html_and_a_text_that_names_one_stays() {
    let project = Project::new();
    let picture = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/logos/stiftung-muster.png"));
    project.write("newsletters/bild.png", picture.expect("is there"));
    let post = POST.replace("tags:", "image: { src: bild.png, alt: Ein Bild }\ntags:");
    project.write("newsletters/kurz.md", &post);
    project.run(&["build", "kurz"]).code(0);
    let name = project.files("out/kurz/images").remove(0);
    project.write("newsletters/kurz.md", format!("{post}\nDas Bild heißt `cid:{name}@example.org` im Text.\n"));
    project.run(&["build", "kurz"]).code(0);
    let html = project.read("out/kurz/email.html");
    assert!(html.contains(&format!("src=\"images/{name}\"")) && !html.contains("src=\"cid:"), "shown from beside");
    assert!(html.contains(&format!(">cid:{name}@example.org<")), "the author's words stay");
}

#[test]
fn no_character_of_a_post_becomes_markup() {
    let project = Project::new();
    let image = "image: { src: bild.png, alt: \"\u{e03c}b\u{e03e}\", credit: \"\u{e03c}i\u{e03e}\" }\ntags:";
    let post = POST
        .replace("Kurz berichtet", "\"Kurz \u{e03c}script\u{e03e} \u{e000}body\u{e000}\"")
        .replace("tags:", image)
        .replace("Er hat", "Er &#xE03C;img src=x onerror=alert(1)&#xE03E; hat \u{e000}img src=x\u{e001}");
    project.write("newsletters/bild.png", picture());
    project.write("newsletters/kurz.md", post);
    project.run(&["build", "kurz"]).code(0);
    let html = project.read("out/kurz/email.html");
    for text in [
        "<h1",
        "Kurz \u{e03c}script\u{e03e} \u{e000}body\u{e000}</h1>",
        "alt=\"\u{e03c}b\u{e03e}\"",
        ": \u{e03c}i\u{e03e}</p>",
        "Er \u{e03c}img src=x onerror=alert(1)\u{e03e} hat \u{e000}img src=x\u{e001}",
        ".card > table",
    ] {
        assert!(html.contains(text), "{text} in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("<img src=x") && !html.contains("<b>"), "{html}");
    assert_eq!(
        project.read("out/kurz/email.txt").matches("Der Vorstand").count(),
        1,
        "the title brings no second body"
    );
}

#[test]
fn what_is_struck_is_not_said_where_it_cannot_be_seen_as_struck() {
    let project = Project::new();
    let lead = "Die Tagung findet ~~am 12. Mai~~ am 19. Mai statt. Die Anmeldung ist ~~nicht~~ möglich.";
    project.write("newsletters/kurz.md", POST.replace("Der Vorstand hat am Freitag getagt.", lead));
    project.run(&["build", "kurz"]).code(0);
    let meant = "Die Tagung findet am 19. Mai statt. Die Anmeldung ist möglich.";
    for file in ["teaser/mastodon.txt", "teaser/linkedin.txt"] {
        assert!(project.read(&format!("out/kurz/{file}")).contains(meant), "{file}");
    }
    assert!(project.read("out/kurz/item.xml").contains(&format!("<description><![CDATA[{meant}")));
    assert!(project.read("out/kurz/email.html").contains(&format!(">{meant}")), "the preheader");
    assert!(project.read("out/kurz/email.txt").contains("~~am 12. Mai~~"), "the text part shows it");
}
