//! Writes the catalogue of words as a table of Rust, so that no start of the program has to read its YAML.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

const CATALOGUE: &str = "templates/words.yaml";

fn main() {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let yaml = fs::read_to_string(CATALOGUE).unwrap_or_else(|error| panic!("{CATALOGUE}: {error}"));
    let words: BTreeMap<String, BTreeMap<String, String>> =
        serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{CATALOGUE}: {error}"));
    let mut table = String::from("&[\n");
    for (lang, entries) in &words {
        table += &format!("    ({lang:?}, &{:?}),\n", entries.iter().collect::<Vec<_>>());
    }
    table += "]\n";
    let folder = env::var("OUT_DIR").expect("Cargo says where to write");
    fs::write(Path::new(&folder).join("words.rs"), table).expect("a table of words can be written");
}
