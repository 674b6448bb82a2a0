//! What is going to be written, shown before it is.
//!
//! Comes in: the old and the new configuration. Goes out: lines for people; of a new one its answers, of one that is there
//! the lines that change.

use super::answers::{Answers, OTHER, OUTBOX};
use super::draft::Draft;
use super::interview::indented;
use super::key::Key;
use crate::commands::table::{aligned, cut};

/// The widest value that is shown whole.
const WIDEST: usize = 80;

/// What the configuration will say that it does not say today; empty if that is nothing.
pub fn of(draft: &Draft, answers: &Answers, new: &str) -> String {
    match &draft.text {
        None => of_new(answers),
        Some(old) => difference(old, new).join("\n"),
    }
}

fn of_new(answers: &Answers) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (key, value) in answers.iter().filter(|(_, value)| !value.is_empty()) {
        if key == Key::Provider && [OTHER, OUTBOX].contains(&value) {
            let transport = if value == OUTBOX { OUTBOX } else { "smtp" };
            rows.push(vec!["email.transport".to_owned(), transport.to_owned()]);
            continue;
        }
        let value = value.lines().collect::<Vec<_>>().join(" / ");
        rows.push(vec![key.path(&answers.list_name).join("."), cut(&value, WIDEST)]);
        if key == Key::List {
            rows.extend(of_list(answers));
        }
    }
    aligned(&rows, |_| false).join("\n")
}

/// What belongs to the list beside its file.
fn of_list(answers: &Answers) -> impl Iterator<Item = Vec<String>> {
    let columns = answers.columns.iter().map(|(field, heading)| ("columns", field, heading));
    let columns = columns.map(|(key, name, value)| (key, name, format!("\"{value}\"")));
    let conditions = answers.filter.iter().flatten().map(|(heading, values)| ("where", heading, of_values(values)));
    let shown = |(key, name, value)| vec![format!("lists.{}.{key}", answers.list_name), format!("{name} = {value}")];
    columns.chain(conditions).map(shown)
}

/// `"ja"`, `["aktiv", "passiv"]`.
fn of_values(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    if let [one] = quoted.as_slice() { one.clone() } else { format!("[{}]", quoted.join(", ")) }
}

/// The lines that go and come, in the order of the file.
fn difference(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // The longest common subsequence of what is left of each.
    let mut length = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i][j] = match old[i] == new[j] {
                true => length[i + 1][j + 1] + 1,
                false => length[i + 1][j].max(length[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || length[i + 1][j] >= length[i][j + 1]) {
            lines.push(format!("- {}", old[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", new[j]));
            j += 1;
        }
    }
    lines
}

/// Below its heading.
pub fn below(heading: &str, text: &str) -> String {
    format!("{heading}\n{}", indented(text))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn only_lines_that_change_are_shown() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), ["- b", "+ x", "+ d"]);
        assert!(difference("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(difference("", "a\n"), ["+ a"]);
    }
}
