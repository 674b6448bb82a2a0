//! Texts in columns: what is left is aligned left, numbers right, and no line ends in blanks.

/// Lines of cells, each column as wide as its widest cell, two blanks between them. `right`: numbers.
pub fn aligned(rows: &[Vec<String>], right: impl Fn(usize) -> bool) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let blanks = " ".repeat(widths[column] - length(cell));
            if right(column) { blanks + cell } else { format!("{cell}{blanks}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn length(cell: &str) -> usize {
    cell.chars().count()
}

/// At most `most` characters, with an ellipsis where something is missing.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).collect::<String>().trim_end().to_owned() + "…",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["ä", "1", "x"]), row(["bcd", "1000", ""])];
        assert_eq!(aligned(&rows, |column| column == 1), ["ä       1  x", "bcd  1000"]);
        assert_eq!((cut("Tagung", 6).as_str(), cut("Tagungen", 6).as_str()), ("Tagung", "Tagun…"));
    }
}
