//! An organisation's own templates, as a user runs them: what works, and how what does not is told.

#[path = "support/project.rs"]
mod project;

use project::{POST, Project, Ran};

const HEAD: &str = include_str!("../templates/_head.mjml.j2");

/// A project whose post has a picture and whose folder `eigene` holds one template.
fn project_with(template: &str, text: &str) -> Project {
    let project = Project::new();
    project.write("config.toml", project::config().replace("[site]\n", "[site]\ntemplates = \"eigene\"\n"));
    let picture =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/logos/stiftung-muster.png")).expect("is there");
    project.write("newsletters/bild.png", picture);
    project.write("newsletters/kurz.md", POST.replace("tags:", "image: { src: bild.png, alt: Ein Bild }\ntags:"));
    project.write(&format!("eigene/{template}"), text);
    project
}

/// A build with the built-in head in which the title was replaced.
fn with_title(text: &str) -> (Project, Ran) {
    let project = project_with("_head.mjml.j2", &HEAD.replace("{{ post.title }}", text));
    let ran = project.run(&["build", "kurz"]);
    (project, ran)
}

#[test]
fn a_picture_that_a_template_does_not_show_does_not_travel() {
    let head = "<mj-section><mj-column><mj-text><h1>{{ post.title }}</h1></mj-text></mj-column></mj-section>";
    let project = project_with("_head.mjml.j2", head);
    project.run(&["build", "kurz"]).code(0);
    assert!(!project.read("out/kurz/email.eml").contains("image/png"));
    assert!(!project.path("out/kurz/images").exists());
}

#[test]
fn an_undefined_value_is_told_with_template_line_and_name() {
    for (written, name, help) in [
        ("{{ post.titel }}", "post.titel", "post.title"),
        ("{{ titel }}", "titel", "post.title"),
        ("{{ logo }}", "logo", "site.logo"),
    ] {
        with_title(written)
            .1
            .code(65)
            .says(&format!("`{name}` is not defined"))
            .says("eigene/_head.mjml.j2:33:14")
            .says(&format!("did you mean `{help}`?"));
    }
}

#[test]
fn what_comes_after_a_value_that_has_no_parts_is_told_in_full() {
    let (_, ran) = with_title("{{ post.title.lang.x }}");
    let ran = ran.code(65).says("`post.title.lang` is not defined").says("eigene/_head.mjml.j2:33:14");
    assert!(!ran.stderr().contains("did you mean"), "{}", ran.stderr());
    with_title("{{ post.dates[17].name }}").1.code(65).says("`post.dates[17].name` uses a value that is not defined");
    with_title("{{ heute() }}").1.code(65).says("the function heute is unknown");
    with_title("{{ post.title|gross }}").1.code(65).says("the filter gross is unknown");
}

#[test]
fn a_members_value_that_was_changed_is_told_at_the_template_that_names_it() {
    with_title("{% filter upper %}{{ member.first_name }}{% endfilter %}")
        .1
        .code(65)
        .says("write {{ member.first_name }} as it is")
        .says("eigene/_head.mjml.j2:33:32");
}

#[test]
fn a_picture_that_a_template_made_up_is_told_at_its_line() {
    with_title("</h1><img src=\"cid:haus@example.org\" alt=\"Haus\" /><h1>")
        .1
        .code(65)
        .says("shows the picture `cid:haus@example.org`")
        .says("eigene/_head.mjml.j2:33:26")
        .says("{{ post.image.src }}");
}

#[test]
fn a_filter_on_a_member_is_told_with_what_to_write_instead() {
    with_title("{{ member.first_name|upper }}")
        .1
        .code(65)
        .says("eigene/_head.mjml.j2:33:14")
        .says("write {{ member.first_name }} as it is");
    with_title("{% if member.city %}x{% endif %}")
        .1
        .code(65)
        .says("eigene/_head.mjml.j2:33:17")
        .says("write {{ member.city }} as it is")
        .says("{{ member.get(\"city\", default=\"…\") }}");
}

#[test]
fn a_members_value_where_none_may_stand_is_told_at_its_line() {
    with_title("{{ member.first_name }}</h1><p style=\"color: {{ member.first_name }}\">x</p><h1>")
        .1
        .code(65)
        .says("`first_name` of a member stands in an attribute that holds code")
        .says("eigene/_head.mjml.j2:33:59")
        .says("use a member's value only in text");
}

#[test]
fn a_template_that_never_ends_or_includes_itself_is_an_error_at_its_line() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
    with_title(endless).1.code(65).says("eigene/_head.mjml.j2:33").says("takes too long");
    with_title("{% include \"_head.mjml.j2\" %}").1.code(65).says("eigene/_head.mjml.j2:33").says("includes itself");
}

#[test]
fn a_mail_that_mailbox_providers_cut_off_is_a_warning() {
    let (project, ran) = with_title("{% for _ in range(3000) %}Ein Satz mit vielen Wörtern. {% endfor %}");
    ran.code(0).says("more than 90 kB").says("cuts off the rest");
    assert!(project.path("out/kurz/email.html").exists());
    let answer = project.run(&["--format", "json", "build", "kurz"]).code(0).json();
    assert_eq!(answer["findings"][0]["rule"], "mail-size");
    let answer = with_title("Kurz").0.run(&["--format", "json", "build", "kurz"]).code(0).json();
    assert_eq!(answer["findings"], serde_json::json!([]));
}

#[test]
fn a_subject_that_a_template_leaves_empty_is_told_at_the_template() {
    let project = project_with("subject.txt.j2", "{# nothing #}\n");
    project.run(&["build", "kurz"]).code(65).says("no subject").says("eigene/subject.txt.j2");
}

#[test]
fn a_plain_text_without_the_post_is_a_warning() {
    let project = project_with("email.txt.j2", "{{ post.title }}\n{{ body|upper }}\n");
    project.run(&["build", "kurz"]).code(0).says("eigene/email.txt.j2").says("write {{ body }}");
    project.write("eigene/email.txt.j2", "{{ body }}\n");
    assert!(!project.run(&["build", "kurz"]).code(0).stderr().contains("warning"));
}

#[test]
fn an_invented_member_has_a_value_for_whatever_a_template_prints() {
    let title =
        "{{ member.title }} {{ member.language }} {{ member.unsubscribe_url }} <a href=\"{{ member.web }}\">x</a>";
    let (project, _) = with_title(title);
    std::fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    project.run(&["build", "kurz"]).code(0);
    let html = project.read("out/kurz/email.html");
    assert!(
        html.contains("‹title› ‹language› ‹unsubscribe_url›") && html.contains("href=\"https://www.example.org/\"")
    );
    project.write("newsletters/lists/members.csv", "E-Mail;Titel\nanna@example.org;\n");
    project.write("eigene/_head.mjml.j2", HEAD.replace("{{ post.title }}", "{{ member.title }}"));
    project.run(&["build", "kurz"]).code(0);
    assert!(project.read("out/kurz/email.html").contains("‹title›"), "everybody's cell is empty");
}

#[test]
fn a_value_of_the_first_member_that_cannot_be_a_link_is_told_with_the_list() {
    let (project, _) = with_title("<a href=\"{{ member.city }}\">x</a>");
    project.write("newsletters/lists/members.csv", "E-Mail;Ort\nanna@example.org;Ulm\n");
    project
        .run(&["build", "kurz"])
        .code(65)
        .says("the mail to anna@example.org: `city` is not a web or mail address")
        .says("newsletters/lists/members.csv");
}

#[test]
fn a_members_cell_fills_the_slot_and_an_empty_one_takes_the_default() {
    let (project, ran) = with_title("{{ post.title }} in {{ member.get(\"city\", default=\"Köln & <Umland>\") }}");
    ran.code(65).says("no such column");
    project.write("newsletters/lists/members.csv", "E-Mail;Ort\nanna@example.org;\nben@example.org;Ulm\n");
    project.run(&["build", "kurz"]).code(0);
    assert!(project.read("out/kurz/email.html").contains("Kurz berichtet in Köln &amp; &lt;Umland&gt;"));
    project.run(&["send", "kurz"]).code(0).says("2 members");
    let mails: String = project
        .files("out/outbox/kurz/email")
        .iter()
        .map(|file| project.read(&format!("out/outbox/kurz/email/{file}")).replace("=\r\n", ""))
        .collect();
    assert!(
        mails.contains("berichtet in K=C3=B6ln &amp; &lt;Umland&gt;") && mails.contains("berichtet in Ulm"),
        "{mails}"
    );
}
