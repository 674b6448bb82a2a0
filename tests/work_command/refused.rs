//! What a worker leaves alone, and what no worker can start with.

use std::thread::sleep;

use serde_json::json;

use super::postgres::address;
use super::project::Project;
use super::scene::{Office, SOON, Worker, config, private};
use super::sending::{Sent, rundbrief};

const SOCIAL: &str =
    "\n[channels.social]\nkind = \"mastodon\"\nurl = \"https://social.example\"\ntoken = \"file:token\"\n";

/// A machine whose configuration is not that of the office.
fn other(office: &Office, change: impl FnOnce(String) -> String) -> Project {
    let machine = office.machine();
    machine.write("token", "geheim\n");
    private(&machine, "token");
    let config = machine.read("config.toml");
    let changed = change(config.clone());
    assert_ne!(changed, config);
    machine.write("config.toml", changed);
    machine
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn who_would_send_otherwise_leaves_it_alone_and_says_once_what_to_do() {
    let office = Office::new("otherwise", 4);
    office.project.write("token", "geheim\n");
    private(&office.project, "token");
    office.configure(|config| config + SOCIAL);
    office.begin();
    let connections = format!("port = {}", office.mail.port());
    let machines = [
        ("[sender] differs", other(&office, |config| config.replace("\nfrom = \"", "\nfrom = \"Neuer "))),
        ("[email.smtp] differs", other(&office, |config| config.replace(&connections, "port = 9"))),
        ("[email.smtp] differs", other(&office, |config| config.replace("per_minute = 0", "per_minute = 60"))),
        (
            "[channels.social] differs",
            other(&office, |config| config.replace("https://social.example", "https://other.example")),
        ),
        ("[channels.social] differs", other(&office, |config| config.replace(SOCIAL, ""))),
        ("[email.retry] differs", other(&office, |config| config + "\n[email.retry]\nfirst = \"7m\"\n")),
    ];
    let workers: Vec<_> = machines.into_iter().map(|(reason, machine)| (reason, Worker::start(machine, &[]))).collect();
    for (reason, worker) in &workers {
        worker.says(&format!("{reason} from the machine that released it"));
    }
    sleep(SOON);
    for (reason, worker) in workers {
        assert_eq!(worker.times_said("left to others"), 1, "{}", worker.said());
        let said = worker.end();
        assert!(said.contains("warning: kurz is left to others"), "{reason}: {said}");
        assert!(said.contains("= help: copy config.toml of the machine that released it"), "{reason}: {said}");
        assert!(said.contains("This worker has ended; it had nothing to do."), "{reason}: {said}");
    }
    assert_eq!(office.mail.accepted_count(), 0);

    // Where a file lies is each machine's own.
    let machine =
        other(&office, |config| config.replace("file:token", "env:SOCIAL_TOKEN").replace("members.csv", "none.csv"));
    let worker = Worker::start_with(machine, &[], &[("SOCIAL_TOKEN", "geheim")]);
    office.all_have_it(4);
    worker.end();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn another_version_and_another_key_leave_it_alone() {
    let office = Office::new("version", 2);
    office.begin();
    let terms = office.terms();
    let mut newer = terms.clone();
    newer["version"] = json!("99.1.0");
    office.set_terms(&newer);
    let worker = office.worker();
    worker.says("it was released by rundbrief 99.1.0, and this is");
    worker.says("= help: install the same version on every machine");
    sleep(SOON);
    assert_eq!((worker.times_said("left to others"), office.mail.accepted_count()), (1, 0));
    office.set_terms(&terms);
    office.all_have_it(2);
    worker.end();

    let office = Office::new("key", 2);
    office.begin();
    let machine = office.machine();
    let key = machine.read("rundbrief.key");
    let at = key.find(|c: char| c.is_ascii_alphanumeric()).expect("has some");
    let mut bytes = key.into_bytes();
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    machine.write("rundbrief.key", bytes);
    private(&machine, "rundbrief.key");
    let worker = Worker::start(machine, &[]);
    worker.says("it was released with another site key than this machine has");
    worker.says("= help: copy the site key of the machine that released it");
    assert_eq!(office.mail.accepted_count(), 0);
    worker.end();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn doctor_tells_whether_a_worker_can_begin_without_asking_for_its_lists() {
    let office = Office::new("doctor", 2);
    office.begin();
    let machine = office.machine();
    let look = |machine: &Project, code: i32, arguments: &[&str]| {
        let all = [&["doctor", "--offline"], arguments].concat();
        Sent::of(rundbrief(machine, &all).output().expect("it runs")).code(code).said
    };
    let said = look(&machine, 0, &["--worker"]);
    assert!(said.contains("  worker          it can join in what other machines begin"), "{said}");
    assert!(said.contains("1 send in it") && !said.contains("  lists  "), "{said}");
    assert!(look(&machine, 66, &[]).contains("  lists  "), "the office needs them");

    std::fs::remove_file(machine.path("rundbrief.key")).expect("is removed");
    let said = look(&machine, 78, &["--worker"]);
    assert!(said.contains("the site key is not here") && said.matches("error ").count() == 1, "{said}");
    assert!(look(&machine, 78, &[]).contains("restore the key from a backup"), "in the office it is lost");
}

#[track_caller]
fn refused(project: &Project) -> String {
    let ran = Sent::of(rundbrief(project, &["work"]).output().expect("it runs")).code(78);
    let (message, help) = ran.said.trim().split_once("= help: ").expect("what to do");
    let message = message.lines().next().expect("a line").trim_start_matches("error: ");
    let looked = Sent::of(rundbrief(project, &["doctor", "--worker", "--offline"]).output().expect("it runs")).code(78);
    assert!(looked.said.contains(message) && looked.said.contains(help), "{message}\n{help}\n{}", looked.said);
    ran.said.trim().replace(&project.path("").display().to_string(), "")
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn what_no_worker_can_use_is_said_at_once() {
    let address = address("unfit");
    let empty = Project::empty();
    let mut said = vec![refused(&empty)];
    for change in [
        |config: String| {
            let (before, rest) = config.split_once("postgres://").expect("is there");
            format!("{before}sqlite:rundbrief.db\"{}", rest.split_once('"').expect("ends").1)
        },
        |config: String| config.replace("transport = \"smtp\"", "transport = \"outbox\""),
        |config: String| config,
        |config: String| {
            config.replace("security = \"none\"", "security = \"none\"\nusername = \"a\"\npassword = \"geheim\"")
        },
    ] {
        let machine = Project::empty();
        machine.write("config.toml", change(config(9, &address)));
        said.push(refused(&machine));
    }
    let said = said.join("\n----\n");
    assert!(!said.contains("geheim"), "{said}");
    insta::assert_snapshot!(said.replace(address.split('=').next_back().expect("a schema"), "SCHEMA"));
}
