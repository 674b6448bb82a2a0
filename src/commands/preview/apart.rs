//! Work that takes its time, in a thread of its own, so that the page is answered meanwhile.
//!
//! Comes in: where the project lies. Goes out: what the work gives. Everything is read anew there, since nothing of the
//! desk may be shared between threads.

use std::path::{Path, PathBuf};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::super::Context;
use super::super::ready::Ready;
use crate::error::Error;
use crate::project::Project;

/// Where a thread finds everything again.
#[derive(Debug, Clone)]
pub struct Apart {
    config: Option<PathBuf>,
    folder: PathBuf,
    cache: Option<PathBuf>,
    named: PathBuf,
}

impl Apart {
    pub fn of(context: &Context, named: &Path) -> Apart {
        Apart {
            config: context.project.config_file.clone(),
            folder: context.project.config.folder.clone(),
            cache: context.cache.clone(),
            named: named.to_owned(),
        }
    }

    /// The post as it was named on the command line.
    pub fn named(&self) -> &Path {
        &self.named
    }

    /// The configuration as it is now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn project(&self) -> Result<Project, Error> {
        Project::open(self.config.as_deref(), &self.folder)
    }

    /// Does something with the project as it is now.
    ///
    /// # Errors
    /// What is wrong with the configuration, or the work itself.
    pub fn with_project<T: Send + 'static>(
        self,
        work: impl FnOnce(&Context, &Runtime) -> Result<T, Error> + Send + 'static,
    ) -> Result<Beside<T>, Error> {
        start(move || {
            let context = Context::alone(self.project()?, self.cache)?;
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Error::io("start in", Path::new("."), error))?;
            work(&context, &runtime)
        })
    }

    /// Does something with the post as it is now.
    ///
    /// # Errors
    /// What is wrong with the configuration, the post, or the work itself.
    pub async fn with_post<T: Send + 'static>(
        self,
        work: impl FnOnce(&Context, &Ready, &Runtime) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let named = self.named.clone();
        let going = self.with_project(move |context, runtime| work(context, &Ready::make(context, &named)?, runtime));
        ended(going?.await)
    }
}

/// Work that goes on in a thread. It is not waited for when the preview ends, however long it still takes.
pub type Beside<T> = oneshot::Receiver<Result<T, Error>>;

/// Begins something in a thread.
///
/// # Errors
/// The system has no thread left.
pub fn start<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<Beside<T>, Error> {
    let (done, going) = oneshot::channel();
    let thread = thread::Builder::new().name("beside".to_owned());
    let started = thread.spawn(move || drop(done.send(work())));
    started.map(|_| going).map_err(|error| Error::Usage(format!("this part could not be made: {error}")))
}

/// What came of it; a thread that ended by a fault of this program is an error and not the preview's end.
pub fn ended<T>(ended: Result<Result<T, Error>, oneshot::error::RecvError>) -> Result<T, Error> {
    ended.unwrap_or_else(|_| Err(Error::Usage("this part could not be made; the terminal says why".to_owned())))
}

/// Does something in a thread.
///
/// # Errors
/// Those of the work.
pub async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    ended(start(work)?.await)
}
