//! The differences of two texts: paragraph by paragraph, and word by word where a paragraph was changed.

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Removed(String),
    Added(String),
    /// A paragraph with some words changed.
    Changed(Vec<Piece>),
}

/// A part of a changed paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    Removed(String),
    Added(String),
}

/// The most comparisons of one table; longer texts are told as wholly changed.
const MAX_CELLS: usize = 4_000_000;

/// What changed between two lists of paragraphs.
pub(super) fn paragraphs(before: &[String], after: &[String]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for step in steps(before, after) {
        match step {
            Step::Same(_) => pair(&mut removed, &mut added, &mut changes),
            Step::Removed(text) => removed.push(text.clone()),
            Step::Added(text) => added.push(text.clone()),
        }
    }
    pair(&mut removed, &mut added, &mut changes);
    changes
}

/// What went and came at one place: paragraphs that are much alike were changed.
fn pair(removed: &mut Vec<String>, added: &mut Vec<String>, changes: &mut Vec<Change>) {
    for old in removed.drain(..) {
        let like = added.iter().position(|new| is_like(&old, new));
        match like {
            Some(at) => {
                changes.extend(added.drain(..at).map(Change::Added));
                changes.push(Change::Changed(words(&old, &added.remove(0))));
            }
            None => changes.push(Change::Removed(old)),
        }
    }
    changes.extend(added.drain(..).map(Change::Added));
}

/// Whether half of the words are the same.
fn is_like(old: &str, new: &str) -> bool {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let same = steps(&old, &new).iter().filter(|step| matches!(step, Step::Same(_))).count();
    same * 2 >= old.len().max(new.len())
}

fn words(old: &str, new: &str) -> Vec<Piece> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let mut pieces: Vec<Piece> = Vec::new();
    for step in steps(&old, &new) {
        let piece = match step {
            Step::Same(word) => Piece::Same((*word).to_owned()),
            Step::Removed(word) => Piece::Removed((*word).to_owned()),
            Step::Added(word) => Piece::Added((*word).to_owned()),
        };
        match (pieces.last_mut(), &piece) {
            (Some(Piece::Same(text)), Piece::Same(word))
            | (Some(Piece::Removed(text)), Piece::Removed(word))
            | (Some(Piece::Added(text)), Piece::Added(word)) => {
                text.push(' ');
                text.push_str(word);
            }
            _ => pieces.push(piece),
        }
    }
    pieces
}

enum Step<'t, T> {
    Same(&'t T),
    Removed(&'t T),
    Added(&'t T),
}

/// The shortest way from one list to the other, by the longest common part.
fn steps<'t, T: PartialEq>(before: &'t [T], after: &'t [T]) -> Vec<Step<'t, T>> {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[start..before.len() - end], &after[start..after.len() - end]);
    let mut found: Vec<Step<'t, T>> = before[..start].iter().map(Step::Same).collect();
    if old.len().saturating_mul(new.len()) > MAX_CELLS {
        found.extend(old.iter().map(Step::Removed));
        found.extend(new.iter().map(Step::Added));
    } else {
        between(old, new, &mut found);
    }
    found.extend(before[before.len() - end..].iter().map(Step::Same));
    found
}

fn between<'t, T: PartialEq>(old: &'t [T], new: &'t [T], found: &mut Vec<Step<'t, T>>) {
    // Length of the longest common part of what follows, for every pair of places.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            found.push(Step::Same(&old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            found.push(Step::Removed(&old[i]));
            i += 1;
        } else {
            found.push(Step::Added(&new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(before: &[&str], after: &[&str]) -> Vec<Change> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        paragraphs(&owned(before), &owned(after))
    }

    #[test]
    fn the_same_text_has_no_changes() {
        assert_eq!(of(&["a b", "c"], &["a b", "c"]), []);
    }

    #[test]
    fn a_changed_word_is_shown_within_its_paragraph() {
        let changes = of(&["Es kamen 80 Gäste nach Ulm.", "Ende."], &["Neu.", "Es kamen 90 Gäste nach Ulm.", "Ende."]);
        assert_eq!(
            changes,
            [
                Change::Added("Neu.".to_owned()),
                Change::Changed(vec![
                    Piece::Same("Es kamen".to_owned()),
                    Piece::Removed("80".to_owned()),
                    Piece::Added("90".to_owned()),
                    Piece::Same("Gäste nach Ulm.".to_owned()),
                ]),
            ]
        );
    }

    #[test]
    fn other_paragraphs_go_and_come() {
        let changes = of(&["Ganz alt und fort.", "x"], &["Etwas anderes steht da.", "x"]);
        assert_eq!(
            changes,
            [Change::Removed("Ganz alt und fort.".to_owned()), Change::Added("Etwas anderes steht da.".to_owned())]
        );
    }
}
