//! The socket under a conversation: plain first, then under TLS, with one handle for lettre and one for us.
//!
//! lettre reads the answers; commands and contents are written through either handle. What lettre cannot do is here:
//! no delay for small packets, TLS with our own settings on a connection that is open already, and knowing whether
//! everything that was written has left this process, and whether the server said something that nobody has read. For the
//! last, a read gives one line at the most: whoever buffers above holds no answer back.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use memchr::memchr;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Several answers fit (RFC 5321, section 4.5.3.1.5: a line has 512 bytes at the most).
const READ_AHEAD: usize = 4096;

/// The longest answer, in bytes; what is longer comes from no mail server, and may have no end.
const ANSWER_MAX: usize = 64 * 1024;

/// A connection to a mail server. Clones are handles of the same one; it closes with the last.
#[derive(Debug, Clone)]
pub struct Wire {
    ends: Arc<Mutex<Ends>>,
    pub peer: SocketAddr,
    pub local: SocketAddr,
}

/// The link, and what it brought that nobody has asked for yet.
#[derive(Debug)]
struct Ends {
    link: Link,
    ahead: Vec<u8>,
    /// How much of it has been read.
    read: usize,
    answer: Answer,
}

/// How far the answer has been read that is read at the moment.
#[derive(Debug, Default)]
struct Answer {
    bytes: usize,
    /// Of its line.
    column: usize,
    /// Whether its line says that another follows (RFC 5321, section 4.2.1).
    goes_on: bool,
}

#[derive(Debug)]
enum Link {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// A handshake failed or is going on.
    Gone,
}

impl Wire {
    /// # Errors
    /// The operating system's, where the socket died already.
    pub fn new(socket: TcpStream) -> io::Result<Wire> {
        socket.set_nodelay(true)?;
        let (peer, local) = (socket.peer_addr()?, socket.local_addr()?);
        let ends = Ends { link: Link::Plain(socket), ahead: Vec::new(), read: 0, answer: Answer::default() };
        Ok(Wire { ends: Arc::new(Mutex::new(ends)), peer, local })
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_encrypted(&self) -> bool {
        matches!(self.ends().link, Link::Tls(_))
    }

    /// Puts TLS on the connection, and forgets what was said before it. After an error the connection is of no use.
    ///
    /// # Errors
    /// What the handshake said; a certificate that does not fit is a `rustls::Error` inside.
    pub async fn encrypt(&self, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<()> {
        let before = {
            let mut ends = self.ends();
            (ends.ahead, ends.read, ends.answer) = (Vec::new(), 0, Answer::default());
            std::mem::replace(&mut ends.link, Link::Gone)
        };
        let Link::Plain(socket) = before else {
            return Err(io::Error::other("the connection is encrypted already"));
        };
        let stream = TlsConnector::from(config).connect(name, socket).await?;
        self.ends().link = Link::Tls(Box::new(stream));
        Ok(())
    }

    /// Whether bytes that were written are still in this process: what ends with them has not arrived anywhere.
    pub fn holds_back(&self) -> bool {
        match &self.ends().link {
            Link::Plain(_) => false,
            Link::Tls(stream) => stream.get_ref().1.wants_write(),
            Link::Gone => true,
        }
    }

    /// Whether the server said something unasked, or closed the connection. Only for a connection that is not waiting
    /// for an answer.
    pub fn has_news(&self) -> bool {
        let mut ends = self.ends();
        ends.has_unread() || ends.poll_fill(&mut Context::from_waker(Waker::noop())).is_ready()
    }
}

impl Ends {
    fn has_unread(&self) -> bool {
        self.read < self.ahead.len()
    }

    /// Reads what has come, when all that came before has been read; nothing at the end of the stream.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.read = 0;
        self.ahead.resize(READ_AHEAD, 0);
        let mut buffer = ReadBuf::new(&mut self.ahead);
        let polled = match &mut self.link {
            Link::Plain(socket) => Pin::new(socket).poll_read(cx, &mut buffer),
            Link::Tls(stream) => Pin::new(stream).poll_read(cx, &mut buffer),
            Link::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        };
        let filled = buffer.filled().len();
        self.ahead.truncate(filled);
        polled
    }
}

impl Answer {
    /// One piece more, of one line at the most.
    ///
    /// # Errors
    /// The answer is too long.
    fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        if let Some(mark) = 3_usize.checked_sub(self.column).and_then(|at| piece.get(at)) {
            self.goes_on = *mark == b'-';
        }
        self.bytes += piece.len();
        self.column += piece.len();
        if self.bytes > ANSWER_MAX {
            return Err(io::Error::other(format!("its answer is longer than {} kB", ANSWER_MAX / 1024)));
        }
        if piece.ends_with(b"\n") {
            *self = Answer { bytes: if self.goes_on { self.bytes } else { 0 }, ..Answer::default() };
        }
        Ok(())
    }
}

impl AsyncRead for Wire {
    /// Reads to the end of a line at the most, and of an answer that is too long no more; what is not UTF-8 becomes `?`, because some servers answer in Latin-1 and
    /// lettre takes that for a broken connection.
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut ends = self.ends();
        if !ends.has_unread() {
            ready!(ends.poll_fill(cx))?;
        }
        let unread = &ends.ahead[ends.read..];
        let line = memchr(b'\n', unread).map_or(unread.len(), |end| end + 1).min(buffer.remaining());
        let before = buffer.filled().len();
        buffer.put_slice(&unread[..line]);
        ends.read += line;
        ends.answer.add(&buffer.filled()[before..])?;
        let new = &mut buffer.filled_mut()[before..];
        if std::str::from_utf8(new).is_err() {
            new.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.ends().link {
            Link::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Link::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
            Link::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.ends().link {
            Link::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, slices),
            Link::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Link::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.ends().link {
            Link::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Link::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Link::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.ends().link {
            Link::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Link::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Link::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_with_the_line_that_says_so_and_is_not_endless() {
        let mut answer = Answer::default();
        for _ in 0..10_000 {
            for piece in [&b"250-one\r\n"[..], b"25", b"0-", b"two\r\n", b"250", b" three\r\n", b"250\r\n"] {
                answer.add(piece).expect("many answers, none of them long");
            }
        }
        let endless = |line: &[u8]| {
            let mut answer = Answer::default();
            (0..=ANSWER_MAX).find_map(|_| answer.add(line).err()).map(|error| error.to_string())
        };
        for line in [&b"2222"[..], b"250-and\r\n", b"x"] {
            assert_eq!(endless(line).as_deref(), Some("its answer is longer than 64 kB"));
        }
    }
}
