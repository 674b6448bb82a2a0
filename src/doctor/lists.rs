//! The member lists: each can be read, and how many are on it.
//!
//! Comes in: the project. Goes out: a line for each list. Shows no address.

use super::Check;
use crate::cli::quoted;
use crate::project::Project;
use crate::project::list::MemberFile;

const CHECK: &str = "lists";

pub fn checks(project: &Project) -> Vec<Check> {
    if project.config.lists.is_empty() {
        let check = Check::warning(CHECK, "there is no member list");
        return vec![
            check.help("add to the configuration: [lists.members] with file = \"newsletters/lists/members.csv\""),
        ];
    }
    project.config.lists.iter().map(|(name, list)| check(project, name, list)).collect()
}

fn check(project: &Project, name: &str, list: &crate::config::List) -> Check {
    let read = MemberFile::open(project, name, list).and_then(MemberFile::check);
    let check = match read {
        Ok(check) => check,
        Err(error) => return Check::of_error(CHECK, &error),
    };
    let path = project.path(&list.file);
    let look = format!("`rundbrief members check {}` says which and why", quoted(path.display()));
    let left_out = check.left_out.values().sum::<u64>();
    let mut parts = vec![counted(check.members.len(), "member", "members")];
    if left_out > 0 {
        parts.push(format!("{left_out} left out by `where`"));
    }
    if !check.rejected.is_empty() {
        parts.push(counted(check.rejected.len(), "row cannot be used", "rows cannot be used"));
    }
    let message = format!("{name}: {}", parts.join(", "));
    match (check.members.is_empty(), check.rejected.is_empty()) {
        (true, _) => Check::warning(CHECK, format!("{message}: nobody would be written to")).help(look),
        (_, false) => Check::warning(CHECK, message).help(look),
        _ => Check::ok(CHECK, message),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
