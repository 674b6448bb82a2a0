use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::*;

const REFUSED: &[&str] = &[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.0.9",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

const PERMITTED: &[&str] = &[
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.0.0.1",
    "128.0.0.1",
    "169.253.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "198.17.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "[2606:4700::1111]",
    "[2a00:1450::1]",
    "[64:ff9b::808:808]",
];

#[test]
fn addresses_that_lead_into_a_house_are_refused_and_others_are_not() {
    let client = Client::new(false).expect("a client");
    for host in REFUSED {
        let checked = client.checked(&format!("https://{host}/x"));
        assert!(matches!(checked, Err(HttpError::Private(_))), "{host}: {checked:?}");
    }
    for host in PERMITTED {
        client.checked(&format!("https://{host}/x")).unwrap_or_else(|error| panic!("{host}: {error}"));
    }
}

#[test]
fn other_spellings_of_a_private_address_are_refused_as_well() {
    let client = Client::new(false).expect("a client");
    for host in ["2130706433", "0x7f.1", "017700000001", "127.1", "127.0.0.1.", "①②⑦.0.0.1"] {
        let checked = client.checked(&format!("https://{host}/"));
        assert!(matches!(checked, Err(HttpError::Private(_))), "{host}: {checked:?}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_computer_is_refused_after_it_was_looked_up() {
    let client = Client::new(false).expect("a client");
    let error = client.request(Request::post("https://localhost:1/secret")).await.expect_err("private");
    assert!(matches!(error, HttpError::Private(_)) && !error.to_string().contains("secret"), "{error:?}");
}

#[tokio::test]
async fn plain_http_is_refused_unless_private_addresses_are_permitted() {
    let client = Client::new(false).expect("a client");
    let error = client.request(Request::post("http://example.org/secret")).await.expect_err("no TLS");
    assert!(matches!(error, HttpError::Url(_)) && error.is_forbidden(), "{error:?}");
}

/// A server that answers the first request with these bytes.
fn answering(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/secret", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        let _ = socket.read(&mut [0; 4096]);
        let _ = socket.write_all(&answer);
    });
    url
}

async fn answered(answer: impl Into<Vec<u8>>) -> Result<Reply, HttpError> {
    let url = answering(answer.into());
    Client::new(true).expect("a client").post_form(&url, &[("a", "b")]).await
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let reply = answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(reply.expect("a reply").status, 302);
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_and_as_a_date() {
    let head = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: ";
    let reply = answered(format!("{head}120\r\n\r\n")).await.expect("a reply");
    assert_eq!((reply.status, reply.retry_after), (429, Some(Duration::from_secs(120))));
    let reply = answered(format!("{head}Wed, 21 Oct 2099 07:28:00 GMT\r\n\r\n")).await.expect("a reply");
    assert!(reply.retry_after.is_some_and(|wait| wait > Duration::from_secs(1_000_000)), "{reply:?}");
}

#[tokio::test]
async fn a_limit_on_requests_that_says_when_it_ends_is_a_wait() {
    let head = "Content-Length: 0\r\nConnection: close\r\n";
    for reset in ["RateLimit-Reset: 4102444800", "X-RateLimit-Reset: 2100-01-01T00:00:00.123456Z"] {
        let reply = answered(format!("HTTP/1.1 429 X\r\n{head}{reset}\r\n\r\n")).await.expect("a reply");
        assert!(reply.retry_after.is_some_and(|wait| wait > Duration::from_secs(1_000_000)), "{reset}: {reply:?}");
        let reply = answered(format!("HTTP/1.1 200 OK\r\n{head}{reset}\r\n\r\n")).await.expect("a reply");
        assert_eq!(reply.retry_after, None, "{reset}: nothing was refused");
    }
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_an_error() {
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", BODY_MAX + 1).into_bytes();
    answer.resize(answer.len() + BODY_MAX + 1, b'x');
    assert!(matches!(answered(answer).await, Err(HttpError::TooLarge(_))));
}

#[tokio::test]
async fn errors_show_no_url_and_say_whether_the_request_may_have_arrived() {
    let cut = answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await.expect_err("cut off");
    assert!(cut.may_have_arrived() && !format!("{cut} {cut:?}").contains("secret"), "{cut:?}");
    let client = Client::new(true).expect("a client");
    let closed = client.post_form("http://127.0.0.1:1/secret", &[]).await.expect_err("nobody there");
    assert!(!closed.may_have_arrived() && !format!("{closed} {closed:?}").contains("secret"), "{closed:?}");
}
