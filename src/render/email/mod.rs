//! The e-mail.
pub mod slot;
pub mod template;
pub mod text;
