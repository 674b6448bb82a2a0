//! The organisation's own templates over the built-in ones, file by file.

use std::fs;
use std::io;
use std::path::Path;

use super::Project;
use crate::error::Error;
use crate::finding::{Finding, Place, nearest};
use crate::render::Templates;

/// Reads the folder of `[site] templates`. A file with an unknown name is an error, because it would never be used.
pub(super) fn load(project: &Project, findings: &mut Vec<Finding>) -> Result<Templates, Error> {
    let mut templates = Templates::built_in();
    let Some(folder) = &project.config.site.templates else { return Ok(templates) };
    let folder = project.path(folder);
    let known: Vec<String> = templates.iter().map(|(name, _)| name.to_owned()).collect();
    let entries = fs::read_dir(&folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::Missing {
            what: "template folder",
            path: folder.clone(),
            help: "make the folder named in [site] templates, or remove that line".to_owned(),
        },
        _ => Error::io("read", &folder, error),
    })?;
    for entry in entries {
        let path = entry.map_err(|error| Error::io("read", &folder, error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !name.ends_with(".j2") {
            continue;
        }
        if !known.iter().any(|known| known == name) {
            findings.push(unknown(&path, name, &known));
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(text) => templates.override_with(name, text, path.clone()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                findings
                    .push(Finding::error("template", "this template is not UTF-8 text").at(Place::whole_file(&path)));
            }
            Err(error) => return Err(Error::io("read", &path, error)),
        }
    }
    Ok(templates)
}

fn unknown(path: &Path, name: &str, known: &[String]) -> Finding {
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the templates are: {}", known.join(", ")),
    };
    Finding::error("template", format!("no template is called `{name}`")).at(Place::whole_file(path)).help(help)
}
