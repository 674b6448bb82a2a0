//! The address at which Prometheus reads the figures.
//!
//! Comes in: an address of this computer, and [`Metrics`]. Goes out: `GET /metrics`, and nothing else. It has a thread of its
//! own, so that no reader, however slow, holds up a send; each connection has one answer and a limit, and there are few at
//! once. Ends with the process.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Sleep, sleep};

use super::{CONTENT_TYPE, Metrics};

/// Readers at once; more are turned away.
const MOST: usize = 8;
/// How long one connection lives, however it is used.
const LIMIT: Duration = Duration::from_secs(10);
/// How long another program at the same address is listened to.
const ASK: Duration = Duration::from_secs(1);
/// What stands in the figures of every rundbrief, and the most that is read to find it.
const OURS: &[u8] = b"rundbrief_build_info";
const MOST_READ: u64 = 64 * 1024;

/// An address at which the figures can be read, until this is dropped.
#[derive(Debug)]
pub struct Listening {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Takes the address; when this returns, it answers.
    ///
    /// # Errors
    /// The operating system's: the address is taken, not of this computer, or not allowed.
    pub fn at(address: SocketAddr, metrics: &Metrics) -> io::Result<Listening> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        metrics.offered.store(true, Ordering::Relaxed);
        let (stop, stopped) = oneshot::channel();
        let router = router(metrics.clone());
        let serve = move || {
            runtime.block_on(async {
                let listener = Few { listener, places: Arc::new(Semaphore::new(MOST)) };
                tokio::select! {
                    _ = axum::serve(listener, router).into_future() => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = thread::Builder::new().name("metrics".to_owned()).spawn(serve)?;
        Ok(Listening { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Nothing is left to do for it that could panic.
            let _ = thread.join();
        }
    }
}

fn router(metrics: Metrics) -> Router {
    let figures = move || async move { ([(header::CONTENT_TYPE, CONTENT_TYPE), CLOSE], metrics.text()) };
    let elsewhere = || async { (StatusCode::NOT_FOUND, [CLOSE], "the figures are at /metrics\n") };
    Router::new().route("/metrics", get(figures)).fallback(elsewhere)
}

/// One answer a connection.
const CLOSE: (header::HeaderName, &str) = (header::CONNECTION, "close");

/// Whether another rundbrief offers its figures there already.
pub fn is_offered_at(address: SocketAddr) -> bool {
    let ask = || -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, ASK)?;
        stream.set_read_timeout(Some(ASK))?;
        stream.set_write_timeout(Some(ASK))?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut said = Vec::new();
        stream.take(MOST_READ).read_to_end(&mut said)?;
        Ok(said)
    };
    ask().is_ok_and(|said| memchr::memmem::find(&said, OURS).is_some())
}

/// Takes no more connections than there are places.
struct Few {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl axum::serve::Listener for Few {
    type Io = Limited;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Limited, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    if let Ok(place) = self.places.clone().try_acquire_owned() {
                        return (Limited { stream, until: Box::pin(sleep(LIMIT)), _place: place }, from);
                    }
                }
                // No file descriptor is free, for instance: it must not be asked in a circle.
                Err(_) => sleep(Duration::from_secs(1)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends after [`LIMIT`].
struct Limited {
    stream: tokio::net::TcpStream,
    until: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Limited {
    fn ended(&mut self, context: &mut Context<'_>) -> Option<io::Error> {
        match self.until.as_mut().poll(context) {
            Poll::Ready(()) => Some(io::ErrorKind::TimedOut.into()),
            Poll::Pending => None,
        }
    }
}

impl AsyncRead for Limited {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.ended(context) {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Limited {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.ended(context) {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.ended(context) {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.ended(context) {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_shutdown(context),
        }
    }
}
