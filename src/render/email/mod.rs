//! The e-mail.
pub mod message;
pub mod slot;
pub mod template;
pub mod text;
