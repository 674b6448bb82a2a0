use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;
use tokio_rustls::TlsAcceptor;

use super::*;

const HOST: &str = "mail.example.org";

/// Both ends' settings, with a certificate of their own.
fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
    let (certificate, key) = (made.cert.der().clone(), PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = || Arc::new(aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let server = server.expect("versions").with_no_client_auth();
    let server = server.with_single_cert(vec![certificate.clone()], key.into()).expect("they fit");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a certificate");
    let client = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    (Arc::new(server), Arc::new(client.expect("versions").with_root_certificates(roots).with_no_client_auth()))
}

/// TLS takes all bytes before the socket does: what it still holds when the server stops reading has not arrived.
#[tokio::test]
async fn bytes_that_only_tls_has_taken_have_not_left() {
    let (server, client) = configs();
    let listener = TcpSocket::new_v4().expect("a socket");
    listener.set_recv_buffer_size(4096).expect("a small buffer");
    listener.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port");
    let listener = listener.listen(1).expect("it listens");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        let mut stream = TlsAcceptor::from(server).accept(socket).await.expect("TLS");
        stream.write_all(b"220 x\r\n").await.expect("is greeted");
        let _ = stream.read(&mut [0; 512]).await.expect("EHLO");
        stream.write_all(b"250 x\r\n").await.expect("is answered");
        stream.flush().await.expect("is answered");
        std::future::pending::<()>().await;
    });
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_send_buffer_size(4096).expect("a small buffer");
    let wire = Wire::new(socket.connect(address).await.expect("a connection")).expect("a wire");
    wire.encrypt(client, ServerName::try_from(HOST).expect("a name")).await.expect("TLS");
    let short = Duration::from_millis(200);
    let timeouts = Timeouts { block: short, end: short, ..Timeouts::default() };
    let opened = Conversation::open(wire, &ClientId::default(), HOST.into(), timeouts).await;
    let mut conversation = opened.expect("is greeted").expect("is welcome");
    let mut content = vec![b'x'; 48 * 1024];
    content.extend_from_slice(b"\r\n");
    let unanswered = conversation.content(&[&content], b".\r\n", "").await.expect_err("nobody reads");
    assert!(matches!(unanswered, Unanswered::Incomplete(..)), "{unanswered:?}");
    serving.abort();
}
