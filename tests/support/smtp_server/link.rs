//! The server's end of a connection, plain or under TLS.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub enum Link {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Link {
    pub async fn encrypt(self, config: Arc<ServerConfig>) -> io::Result<Link> {
        let Link::Plain(socket) = self else { return Err(io::ErrorKind::InvalidInput.into()) };
        Ok(Link::Tls(Box::new(TlsAcceptor::from(config).accept(socket).await?)))
    }

    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Link::Tls(_))
    }

    /// Lets the connection end with RST.
    pub fn end_with_reset(&self) {
        let socket = match self {
            Link::Plain(socket) => socket,
            Link::Tls(stream) => stream.get_ref().0,
        };
        socket.set_zero_linger().expect("linger can be set");
    }
}

impl AsyncRead for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Link::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Link::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Link::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Link::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Link::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Link::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Link::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Link::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
