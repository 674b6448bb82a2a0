//! Many tabs, many connections, a port that is taken, Ctrl-C.

use std::net::{TcpListener, TcpStream};
use std::thread;

use super::browsing::{Preview, answer_of, command};
use super::project::Project;

#[test]
fn many_connections_at_once_are_answered() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let silent: Vec<TcpStream> = (0..200).map(|_| preview.connect()).collect();
    let path = |number: usize| match number % 4 {
        0 => "view.json?member=",
        1 => "mail?images=true",
        2 => "plan.json",
        _ => "members?q=a",
    };
    thread::scope(|scope| {
        let (preview, path) = (&preview, &path);
        let asked: Vec<_> = (0..60).map(|number| scope.spawn(move || preview.get(path(number)))).collect();
        for (number, asked) in asked.into_iter().enumerate() {
            let answer = asked.join().expect("is answered");
            assert_eq!(answer.status, 200, "{}: {answer:?}", path(number));
        }
    });
    drop(silent);
    assert_eq!(preview.get("version").status, 200);
}

#[test]
fn requests_that_break_off_or_make_no_sense_harm_nobody() {
    let project = Project::new();
    let preview = Preview::start(&project);
    for _ in 0..50 {
        let mut stream = preview.connect();
        std::io::Write::write_all(&mut stream, b"GET /").expect("is sent");
    }
    for request in ["NONSENSE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET http:// HTTP/1.1\r\nConnection: close\r\n\r\n"] {
        assert!(answer_of(preview.connect(), request).status >= 400, "{request:?}");
    }
    assert_eq!(preview.view()["title"], "Kurz berichtet");
}

#[test]
fn a_port_in_use_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let project = Project::new();
    let ran = project.run(&["preview", "kurz", "--port", &port]).code(64);
    let ran = ran.says(&format!("port {port} of this computer cannot be used for the preview: another program has it"));
    ran.says("= help: choose another one with --port");
}

#[test]
fn the_port_that_is_wanted_is_used_and_each_preview_has_a_token_of_its_own() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let project = Project::new();
    let first = Preview::start_with(&project, &["kurz", "--port", &free.to_string()], |_| ());
    let second = Preview::start(&project);
    assert_eq!(first.port, free);
    assert_ne!(first.token, second.token);
    assert_eq!(second.ask("GET", &format!("/{}/", first.token), &[], "").status, 404);
}

#[test]
fn ctrl_c_ends_it_even_while_a_long_list_is_counted() {
    let project = Project::new();
    let rows: String = (1..=60_000).map(|number| format!("Vorname;Name;m{number}@example.org\n")).collect();
    project.write("newsletters/lists/members.csv", format!("Vorname;Nachname;E-Mail\n{rows}"));
    let preview = Preview::start(&project);
    let port = preview.port;
    // Asked for, and not waited for.
    let mut stream = preview.connect();
    let request = format!("GET /{}/plan.json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n", preview.token);
    std::io::Write::write_all(&mut stream, request.as_bytes()).expect("is sent");
    thread::sleep(std::time::Duration::from_millis(200));
    let began = std::time::Instant::now();
    assert_eq!(preview.end().code(), Some(0));
    assert!(began.elapsed().as_secs() < 3, "it waited for the count: {:?}", began.elapsed());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is free");
    assert!(!project.has_record() && !project.path("rundbrief.key").exists(), "looking leaves no trace");
}

#[test]
fn programs_read_the_address_as_one_document() {
    use std::io::Read;
    let project = Project::new();
    let mut child = command(&project, &["kurz", "--format", "json"]).spawn().expect("it starts");
    let (mut text, mut byte) = (String::new(), [0]);
    let mut stdout = child.stdout.take().expect("is piped");
    while !text.contains('}') && stdout.read(&mut byte).expect("can be read") == 1 {
        text.push(char::from(byte[0]));
    }
    child.kill().expect("ends");
    child.wait().expect("ended");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(document["url"].as_str().expect("an address").starts_with("http://127.0.0.1:"), "{document}");
}
