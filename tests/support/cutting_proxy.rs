//! A way to the database that can lose the answer to a `COMMIT`: the database does it, and nobody hears.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Ends with the test's runtime.
pub struct Proxy {
    pub port: u16,
    cut: Arc<AtomicBool>,
}

impl Proxy {
    /// To a server on a port of this machine.
    pub async fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("has one").port();
        let cut = Arc::new(AtomicBool::new(false));
        let armed = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&armed)));
            }
        });
        Proxy { port, cut }
    }

    /// The answer to the next `COMMIT` is lost, with its connection.
    pub fn lose_the_next_commit(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// Whether that has happened.
    pub fn has_lost_one(&self) -> bool {
        !self.cut.load(Ordering::SeqCst)
    }
}

async fn pass(mut client: TcpStream, server: u16, cut: Arc<AtomicBool>) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.expect("connects");
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                if server.write_all(&asked[..length]).await.is_err() {
                    return;
                }
                let is_commit = asked[..length].windows(6).any(|word| word == b"COMMIT");
                if is_commit && cut.swap(false, Ordering::SeqCst) {
                    // Until the database has answered, so that it is done.
                    let _ = server.read(&mut answered).await;
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if client.write_all(&answered[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
