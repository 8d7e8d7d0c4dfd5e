//! What stands around the target: the stage it talks to, and the addresses under which it knows the vendors.

use std::{collections::BTreeMap, io};

use axum::Router;
use url::Url;

use super::{
    broken::{Breakage, Variant},
    permitted::Permitted,
};
use crate::{RunningStage, Vendor};

/// The stage of a run, and the way from the target to it. All of it stops when this is dropped.
#[derive(Debug)]
pub struct Surroundings {
    stage: RunningStage,
    breakage: Option<Breakage>,
}

impl Surroundings {
    /// A running stage that the target reaches directly.
    #[must_use]
    pub fn new(stage: RunningStage) -> Self {
        Self { stage, breakage: None }
    }

    /// A running stage, and between it and the target the provider side of a broken variant.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn broken(stage: RunningStage, variant: &'static Variant) -> io::Result<Self> {
        let breakage = Breakage::start(variant.make, |vendor| stage.url(vendor)).await?;
        Ok(Self { stage, breakage: Some(breakage) })
    }

    /// A running stage, and between it and the target the provider side of a permitted variant.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn permitted(stage: RunningStage, variant: &'static Permitted) -> io::Result<Self> {
        let breakage = Breakage::start(variant.make, |vendor| stage.url(vendor)).await?;
        Ok(Self { stage, breakage: Some(breakage) })
    }

    /// The addresses of the vendors, as the target must be configured with.
    #[must_use]
    pub fn providers(&self) -> BTreeMap<Vendor, Url> {
        Vendor::ALL.into_iter().map(|vendor| (vendor, self.seen(vendor))).collect()
    }

    /// The target as its clients find it: as it is, or behind the front of a variant.
    pub fn before(&self, target: Router) -> Router {
        match &self.breakage {
            Some(breakage) => breakage.stand_before(target),
            None => target,
        }
    }

    /// The stage itself.
    pub fn stage(&self) -> &RunningStage {
        &self.stage
    }

    /// A vendor's address as the target knows it.
    pub(crate) fn seen(&self, vendor: Vendor) -> Url {
        let between = self.breakage.as_ref().and_then(|breakage| breakage.url(vendor));
        between.unwrap_or_else(|| self.stage.url(vendor))
    }
}
