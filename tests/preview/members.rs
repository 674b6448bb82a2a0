//! The picker: any member of the lists, found by name.

use std::fmt::Write;

use serde_json::{Value, json};

use super::browsing::Preview;
use super::project::{LIST, Project};

fn found(preview: &Preview, text: &str) -> Value {
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    preview.get(&format!("members?q={encoded}")).json()
}

fn addresses(found: &Value) -> Vec<&str> {
    found["members"].as_array().expect("members").iter().filter_map(|one| one["address"].as_str()).collect()
}

#[test]
fn members_are_found_by_name_and_address_and_the_mail_is_shown_for_them() {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", LIST.to_owned() + "Frau;Özlem;Größer-Süß;oe@example.org\n");
    let preview = Preview::start(&project);
    for text in ["beispiel", "BEN", "ben@", "Beispiel Ben", "  ben   beispiel "] {
        assert_eq!(addresses(&found(&preview, text)), ["ben@example.org"], "{text}");
    }
    assert_eq!(addresses(&found(&preview, "ÖZLEM süß")), ["oe@example.org"]);
    assert_eq!(addresses(&found(&preview, "")).len(), 3);
    let nobody = found(&preview, "niemand");
    assert_eq!(nobody, json!({"members": [], "more": false, "unread": false, "error": null}));
    let ben = json!({"address": "ben@example.org", "name": "Ben Beispiel", "list": "members"});
    assert_eq!(found(&preview, "ben")["members"][0], ben);

    let view = preview.get("view.json?member=ben@example.org").json();
    assert_eq!(view["member"]["name"], "Ben Beispiel");
    assert!(view["mail"]["shown"]["text"].as_str().expect("a text").contains("Sehr geehrter Herr Beispiel"));
    let html = preview.get("mail?member=ben@example.org&images=true").text();
    assert!(html.contains("Sehr geehrter Herr Beispiel"), "{html}");
}

#[test]
fn who_gets_no_mail_is_said_to_get_none_and_the_rest_is_shown() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let view = preview.get("view.json?member=fremd@example.org").json();
    let expected = "Dieser Beitrag geht nicht an fremd@example.org. Wählen Sie ein anderes Mitglied.";
    assert_eq!(view["mail"]["wrong"], expected);
    assert!(view["teasers"]["shown"].is_array() && view["findings"] == json!([]), "{view:#}");
    let view = preview.get("view.json?member=%3Cscript%3E").json();
    assert!(view["mail"]["wrong"].as_str().expect("an error").contains("<script>"), "{view:#}");
}

#[test]
fn lists_that_are_not_there_are_told_and_somebody_is_invented() {
    let project = Project::new();
    std::fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    let preview = Preview::start(&project);
    let view = preview.view();
    let erika = json!({"address": "", "name": "Erika Mustermann", "list": "members", "invented": true});
    assert_eq!(view["member"], erika);
    assert!(view["mail"]["shown"].is_object(), "{view:#}");
    assert!(found(&preview, "a")["error"].as_str().expect("an error").contains("members.csv"));
    assert!(preview.plan()["wrong"].as_str().expect("an error").contains("members.csv"));
    project.write("newsletters/lists/members.csv", LIST);
    preview.until("the first member", |view| view["member"]["address"] == "anna@example.org");
    assert_eq!(addresses(&found(&preview, "anna")), ["anna@example.org"]);
}

#[test]
fn a_long_list_is_searched_to_its_end_and_little_of_it_is_shown() {
    let project = Project::new();
    let mut list = LIST.to_owned();
    for number in 1..=30_000 {
        writeln!(list, "Frau;Vorname;Name{number};m{number}@d{}.example.org", number % 500).expect("a string");
    }
    project.write("newsletters/lists/members.csv", list);
    let preview = Preview::start(&project);
    let many = found(&preview, "vorname");
    assert_eq!((addresses(&many).len(), &many["more"]), (20, &json!(true)));
    assert_eq!(addresses(&found(&preview, "name30000")), ["m30000@d0.example.org"]);
    let view = preview.get("view.json?member=m30000@d0.example.org").json();
    assert_eq!(view["member"]["name"], "Vorname Name30000");
    let audience = preview.plan()["shown"]["audience"][0].clone();
    assert!(
        audience.as_str().expect("a sentence").starts_with("30.002 Mitglieder aus der Liste „members“"),
        "{audience}"
    );
}
