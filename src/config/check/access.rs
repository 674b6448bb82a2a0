//! `[channels.NAME]`: how each network is reached.
//!
//! Comes in: a section as written. Goes out: an [`Access`], or none for what a person posts by hand, with every problem
//! told to the [`Checker`]. Secrets stay references.

use std::ops::RangeInclusive;

use toml::{Spanned, Value};

use super::super::file::{self, Text};
use super::super::{Access, Network, NetworkKind, Visibility};
use super::Checker;
use crate::finding::{Finding, nearest};
use crate::secret::SecretRef;

/// Keys of a section beside `kind` and `allow_private`, as written.
const KEYS: [&str; 10] =
    ["url", "token", "visibility", "characters", "handle", "password", "room", "chat", "topic", "secret"];

/// What instances of Mastodon are set to.
const CHARACTERS: RangeInclusive<usize> = 100..=100_000;

impl Checker<'_> {
    /// `None` for a mistake.
    pub(super) fn network(&mut self, written: file::Network) -> Option<Network> {
        let kind = self.kind(&written.kind)?;
        self.only_keys_of(kind, &written);
        let allow_private = written.allow_private;
        let characters = self.characters(&written)?;
        let access = self.access(kind, written)?;
        Some(Network { kind, access, characters, allow_private })
    }

    /// How much the channel's instance takes. Inside, `None` for what the network takes by default.
    fn characters(&mut self, written: &file::Network) -> Option<Option<usize>> {
        let Some(number) = &written.characters else { return Some(None) };
        let found = usize::try_from(*number.get_ref()).ok().filter(|number| CHARACTERS.contains(number));
        if found.is_none() {
            let message = format!("no instance takes {} characters", number.get_ref());
            self.wrong(number, message, "write what it says of itself, for instance characters = 1000");
        }
        found.map(Some)
    }

    fn kind(&mut self, written: &Text) -> Option<NetworkKind> {
        let kind = written.get_ref();
        let found = NetworkKind::of(kind);
        if found.is_none() {
            let known = NetworkKind::ALL.map(NetworkKind::name);
            let help = match nearest(kind, known) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("known: {}", known.join(", ")),
            };
            self.wrong(written, format!("unknown kind of network `{kind}`"), &help);
        }
        found
    }

    /// A key that does nothing is a mistake that nobody would notice.
    fn only_keys_of(&mut self, kind: NetworkKind, written: &file::Network) {
        let text = |value: &Option<Text>| value.as_ref().map(Spanned::span);
        let spans = [
            text(&written.url),
            text(&written.token),
            text(&written.visibility),
            written.characters.as_ref().map(Spanned::span),
            text(&written.handle),
            text(&written.password),
            text(&written.room),
            text(&written.chat),
            text(&written.topic),
            written.secret.as_ref().map(Spanned::span),
        ];
        let allowed = keys_of(kind);
        for (key, span) in KEYS.iter().zip(spans).filter(|(key, _)| !allowed.contains(*key)) {
            let Some(span) = span else { continue };
            let message = format!("`{key}` is not used by kind = \"{}\"", kind.name());
            let help = match allowed {
                [] => format!("{} is posted to by hand: a text is written for you; remove this line", kind.label()),
                _ => format!("remove this line; used are: {}", allowed.join(", ")),
            };
            self.findings.push(Finding::error("config-value", message).at(self.place(span)).help(help));
        }
    }

    /// `None` for a mistake; inside it, `None` for what is posted by hand.
    fn access(&mut self, kind: NetworkKind, written: file::Network) -> Option<Option<Access>> {
        let at = written.kind;
        Some(Some(match kind {
            // Without a token the text is posted by hand, as everywhere where the program has no access.
            NetworkKind::Mastodon if written.token.is_none() && written.url.is_none() => return Some(None),
            NetworkKind::Bluesky if written.password.is_none() && written.handle.is_none() => return Some(None),
            NetworkKind::Mastodon => Access::Mastodon {
                url: self.base(&at, written.url, "url = \"https://your.instance\"")?,
                token: self.secret(&at, written.token, "token = \"file:mastodon.token\"")?,
                visibility: self.visibility(written.visibility)?,
            },
            NetworkKind::Bluesky => Access::Bluesky {
                url: self.base_or(written.url, "https://bsky.social")?,
                handle: self.needed(&at, written.handle, "handle = \"verband.bsky.social\"")?,
                password: self.secret(
                    &at,
                    written.password,
                    "password = \"file:bluesky.password\" (an app password)",
                )?,
            },
            NetworkKind::Matrix => Access::Matrix {
                url: self.base(&at, written.url, "url = \"https://matrix.example.org\"")?,
                room: self.needed(&at, written.room, "room = \"!abc:example.org\"")?,
                token: self.secret(&at, written.token, "token = \"file:matrix.token\"")?,
            },
            NetworkKind::Telegram => Access::Telegram {
                url: self.base_or(written.url, "https://api.telegram.org")?,
                token: self.secret(&at, written.token, "token = \"file:telegram.token\"")?,
                chat: self.needed(&at, written.chat, "chat = \"@your_channel\"")?,
            },
            NetworkKind::Ntfy => Access::Ntfy {
                url: self.base_or(written.url, "https://ntfy.sh")?,
                topic: self.needed(&at, written.topic, "topic = \"your-topic\"")?,
                token: match written.token {
                    Some(token) => Some(self.secret(&at, Some(token), "")?),
                    None => None,
                },
            },
            NetworkKind::Slack
            | NetworkKind::Mattermost
            | NetworkKind::RocketChat
            | NetworkKind::Discord
            | NetworkKind::Teams => Access::Hook { url: self.hook(&at, written.url)? },
            NetworkKind::Webhook => {
                Access::Webhook { url: self.hook(&at, written.url)?, secrets: self.secrets(&at, written.secret)? }
            }
            NetworkKind::WebSub => {
                Access::WebSub { hub: self.whole(&at, written.url, "url = \"https://hub.example.org/\"")? }
            }
            NetworkKind::LinkedIn
            | NetworkKind::X
            | NetworkKind::Threads
            | NetworkKind::Facebook
            | NetworkKind::Plain => return Some(None),
        }))
    }

    fn lacks<T>(&mut self, at: &Text, help: &str) -> Option<T> {
        let key = help.split(' ').next().unwrap_or_default();
        self.wrong(at, format!("kind = \"{}\" needs `{key}`", at.get_ref()), &format!("add {help}"));
        None
    }

    fn needed(&mut self, at: &Text, written: Option<Text>, help: &str) -> Option<String> {
        match written {
            Some(written) => self.line(written),
            None => self.lacks(at, help),
        }
    }

    /// Where a server is, without a slash at its end.
    fn base(&mut self, at: &Text, written: Option<Text>, help: &str) -> Option<String> {
        let Some(written) = written else { return self.lacks(at, help) };
        Some(self.url(&written)?.trim_end_matches('/').to_owned())
    }

    /// An address, exactly as it is written.
    fn whole(&mut self, at: &Text, written: Option<Text>, help: &str) -> Option<String> {
        let Some(written) = written else { return self.lacks(at, help) };
        self.url(&written)
    }

    fn base_or(&mut self, written: Option<Text>, default: &str) -> Option<String> {
        match written {
            Some(written) => Some(self.url(&written)?.trim_end_matches('/').to_owned()),
            None => Some(default.to_owned()),
        }
    }

    fn secret(&mut self, at: &Text, written: Option<Text>, help: &str) -> Option<SecretRef> {
        let Some(written) = written else { return self.lacks(at, help) };
        let help = "write the name of the file or the variable that holds it: \"file:…\" or \"env:…\"";
        self.read(&written, SecretRef::parse, help)
    }

    /// The address of a hook: whoever knows it can post.
    fn hook(&mut self, at: &Text, written: Option<Text>) -> Option<SecretRef> {
        let help = format!("url = \"file:{}.url\" (a file with the address alone in it)", at.get_ref());
        self.secret(at, written, &help)
    }

    fn visibility(&mut self, written: Option<Text>) -> Option<Visibility> {
        let Some(written) = written else { return Some(Visibility::default()) };
        let found = Visibility::ALL.into_iter().find(|known| known.name() == written.get_ref());
        if found.is_none() {
            let message = format!("`{}` says not who sees the post", written.get_ref());
            self.wrong(&written, message, "write public, unlisted or private");
        }
        found
    }

    fn secrets(&mut self, at: &Text, written: Option<Spanned<Value>>) -> Option<Vec<SecretRef>> {
        let help = "secret = \"file:webhook.secret\" (made by whoever receives it; begins with whsec_)";
        let Some(written) = written else { return self.lacks(at, help) };
        let texts: Option<Vec<&str>> = match written.get_ref() {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) if !many.is_empty() => many.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let Some(texts) = texts else {
            self.wrong(
                &written,
                "a secret is one reference, or a list of them",
                "secret = [\"file:new\", \"file:old\"]",
            );
            return None;
        };
        let parsed: Result<Vec<SecretRef>, String> = texts.into_iter().map(SecretRef::parse).collect();
        parsed.map_err(|message| self.wrong(&written, message, "secret = \"file:webhook.secret\"")).ok()
    }
}

/// The keys of a kind beside `kind` and `allow_private`.
const fn keys_of(kind: NetworkKind) -> &'static [&'static str] {
    match kind {
        NetworkKind::Mastodon => &["url", "token", "visibility", "characters"],
        NetworkKind::Bluesky => &["url", "handle", "password"],
        NetworkKind::Matrix => &["url", "room", "token"],
        NetworkKind::Telegram => &["url", "token", "chat"],
        NetworkKind::Ntfy => &["url", "topic", "token"],
        NetworkKind::Slack
        | NetworkKind::Mattermost
        | NetworkKind::RocketChat
        | NetworkKind::Discord
        | NetworkKind::Teams
        | NetworkKind::WebSub => &["url"],
        NetworkKind::Webhook => &["url", "secret"],
        NetworkKind::LinkedIn | NetworkKind::X | NetworkKind::Threads | NetworkKind::Facebook | NetworkKind::Plain => {
            &[]
        }
    }
}
