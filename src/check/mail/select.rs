//! Selectors of style sheets: which elements of a mail they mean.
//!
//! Knows names, classes, ids and the blank and `>` between; anything else means no element here.

use super::html::Document;

/// One selector.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selector {
    /// From the last part to the first; the flag says that the part must be the parent of the one before.
    parts: Vec<(Compound, bool)>,
    /// Ids, classes, names (Selectors Level 3, section 9).
    pub specificity: (usize, usize, usize),
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Compound {
    name: Option<String>,
    classes: Vec<String>,
    id: Option<String>,
}

impl Selector {
    /// `None` for what is not known here.
    pub(super) fn parse(written: &str) -> Option<Selector> {
        let spaced = written.replace('>', " > ");
        let mut parts: Vec<(Compound, bool)> = Vec::new();
        let mut child = false;
        for word in spaced.split_whitespace() {
            if word == ">" {
                child = true;
                continue;
            }
            parts.push((Compound::parse(word)?, false));
            let count = parts.len();
            if child && count > 1 {
                parts[count - 2].1 = true;
            }
            child = false;
        }
        parts.reverse();
        let sum = |count: fn(&Compound) -> usize| parts.iter().map(|(part, _)| count(part)).sum();
        let specificity = (
            sum(|part| usize::from(part.id.is_some())),
            sum(|part| part.classes.len()),
            sum(|part| usize::from(part.name.is_some())),
        );
        (!parts.is_empty()).then_some(Selector { parts, specificity })
    }

    pub(super) fn means(&self, document: &Document, index: usize) -> bool {
        self.parts[0].0.is(document, index) && self.before(document, index, 1)
    }

    /// Whether the parts from `at` on are found among the elements around one.
    fn before(&self, document: &Document, index: usize, at: usize) -> bool {
        let Some((part, child)) = self.parts.get(at) else { return true };
        let mut outer = document.elements[index].parent;
        while let Some(here) = outer {
            if part.is(document, here) && self.before(document, here, at + 1) {
                return true;
            }
            if *child {
                return false;
            }
            outer = document.elements[here].parent;
        }
        false
    }
}

impl Compound {
    fn parse(word: &str) -> Option<Compound> {
        let mut compound = Compound::default();
        let mut rest = word;
        let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        while let Some(first) = rest.chars().next() {
            let inside = rest.strip_prefix(['.', '#']).unwrap_or(rest);
            let inside = inside.strip_prefix('*').unwrap_or(inside);
            let length = inside.find(|c| !name(c)).unwrap_or(inside.len());
            let found = inside[..length].to_owned();
            match first {
                '.' if length > 0 => compound.classes.push(found),
                '#' if length > 0 => compound.id = Some(found),
                '*' => {}
                c if name(c) => compound.name = Some(found),
                _ => return None,
            }
            rest = &inside[length..];
        }
        Some(compound)
    }

    fn is(&self, document: &Document, index: usize) -> bool {
        let element = &document.elements[index];
        self.name.as_ref().is_none_or(|name| name == ":root" || *name == element.name)
            && self.classes.iter().all(|class| element.has_class(class))
            && self.id.as_ref().is_none_or(|id| element.attribute("id") == Some(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_elements_that_are_meant() {
        let document = Document::parse("<div class='card x'><p><a id='l'>1</a></p><a>2</a></div><a>3</a>");
        let meant = |written: &str| {
            let selector = Selector::parse(written).expect("is known");
            (0..document.elements.len()).filter(|index| selector.means(&document, *index)).collect::<Vec<_>>()
        };
        assert_eq!(meant("a"), [2, 3, 4]);
        assert_eq!(meant(".card a"), [2, 3]);
        assert_eq!(meant(".card > a"), [3]);
        assert_eq!(meant("div.card.x > p > a#l"), [2]);
        assert_eq!(meant("p>a"), [2]);
        assert_eq!(Selector::parse("a:hover"), None);
        assert_eq!(Selector::parse("a[href]"), None);
    }
}
