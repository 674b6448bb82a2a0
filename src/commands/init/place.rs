//! File names as the configuration has them: relative to its folder, whole where they lie elsewhere.

use std::path::{Component, Path, PathBuf};

/// The path, as seen from `folder`. Both are as the person who runs the program sees them.
pub fn from(folder: &Path, path: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let base = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (base, path) = (plain(&whole(base)), plain(&whole(path)));
    path.strip_prefix(&base).unwrap_or(&path).display().to_string()
}

/// Without `.` and with `..` resolved, by the name alone.
fn plain(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts
}

/// `~/x` as a shell would read it, since nobody's shell reads the answer to a question.
pub fn home(written: &str, home: Option<PathBuf>) -> PathBuf {
    match (written.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_the_configuration_is_relative_and_all_else_is_whole() {
        assert_eq!(from(Path::new("/a/b"), Path::new("/a/b/c/../d.csv")), "d.csv");
        assert_eq!(from(Path::new("/a/b"), Path::new("/a/x.csv")), "/a/x.csv");
        assert_eq!(from(Path::new(""), Path::new("./lists/x.csv")), "lists/x.csv");
    }

    #[test]
    fn the_home_folder_is_known() {
        assert_eq!(home("~/x.csv", Some("/home/a".into())), Path::new("/home/a/x.csv"));
        assert_eq!(home("x.csv", Some("/home/a".into())), Path::new("x.csv"));
    }
}
