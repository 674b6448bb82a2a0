//! A mail server that takes everything and keeps nothing, and a line that is long: what benches send to.
//!
//! `serve PORT COUNTER` takes mails at a port of the loopback; whoever connects to the other port is told how many it took, and
//! in a second line how many of them had a Message-ID that had come before. `delay PORT TARGET MILLISECONDS` passes on what
//! comes to a port, each direction so much later, whatever its size. Both go on until they are ended, for some hours at most.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep_until, timeout};

const END: &[u8] = b"\r\n.\r\n";
const CHUNK: usize = 256 * 1024;
/// Whoever started it is gone by then.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// No header of a bench is longer.
const HEADER: usize = 16 * 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _ = match arguments.first().map(String::as_str) {
        Some("serve") => {
            LocalSet::new().block_on(&runtime, async { timeout(LONGEST, serve(number(1), number(2))).await })
        }
        Some("delay") => {
            let late = Duration::from_millis(number(3).into());
            LocalSet::new().block_on(&runtime, async { timeout(LONGEST, delay(number(1), number(2), late)).await })
        }
        // As `cargo bench` runs it.
        _ => {
            eprintln!("serve PORT COUNTER, or delay PORT TARGET MILLISECONDS; see benches/wire.py");
            return;
        }
    };
}

async fn listen(port: u16) -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free")
}

async fn serve(port: u16, counter: u16) {
    let book = Rc::new(Book::default());
    let (mails, counts) = (listen(port).await, listen(counter).await);
    loop {
        tokio::select! {
            Ok((socket, _)) = mails.accept() => {
                spawn_local(Taker { book: book.clone(), at: Place::Command, rest: Vec::new() }.take(socket));
            }
            Ok((mut socket, _)) = counts.accept() => {
                let _ = socket.write_all(format!("{}\n{}\n", book.taken.get(), book.again.get()).as_bytes()).await;
            }
        }
    }
}

/// What all connections brought.
#[derive(Default)]
struct Book {
    taken: Cell<u64>,
    /// Of these, the mails whose Message-ID had come before.
    again: Cell<u64>,
    /// Digests of the Message-IDs.
    seen: RefCell<HashSet<u64>>,
    hasher: RandomState,
}

impl Book {
    fn note(&self, message_id: &[u8]) {
        if !self.seen.borrow_mut().insert(self.hasher.hash_one(message_id)) {
            self.again.set(self.again.get() + 1);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Command,
    /// In a content whose Message-ID has not come yet.
    Header,
    Body,
}

/// One connection of a sender.
struct Taker {
    book: Rc<Book>,
    at: Place,
    /// What is not understood yet: half a line, or what may be half an end.
    rest: Vec<u8>,
}

impl Taker {
    async fn take(mut self, mut socket: TcpStream) {
        let _ = socket.set_nodelay(true);
        let mut buffer = vec![0; CHUNK];
        let mut says = b"220 sink.example ESMTP\r\n".to_vec();
        loop {
            if !says.is_empty() && socket.write_all(&says).await.is_err() {
                return;
            }
            says.clear();
            match socket.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(read) if self.hear(&buffer[..read], &mut says) => {}
                Ok(_) => {
                    let _ = socket.write_all(&says).await;
                    return;
                }
            }
        }
    }

    /// Understands what came; `false` at the end of the conversation.
    fn hear(&mut self, new: &[u8], says: &mut Vec<u8>) -> bool {
        self.rest.extend_from_slice(new);
        let mut at = 0;
        loop {
            let rest = &self.rest[at..];
            if self.at == Place::Header {
                match message_id(rest) {
                    Some(found) => self.book.note(found),
                    // The rest of it may come.
                    None if rest.len() < HEADER && memmem::find(rest, END).is_none() => break,
                    None => {}
                }
                self.at = Place::Body;
            }
            if self.at == Place::Body {
                let Some(end) = memmem::find(rest, END) else {
                    // All but what may be the beginning of an end.
                    at += rest.len().saturating_sub(END.len() - 1);
                    break;
                };
                at += end + END.len();
                self.at = Place::Command;
                self.book.taken.set(self.book.taken.get() + 1);
                says.extend_from_slice(b"250 2.0.0 taken\r\n");
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let word: Vec<u8> = rest[..end.min(4)].to_ascii_uppercase();
            at += end + 1;
            match &word[..] {
                b"EHLO" => says.extend_from_slice(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
                b"DATA" => {
                    self.at = Place::Header;
                    // A content that begins with its end is empty.
                    at -= 2;
                    says.extend_from_slice(b"354 go on\r\n");
                }
                b"QUIT" => {
                    says.extend_from_slice(b"221 2.0.0 bye\r\n");
                    return false;
                }
                _ => says.extend_from_slice(b"250 2.0.0 fine\r\n"),
            }
        }
        self.rest.drain(..at);
        true
    }
}

/// What follows `Message-ID:`, to the end of its line, once all of it has come.
fn message_id(content: &[u8]) -> Option<&[u8]> {
    let name = memmem::find(content, b"\nMessage-I")? + b"\nMessage-ID:".len();
    let rest = content.get(name..)?;
    Some(&rest[..memchr::memchr(b'\r', rest)?])
}

async fn delay(port: u16, target: u16, late: Duration) {
    let listener = listen(port).await;
    while let Ok((near, _)) = listener.accept().await {
        spawn_local(async move {
            let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else { return };
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            spawn_local(pass_on(near_in, far_out, late));
            pass_on(far_in, near_out, late).await;
        });
    }
}

/// Everything that is read leaves as much later; the line itself takes as much as comes.
async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, late: Duration) {
    let (underway, mut arrivals) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    spawn_local(async move {
        while let Some((at, bytes)) = arrivals.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    });
    let mut buffer = vec![0; CHUNK];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if underway.send((Instant::now() + late, buffer[..read].to_vec())).is_err() {
            return;
        }
    }
}
