//! What can be wrong with a mail: in its making (a template's fault) or for one member (a table's fault).

use thiserror::Error;

use crate::finding::Finding;

/// Why a mail cannot be compiled. The template or the configuration must change.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompileError {
    /// `slot` is the slot's number, and it is meant where it stands for the `nth` time, from 0.
    #[error("`{field}` of a member stands in {place} of the e-mail")]
    Misplaced { field: String, place: &'static str, slot: usize, nth: usize },
    #[error("a member's value was changed by the template before it reached the e-mail (in the {part})")]
    BrokenToken { part: &'static str },
    #[error("the header {header} contains a line break or another control character")]
    Control { header: &'static str },
    #[error("the e-mail has no subject")]
    NoSubject,
    #[error("the e-mail shows the picture `cid:{id}`, but it holds none with this id")]
    PictureMissing { id: String },
    #[error("the picture `{name}` is embedded but shown nowhere in the e-mail")]
    PictureUnused { name: String },
    #[error("two different pictures have the id `{id}`")]
    PictureTwice { id: String },
    #[error("`{id}` cannot be the id of an embedded picture")]
    PictureId { id: String },
    #[error("the header {header} would be longer than a mail allows")]
    TooLong { header: &'static str },
}

impl CompileError {
    fn help(&self) -> &'static str {
        match self {
            CompileError::Misplaced { .. } => {
                "use a member's value only in text, in a quoted attribute or in a link's address"
            }
            CompileError::BrokenToken { .. } => "take filters such as `upper` or `truncate` off the member's value",
            CompileError::Control { .. } => "write it on one line",
            CompileError::NoSubject => "the template of the subject must print something, such as {{ post.subject }}",
            CompileError::PictureMissing { .. } | CompileError::PictureUnused { .. } => {
                "write the address that the template is given, such as {{ post.image.src }}"
            }
            CompileError::PictureTwice { .. } => "give each picture an id of its own",
            CompileError::PictureId { .. } => "use letters, digits and `.`, `-`, `_`, `@`",
            CompileError::TooLong { .. } => "shorten it",
        }
    }
}

impl From<CompileError> for Finding {
    fn from(error: CompileError) -> Finding {
        Finding::error("mail", error.to_string()).help(error.help())
    }
}

/// Why the mail cannot be made for one member. None of these stops the others.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    #[error("{what} contains a line break or another control character")]
    Control { what: String },
    #[error("the mail needs {expected} values for a member and got {given}")]
    Values { expected: usize, given: usize },
    #[error("`{field}` is not a web or mail address, but the e-mail uses it as a link")]
    Url { field: String },
    #[error("the address cannot stand in a mail's header")]
    Address,
    #[error("the member has no https address for unsubscribing with one click")]
    UnsubscribeUrl,
    #[error("the member's unsubscribe token has characters that cannot stand in a link")]
    UnsubscribeToken,
    #[error("the message id is not of the form <id@domain>")]
    MessageId,
    #[error("the date is outside what a mail can say")]
    Date,
    #[error("{what} is longer than a mail's header allows")]
    TooLong { what: String },
}
