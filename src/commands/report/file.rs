//! The file of a report: written piece by piece beside its place, then renamed.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// A report on its way to its place. Dropped before [`ReportFile::finish`], it leaves nothing behind.
pub(super) struct ReportFile {
    place: PathBuf,
    beside: BufWriter<NamedTempFile>,
}

impl ReportFile {
    /// Begins beside `place`, whose folder is made if it is not there.
    pub(super) fn begin(place: &Path) -> Result<ReportFile, Error> {
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".part");
        // As any other new file, and not only for its owner: it is made to be passed on.
        #[cfg(unix)]
        let builder = {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666))
        };
        let beside = builder.tempfile_in(folder).map_err(|error| Error::io("write", place, error))?;
        Ok(ReportFile { place: place.to_owned(), beside: BufWriter::new(beside) })
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Error> {
        self.beside.write_all(text.as_bytes()).map_err(|error| Error::io("write", &self.place, error))
    }

    /// Puts it into its place.
    pub(super) fn finish(self) -> Result<(), Error> {
        let failed = |error: io::Error| Error::io("write", &self.place, error);
        let beside = self.beside.into_inner().map_err(|error| failed(error.into_error()))?;
        beside.as_file().sync_all().map_err(failed)?;
        beside.persist(&self.place).map(drop).map_err(|error| failed(error.error))
    }
}
