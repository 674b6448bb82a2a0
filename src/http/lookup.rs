//! From a name to addresses that may be called.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::address::is_public;

/// Looks names up and keeps only what the whole world can reach, so that no name leads into the house.
pub struct PublicOnly;

/// A name that leads only into networks of one's own.
#[derive(Debug, Error)]
#[error("the name has only private addresses")]
pub struct NoPublicAddress;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
