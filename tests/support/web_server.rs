//! A website of the test, on a port of its own: it answers as the test says and keeps what it was asked.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Lives as long as the test's process.
pub struct WebServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub body: String,
}

/// What is answered, and how late.
#[derive(Debug, Clone)]
pub struct Page {
    status: u16,
    headers: String,
    body: String,
    late: Duration,
}

impl Page {
    pub fn status(status: u16) -> Page {
        Page { status, headers: String::new(), body: String::new(), late: Duration::ZERO }
    }

    pub fn text(body: &str) -> Page {
        Page { body: body.to_owned(), ..Page::status(200) }
    }

    pub fn to(location: &str) -> Page {
        Page { headers: format!("Location: {location}\r\n"), ..Page::status(302) }
    }

    pub fn late(self, late: Duration) -> Page {
        Page { late, ..self }
    }
}

impl WebServer {
    pub fn start(answer: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> WebServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (notes, answer) = (asked.clone(), Arc::new(answer));
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (notes, answer) = (notes.clone(), answer.clone());
                thread::spawn(move || serve(socket, &notes, &*answer));
            }
        });
        WebServer { address, asked }
    }

    /// The same page whatever is asked.
    pub fn always(page: Page) -> WebServer {
        WebServer::start(move |_| page.clone())
    }

    /// `http://127.0.0.1:…` and a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

fn serve(mut socket: TcpStream, notes: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Page) {
    let Some(asked) = request(&mut socket) else { return };
    notes.lock().expect("not poisoned").push(asked.clone());
    let page = answer(&asked);
    thread::sleep(page.late);
    let body = if asked.method == "HEAD" { "" } else { &page.body };
    let (status, headers, length) = (page.status, page.headers, page.body.len());
    let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = socket.write_all((head + body).as_bytes());
}

fn request(socket: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = |line: &str| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok();
            if body.len() >= head.lines().find_map(length).unwrap_or(0) {
                let mut words = head.split(' ');
                let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
                return Some(Asked { method, path, body: body.to_owned() });
            }
        }
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
