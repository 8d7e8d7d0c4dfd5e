//! A reference implementation of the SAP Open Connectors `/instances` API.
//!
//! A *connector* ("element" on the wire) describes a vendor; an *instance* is an authenticated connection of one
//! caller to it. The service exchanges the authorization code, keeps the vendor's tokens, refreshes them when they
//! are too old, and passes calls on. It talks to the vendors over HTTP exactly as in production, at the base URLs
//! it is given, and to nothing else.
//!
//! ```no_run
//! use rehearsal::{Vendor, instances};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let providers = [(Vendor::Box, "http://127.0.0.1:8001".parse()?)].into();
//! let caller = instances::Caller::new("user-secret", "organization-secret");
//! let service = instances::Service::new(instances::Settings::new(providers, vec![caller]))?;
//! let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
//! instances::serve(listener, service, std::future::pending()).await?;
//! # Ok(()) }
//! ```
//!
//! The connectors are data: `fixtures/connectors/` holds one file each, in the shape in which the API serves them,
//! with one member more that tells the service how to talk to the vendor.

mod address;
mod administration;
mod authentication;
mod authorization;
mod body;
mod catalog;
mod configuration;
mod connector;
mod credentials;
mod docs;
mod envelope;
mod error;
mod files;
mod gateway;
mod instance;
mod listing;
mod mapping;
mod markup;
mod metadata;
mod oauth1;
mod oauth_url;
mod objects;
mod openapi;
mod outbound;
mod paging;
mod provider_message;
mod provisioning;
mod records;
mod refresh;
mod resources;
mod role;
mod routes;
mod service;
mod serving;
mod settings;
pub mod storage;
mod store;
mod template;
mod tokens;
mod trace;
mod update;
#[cfg(feature = "tls")]
mod vendor_hosts;

pub use role::{Privilege, Role, UnknownRole};
pub use service::Service;
pub use serving::serve;
#[cfg(feature = "cli")]
pub(crate) use serving::{GRACE, serve_router};
pub use settings::{Caller, Settings, SettingsError};
#[cfg(feature = "tls")]
pub use vendor_hosts::VendorHosts;
