//! The rules of `check`: each has a post that breaks it and nothing else, and one like it that breaks nothing.
//!
//! `tests/cases/check/<rule>/bad.md` gives the findings of `expected.snap`, exactly as they are printed; `good.md` gives none.
//! Beside them may stand `bad.toml`, `good.toml`, or `both.toml` for both: what surrounds the post. Its keys are those of
//! [`Around`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::{ProptestConfig, prop_assert, proptest};
use rundbrief::check::{Answer, Audience, FAMILIES, Facts, Rendered, Settings, Subject, Teller, check, rules, urls};
use rundbrief::config::{BUILT_IN, Config};
use rundbrief::finding::{Finding, Severity};
use rundbrief::post::Post;
use rundbrief::post::picture::{Format, Prepared};
use rundbrief::render::{Pictures, Shown, Source, Templates, picture_file};
use rundbrief::words::Catalogue;
use serde::Deserialize;

/// What surrounds the post of a case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Around {
    /// Texts of the example configuration, and what stands in their place.
    config: Vec<(String, String)>,
    /// Added at the end of the configuration.
    more_config: String,
    /// The same for templates, by name.
    templates: BTreeMap<String, Vec<(String, String)>>,
    /// Local to the site.
    now: Option<String>,
    /// `alive`, `dead: …` or `doubtful: …`, by URL.
    answers: BTreeMap<String, String>,
    audiences: Vec<People>,
    /// Bytes of a picture's file.
    bytes: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    list: String,
    people: u64,
    last: Option<u64>,
}

/// What a case is made of, ready to be looked at.
struct Scene {
    config: Config,
    settings: Settings,
    templates: Templates,
    facts: Facts,
    around: Around,
}

impl Scene {
    fn new(around: Around) -> Scene {
        let mut text: String = BUILT_IN
            .lines()
            .filter(|line| !line.starts_with("logo"))
            .fold(String::new(), |all, line| all + line + "\n");
        text = text.replace("[site.partners.stiftung]\n", "[site.partners.stiftung]\nlogo = \"none.png\"\n");
        for (from, to) in &around.config {
            assert!(text.contains(from), "{from:?} is not in the example configuration");
            text = text.replacen(from, to, 1);
        }
        text += &around.more_config;
        let config = Config::parse(Path::new("config.toml"), &text).unwrap_or_else(|found| panic!("{}", print(&found)));
        let settings = Settings::of(&config.check).unwrap_or_else(|found| panic!("{}", print(&found)));
        let mut templates = Templates::built_in();
        for (name, changes) in &around.templates {
            let mut text = templates.get(name).expect("a template").text.clone();
            for (from, to) in changes {
                assert!(text.contains(from), "{from:?} is not in {name}");
                text = text.replace(from, to);
            }
            templates.override_with(name, text, Path::new("design").join(name));
        }
        let facts = Facts {
            now: around.now.as_ref().map(|now| now.replace(' ', "T").parse::<DateTime>().expect("a time")),
            answers: around.answers.iter().map(|(url, answer)| (url.clone(), read_answer(answer))).collect(),
            audiences: around.audiences.iter().map(audience).collect(),
        };
        Scene { config, settings, templates, facts, around }
    }

    /// The findings about a post, those of its reading among them.
    fn look(&self, file: &Path, bytes: &[u8]) -> Vec<Finding> {
        let post = match Post::parse(file, bytes, &TimeZone::get("Europe/Berlin").expect("a zone")) {
            Ok(post) => post,
            Err(findings) => return self.settings.weigh(findings),
        };
        let pictures = self.pictures(&post);
        let words = Catalogue::built_in().for_lang(&post.header.lang);
        let source = Source {
            config: &self.config,
            post: &post,
            sections: &[],
            pictures: &pictures,
            words: &words,
            templates: &self.templates,
        };
        let lists: Vec<String> = self.config.lists.keys().cloned().collect();
        let channels = post.header.channels.clone().unwrap_or_else(|| self.config.channel_names());
        let rendered = Rendered::of(&source, &lists[0], &channels);
        let made = post.findings.iter().chain(&rendered.findings).cloned().collect();
        let (email, teasers) = (rendered.email.as_ref(), rendered.teasers.as_slice());
        let subject = Subject::new(source, (&channels, &lists), (email, teasers), &self.facts, &self.settings);
        for url in urls(&subject) {
            assert!(url.starts_with("http"), "{url} would be asked for");
        }
        check(&subject, &self.settings, made)
    }

    /// Every picture of a post, measured and not there.
    fn pictures(&self, post: &Post) -> Pictures {
        let mut pictures = Pictures::default();
        for picture in post.pictures() {
            let file = picture_file(post, picture);
            let shown = if post.header.image.as_ref() == Some(picture) { Shown::Hero } else { Shown::Body };
            let name = format!("{}-0.jpg", picture.src.replace(['/', '.', ' '], "-"));
            let prepared = Prepared {
                bytes: Vec::new(),
                format: Format::Jpeg,
                width: 1200,
                height: 800,
                shown_width: shown.width(),
                name: name.clone(),
            };
            pictures.note_file(
                file.clone(),
                self.around.bytes.get(&picture.src).copied().unwrap_or(90_000),
                Some(name),
            );
            pictures.insert(file, shown, prepared);
        }
        pictures
    }
}

fn read_answer(written: &str) -> Answer {
    match written.split_once(": ") {
        Some(("dead", why)) => Answer::Dead(why.to_owned()),
        Some(("doubtful", why)) => Answer::Doubtful(why.to_owned()),
        _ => Answer::Alive,
    }
}

fn audience(People { list, people, last }: &People) -> Audience {
    Audience { list: list.clone(), people: *people, last: *last }
}

fn print(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding:#}")).collect::<Vec<_>>().join("\n\n")
}

/// What surrounds `bad.md` or `good.md` of a case.
fn around(case: &Path, which: &str) -> Around {
    let found = [which, "both"].iter().map(|name| case.join(name).with_extension("toml")).find(|file| file.exists());
    let Some(file) = found else { return Around::default() };
    let text = fs::read_to_string(&file).expect("it can be read");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn findings(case: &Path, which: &str) -> Vec<Finding> {
    let bytes =
        fs::read(case.join(which).with_extension("md")).unwrap_or_else(|error| panic!("{case:?} {which}: {error}"));
    Scene::new(around(case, which)).look(&Path::new("newsletters").join(which).with_extension("md"), &bytes)
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> =
        fs::read_dir("tests/cases/check").expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    cases
}

#[test]
fn each_rule_has_a_case_and_each_case_a_rule() {
    let names = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    let cases: BTreeSet<String> = cases().iter().map(names).collect();
    let known: BTreeSet<String> = rules().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(cases, known);
    assert_eq!(known.len(), rules().count(), "two rules have one name");
}

#[test]
fn a_bad_post_breaks_its_rule_and_no_other_and_a_good_one_breaks_none() {
    let mut wrong = Vec::new();
    for case in cases() {
        let rule = case.file_name().expect("a name").to_string_lossy().into_owned();
        let bad = findings(&case, "bad");
        if bad.is_empty() || bad.iter().any(|finding| finding.rule != rule) {
            wrong.push(format!("{rule}, bad.md: {}", print(&bad)));
        }
        let severity = rules().find(|known| known.id == rule).map(|known| known.severity);
        if bad.iter().any(|finding| Some(finding.severity) != severity) {
            wrong.push(format!("{rule} does not weigh what its rule says"));
        }
        if bad.iter().any(|finding| finding.place.is_none() || finding.help.is_none()) {
            wrong.push(format!("{rule} says nothing about where, or what to do"));
        }
        let good = findings(&case, "good");
        if !good.is_empty() {
            wrong.push(format!("{rule}, good.md: {}", print(&good)));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(fs::canonicalize(&case).expect("is there"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("expected", print(&bad)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_rule_can_be_silenced_raised_and_lowered() {
    let case = Path::new("tests/cases/check/link-text");
    let weighed = |line: &str| {
        let around = Around { more_config: format!("\n[check]\n{line}\n"), ..Around::default() };
        let bytes = fs::read(case.join("bad.md")).expect("the case");
        Scene::new(around).look(Path::new("newsletters/a.md"), &bytes).first().map(|finding| finding.severity)
    };
    assert_eq!(weighed("quotes = \"off\""), Some(Severity::Warning));
    assert_eq!(weighed("link-text = \"off\""), None);
    assert_eq!(weighed("link-text = \"error\""), Some(Severity::Error));
    let placeholder = fs::read("tests/cases/check/placeholder/bad.md").expect("the case");
    let around = Around { more_config: "\n[check]\nplaceholder = \"warn\"\n".to_owned(), ..Around::default() };
    let lowered = Scene::new(around).look(Path::new("newsletters/a.md"), &placeholder);
    assert!(lowered.iter().all(|finding| !finding.is_error()), "{}", print(&lowered));
}

#[test]
fn the_chosen_mail_programs_decide_what_a_design_may_use() {
    let case = Path::new("tests/cases/check/unsupported");
    let with = |clients: &str| {
        let around = Around { more_config: format!("\n[check]\nclients = {clients}\n"), ..around(case, "bad") };
        let bytes = fs::read(case.join("bad.md")).expect("the case");
        Scene::new(around).look(Path::new("newsletters/a.md"), &bytes).len()
    };
    assert_eq!((with("[\"apple-mail\", \"iphone\"]"), with("[\"thunderbird\"]")), (0, 0));
    assert!(with("[\"outlook-windows\"]") > 2);
}

#[test]
fn the_list_of_rules_in_the_documentation_is_the_programs() {
    let mut text = String::from(
        "# What `rundbrief check` looks for\n\nMade from the program. A rule's name in `[check]` silences it, raises it or \
         lowers it: `link-text = \"off\"`, `\"warn\"` or `\"error\"`.\n",
    );
    for family in FAMILIES {
        text += &format!(
            "\n## {}: {}\n\n| rule | weighs | what | what to do |\n|---|---|---|---|\n",
            family.name, family.about
        );
        for rule in family.rules {
            let weighs = match (rule.severity, rule.teller) {
                (_, Teller::Refusal) => "always an error",
                (Severity::Error, _) => "error",
                (Severity::Warning, _) => "warning",
            };
            let cell = |text: &str| text.replace('|', "\\|");
            text += &format!("| `{}` | {weighs} | {} | {} |\n", rule.id, cell(rule.what), cell(rule.todo));
        }
    }
    let file = Path::new("docs/checks.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(file, &text).expect("is written");
    }
    assert_eq!(fs::read_to_string(file).expect("is there"), text, "write it with INSTA_UPDATE=always");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing that somebody can type makes a rule panic, and every place is one of the file.
    #[test]
    fn no_rule_panics_on_an_odd_post(
        lang in "de|en|de-AT|fr",
        title in "[A-Za-zäÄß!?„“\"<>&;*`. ]{1,90}",
        teaser in "([#@][a-zA-Zä*:._-]{0,9}| |!|https://a.de|\\PC){0,40}",
        body in "([-*_>#`~|<!\\[\\]()\"„“”1-9.:&;{}%$@/ \n\t]|[a-zäßXT*]|z\\. B\\.|Dr\\. M|10 %|\n\n|## |\\[hier\\]\\(https://t\\.co/a\\)|!\\[a\\]\\(b\\.jpg\\)|&nbsp;|\\\\|\\PC){0,120}",
    ) {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!(
            "---\ntitle: \"{}\"\nlang: {lang}\nteaser: \"{}\"\nsend_at: 2026-11-28 23:30\n---\n{body}\n",
            quoted(&title), quoted(&teaser)
        );
        let around = Around { now: Some("2026-11-23 09:00".to_owned()), ..Around::default() };
        for finding in Scene::new(around).look(Path::new("newsletters/a.md"), text.as_bytes()) {
            if let Some(place) = finding.place.as_ref().filter(|place| place.file == Path::new("newsletters/a.md") && place.line > 0) {
                let line = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').nth(place.line - 1).map(str::to_owned);
                prop_assert!(line.is_some(), "{finding:#}");
                prop_assert!(place.column >= 1, "{finding:#}");
            }
            prop_assert!(!print(&[finding]).is_empty());
        }
    }

    /// A word of the text is found where it stands, whatever surrounds it.
    #[test]
    fn a_finding_points_at_its_word(
        before in "([a-zäß*]{1,6} |\\\\\\* |&nbsp;|\\*[a-z]{1,5}\\* |`[a-z]{1,4}` |\\[ab cd\\]\\(https://a\\.de/b\\) |[a-z]{2}\n){0,12}",
        after in "( [a-zäß]{1,6}){0,5}",
    ) {
        let text = format!("---\ntitle: A\nlang: de\n---\nAnfang {before}TODO{after}\n");
        let around = Around::default();
        let findings = Scene::new(around).look(Path::new("newsletters/a.md"), text.as_bytes());
        let found = findings.iter().find(|finding| finding.rule == "placeholder").expect("it is found");
        let place = found.place.as_ref().expect("a place");
        let shown: String = place.text.chars().skip(place.column - 1).take(place.width).collect();
        prop_assert!(shown == "TODO", "{shown:?}\n{found:#}");
    }
}
