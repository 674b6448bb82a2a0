//! The file of a report: written piece by piece beside its place, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;
use crate::report::Format;
use crate::words::Words;

/// By so much of its beginning and its end a file is known as a report.
const LOOK: u64 = 4_096;

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

/// Whether the place is free, or has an older report in this format.
///
/// # Errors
/// [`Error::Usage`] for a file that is something else, such as the post itself.
pub(super) fn may_be_written(place: &Path, format: &dyn Format, words: &Words) -> Result<(), Error> {
    let mut file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("read", place, error)),
    };
    let (first, last) = ends(&mut file).map_err(|error| Error::io("read", place, error))?;
    if first.is_empty() || format.is_report(&first, &last, words) {
        return Ok(());
    }
    let help = "choose another name, or move it away first";
    Err(Error::Usage(format!("--out {}: this file is there and is no report\n  = help: {help}", place.display())))
}

fn ends(file: &mut File) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let length = file.metadata()?.len();
    file.take(LOOK).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(length.saturating_sub(LOOK)))?;
    file.take(LOOK).read_to_end(&mut last)?;
    Ok((first, last))
}
