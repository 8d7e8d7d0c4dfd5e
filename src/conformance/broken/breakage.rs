//! The layer around the target that gives it a defect.

use std::{collections::BTreeMap, io};

use axum::Router;
use url::Url;

use super::{
    defect::Defect,
    proxy::{self, Proxy},
};
use crate::{
    Vendor,
    conformance::{runner, target},
};

/// The two sides of one variant. Where it does nothing there is nothing, and the way is as long as without it.
#[derive(Debug)]
pub(crate) struct Breakage {
    defect: Defect,
    back: BTreeMap<Vendor, Proxy>,
}

impl Breakage {
    /// Opens the provider side.
    pub(crate) async fn start(make: fn() -> Defect, stage: impl Fn(Vendor) -> Url) -> io::Result<Self> {
        let defect = make();
        let mut back = BTreeMap::new();
        if let Some(passage) = &defect.back {
            let http = target::http_client(runner::PATIENCE).map_err(io::Error::other)?;
            for vendor in Vendor::ALL {
                back.insert(vendor, Proxy::start(http.clone(), passage.clone(), stage(vendor)).await?);
            }
        }
        Ok(Self { defect, back })
    }

    /// The target with the front before it.
    pub(crate) fn stand_before(&self, target: Router) -> Router {
        match &self.defect.front {
            Some(passage) => proxy::before(passage.clone(), target),
            None => target,
        }
    }

    /// A vendor's address as the target sees it, if there is a proxy on the way.
    pub(crate) fn url(&self, vendor: Vendor) -> Option<Url> {
        self.back.get(&vendor).map(|proxy| proxy.url.clone())
    }
}
