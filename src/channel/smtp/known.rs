//! Answers that are known by their numbers or words, and what a person does about them. One table for the channel and
//! for whoever explains an answer.
//!
//! Sources: Microsoft, "Fix issues with printers, scanners, and LOB applications that send email using Microsoft 365"
//! and "Non-delivery reports in Exchange Online"; Google, "SMTP errors and codes"; IONOS, "Limits for sending".

use super::reply::Reply;
use crate::channel::ChannelError;

/// An answer that refuses us, not a member.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// The enhanced status it comes with; a number alone would not be enough to know it.
    status: &'static str,
    /// A word that must be in the text, in lower case; empty if the number is enough.
    word: &'static str,
    /// What it means, after "the mail server".
    pub means: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// Refusals of the login or of the sender, wherever in the conversation they come.
const REFUSALS: &[Known] = &[
    Known {
        status: "5.7.139",
        word: "",
        means: "does not allow this mailbox to log in (SMTP AUTH is switched off, or a policy forbids it)",
        help: "Microsoft 365: switch on \"Authenticated SMTP\" for the mailbox (admin centre, Users, Mail, Manage email \
               apps) and see that neither the organisation nor its security defaults forbid it; passwords alone are \
               being retired, so set oauth in [email.smtp]",
    },
    Known {
        status: "5.7.30",
        word: "",
        means: "takes no passwords any more (basic authentication is off)",
        help: "set oauth in [email.smtp] in place of password",
    },
    Known {
        status: "5.7.60",
        word: "",
        means: "does not permit this login to send as this sender",
        help: "give the login the right \"Send as\" for the sender's address, or set from in [sender] to the login's own",
    },
    Known {
        status: "5.2.252",
        word: "sendasdenied",
        means: "does not permit this login to send as this sender",
        help: "give the login the right \"Send as\" for the sender's address, or set from in [sender] to the login's own",
    },
    Known {
        status: "5.7.57",
        word: "",
        means: "wants a login before it takes mail",
        help: "set username and password, or oauth, in [email.smtp]",
    },
];

/// Refusals that mean something else elsewhere, so they are known at the login alone.
const LOGIN: &[Known] = &[
    Known {
        status: "5.7.3",
        word: "",
        means: "refuses this user name with this password or token",
        help: "Microsoft 365: check the password; with two-step sign-in it needs an app password; where passwords are off, \
               set oauth in [email.smtp]; with oauth, the application needs the permission SMTP.SendAsApp and access to \
               the mailbox",
    },
    Known {
        status: "5.7.9",
        word: "",
        means: "wants an app password",
        help: "Google: make an app password for the account (Security, 2-Step Verification, App passwords)",
    },
    Known { status: "5.7.8", word: "", means: "refuses this user name with this password", help: LOGIN_HELP },
];

const LOGIN_HELP: &str = "check username and password in [email.smtp]; many providers want the whole address as the user \
                          name, some an app password";

const SENDER_HELP: &str =
    "check from and bounce_address in [sender]: they must be addresses that this login may send as";

/// A relay's own limit: how much it takes from us, whoever the mail is for.
struct Limit {
    /// The enhanced status, or empty.
    status: &'static str,
    /// What must be in the text, in lower case; empty if the status is enough.
    word: &'static str,
}

const LIMITS: &[Limit] = &[
    // IONOS, "450 Mail send limit exceeded"; also "550 … exceeded" of other hosts.
    Limit { status: "", word: "send limit exceeded" },
    Limit { status: "", word: "sending limit exceeded" },
    Limit { status: "", word: "sending quota exceeded" },
    Limit { status: "", word: "submission quota exceeded" },
    // Microsoft: 432 4.3.2 "sender thread limit exceeded" (concurrent connections) and 450/451 4.4.316, 4.7.500.
    Limit { status: "", word: "thread limit exceeded" },
    Limit { status: "", word: "submission rate" },
    Limit { status: "4.4.316", word: "" },
    Limit { status: "4.7.500", word: "" },
    // Microsoft: 10,000 recipients a day.
    Limit { status: "5.1.90", word: "" },
    // Google: 550 5.4.5 "Daily user sending limit exceeded", 421 4.7.28 "unusual rate".
    Limit { status: "5.4.5", word: "limit" },
    Limit { status: "4.7.28", word: "" },
    // Postfix and Exim as relays.
    Limit { status: "4.7.0", word: "too many" },
    Limit { status: "4.7.1", word: "rate limit" },
    Limit { status: "4.2.1", word: "too many messages" },
    Limit { status: "5.4.6", word: "too many messages" },
    Limit { status: "", word: "ratelimit" },
    Limit { status: "", word: "too many messages" },
    Limit { status: "", word: "message rate" },
    Limit { status: "", word: "too many concurrent" },
    Limit { status: "", word: "too many connections" },
];

/// A refusal that is known by its status at any stage.
pub fn refusal(reply: &Reply) -> Option<&'static Known> {
    find(REFUSALS, reply)
}

fn find(table: &'static [Known], reply: &Reply) -> Option<&'static Known> {
    let text = reply.text.to_lowercase();
    table.iter().find(|known| reply.status() == Some(known.status) && text.contains(known.word))
}

/// Whether the relay says that it has taken enough from us for now, whatever the code's class.
pub fn is_limit(reply: &Reply) -> bool {
    let text = reply.text.to_lowercase();
    LIMITS
        .iter()
        .any(|limit| (limit.status.is_empty() || reply.status() == Some(limit.status)) && text.contains(limit.word))
}

/// Why a login was refused, and what to do.
pub fn login_refused(place: &str, reply: &Reply) -> ChannelError {
    let (means, help) = match refusal(reply).or_else(|| find(LOGIN, reply)) {
        Some(known) => (known.means, known.help),
        None => ("refuses the login", LOGIN_HELP),
    };
    ChannelError::Credentials { message: format!("{place} {means}: {reply}"), help: help.into() }
}

/// Why this sender was refused, and what to do.
pub fn sender_refused(place: &str, reply: &Reply) -> ChannelError {
    let (means, help) = match refusal(reply) {
        Some(known) => (known.means, known.help),
        None if [530, 535].contains(&reply.code) => {
            ("wants a login before it takes mail", "set username and password, or oauth, in [email.smtp]")
        }
        None => ("does not take mail from this sender", SENDER_HELP),
    };
    ChannelError::Credentials { message: format!("{place} {means}: {reply}"), help: help.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_refusals_are_explained() {
        for (code, text, says) in [
            (535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", "Authenticated SMTP"),
            (535, "5.7.3 Authentication unsuccessful", "app password"),
            (550, "5.7.30 Basic authentication is not supported for Client Submission", "oauth"),
            (535, "5.7.8 Username and Password not accepted", "username and password"),
            (535, "nope", "whole address"),
        ] {
            let ChannelError::Credentials { message, help } =
                login_refused("mail.example.org:587", &Reply::new(code, text))
            else {
                panic!("{text} is about the login")
            };
            assert!(help.contains(says) && message.contains(text), "{message} / {help}");
        }
    }

    #[test]
    fn a_relays_own_limit_is_known_and_a_members_full_mailbox_is_not() {
        for (code, text) in [
            (450, "Mail send limit exceeded"),
            (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"),
            (550, "5.4.5 Daily user sending limit exceeded"),
            (451, "4.4.316 Connection refused"),
        ] {
            assert!(is_limit(&Reply::new(code, text)), "{text}");
        }
        for (code, text) in [(452, "4.2.2 Mailbox full"), (450, "4.2.0 Greylisted"), (550, "5.1.1 no such user")] {
            assert!(!is_limit(&Reply::new(code, text)), "{text}");
        }
    }
}
