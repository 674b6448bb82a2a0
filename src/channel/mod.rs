//! The ways out.

pub mod feed;
