//! AUTH PLAIN, LOGIN and XOAUTH2 (RFC 4954, RFC 4616; Microsoft and Google, "OAuth 2.0 and SMTP").
//!
//! Comes in: a conversation and who we are. Goes out: a conversation that is logged in. Never says a word of it over a
//! connection that others can read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::authentication::Mechanism;

use super::conversation::Conversation;
use super::failure::{Failure, Lost};
use super::reply::Reply;
use super::token::Tokens;
use super::verdict;
use crate::secret::Secret;

/// Who we are, with the secret.
#[derive(Debug)]
pub enum Login {
    Password { username: String, password: Secret },
    OAuth { username: String, tokens: Box<Tokens> },
}

/// Logs in. `refused` is an access token that the server did not take a moment ago.
pub async fn log_in(conversation: &mut Conversation, login: &Login, refused: Option<&str>) -> Result<(), Failure> {
    let place = conversation.place.clone();
    if !conversation.wire().is_encrypted() && !conversation.wire().peer.ip().is_loopback() {
        return Err(Failure::config(
            format!("the login would go to {place} where anybody on the way can read it"),
            "set security = \"starttls\" or \"tls\" in [email.smtp]",
        ));
    }
    let reply = match login {
        Login::Password { username, password } => match offered(conversation, &[Mechanism::Plain, Mechanism::Login])? {
            Mechanism::Plain => plain(conversation, username, password.reveal()).await?,
            _ => by_questions(conversation, username, password.reveal()).await?,
        },
        Login::OAuth { username, tokens } => {
            offered(conversation, &[Mechanism::Xoauth2])?;
            let token = tokens.token(refused).await?;
            let reply = xoauth2(conversation, username, &token).await?;
            if reply.code == 535 && refused.is_none() {
                return Err(Failure::Token { token, reply });
            }
            reply
        }
    };
    if reply.code == 235 { Ok(()) } else { Err(verdict::at_login(&place, &reply)) }
}

/// The first of the mechanisms that the server offers.
fn offered(conversation: &Conversation, mechanisms: &[Mechanism]) -> Result<Mechanism, Failure> {
    let (place, offers) = (&conversation.place, &conversation.offers);
    if let Some(mechanism) = offers.get_auth_mechanism(mechanisms) {
        return Ok(mechanism);
    }
    let ours = mechanisms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    let help = if offers.supports_auth_mechanism(Mechanism::Xoauth2) {
        "it takes access tokens: set oauth in [email.smtp] in place of password"
    } else if mechanisms == [Mechanism::Xoauth2] {
        "set username and password in [email.smtp] in place of oauth, if the provider has passwords"
    } else {
        "check host and port in [email.smtp]: logins mostly go to 587 or 465; without a login, leave username out"
    };
    Err(Failure::config(format!("{place} offers no login by {ours}"), help))
}

async fn plain(conversation: &mut Conversation, username: &str, password: &str) -> Result<Reply, Lost> {
    let secret = STANDARD.encode(format!("\0{username}\0{password}"));
    say(conversation, &format!("AUTH PLAIN {secret}")).await
}

/// AUTH LOGIN: the server asks for the name, then for the password.
async fn by_questions(conversation: &mut Conversation, username: &str, password: &str) -> Result<Reply, Lost> {
    let mut reply = say(conversation, "AUTH LOGIN").await?;
    for answer in [username, password] {
        if reply.code != 334 {
            break;
        }
        reply = say(conversation, &STANDARD.encode(answer)).await?;
    }
    Ok(reply)
}

async fn xoauth2(conversation: &mut Conversation, username: &str, token: &str) -> Result<Reply, Lost> {
    let secret = STANDARD.encode(format!("user={username}\u{1}auth=Bearer {token}\u{1}\u{1}"));
    let reply = say(conversation, &format!("AUTH XOAUTH2 {secret}")).await?;
    // The server's reasons come as a question; the refusal itself follows an empty answer.
    if reply.code == 334 { say(conversation, "").await } else { Ok(reply) }
}

async fn say(conversation: &mut Conversation, line: &str) -> Result<Reply, Lost> {
    let limit = conversation.timeouts.login;
    conversation.command(line, limit).await
}
