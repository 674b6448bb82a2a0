//! Commands and answers, one after the other, each within its time (RFC 5321, section 4.1).
//!
//! The only file that writes to a mail server and reads from it. Comes in: a command line or a content. Goes out: the
//! [`Reply`], or why there is none. What an answer means is decided elsewhere.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::Error;
#[allow(deprecated, reason = "lettre has no other way to drop what it has read ahead, which RFC 3207 demands")]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{ClientId, ServerInfo};
use lettre::transport::smtp::response::Response;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::failure::Lost;
use super::reply::Reply;
use super::timeouts::Timeouts;
use super::wire::Wire;

/// How long a server that stopped reading is asked for its last words.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// An open connection that has been greeted.
pub struct Conversation {
    lettre: AsyncSmtpConnection,
    wire: Wire,
    /// What the server offers, as of the last EHLO.
    pub offers: ServerInfo,
    /// Whether it is given several commands at once (RFC 2920): it offers that, and has not lost one of them.
    pub pipelines: bool,
    pub timeouts: Timeouts,
    /// `host:port`, for messages.
    pub place: Arc<str>,
}

/// The content was not answered.
#[derive(Debug)]
pub enum Unanswered {
    /// Its end did not leave this computer, so nobody took it. The server may have said why.
    Incomplete(Lost, Option<Reply>),
    /// All of it left.
    Complete(Lost),
}

impl Conversation {
    /// Waits for the greeting and says EHLO. The outer error is a lost connection, the inner one a refusal.
    pub async fn open(
        wire: Wire,
        hello: &ClientId,
        place: Arc<str>,
        timeouts: Timeouts,
    ) -> Result<Result<Conversation, Reply>, Lost> {
        let opening = AsyncSmtpConnection::connect_with_transport(Box::new(wire.clone()), hello);
        let Ok(opened) = timeout(timeouts.greeting, opening).await else {
            return Err(Lost(format!("{place} did not greet us within {}", spoken(timeouts.greeting))));
        };
        match opened {
            Ok(lettre) => {
                let offers = lettre.server_info().clone();
                Ok(Ok(Conversation { lettre, wire, offers, pipelines: false, timeouts, place }))
            }
            Err(error) => Reply::negative(&error).map(Err).ok_or_else(|| lost(&place, &error)),
        }
    }

    pub const fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Says EHLO again, as RFC 3207, section 4.2, demands after STARTTLS. What was read before TLS is forgotten, so that
    /// nobody between us can smuggle in an answer.
    pub async fn hello_again(&mut self, hello: &ClientId) -> Result<Result<(), Reply>, Lost> {
        #[allow(deprecated, reason = "as above")]
        self.lettre.set_stream(AsyncNetworkStream::use_existing_tokio1(Box::new(self.wire.clone())));
        self.learn(hello).await
    }

    /// Says EHLO on a connection that has been greeted, and learns all that the server offers: of a first EHLO lettre keeps
    /// only the extensions that it knows, and PIPELINING is not among them.
    pub async fn learn(&mut self, hello: &ClientId) -> Result<Result<(), Reply>, Lost> {
        let limit = self.timeouts.greeting;
        match self.exchange(&format!("EHLO {hello}"), limit).await? {
            Ok(response) => {
                self.offers = ServerInfo::from_response(&response).map_err(|error| lost(&self.place, &error))?;
                self.pipelines = response.message().skip(1).any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
                Ok(Ok(()))
            }
            Err(reply) => Ok(Err(reply)),
        }
    }

    /// Says EHLO once more and gives the extensions as the server lists them, one a line; [`ServerInfo`] keeps only
    /// those it knows, and PIPELINING and SIZE are not among them.
    pub async fn extensions(&mut self, hello: &ClientId) -> Result<Result<Vec<String>, Reply>, Lost> {
        let limit = self.timeouts.greeting;
        let answered = self.exchange(&format!("EHLO {hello}"), limit).await?;
        Ok(answered.map(|response| response.message().skip(1).map(ToOwned::to_owned).collect()))
    }

    /// One command, without its line end, and its answer, whatever it says.
    pub async fn command(&mut self, line: &str, limit: Duration) -> Result<Reply, Lost> {
        match self.exchange(line, limit).await? {
            Ok(response) => Ok(Reply::positive(&response)),
            Err(reply) => Ok(reply),
        }
    }

    /// Several commands, with a line end between them, in one write (RFC 2920, section 3.1), and the answer to the first. The
    /// others are waited for with [`Conversation::next`], each in its turn.
    pub async fn commands(&mut self, lines: &str, limit: Duration) -> Result<Reply, Lost> {
        match self.exchange(lines, limit).await? {
            Ok(response) => Ok(Reply::positive(&response)),
            Err(reply) => Ok(reply),
        }
    }

    /// The answer to the next of several commands.
    pub async fn next(&mut self, limit: Duration) -> Result<Reply, Lost> {
        self.answer(limit).await
    }

    async fn exchange(&mut self, line: &str, limit: Duration) -> Result<Result<Response, Reply>, Lost> {
        debug_assert!(line.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "a command is one line");
        let answered = timeout(limit, self.lettre.command(format_args!("{line}\r\n"))).await;
        self.answered(answered.ok(), limit)
    }

    fn answered(
        &self,
        answered: Option<Result<Response, Error>>,
        limit: Duration,
    ) -> Result<Result<Response, Reply>, Lost> {
        match answered {
            None => Err(Lost(format!("{} did not answer within {}", self.place, spoken(limit)))),
            Some(Ok(response)) => Ok(Ok(response)),
            Some(Err(error)) => Reply::negative(&error).map(Err).ok_or_else(|| lost(&self.place, &error)),
        }
    }

    /// Writes a content, in its pieces, and its end, the final dot, in one go, and waits for what the server says to it. What
    /// is to be said `ahead` of that, whole lines, follows at once; says whether it did.
    pub async fn content(&mut self, pieces: &[&[u8]], end: &[u8], ahead: &str) -> Result<(Reply, bool), Unanswered> {
        let said = match self.write(pieces, end, ahead).await {
            Ok(said) => said,
            Err(lost) => {
                let last_words = self.answer(LAST_WORDS).await.ok();
                return Err(Unanswered::Incomplete(lost, last_words));
            }
        };
        let reply = self.answer(self.timeouts.end).await.map_err(Unanswered::Complete)?;
        Ok((reply, said))
    }

    async fn answer(&mut self, limit: Duration) -> Result<Reply, Lost> {
        let answered = timeout(limit, self.lettre.read_response()).await;
        Ok(self.answered(answered.ok(), limit)?.map_or_else(|reply| reply, |response| Reply::positive(&response)))
    }

    /// An error means that the last bytes of the end have not left: a socket reports an error instead of taking bytes, and
    /// what TLS still holds back cannot be read by anybody. Whether the rest has left, too, is the answer.
    async fn write(&mut self, pieces: &[&[u8]], end: &[u8], ahead: &str) -> Result<bool, Lost> {
        let limit = self.timeouts.block;
        // What TLS holds back may be the end, or what follows it: nobody could tell. There it follows when the end has left.
        let (together, apart) = if self.wire.is_encrypted() { ("", ahead) } else { (ahead, "") };
        let all = pieces.iter().copied().chain([end, together.as_bytes()]);
        let mut all: Vec<IoSlice<'_>> = all.map(IoSlice::new).collect();
        let (whole, mut taken) = (pieces.iter().map(|piece| piece.len()).sum::<usize>() + end.len(), 0);
        let mut rest = &mut all[..];
        IoSlice::advance_slices(&mut rest, 0);
        while !rest.is_empty() {
            match timeout(limit, self.wire.write_vectored(rest)).await {
                Ok(Ok(written)) if written > 0 => {
                    taken += written;
                    IoSlice::advance_slices(&mut rest, written);
                }
                _ if taken >= whole => return Ok(false),
                Ok(Ok(_)) => return Err(Lost(format!("{} closed the connection", self.place))),
                Ok(Err(error)) => return Err(Lost(format!("the connection to {} broke: {error}", self.place))),
                Err(_) => return Err(Lost(format!("{} stopped reading for {}", self.place, spoken(limit)))),
            }
        }
        let flushed = timeout(limit, self.wire.flush()).await;
        match flushed {
            Ok(Ok(())) => {}
            _ if !self.wire.holds_back() => return Ok(false),
            Ok(Err(error)) => return Err(Lost(format!("the connection to {} broke: {error}", self.place))),
            Err(_) => return Err(Lost(format!("{} stopped reading for {}", self.place, spoken(limit)))),
        }
        if apart.is_empty() {
            return Ok(!together.is_empty());
        }
        let said = async {
            self.wire.write_all(apart.as_bytes()).await?;
            self.wire.flush().await
        };
        Ok(matches!(timeout(limit, said).await, Ok(Ok(()))))
    }

    /// Whether the connection ended, or the server said something, while nothing was asked.
    pub fn has_news(&self) -> bool {
        self.wire.has_news()
    }

    /// Forgets a mail that was begun (RFC 5321, section 4.1.1.5); whether the connection can be kept.
    pub async fn reset(&mut self) -> bool {
        let limit = self.timeouts.polite;
        self.command("RSET", limit).await.is_ok_and(|reply| reply.class() == 2)
    }

    /// Says goodbye; whether the server hears it does not matter.
    pub async fn quit(mut self) {
        let limit = self.timeouts.polite;
        let _ = self.command("QUIT", limit).await;
        let _ = timeout(limit, self.wire.shutdown()).await;
    }
}

/// lettre tells an end of the stream from a garbled answer only by its text.
fn lost(place: &str, error: &Error) -> Lost {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if !error.is_response() {
        return Lost(format!("the connection to {place} broke: {source}"));
    }
    match source.as_str() {
        "incomplete response" => Lost(format!("{place} closed the connection")),
        _ => Lost(format!("{place} answered something that no mail server says")),
    }
}

/// `10 minutes`, for messages.
fn spoken(limit: Duration) -> String {
    match limit.as_secs() {
        seconds if seconds >= 120 => format!("{} minutes", seconds / 60),
        seconds if seconds >= 2 => format!("{seconds} seconds"),
        _ => format!("{} milliseconds", limit.as_millis()),
    }
}

#[cfg(test)]
mod tests;
