//! stub
pub mod domain;
pub mod emoji;
pub mod hashtag;
pub mod length;
