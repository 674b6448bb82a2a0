//! rundbrief
pub mod channel;
pub mod config;
pub mod error;
pub mod finding;
pub mod members;
pub mod post;
pub mod render;
pub mod secret;
pub mod words;
