use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const MAX: usize = 100_000;
const TIME: Duration = Duration::from_secs(5);

/// A server that gives each connection the next answer, and the last one again and again.
fn answering(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for at in 0.. {
            let Ok((mut socket, _)) = listener.accept() else { return };
            let _ = socket.read(&mut [0; 4096]);
            let _ = socket.write_all(answers.get(at).or(answers.last()).expect("an answer"));
        }
    });
    url
}

fn page(head: &str, body: &[u8]) -> Vec<u8> {
    let answer = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [answer.as_bytes(), body].concat()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn fetched(answers: Vec<Vec<u8>>) -> Result<Fetched, HttpError> {
    Client::new(true).expect("a client").fetch(&answering(answers), MAX, TIME).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

#[tokio::test]
async fn five_redirects_are_followed_and_the_last_address_is_told() {
    let mut answers = vec![redirect("/next"); 5];
    answers.push(page("Content-Type: text/HTML; charset=\"ISO-8859-1\"\r\n", b"<p>x"));
    let page = fetched(answers).await.expect("a page");
    assert!(page.url.ends_with("/next"), "{}", page.url);
    assert_eq!((page.media_type.as_deref(), page.charset.as_deref()), (Some("text/html"), Some("ISO-8859-1")));
    let error = fetched(vec![redirect("/again")]).await.expect_err("a circle").to_string();
    assert!(error.contains("redirects more than 5 times"), "{error}");
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused() {
    // A client of the public network, whose first hop was checked already.
    let open = Client::new(true).expect("a client");
    let client = Client { inner: open.inner, allow_private: false, allow_plain: false };
    for to in ["https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/"] {
        let url = Url::parse(&answering(vec![redirect(to)])).expect("a URL");
        let error = client.load(url, MAX, TIME).await.expect_err("private");
        assert!(matches!(error, HttpError::Private(_)), "{to}: {error:?}");
    }
    let url = Url::parse(&answering(vec![redirect("http://example.org/")])).expect("a URL");
    let error = client.load(url, MAX, TIME).await.expect_err("no TLS").to_string();
    assert!(error.contains("it leads to an address that does not begin with https://"), "{error}");
    let url = Url::parse(&answering(vec![redirect("file:///etc/passwd")])).expect("a URL");
    assert!(client.load(url, MAX, TIME).await.is_err(), "a file");
}

#[tokio::test]
async fn a_redirect_with_letters_that_no_header_has_is_followed() {
    let fetched = fetched(vec![redirect("/rückblick"), page("", b"da")]).await.expect("a page");
    assert!(fetched.url.ends_with("/r%C3%BCckblick"), "{}", fetched.url);
}

#[tokio::test]
async fn a_password_in_the_address_is_not_given_back() {
    let url = answering(vec![page("", b"x")]).replace("http://", "http://anna:secret@");
    let page = Client::new(true).expect("a client").fetch(&url, MAX, TIME).await.expect("a page");
    assert!(page.url.starts_with("http://127.0.0.1:") && !page.url.contains("secret"), "{}", page.url);
}

#[tokio::test]
async fn an_endless_page_ends_at_the_limit() {
    let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    answer.resize(MAX * 3, b'x');
    assert!(matches!(fetched(vec![answer]).await, Err(HttpError::TooLarge(_))));
}

#[tokio::test]
async fn a_page_that_comes_too_slowly_ends_at_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        let _ = socket.read(&mut [0; 4096]);
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while socket.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let client = Client::new(true).expect("a client");
    let error = client.fetch(&url, MAX, Duration::from_millis(300)).await.expect_err("too slow").to_string();
    assert!(error.contains("took too long"), "{error}");
}

#[tokio::test]
async fn compression_that_nobody_asked_for_is_read_within_the_limit() {
    let small = fetched(vec![page("Content-Encoding: gzip\r\n", &gzip(b"<p>Text"))]).await.expect("a page");
    assert_eq!(small.body, b"<p>Text");
    let bomb = gzip(&vec![b' '; 50 * MAX]);
    assert!(bomb.len() < MAX);
    assert!(matches!(fetched(vec![page("Content-Encoding: gzip\r\n", &bomb)]).await, Err(HttpError::TooLarge(_))));
    let error = fetched(vec![page("Content-Encoding: br\r\n", b"xx")]).await.expect_err("brotli").to_string();
    assert!(error.contains("compressed the page with br"), "{error}");
    assert!(fetched(vec![page("Content-Encoding: gzip\r\n", b"no gzip")]).await.is_err());
}
