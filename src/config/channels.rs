//! The kinds of networks, and how each is reached.
//!
//! Comes in: nothing. Goes out: [`NetworkKind`], what a channel is; [`Access`], how the program reaches it by itself.

use crate::secret::SecretRef;

/// `[channels.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub kind: NetworkKind,
    /// How the program posts there by itself; `None`: a person does, by hand.
    pub access: Option<Access>,
    /// The longest text that this instance takes, where it is not what its network takes by default.
    pub characters: Option<usize>,
    /// `allow_private`: this channel may call private and loopback addresses, by `http:` too.
    pub allow_private: bool,
}

impl Network {
    /// One that a person posts to.
    pub const fn by_hand(kind: NetworkKind) -> Network {
        Network { kind, access: None, characters: None, allow_private: false }
    }
}

/// How a network is reached. URLs that let anybody post are secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// `url` is the instance's.
    Mastodon {
        url: String,
        token: SecretRef,
        visibility: Visibility,
    },
    /// `url` is that of the account's server (PDS).
    Bluesky {
        url: String,
        handle: String,
        password: SecretRef,
    },
    /// `url` is the homeserver's.
    Matrix {
        url: String,
        room: String,
        token: SecretRef,
    },
    /// An address that takes a JSON document: Slack, Mattermost, Rocket.Chat, Discord, Teams.
    Hook {
        url: SecretRef,
    },
    /// `url` is the Bot API's.
    Telegram {
        url: String,
        token: SecretRef,
        chat: String,
    },
    Ntfy {
        url: String,
        topic: String,
        token: Option<SecretRef>,
    },
    /// Standard Webhooks. The first secret is the newest; a receiver may know any of them.
    Webhook {
        url: SecretRef,
        secrets: Vec<SecretRef>,
    },
    /// The hub that is told of a new item in the feed.
    WebSub {
        hub: String,
    },
}

impl Access {
    /// The secrets that it needs.
    pub fn secrets(&self) -> Vec<&SecretRef> {
        match self {
            Access::Mastodon { token, .. } | Access::Matrix { token, .. } | Access::Telegram { token, .. } => {
                vec![token]
            }
            Access::Bluesky { password, .. } => vec![password],
            Access::Hook { url } => vec![url],
            Access::Ntfy { token, .. } => token.iter().collect(),
            Access::Webhook { url, secrets } => std::iter::once(url).chain(secrets).collect(),
            Access::WebSub { .. } => Vec::new(),
        }
    }
}

/// Who sees a post on Mastodon (API, `visibility`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    #[default]
    Public,
    /// Seen by all, but not in public timelines.
    Unlisted,
    /// Followers alone.
    Private,
}

impl Visibility {
    pub const ALL: [Visibility; 3] = [Visibility::Public, Visibility::Unlisted, Visibility::Private];

    pub const fn name(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Unlisted => "unlisted",
            Visibility::Private => "private",
        }
    }
}

/// What decides a text's limit and the way it is counted, and how it is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkKind {
    Mastodon,
    Bluesky,
    LinkedIn,
    X,
    Threads,
    Facebook,
    Plain,
    Matrix,
    Slack,
    Mattermost,
    RocketChat,
    Discord,
    Teams,
    Telegram,
    Ntfy,
    Webhook,
    WebSub,
}

impl NetworkKind {
    pub const ALL: [NetworkKind; 17] = [
        NetworkKind::Mastodon,
        NetworkKind::Bluesky,
        NetworkKind::LinkedIn,
        NetworkKind::X,
        NetworkKind::Threads,
        NetworkKind::Facebook,
        NetworkKind::Plain,
        NetworkKind::Matrix,
        NetworkKind::Slack,
        NetworkKind::Mattermost,
        NetworkKind::RocketChat,
        NetworkKind::Discord,
        NetworkKind::Teams,
        NetworkKind::Telegram,
        NetworkKind::Ntfy,
        NetworkKind::Webhook,
        NetworkKind::WebSub,
    ];

    /// The `kind = "…"` of the configuration, also the channel's name where none is configured.
    pub const fn name(self) -> &'static str {
        match self {
            NetworkKind::Mastodon => "mastodon",
            NetworkKind::Bluesky => "bluesky",
            NetworkKind::LinkedIn => "linkedin",
            NetworkKind::X => "x",
            NetworkKind::Threads => "threads",
            NetworkKind::Facebook => "facebook",
            NetworkKind::Plain => "plain",
            NetworkKind::Matrix => "matrix",
            NetworkKind::Slack => "slack",
            NetworkKind::Mattermost => "mattermost",
            NetworkKind::RocketChat => "rocketchat",
            NetworkKind::Discord => "discord",
            NetworkKind::Teams => "teams",
            NetworkKind::Telegram => "telegram",
            NetworkKind::Ntfy => "ntfy",
            NetworkKind::Webhook => "webhook",
            NetworkKind::WebSub => "websub",
        }
    }

    /// The network's name as people write it.
    pub const fn label(self) -> &'static str {
        match self {
            NetworkKind::Mastodon => "Mastodon",
            NetworkKind::Bluesky => "Bluesky",
            NetworkKind::LinkedIn => "LinkedIn",
            NetworkKind::X => "X",
            NetworkKind::Threads => "Threads",
            NetworkKind::Facebook => "Facebook",
            NetworkKind::Plain => "a plain text",
            NetworkKind::Matrix => "Matrix",
            NetworkKind::Slack => "Slack",
            NetworkKind::Mattermost => "Mattermost",
            NetworkKind::RocketChat => "Rocket.Chat",
            NetworkKind::Discord => "Discord",
            NetworkKind::Teams => "Teams",
            NetworkKind::Telegram => "Telegram",
            NetworkKind::Ntfy => "ntfy",
            NetworkKind::Webhook => "a webhook",
            NetworkKind::WebSub => "WebSub",
        }
    }

    /// The kind with this `kind = "…"`.
    pub fn of(name: &str) -> Option<NetworkKind> {
        NetworkKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it gets a text that people read there.
    pub const fn has_teaser(self) -> bool {
        !matches!(self, NetworkKind::Webhook | NetworkKind::WebSub)
    }

    /// Whether strangers read it there, so that hashtags find readers.
    pub const fn is_social(self) -> bool {
        matches!(
            self,
            NetworkKind::Mastodon
                | NetworkKind::Bluesky
                | NetworkKind::LinkedIn
                | NetworkKind::X
                | NetworkKind::Threads
                | NetworkKind::Facebook
        )
    }

    /// Whether a person can post there: the others are reached by the program alone.
    pub const fn can_be_by_hand(self) -> bool {
        self.is_social() || matches!(self, NetworkKind::Plain)
    }
}
