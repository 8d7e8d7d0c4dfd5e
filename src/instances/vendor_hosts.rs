//! The way to the vendors' own hosts: by TLS, through a proxy.

use std::{sync::Arc, time::Duration};

use http::Uri;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, proxy::Tunnel},
    },
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use url::Url;

use super::{SettingsError, error::ProviderFault, outbound::Answer};

/// A proxy through which vendors are reached at their own hosts, and the certificate authority to trust there.
///
/// ```
/// use rehearsal::instances::{Settings, VendorHosts};
///
/// # fn settings(proxy: &rehearsal::serve::Proxy) -> Settings {
/// let mut settings = Settings::new([].into(), Vec::new());
/// settings.vendor_hosts = Some(VendorHosts::new(proxy.url(), proxy.authority().der()));
/// # settings }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VendorHosts {
    /// `http://HOST:PORT`
    pub proxy: Url,
    /// The certificate of the authority in DER. No other is trusted.
    pub authority: Vec<u8>,
}

impl VendorHosts {
    /// A proxy, and the certificate in DER of the authority to trust.
    #[must_use]
    pub fn new(proxy: Url, authority: &[u8]) -> Self {
        Self { proxy, authority: authority.to_vec() }
    }
}

/// Sends requests through the proxy.
#[derive(Clone, Debug)]
pub(super) struct Tunnelled {
    client: Client<HttpsConnector<Tunnel<HttpConnector>>, reqwest::Body>,
    timeout: Duration,
}

impl Tunnelled {
    pub(super) fn new(way: &VendorHosts, timeout: Duration) -> Result<Self, SettingsError> {
        let wrong = |error: &dyn std::fmt::Display| SettingsError::VendorHosts(error.to_string());
        let proxy: Uri = way.proxy.as_str().parse().map_err(|error| wrong(&error))?;
        let mut roots = RootCertStore::empty();
        roots.add(way.authority.clone().into()).map_err(|error| wrong(&error))?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().map_err(|error| wrong(&error))?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_only()
            .enable_http1()
            .wrap_connector(Tunnel::new(proxy, HttpConnector::new()));
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), timeout })
    }

    /// Sends a request and reads the whole answer, unless it is larger than `limit`.
    pub(super) async fn send(
        &self,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<Answer, ProviderFault> {
        let request = http::Request::try_from(request).map_err(|_| ProviderFault::Unreachable)?;
        let exchange = async {
            let answer = self.client.request(request).await;
            let (parts, body) = answer.map_err(|_| ProviderFault::Unreachable)?.into_parts();
            let body = Limited::new(body, limit).collect().await;
            let body = body.map_err(|error| match error.is::<LengthLimitError>() {
                true => ProviderFault::TooLarge,
                false => ProviderFault::Incomplete,
            })?;
            Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(self.timeout, exchange).await.unwrap_or(Err(ProviderFault::Timeout))
    }
}
