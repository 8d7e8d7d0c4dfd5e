//! The layer around the target that gives it a defect.

use std::{collections::BTreeMap, io, sync::Arc};

use url::Url;

use super::{
    defect::Defect,
    proxy::{Proxy, Side},
};
use crate::{
    Vendor,
    conformance::{runner, target},
};

/// The proxies of one broken variant.
#[derive(Debug)]
pub(crate) struct Breakage {
    http: reqwest::Client,
    defect: Arc<Defect>,
    back: BTreeMap<Vendor, Proxy>,
    front: Option<Proxy>,
}

impl Breakage {
    /// Opens the provider side.
    pub(crate) async fn start(make: fn() -> Defect, stage: impl Fn(Vendor) -> Url) -> io::Result<Self> {
        let http = target::http_client(runner::PATIENCE).map_err(io::Error::other)?;
        let defect = Arc::new(make());
        let mut back = BTreeMap::new();
        for vendor in Vendor::ALL {
            let proxy = Proxy::start(http.clone(), Arc::clone(&defect), Side::Back, stage(vendor)).await?;
            back.insert(vendor, proxy);
        }
        Ok(Self { http, defect, back, front: None })
    }

    /// Opens the front of the target at `url`, and gives its address.
    pub(crate) async fn stand_before(&mut self, url: Url) -> io::Result<Url> {
        let proxy = Proxy::start(self.http.clone(), Arc::clone(&self.defect), Side::Front, url).await?;
        let front = proxy.url.clone();
        self.front = Some(proxy);
        Ok(front)
    }

    /// A vendor's address as the target sees it.
    pub(crate) fn url(&self, vendor: Vendor) -> Url {
        self.back[&vendor].url.clone()
    }
}
