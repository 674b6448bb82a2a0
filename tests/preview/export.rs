//! `--export`: one file for whoever releases the post, without anybody's data.

use super::project::{LIST, Project};

fn exported(project: &Project) -> String {
    project.run(&["preview", "kurz", "--export", "freigabe.html"]).code(0);
    project.read("freigabe.html")
}

#[test]
fn the_file_has_what_is_to_be_released_and_no_members_data() {
    let project = Project::new();
    let heading = LIST.lines().next().expect("a heading");
    let rows =
        "Frau;Xanthippe;Qwertz;xq@mitglied.example\nHerr;Kunibert;Zwölfer;kz@mitglied.example\n;;Ohneanschrift;\n";
    let list = format!("{heading}\n{rows}");
    project.write("newsletters/lists/members.csv", &list);
    let html = exported(&project);
    for row in list.lines().skip(1) {
        for value in row.split(';').skip(1).filter(|value| !value.is_empty()) {
            assert!(!html.contains(value), "{value} is a member's");
        }
    }
    let plan = project.run(&["--format", "json", "send", "kurz", "--dry-run"]).code(0).json();
    for text in [
        plan["code"].as_str().expect("a code"),
        "Sehr geehrte Frau Mustermann",
        "2 Mitglieder aus der Liste „members“",
        "drei Beschlüsse",
        "#Verband",
        "Mastodon",
        "Outlook",
        "23.\u{a0}November 2026, 09:00",
        "ohne brauchbare Adresse: 1",
        "<html lang=\"de\"",
    ] {
        assert!(html.contains(text), "{text} is not there");
    }
}

#[test]
fn the_file_opens_without_a_network_and_runs_nothing() {
    let project = Project::new();
    let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/herbsttagung.jpg");
    project.write("newsletters/bild.jpg", std::fs::read(photo).expect("is there"));
    let picture = "image: { src: bild.jpg, alt: Ein Bild, credit: X }\ntags:";
    project.write("newsletters/kurz.md", super::project::POST.replace("tags:", picture));
    for images in ["", "images = \"link\"\nimages_url = \"https://www.example.org/bilder\"\n"] {
        let lines = super::project::config();
        let lines = lines.lines().filter(|line| images.is_empty() || !line.starts_with("images = "));
        let config: String = lines.map(|line| format!("{line}\n")).collect();
        let config = config.replace("[email]\n", &format!("[email]\n{images}"));
        project.write("config.toml", config);
        let html = exported(&project);
        assert!(html.contains("src=\"data:image/"), "the picture is inside");
        let lower = html.to_lowercase();
        assert!(!lower.contains("<script") && !lower.contains("<link") && !lower.contains("@import"), "{html}");
        for start in ["src=\"", "url(", "srcset=\"", "background=\""] {
            for loaded in lower.split(start).skip(1) {
                let loaded = loaded.trim_start_matches(['\'', '"']);
                assert!(loaded.starts_with("data:"), "{start}{:.60}", loaded);
            }
        }
    }
}

#[test]
fn a_post_with_errors_leaves_the_file_as_it_was() {
    let project = Project::new();
    let html = exported(&project);
    project.write("newsletters/kurz.md", "---\ntitel: x\n---\n");
    project.run(&["preview", "kurz", "--export", "freigabe.html"]).code(65).says("kurz.md:2:1");
    assert_eq!(project.read("freigabe.html"), html);
    project.run(&["preview", "kurz", "--export", "none/freigabe.html"]).code(65);
    project.write("newsletters/kurz.md", super::project::POST);
    project.run(&["preview", "kurz", "--export", "none/freigabe.html"]).code(74).says("none");
    assert!(project.files(".").iter().all(|file| !file.contains(".tmp")), "{:?}", project.files("."));
}

#[test]
fn nothing_but_an_export_is_overwritten() {
    let project = Project::new();
    exported(&project);
    exported(&project);
    project.write("leer.html", "");
    project.run(&["preview", "kurz", "--export", "leer.html"]).code(0);
    project.run(&["build", "kurz"]).code(0);
    for file in ["newsletters/kurz.md", "newsletters/lists/members.csv", "config.toml", "out/kurz/email.html"] {
        let before = project.read(file);
        let ran = project.run(&["preview", "kurz", "--export", file]).code(64);
        ran.says(&format!("--export {file}: this file is there and is no earlier export"));
        assert_eq!(project.read(file), before);
    }
    project.run(&["preview", "kurz", "--export", "newsletters"]).code(64).says("this is a folder");
}

#[test]
fn what_it_says_is_a_document_for_programs_too() {
    let project = Project::new();
    let document = project.run(&["--format", "json", "preview", "kurz", "--export", "x.html"]).code(0).json();
    assert_eq!(document["file"], "x.html");
    let html = project.read("x.html");
    assert!(html.contains(document["code"].as_str().expect("a code")));
    let ran = project.run(&["preview", "kurz", "--export", "x.html", "--open"]).code(64);
    ran.says("cannot be used with");
}
