//! `posts:` of a header: the parts of a digest.
//!
//! Comes in: the node of `posts` and the digest's own slug. Goes out: sections in reading order, in which no post
//! stands twice and none is the digest itself. Whether the posts exist is for whoever knows the folder.

use crate::post::header::fields::Fields;
use crate::post::header::keys;
use crate::post::header::yaml::{Node, Value};
use crate::post::{DigestSection, Slug};

const EXAMPLE: &str = "posts: [jahrestagung-2024, { heading: \"Aus den Projekten\", posts: [projekt-eins] }]";

/// Reads `posts`; names that stand in a row without a heading are one section.
pub(super) fn sections(fields: &mut Fields<'_, '_>, node: &Node, own: Option<&Slug>) -> Vec<DigestSection> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut reader = Reader { own, known: Vec::new() };
    let mut sections: Vec<DigestSection> = Vec::new();
    for item in items {
        if let Value::Map(entries) = &item.value {
            let mut section = DigestSection { heading: None, posts: Vec::new() };
            for (key, entry) in fields.map(entries, &keys::POSTS, "posts") {
                match (key, &entry.value.value) {
                    ("heading", _) => section.heading = fields.line_of_text(&entry.value, "posts.heading", EXAMPLE),
                    (_, Value::List(inner)) => section.posts = reader.slugs(fields, inner),
                    _ => section.posts = reader.slugs(fields, std::slice::from_ref(&entry.value)),
                }
            }
            if section.posts.is_empty() && fields.report.has_room() {
                fields.error(
                    item,
                    "digest",
                    "this part of the digest names no post",
                    format!("write it like `{EXAMPLE}`"),
                );
            }
            sections.push(section);
        } else if let [slug] = reader.slugs(fields, std::slice::from_ref(item)).as_slice() {
            match sections.last_mut().filter(|last| last.heading.is_none()) {
                Some(last) => last.posts.push(slug.clone()),
                None => sections.push(DigestSection { heading: None, posts: vec![slug.clone()] }),
            }
        }
    }
    if items.is_empty() {
        fields.error(node, "digest", "`posts` names no post", "name the posts of the digest, or delete the line");
    }
    sections
}

/// Reads slugs and remembers those that it has seen.
struct Reader<'o> {
    own: Option<&'o Slug>,
    known: Vec<Slug>,
}

impl Reader<'_> {
    fn slugs(&mut self, fields: &mut Fields<'_, '_>, items: &[Node]) -> Vec<Slug> {
        let mut slugs = Vec::new();
        for item in items {
            if item.value == Value::Null {
                fields.empty_item(item, "posts");
            } else if let Some(name) = fields.line_of_text(item, "posts", EXAMPLE)
                && let Some(slug) = self.slug(fields, item, &name)
            {
                self.known.push(slug.clone());
                slugs.push(slug);
            }
        }
        slugs
    }

    fn slug(&self, fields: &mut Fields<'_, '_>, node: &Node, name: &str) -> Option<Slug> {
        let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let bare = stem.strip_suffix(".md").unwrap_or(stem);
        if bare != name {
            let message = format!("`{name}` is a file's path; posts are named by the file name without `.md`");
            fields.error(node, "digest", message, format!("write `{bare}`"));
            return None;
        }
        match Slug::parse(name) {
            Err(message) => fields.error(node, "digest", message, "write the post's file name without `.md`"),
            Ok(slug) if self.own == Some(&slug) => {
                fields.error(node, "digest", "the digest names itself", "delete this entry");
            }
            Ok(slug) if self.known.contains(&slug) => {
                fields.error(node, "digest", format!("`{slug}` stands twice in the digest"), "delete one of the two");
            }
            Ok(slug) => return Some(slug),
        }
        None
    }
}
