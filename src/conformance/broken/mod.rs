//! Broken variants: the target with one named defect. A suite is worth what it catches.
//!
//! A variant is a thin layer around the target: before it, or as proxies between it and each provider, or both, with a
//! defect that rewrites what passes through.

mod breakage;
pub(super) mod defect;
mod proxy;
mod variants;

pub(crate) use breakage::Breakage;
pub(crate) use defect::Defect;
pub use variants::{UnknownVariant, Variant, VariantName, all};
