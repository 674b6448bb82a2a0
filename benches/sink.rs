//! A mail server that takes everything and keeps nothing, and a line that is long: what benches send to.
//!
//! `serve PORT COUNTER` takes mails at a port of the loopback; whoever connects to the other port is told how many it took.
//! `delay PORT TARGET MILLISECONDS` passes on what comes to a port, each direction so much later, whatever its size. Both go on
//! until they are ended.

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep_until};

const END: &[u8] = b"\r\n.\r\n";
const CHUNK: usize = 256 * 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match arguments.first().map(String::as_str) {
        Some("serve") => LocalSet::new().block_on(&runtime, serve(number(1), number(2))),
        Some("delay") => {
            let late = Duration::from_millis(number(3).into());
            LocalSet::new().block_on(&runtime, delay(number(1), number(2), late));
        }
        // As `cargo bench` runs it.
        _ => eprintln!("serve PORT COUNTER, or delay PORT TARGET MILLISECONDS; see benches/wire.py"),
    }
}

async fn listen(port: u16) -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free")
}

async fn serve(port: u16, counter: u16) {
    let taken = Rc::new(Cell::new(0_u64));
    let (mails, counts) = (listen(port).await, listen(counter).await);
    loop {
        tokio::select! {
            Ok((socket, _)) = mails.accept() => {
                spawn_local(Taker { taken: taken.clone(), in_content: false, rest: Vec::new() }.take(socket));
            }
            Ok((mut socket, _)) = counts.accept() => {
                let _ = socket.write_all(format!("{}\n", taken.get()).as_bytes()).await;
            }
        }
    }
}

/// One connection of a sender.
struct Taker {
    taken: Rc<Cell<u64>>,
    in_content: bool,
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
            if self.in_content {
                let Some(end) = memmem::find(rest, END) else {
                    // All but what may be the beginning of an end.
                    at += rest.len().saturating_sub(END.len() - 1);
                    break;
                };
                at += end + END.len();
                self.in_content = false;
                self.taken.set(self.taken.get() + 1);
                says.extend_from_slice(b"250 2.0.0 taken\r\n");
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let word: Vec<u8> = rest[..end.min(4)].to_ascii_uppercase();
            at += end + 1;
            match &word[..] {
                b"EHLO" => says.extend_from_slice(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
                b"DATA" => {
                    self.in_content = true;
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
