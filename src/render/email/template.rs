//! stub
/// The templates inside the binary, by name.
pub const BUILT_IN: &[(&str, &str)] = &[];
