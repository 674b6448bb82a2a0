//! stub
use super::Post;
use crate::finding::Finding;
use jiff::tz::TimeZone;
use std::path::Path;
pub fn parse_post(_file: &Path, _bytes: &[u8], _zone: &TimeZone) -> Result<Post, Vec<Finding>> {
    Err(vec![])
}
