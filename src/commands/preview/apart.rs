//! Work that takes its time, in a thread of its own, so that the page is answered meanwhile.
//!
//! Comes in: where the project lies. Goes out: what the work gives. Everything is read anew there, since nothing of the
//! desk may be shared between threads.

use std::path::{Path, PathBuf};

use tokio::runtime::{Builder, Runtime};

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

    /// The configuration as it is now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn project(&self) -> Result<Project, Error> {
        Project::open(self.config.as_deref(), &self.folder)
    }

    /// Does something with the post as it is now.
    ///
    /// # Errors
    /// What is wrong with the configuration, the post, or the work itself.
    pub async fn with_post<T: Send + 'static>(
        self,
        work: impl FnOnce(&Context, &Ready, &Runtime) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        beside(move || {
            let context = Context::alone(self.project()?, self.cache)?;
            let ready = Ready::make(&context, &self.named)?;
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Error::io("start in", Path::new("."), error))?;
            work(&context, &ready, &runtime)
        })
        .await
    }
}

/// Does something in a thread; one that ends by a fault of this program is an error and not the preview's end.
///
/// # Errors
/// Those of the work.
pub async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|fault| Err(Error::Usage(format!("this part could not be made: {fault}"))))
}
