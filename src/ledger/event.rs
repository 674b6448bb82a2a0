//! What happened to a post beside its deliveries: for the report, and so that nothing is told twice.

/// The kinds of events, as the database names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Recipients were added to a release; the detail is a JSON object with how many rows of the lists were skipped, by
    /// the names of [`crate::plan::Skip`].
    Planned,
    /// A send began or went on; the detail names what takes the mails: `smtp.example.org`.
    Sending,
    /// A person stopped it; the detail says who, if that is known.
    Stopped,
    /// A person let it go on; the detail says how: `unchanged` or `new text`.
    WentOn,
    /// A run did not send it; the detail is the reason, so that the same one is told once.
    NotSent,
    /// Who is to be told was told, or could not be; the detail says so.
    Told,
}

impl EventKind {
    pub const ALL: [EventKind; 6] = [
        EventKind::Sending,
        EventKind::Stopped,
        EventKind::WentOn,
        EventKind::NotSent,
        EventKind::Told,
        EventKind::Planned,
    ];

    /// The stable name in the database and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::Planned => "planned",
            EventKind::Sending => "sending",
            EventKind::Stopped => "stopped",
            EventKind::WentOn => "went_on",
            EventKind::NotSent => "not_sent",
            EventKind::Told => "told",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that happened to a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub slug: String,
    /// `None`: about the post, before or beside any release.
    pub release: Option<i64>,
    pub kind: EventKind,
    /// What [`EventKind`] says; never a member's data.
    pub detail: String,
    /// Milliseconds since 1970.
    pub at: i64,
}
