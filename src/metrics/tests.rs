//! What is offered, by name and help text; and how the listener treats its readers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::*;

/// The lines of a kind, in order of their names.
fn sorted(text: &str, is: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<&str> = text.lines().filter(|line| is(line)).collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("is set");
    stream.write_all(request.as_bytes()).expect("is asked");
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("is answered");
    said
}

#[test]
fn what_is_offered() {
    let metrics = Metrics::default();
    let meter = metrics.channel("email");
    meter.sent.inc();
    meter.paced(1_500);
    let standing = metrics.post("herbst");
    standing.show("email", "pending", 3);
    let text = metrics.text();
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let comments = sorted(&text, |line| line.starts_with('#'));
    let series = sorted(&text, |line| !line.starts_with('#') && !line.contains("_bucket"));
    insta::assert_snapshot!(format!("{comments}\n\n{series}"));
}

#[test]
fn a_post_that_is_done_is_not_shown_any_more_and_what_was_counted_stays() {
    let metrics = Metrics::default();
    metrics.channel("email").sent.inc();
    let standing = metrics.post("herbst");
    standing.show("email", "sent", 1);
    assert!(metrics.text().contains("rundbrief_deliveries{post=\"herbst\",channel=\"email\",state=\"sent\"} 1"));
    drop(standing);
    assert!(!metrics.text().contains("herbst"), "{}", metrics.text());
    assert!(metrics.text().contains("rundbrief_outcomes_total{channel=\"email\",outcome=\"sent\"} 1"));
}

#[test]
fn a_connection_is_counted_once_whatever_ends_it() {
    let metrics = Metrics::default();
    let meter = metrics.channel("email");
    let open = |number: u32| {
        let line = format!("rundbrief_connections_open{{channel=\"email\"}} {number}\n");
        assert!(metrics.text().contains(&line), "{line} is not in\n{}", metrics.text());
    };
    let counted = Counted::new(&meter);
    open(0);
    counted.set(true);
    counted.set(true);
    open(1);
    counted.set(false);
    counted.set(true);
    open(1);
    drop(counted);
    open(0);
}

#[test]
fn the_figures_are_at_one_place_and_nothing_else_is() {
    let (metrics, address) = (Metrics::default(), free());
    assert!(!metrics.is_offered() && !is_offered_at(address));
    let listening = Listening::at(address, &metrics).expect("listens");
    assert!(metrics.is_offered() && is_offered_at(address));
    let said = ask(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(said.starts_with("HTTP/1.1 200 OK") && said.contains("text/plain; version=0.0.4"), "{said}");
    assert!(said.contains("rundbrief_build_info{version="), "{said}");
    assert!(ask(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
    assert!(
        ask(address, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .contains(" 405 ")
    );
    assert!(ask(address, "nonsense\r\n\r\n").contains(" 400 "));
    drop(listening);
    TcpStream::connect(address).expect_err("it has ended");
}

#[test]
fn silent_readers_are_few_and_do_not_keep_their_places() {
    let (metrics, address) = (Metrics::default(), free());
    let _listening = Listening::at(address, &metrics).expect("listens");
    let mut silent: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(address).expect("connects")).collect();
    // Whoever comes now is turned away at once: closed, or torn down.
    let mut turned_away = TcpStream::connect(address).expect("connects");
    turned_away.set_read_timeout(Some(Duration::from_secs(5))).expect("is set");
    let said = turned_away.read(&mut [0; 1]);
    assert!(
        said.as_ref().is_ok_and(|read| *read == 0)
            || said.is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock)
    );
    // One that sends its request letter by letter is ended all the same.
    let slow = &mut silent[0];
    slow.set_read_timeout(Some(Duration::from_secs(15))).expect("is set");
    slow.write_all(b"GET /me").expect("is written");
    assert!(matches!(slow.read(&mut [0; 1]), Ok(0)), "it is closed within its limit");
    assert!(ask(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").contains(" 200 "), "others get in again");
}

#[test]
fn another_program_at_the_address_is_not_taken_for_this_one() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    assert!(!is_offered_at(address), "it is silent");
    Listening::at(address, &Metrics::default()).expect_err("is taken");
}
