//! E-mail addresses, parsed once.

/// An address that may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);
