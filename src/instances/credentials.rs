//! How a call shows the provider whom it is for, and what of that must not come back.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use super::{
    Service,
    configuration::{API_KEY, API_SECRET, TOKEN_SECRET, USER_TOKEN, Values},
    connector::{Connector, Credentials},
    error::Error,
    instance::authentication,
    oauth1::Signer,
};

/// The headers that show a provider whom the call is for.
pub(crate) fn credentials(
    service: &Service,
    connector: &Connector,
    values: &Values,
    (method, url): (&Method, &Url),
) -> Result<HeaderMap, Error> {
    if let Some(Credentials::Signature {}) =
        connector.service.credentials.get(authentication(connector, values))
    {
        let text = |key: &str| values.get(key).unwrap_or_default();
        let signer = Signer {
            consumer_key: text(API_KEY).to_owned(),
            consumer_secret: text(API_SECRET).into(),
            token: values.get(USER_TOKEN).map(str::to_owned),
            token_secret: text(TOKEN_SECRET).into(),
        };
        let header = signer.header(method, url, &[], (service.clock(), service.mint()))?;
        return Ok(HeaderMap::from_iter([(header::AUTHORIZATION, header)]));
    }
    written(connector, values)
}

/// Credentials that do not depend on the request.
fn written(connector: &Connector, values: &Values) -> Result<HeaderMap, Error> {
    let kind = authentication(connector, values);
    let credentials = connector.credentials(kind)?;
    let value = |key: &str| Ok::<_, Error>(values.get(key).unwrap_or_default().to_owned());
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, text: String| {
        let unsendable = || Error::wrong(format!("a credential in {name}"), "text that a header can carry");
        let name = HeaderName::try_from(name).map_err(|_| unsendable())?;
        let mut value = HeaderValue::try_from(text).map_err(|_| unsendable())?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok::<_, Error>(())
    };
    match credentials {
        Credentials::Basic(basic) => {
            let pair = format!("{}:{}", basic.username.expand(value)?, basic.password.expand(value)?);
            put("Authorization", format!("Basic {}", BASE64_STANDARD.encode(pair)))?;
        }
        Credentials::Headers(templates) => {
            for (name, template) in templates {
                put(name, template.expand(value)?)?;
            }
        }
        Credentials::Signature {} => {}
    }
    Ok(headers)
}

/// Everything that a provider could repeat and a caller must not read.
pub(crate) fn secrets(connector: &Connector, values: &Values) -> Vec<String> {
    let shown = written(connector, values).unwrap_or_default();
    let shown = shown.values().filter_map(|value| value.to_str().ok());
    // What follows the scheme: a Basic credential is the password in another spelling.
    let shown = shown.map(|value| value.rsplit(' ').next().unwrap_or(value).to_owned());
    values.secrets(connector).into_iter().chain(shown).collect()
}
