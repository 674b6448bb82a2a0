//! The header of a post: the only YAML that people write here.
//!
//! Comes in: the bytes of a post's file. Goes out: the whole [`Post`], or every error at once, each with file, line,
//! column, the line itself and what to do. Reads no file, no clock and no network.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::finding::{Finding, Place};
use crate::post::report::{Report, Spot};
use crate::post::source::Source;
use crate::post::{Header, Post, Slug, Written, file_name, markdown};

use fields::Fields;
pub use when::written_day;

mod build;
mod digest;
mod fields;
mod keys;
mod places;
mod syntax;
mod when;
mod yaml;

/// Parses the bytes of a post's file. `zone` decides whether `send_at` exists.
///
/// # Errors
/// All errors of header and body at once, and the warnings with them, in the order of the file.
pub fn parse_post(file: &Path, bytes: &[u8], zone: &TimeZone) -> Result<Post, Vec<Finding>> {
    let slug = Slug::of_file(file).map_err(|message| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let help = match file_name(&stem, 60) {
            name if name.is_empty() => "rename the file".to_owned(),
            name => format!("rename the file, for instance to {name}.md"),
        };
        Finding::error("bad-file-name", message).at(Place::whole_file(file)).help(help)
    });
    let source = match (Source::read(file, bytes), &slug) {
        (Ok(source), _) => source,
        (Err(mut findings), slug) => {
            findings.extend(slug.as_ref().err().cloned());
            return Err(findings);
        }
    };
    let mut report = Report::new(&source);
    let header = read_header(&source, &mut report, slug.as_ref().ok(), zone);
    let (body, passages) = markdown::parse(&source, &mut report);
    let has_text = !body.is_empty() || (report.has_errors() && !source.body().trim().is_empty());
    if !has_text && header.as_ref().is_some_and(|header| header.posts.is_empty()) {
        let spot = Spot { line: source.lines_before_body(), column: 1, width: 3 };
        report.error("no-text", spot, "the post has no text", "write it below the header, after the second `---`");
    }
    let (mut findings, failed) = report.finish();
    match (slug, header) {
        (Ok(slug), Some(header)) if !failed => {
            let written = Written { text: source.text().into(), passages };
            Ok(Post { slug, file: file.to_owned(), header, body, findings, written })
        }
        (slug, _) => {
            findings.extend(slug.err());
            Err(findings)
        }
    }
}

fn read_header(source: &Source, report: &mut Report<'_>, own: Option<&Slug>, zone: &TimeZone) -> Option<Header> {
    let yaml = source.header();
    match yaml::parse(yaml) {
        Ok(root) => {
            build::header(&mut Fields::new(yaml, &root, source.lines_before_header(), report), &root, own, zone)
        }
        Err(error) => {
            let explained = syntax::explain(yaml, &error);
            let spot = Spot { line: explained.spot.line + source.lines_before_header(), ..explained.spot };
            report.error("yaml-syntax", spot, explained.message, explained.help);
            None
        }
    }
}
