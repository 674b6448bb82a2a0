//! The feed as a way out: the item is put into the file, and doing it again changes nothing.

use std::path::PathBuf;

use jiff::Zoned;

use super::{ChannelInfo, write};
use crate::channel::{Channel, ChannelError, Content, Gate, Outcome, Outgoing, Repeat};
use crate::config::Config;

/// The feed file of a configuration.
#[derive(Debug, Clone)]
pub struct FeedFile {
    path: PathBuf,
    info: ChannelInfo,
    /// For `lastBuildDate`.
    built: Zoned,
}

impl FeedFile {
    /// `None` where no feed is configured.
    pub fn of(config: &Config, built: &Zoned) -> Option<FeedFile> {
        let path = config.folder.join(&config.feed.as_ref()?.path);
        Some(FeedFile { path, info: ChannelInfo::of(config)?, built: built.clone() })
    }
}

impl Channel for FeedFile {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let Content::Item(item) = outgoing.content else {
            unreachable!("the feed is handed feed items only");
        };
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        write(&self.path, &self.info, item, &self.built)?;
        Ok(Outcome::Sent { receipt: self.path.display().to_string() })
    }

    fn repeat(&self) -> Repeat {
        Repeat::Always
    }
}
