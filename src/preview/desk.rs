//! Who answers the page's questions: it has the files, the lists and the ways out.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use super::view::{Part, Plan, View};

/// What the page itself says, in the site's language.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    /// BCP 47, of the site.
    pub lang: String,
    /// Where the browser runs no script; HTML.
    pub noscript: String,
    /// What the script says, as a JSON object.
    pub words: String,
}

/// How a mail is looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// A member's address; empty for the first one.
    pub member: String,
    pub dark: bool,
    /// Whether pictures are shown.
    pub images: bool,
}

/// Members that were found by their name.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Found {
    pub members: Vec<Match>,
    /// Whether there are more of them.
    pub more: bool,
    /// Whether the lists were too long to look at all of them.
    pub unread: bool,
    /// Why nobody can be found.
    pub error: Option<String>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct Match {
    pub address: String,
    pub name: String,
    pub list: String,
}

/// What a test mail came to.
#[derive(Debug, Clone, Serialize)]
pub struct Tested {
    pub ok: bool,
    /// A sentence for people.
    pub text: String,
}

/// Something that goes on beside the page.
pub type Going<T> = Pin<Box<dyn Future<Output = T>>>;

/// Answers for one post.
pub trait Desk {
    /// Looks whether a file was saved since the last call, and loads what changed. Says whether the page must change.
    fn refresh(&mut self) -> bool;

    /// The page's own words, which a saved configuration may change.
    fn saying(&self) -> Saying;

    /// Looks a member up in the lists, before the mail is shown for them; `None`: they are known.
    fn look_up(&self, member: &str) -> Option<Going<()>>;

    /// Everything, as one member sees it.
    fn view(&self, version: u64, member: &str) -> View;

    /// The mail as a whole HTML document, with pictures at `picture/NAME`; `None` while it has errors.
    fn mail(&self, frame: &Frame) -> Option<String>;

    /// The feed item's text as a whole HTML document.
    fn feed(&self) -> Option<String>;

    /// A picture of the mail: its media type and bytes.
    fn picture(&self, name: &str) -> Option<(&'static str, Vec<u8>)>;

    /// Members whose name or address has this in it. A search that is dropped ends.
    fn find(&self, text: &str) -> Going<Found>;

    /// Who gets it. A long list takes a while, so it is counted beside.
    fn plan(&self) -> Going<Part<Plan>>;

    /// Sends the mail as a test.
    fn test(&self, to: String, member: String) -> Going<Tested>;
}
