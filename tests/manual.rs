//! What stands beside the program on a computer: completions for shells, and the manual.

#[path = "support/commands.rs"]
mod commands;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use commands::commands;
use project::Project;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

#[test]
fn every_shell_has_a_script_that_knows_every_command() {
    let project = Project::empty();
    let all = [commands(&project, &[]), commands(&project, &["members"]), commands(&project, &["ledger"])].concat();
    for shell in SHELLS {
        let script = project.run(&["completions", shell]).code(0).stdout();
        for command in &all {
            let is_word = |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric()) == command;
            let found = script.split(|c: char| c.is_whitespace() || ";,:'\"".contains(c)).any(is_word);
            assert!(found, "{shell} does not know {command}");
        }
        for option in ["rest-with-new-text", "send-again", "since", "log-format"] {
            assert!(script.contains(option), "{shell} does not know --{option}");
        }
        let json = project.run(&["--format", "json", "completions", shell]).code(0).json();
        assert_eq!(json["shell"], shell);
        let same = json["script"].as_str().is_some_and(|text| text.trim_end() == script.trim_end());
        assert!(same, "{shell}: JSON has another script");
    }
    project.run(&["completions", "tcsh"]).code(64).says("bash, elvish, fish, powershell, zsh");
}

#[test]
fn the_help_says_where_each_script_belongs() {
    let project = Project::empty();
    let help = project.run(&["completions", "--help"]).code(0).stdout();
    for place in ["/bash-completion/completions/rundbrief", "/_rundbrief", "/fish/completions/rundbrief.fish"] {
        assert!(help.contains(place), "{place} is not in\n{help}");
    }
}

#[test]
fn completions_and_manual_need_no_configuration_that_is_in_order() {
    let project = Project::empty();
    project.write("config.toml", "[site\n");
    project.run(&["completions", "bash"]).code(0);
    project.run(&["man"]).code(0);
}

#[test]
fn the_manual_says_all_that_the_help_says_and_more() {
    let project = Project::empty();
    let page = project.run(&["man"]).code(0).stdout();
    for section in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "COMMANDS",
        "OPTIONS",
        "\"EXIT STATUS\"",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    ] {
        assert!(page.contains(&format!("\n.SH {section}\n")), "{section} is not in\n{page}");
    }
    for command in commands(&project, &[]) {
        assert!(page.contains(&format!("\nrundbrief\\-{command}(1)\n")), "{command} is not in\n{page}");
    }
    let help = project.run(&["--help"]).code(0).stdout();
    let plain = page.replace("\\fB", "`").replace("\\fR", "`").replace("\\-", "-");
    let (_, codes) = help.split_once("Exit codes:\n").expect("the help has exit codes");
    for line in codes.lines() {
        let (code, meaning) = line.trim().split_once("  ").expect("a code and what it means");
        assert!(plain.contains(&format!(".TP\n`{code}`\n{meaning}\n")), "{line} is not in\n{plain}");
    }
    let (_, from) = help.split_once("Begin with the sample:\n").expect("the help has examples");
    for line in from.lines().take_while(|line| line.starts_with("  ")) {
        let (command, what) = line.trim().split_once("    ").expect("a command and what it does");
        assert!(plain.contains(&format!(".TP\n`{}`\n{}\n", command.trim(), what.trim())), "{line} is not in\n{plain}");
    }
    for variable in help.split("[env: ").skip(1).filter_map(|rest| rest.split(']').next()) {
        assert!(plain.contains(&format!(".TP\n`{variable}`\n")), "{variable} is not in\n{plain}");
    }
    let json = project.run(&["--format", "json", "man"]).code(0).json();
    assert_eq!(json["pages"][0]["file"], "rundbrief.1");
    assert_eq!(json["pages"][0]["text"].as_str().map(str::trim_end), Some(page.trim_end()));
}

#[test]
fn the_manual_names_every_variable_that_the_program_reads() {
    let page = Project::empty().run(&["man"]).code(0).stdout();
    let mut found = 0;
    for (file, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for call in ["var(", "var_os(", "env(", "named(", "absolute(", "own_folder("] {
            let first =
                text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            for name in first.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
                assert!(page.contains(name), "{name} of {file} is not in\n{page}");
                found += 1;
            }
        }
    }
    assert!(found >= 6, "only {found} were found");
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).expect("a source file is UTF-8")));
        }
    }
    found
}

#[test]
fn every_command_has_a_page_that_explains_each_option_once() {
    let project = Project::empty();
    let said = project.run(&["man", "--out", "share/man1"]).code(0);
    let mut expected = vec!["rundbrief.1".to_owned()];
    expected.extend(commands(&project, &[]).iter().map(|command| format!("rundbrief-{command}.1")));
    for group in ["members", "ledger"] {
        expected.extend(commands(&project, &[group]).iter().map(|command| format!("rundbrief-{group}-{command}.1")));
    }
    expected.sort();
    let files = project.files("share/man1");
    assert_eq!(files, expected);
    said.says(&format!("{} pages written to share/man1.", files.len()));
    insta::assert_snapshot!("send", project.read("share/man1/rundbrief-send.1"));
    for file in &files {
        let page = project.read(&format!("share/man1/{file}"));
        assert!(page.is_ascii(), "{file}: groff reads anything else as Latin-1");
        let odd = page.lines().find(|line| line.is_empty() || line.ends_with(' ') || line.contains(['`', '~', '^']));
        assert_eq!(odd, None, "{file}: not printed as it is meant");
        let lines: Vec<&str> = page.lines().collect();
        let mut sections: Vec<&&str> = lines.iter().filter(|line| line.starts_with(".SH")).collect();
        let number = sections.len();
        sections.sort();
        sections.dedup();
        assert_eq!(sections.len(), number, "{file}: a section stands there twice");
        let mut terms = Vec::new();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| **line == ".TP") {
            let (term, explained) = (lines[at + 1], lines[at + 2]);
            assert!(!explained.starts_with('.'), "{file}: {term} is not explained");
            assert!(!terms.contains(&term), "{file}: {term} stands there twice");
            terms.push(term);
        }
    }
}

#[test]
fn a_page_of_an_earlier_version_is_replaced_and_others_stay() {
    let project = Project::empty();
    project.write("man1/rundbrief-send.1", "an earlier one");
    project.write("man1/other.1", "somebody else's");
    let json = project.run(&["--format", "json", "man", "--out", "man1"]).code(0).json();
    let written = json["pages"].as_array().expect("a list").len();
    assert_eq!(project.files("man1").len(), written + 1, "nothing else lies there");
    assert!(project.read("man1/rundbrief-send.1").contains(".SH SYNOPSIS"));
    assert_eq!(project.read("man1/other.1"), "somebody else's");
    project.write("blocked", "a file");
    project.run(&["man", "--out", "blocked"]).code(74).says("blocked");
}

#[cfg(unix)]
mod on_unix {
    use std::fs;
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Stdio};

    use super::{Project, project};

    #[test]
    fn pages_are_for_everybody_and_whoever_reads_one_meanwhile_sees_the_old_one_whole() {
        let project = Project::empty();
        project.write("man1/rundbrief.1", "an earlier one");
        fs::set_permissions(project.path("man1/rundbrief.1"), fs::Permissions::from_mode(0o600)).expect("is set");
        let mut reader = fs::File::open(project.path("man1/rundbrief.1")).expect("is there");
        project.run(&["man", "--out", "man1"]).code(0);
        for file in project.files("man1") {
            let mode = fs::metadata(project.path("man1").join(&file)).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o644, "{file}");
        }
        let mut seen = String::new();
        reader.read_to_string(&mut seen).expect("is read");
        assert_eq!(seen, "an earlier one");
    }

    /// What bash offers for the last of these words.
    fn offered(project: &Project, words: &[&str]) -> Vec<String> {
        let script = "source ./rundbrief.bash && COMP_WORDS=(\"$@\") && COMP_CWORD=$(($# - 1)) && \
                      _rundbrief rundbrief \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\" && \
                      printf '%s\\n' \"${COMPREPLY[@]}\"";
        let output = Command::new("bash")
            .args(["--norc", "-c", script, "bash"])
            .args(words)
            .current_dir(project.path(""))
            .output()
            .expect("bash runs");
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
    }

    #[test]
    fn bash_completes_commands_options_values_and_files() {
        if Command::new("bash").arg("--version").output().is_err() {
            eprintln!("bash is not here: its completions are not tried");
            return;
        }
        let project = Project::empty();
        project.write("rundbrief.bash", project.run(&["completions", "bash"]).code(0).stdout());
        project.write("newsletters/kurz.md", project::POST);
        project.write("new.toml", "");
        assert_eq!(offered(&project, &["rundbrief", "sta"]), ["status"]);
        assert_eq!(offered(&project, &["rundbrief", "members", "uns"]), ["unsuppress"]);
        assert_eq!(offered(&project, &["rundbrief", "send", "kurz", "--rest-w"]), ["--rest-with-new-text"]);
        assert_eq!(offered(&project, &["rundbrief", "completions", "z"]), ["zsh"]);
        assert_eq!(offered(&project, &["rundbrief", "--log-format", "j"]), ["json"]);
        assert_eq!(offered(&project, &["rundbrief", "run", "--config", "new"]), ["new.toml", "newsletters"]);
        // Bash itself adds folders to nothing (`compopt -o plusdirs`), and files (`complete -o default`).
        let none: [&str; 1] = [""];
        assert_eq!(offered(&project, &["rundbrief", "man", "--out", "new"]), none, "no file, where a folder is wanted");
        assert_eq!(offered(&project, &["rundbrief", "send", "newsl"]), none);
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        for arguments in [&["completions", "bash"][..], &["man"]] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_rundbrief"))
                .args(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut first = String::new();
            // The rest of the script does not fit into the pipe, and is still being written when the reader goes.
            BufReader::with_capacity(16, child.stdout.take().expect("is piped")).read_line(&mut first).expect("a line");
            let output = child.wait_with_output().expect("it ends");
            assert!(!first.is_empty() && output.status.success(), "{arguments:?}: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        }
    }
}
