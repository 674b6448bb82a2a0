//! The plan on the preview's desk: counted in a thread, once for each state of the files.
//!
//! Comes in: the files' stamps. Goes out: a plan, or why there is none. While a long list is counted, saves that come in
//! the meantime do not queue up: only the newest of them is counted next.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::super::Context;
use super::super::survey::survey;
use super::apart::Apart;
use super::plan::plan;
use super::stamps::Stamps;
use crate::preview::desk::Going;
use crate::preview::view::{Part, Plan};

/// The plan of the last state that was counted, and that state.
type Counted = (Stamps, Part<Plan>);

#[derive(Clone, Default)]
pub struct Plans {
    counted: Arc<Mutex<Option<Counted>>>,
    /// The number of the newest state that was asked for.
    newest: Rc<Cell<u64>>,
}

impl Plans {
    /// The plan of the files as they are; `state` grows with every save. Whoever asks while it is counted waits for it.
    pub fn make(&self, context: &Context, named: &Path, state: u64, stamps: &Stamps) -> Going<Part<Plan>> {
        let (counted, newest, stamps) = (self.counted.clone(), self.newest.clone(), stamps.clone());
        let apart = Apart::of(context, named);
        newest.set(newest.get().max(state));
        Box::pin(async move {
            let mut counted = counted.lock().await;
            match &*counted {
                Some((of, plan)) if *of == stamps => return plan.clone(),
                // The page asks again for the newer state and does not show this one.
                Some((_, plan)) if newest.get() > state => return plan.clone(),
                _ => {}
            }
            let made = apart.with_post(|context, ready, runtime| {
                runtime.block_on(async {
                    let survey = survey(context, ready, &[]).await?;
                    plan(context, ready, &survey).await
                })
            });
            let made = made.await.map_or_else(|error| Part::Wrong(error.to_string()), Part::Shown);
            *counted = Some((stamps, made.clone()));
            made
        })
    }
}
