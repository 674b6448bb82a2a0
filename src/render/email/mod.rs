//! The e-mail: from a post to subject, MJML, HTML and plain text with slots.
pub mod blocks;
mod context;
mod diagnose;
mod engine;
mod escape;
mod images;
mod member;
pub mod mjml;
pub mod palette;
mod scan;
pub mod shorten;
pub mod slot;
pub mod template;
