//! The commands there are, as the help lists them.

use crate::project::Project;

/// Those of the program, or those below one of its commands.
pub fn commands(project: &Project, below: &[&str]) -> Vec<String> {
    let help = project.run(&[below, &["--help"]].concat()).code(0).stdout();
    let (_, listed) = help.split_once("Commands:\n").unwrap_or_else(|| panic!("no commands in {help}"));
    let listed = listed.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = listed.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_whitespace().next());
    let found: Vec<String> = names.filter(|name| *name != "help").map(str::to_owned).collect();
    assert!(found.len() > 1, "{help}");
    found
}
