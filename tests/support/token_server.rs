//! What hands out access tokens, on a port of its own: it answers as the test says and counts.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Lives as long as the test's process.
pub struct TokenServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TokenServer {
    /// `answer` gets the request's number, from 1, and gives status and body.
    pub fn start(answer: impl Fn(usize) -> (u16, String) + Send + 'static) -> TokenServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = requests.clone();
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (number, socket) = {
                    let mut record = record.lock().expect("not poisoned");
                    let (body, socket) = request(socket);
                    record.push(body);
                    (record.len(), socket)
                };
                respond(socket, answer(number));
            }
        });
        TokenServer { address, requests }
    }

    /// Gives `token-1`, `token-2` … that last so many seconds.
    pub fn granting(seconds: u64) -> TokenServer {
        TokenServer::start(move |number| {
            (200, format!("{{\"access_token\":\"token-{number}\",\"token_type\":\"Bearer\",\"expires_in\":{seconds}}}"))
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}/tenant/token", self.address)
    }

    /// The bodies of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("not poisoned").clone()
    }
}

fn request(mut socket: TcpStream) -> (String, TcpStream) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return (body.to_owned(), socket);
            }
        }
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => return (text, socket),
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

fn respond(mut socket: TcpStream, (status, body): (u16, String)) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = socket.write_all((head + &body).as_bytes());
}
