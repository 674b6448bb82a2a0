//! What stands in a post's file, for whoever looks at it line by line.

use std::sync::Arc;

use crate::post::passage::Passage;

/// The file's text with `\n` line ends, and the running text of its body.
#[derive(Debug, Clone, Default)]
pub struct Written {
    pub text: Arc<str>,
    /// In the order of the file.
    pub passages: Vec<Passage>,
}

impl Written {
    /// A line without its end; the empty text where there is none. `number` counts from 1.
    pub fn line(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|index| self.text.split('\n').nth(index)).unwrap_or("")
    }
}
