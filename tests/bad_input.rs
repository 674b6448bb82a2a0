//! What users get wrong: a clear error, the right exit code, nothing half written.

#[path = "support/project.rs"]
mod project;

use std::fs;

use project::{POST, Project};

/// Builds `newsletters/kurz.md` with these bytes, which must fail with 65 and leave nothing behind.
#[track_caller]
fn refused(bytes: impl AsRef<[u8]>, says: &[&str]) {
    let project = Project::new();
    project.write("newsletters/kurz.md", bytes);
    let ran = project.run(&["build", "newsletters/kurz.md"]).code(65);
    for text in says {
        assert!(ran.stderr().contains(text), "{text:?} is not in\n{}", ran.stderr());
    }
    assert!(!project.path("out").exists(), "a post that fails writes nothing: {:?}", project.files("out"));
}

#[test]
fn a_missing_post_is_66() {
    let project = Project::new();
    project.run(&["build", "newsletters/fehlt.md"]).code(66).says("post not found").says("rundbrief new");
    project.run(&["send", "fehlt"]).code(66).says("newsletters/fehlt.md");
}

#[test]
fn a_folder_is_no_post() {
    let project = Project::new();
    project.run(&["build", "newsletters"]).code(65).says("this is a folder, not a post");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_post_and_nobody_waits_for_it() {
    let project = Project::new();
    let made = std::process::Command::new("mkfifo").arg(project.path("newsletters/rohr.md")).status();
    assert!(made.expect("mkfifo is there").success());
    project.run(&["build", "newsletters/rohr.md"]).code(65).says("this is a device or pipe, not a post");
}

#[test]
fn what_is_wrong_with_a_teaser_is_told_with_its_line() {
    let own = format!("teaser: {{ x: \"{}\" }}", "Ein langer Satz. ".repeat(20));
    let post = POST.replace("tags:", &format!("{own}\ntags:"));
    refused(post, &["the teaser for `x` is", "kurz.md:6:1", "6 | teaser: { x: \"Ein langer Satz."]);
}

#[test]
fn what_is_wrong_with_the_mails_of_two_lists_is_told_once() {
    let project = Project::new();
    let lists = "[lists.vorstand]\nfile = \"newsletters/lists/members.csv\"\n[lists.members]";
    let config = project::config().replace("[lists.members]", lists);
    project.write("config.toml", config.replace("[site]\n", "[site]\ntemplates = \"eigene\"\n"));
    project.write("eigene/_head.mjml.j2", "{{ titel }}");
    let ran = project.run(&["build", "kurz"]).code(65);
    assert_eq!(ran.stderr().matches("`titel` is not defined").count(), 1, "{}", ran.stderr());
}

#[test]
fn files_that_are_no_posts_are_refused() {
    refused(b"", &["empty"]);
    refused(b"\x7fELF\x02\x01\x01\0\0\0\0\0", &["newsletters/kurz.md"]);
    refused(b"---\ntitle: caf\xe9\nlang: de\n---\nText\n", &["UTF-8"]);
    refused("Nur Text, kein Kopf.\n", &["newsletters/kurz.md:1:1"]);
    refused("---\ntitle: Ohne Ende\nlang: de\n", &["---"]);
    refused(format!("{POST}{}", "Ein Satz. ".repeat(1_100_000)), &["kurz.md"]);
}

#[test]
fn several_errors_are_said_at_once_each_with_its_line() {
    let post = "---\ntitel: Tagung\nlang: de\ndate: 2024-02-30\ndraft: ja\n---\nText.\n";
    refused(post, &["kurz.md:2:", "write `title: …`", "kurz.md:4:", "2024-02-30", "kurz.md:5:"]);
}

#[test]
fn a_time_in_the_gap_of_summer_time_is_refused() {
    refused(POST.replace("tags:", "send_at: 2026-03-29 02:30\ntags:"), &["2026-03-29", "kurz.md:6:"]);
}

#[test]
fn a_title_with_an_unquoted_colon_has_its_own_hint() {
    refused(POST.replace("Kurz berichtet", "Fachkräfte: eine Kernaufgabe"), &["kurz.md:2:", "quotes"]);
}

#[test]
fn names_that_the_configuration_does_not_have_are_refused() {
    let post = POST.replace("tags:", "lists: [vorstand]\nchannels: [email, fax]\npartners: [efre]\ntags:");
    refused(post, &["there is no list `vorstand`", "there is no channel `fax`", "there is no partner `efre`"]);
}

#[test]
fn a_teaser_for_a_network_that_does_not_exist_is_refused() {
    let post = POST.replace("tags:", "teaser: { twitter: Kurz., threads: Lang. }\ntags:");
    refused(
        post,
        &["there is no network `twitter`", "kurz.md:6:1", "plain, rocketchat, slack, teams, telegram, threads"],
    );
}

#[test]
fn pictures_that_cannot_be_used_are_refused() {
    let project = Project::new();
    let with = |src: &str| POST.replace("tags:", &format!("image: {{ src: {src}, alt: \"Ein Bild\" }}\ntags:"));
    project.write("newsletters/text.jpg", "this is no picture");
    project.write("newsletters/foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    project.write("geheim.png", "x");
    fs::create_dir_all(project.path("../aussen")).ok();
    for (src, says) in [
        ("fehlt.jpg", "does not exist"),
        ("text.jpg", "text.jpg"),
        ("foto.heic", "JPEG"),
        ("../geheim.png", "kurz.md:6:"),
        ("/etc/passwd", "kurz.md:6:"),
    ] {
        project.write("newsletters/kurz.md", with(src));
        let ran = project.run(&["build", "newsletters/kurz.md"]).code(65).says(says);
        assert!(!ran.stderr().contains("root:"), "no content of a foreign file");
    }
    assert!(!project.path("out").exists());
}

#[test]
fn a_picture_that_is_not_there_is_told_with_what_may_be_meant() {
    let project = Project::new();
    project.write("newsletters/Tagung.JPG", "x");
    project.write("newsletters/kurz.md", POST.replace("tags:", "image: { src: tagung.jpg, alt: Ein Bild }\ntags:"));
    project.run(&["build", "kurz"]).code(65).says("kurz.md:6:").says("did you mean `Tagung.JPG`?");
    let config = project::config().replace("name = \"Verband", "logo = \"logo/haus.png\"\nname = \"Verband");
    project.write("config.toml", config);
    project.write("newsletters/kurz.md", POST);
    project.run(&["build", "kurz"]).code(65).says("config.toml:5:9").says("from the folder of the configuration");
}

#[test]
fn a_folder_without_a_configuration_is_told_where_the_logos_of_the_example_are() {
    let project = Project::empty();
    project.write("newsletters/kurz.md", POST);
    project.run(&["build", "kurz"]).code(65).says("copy config.example.toml to config.toml");
}

#[cfg(unix)]
#[test]
fn a_picture_behind_a_link_out_of_the_project_is_refused() {
    let project = Project::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::write(outside.path().join("bild.png"), "x").expect("is written");
    std::os::unix::fs::symlink(outside.path().join("bild.png"), project.path("newsletters/bild.png")).expect("links");
    project.write("newsletters/kurz.md", POST.replace("tags:", "image: { src: bild.png, alt: \"Ein Bild\" }\ntags:"));
    project.run(&["build", "newsletters/kurz.md"]).code(65).says("outside of the project");
}

#[test]
fn lists_that_cannot_be_used_are_refused() {
    for (list, says) in [
        ("Vorname;Nachname\nAnna;Muster\n", "columns"),
        ("", "members.csv"),
        ("E-Mail;E-Mail\na@example.org;b@example.org\n", "E-Mail"),
    ] {
        let project = Project::new();
        project.write("newsletters/lists/members.csv", list);
        project.run(&["send", "newsletters/kurz.md"]).code(65).says(says);
        assert!(!project.path("out").exists() && !project.path("public").exists());
    }
}

#[test]
fn a_missing_list_stops_a_send_but_not_a_build() {
    let project = Project::new();
    fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    project.run(&["send", "newsletters/kurz.md"]).code(66).says("member list not found").says("[lists.members]");
    project.run(&["build", "newsletters/kurz.md"]).code(0).says("invented member");
    assert!(project.read("out/kurz/email.txt").contains("Mustermann"));
}

#[test]
fn a_damaged_feed_stops_the_feed_and_is_left_as_it_is() {
    let project = Project::new();
    project.write("public/feed.xml", "<rss><channel><item></rss>");
    project.run(&["send", "newsletters/kurz.md"]).code(65).says("feed.xml");
    assert_eq!(project.read("public/feed.xml"), "<rss><channel><item></rss>");
    assert_eq!(project.files("out/outbox/kurz/email").len(), 2, "the mails do not wait for the feed");
    fs::remove_file(project.path("public/feed.xml")).expect("is removed");
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("1 file written");
    assert!(project.read("public/feed.xml").contains("Kurz berichtet"), "the next run finishes it");
}

#[test]
fn a_configuration_with_errors_is_78() {
    let project = Project::new();
    project.write("config.toml", project::config().replace("timezone = ", "timezoen = "));
    project.run(&["build", "newsletters/kurz.md"]).code(78).says("did you mean `timezone`?").says("config.toml:");
    project
        .write("config.toml", project::config().replace("Europe/Berlin", "Europe/Leipzig").replace("#1c5d8c", "blau"));
    project.run(&["build", "newsletters/kurz.md"]).code(78).says("Europe/Leipzig").says("`blau` is not a colour");
    project.write("config.toml", project::config().replace("file:rundbrief.key", "hunter2"));
    let ran = project.run(&["build", "newsletters/kurz.md"]).code(78).says("file:NAME");
    assert!(!(ran.stdout() + &ran.stderr()).contains("hunter2"));
    project.run(&["--config", "fehlt.toml", "build", "newsletters/kurz.md"]).code(66).says("configuration not found");
}

#[test]
fn a_sending_record_that_is_none_is_refused_and_left_as_it_is() {
    if project::kept::is_on_a_server("what lies in the place of the file") {
        return;
    }
    let project = Project::new();
    let text = "not a database, but long enough to be looked at as one. ".repeat(40);
    project.write("rundbrief.db", &text);
    project.run(&["send", "newsletters/kurz.md"]).code(74).says("sending record").says("backup");
    assert_eq!(project.read("rundbrief.db"), text);
}

#[test]
fn errors_are_json_when_that_is_asked_for() {
    let project = Project::new();
    project.write("newsletters/kurz.md", POST.replace("title:", "titel:"));
    let ran = project.run(&["--format", "json", "build", "newsletters/kurz.md"]).code(65);
    let answer = ran.json();
    let errors = answer["errors"].as_array().expect("a list");
    let unknown = errors.iter().find(|error| error["line"] == 2).expect("the line of the unknown key");
    assert_eq!((&unknown["severity"], &unknown["column"]), (&"error".into(), &1.into()), "{answer}");
    assert!(unknown["help"].as_str().expect("a help").contains("title"));
}

/// Needs a user whom permissions stop; root is told apart by what it may do.
#[cfg(unix)]
#[test]
fn an_output_folder_that_cannot_be_written_is_74() {
    let project = Project::new();
    project.write("out", "a file where the folder should be");
    project.run(&["build", "newsletters/kurz.md"]).code(74).says("out");
    project.run(&["send", "newsletters/kurz.md"]).code(74).says("out");
}

#[test]
fn help_and_usage_have_their_codes() {
    let project = Project::empty();
    project.run(&["--help"]).code(0).says("rundbrief send");
    project.run(&["send"]).code(64);
    project.run(&["sned"]).code(64).says("send");
    project.run(&["new", "  "]).code(64);
}

#[test]
fn a_post_that_broke_after_its_release_does_not_keep_the_rest_from_being_sent() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md", "--channel", "email"]).code(0);
    project.write("newsletters/kurz.md", "---\ntitle: Kaputt\n");
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("has errors now").says("6 files written");
}

#[test]
fn a_post_that_is_gone_after_its_release_does_not_keep_the_rest_from_being_sent() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md", "--channel", "email"]).code(0);
    fs::rename(project.path("newsletters/kurz.md"), project.path("kurz.md")).expect("can be moved");
    project.run(&["send", "kurz", "--dry-run"]).code(0).says("is not there any more");
    project.run(&["send", "kurz"]).code(0).says("is not there any more").says("6 files written");
    project.run(&["send", "kurz"]).code(66).says("post not found");
}
