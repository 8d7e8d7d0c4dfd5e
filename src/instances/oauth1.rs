//! OAuth 1.0: requests signed with HMAC-SHA1 (RFC 5849), and the three steps to a token.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac};
use http::{HeaderMap, HeaderValue, Method, header};
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};
use sha1::Sha1;
use url::Url;

use super::{
    Service,
    address::{Meant, SEGMENT},
    configuration::{API_KEY, API_SECRET, TOKEN_SECRET, USER_TOKEN, Values},
    connector::{Connector, OAuth1},
    error::{Error, ProviderFault},
    oauth_url::Parameters,
    outbound::Call,
    template::Template,
};
use crate::{Clock, Mint, Secret, mint};

/// Who signs.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) consumer_key: String,
    pub(crate) consumer_secret: Secret,
    pub(crate) token: Option<String>,
    pub(crate) token_secret: Secret,
}

/// What the vendor gives for a verifier.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    pub(crate) token: Secret,
    pub(crate) secret: Secret,
}

/// What the caller brings back from the vendor's consent page.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    pub(crate) token: Secret,
    pub(crate) verifier: Secret,
    /// The secret that `oauth/token` answered with the request token.
    pub(crate) secret: Secret,
}

impl Signer {
    /// The Authorization header of a request. `extra` are further `oauth_` parameters of this step.
    pub(crate) fn header(
        &self,
        method: &Method,
        url: &Url,
        extra: &[(&str, &str)],
        (clock, mint): (&Clock, &Mint),
    ) -> Result<HeaderValue, Error> {
        let mut parameters = vec![
            ("oauth_consumer_key".to_owned(), self.consumer_key.clone()),
            ("oauth_nonce".to_owned(), mint.text(mint::ALPHANUMERIC, 32)),
            ("oauth_signature_method".to_owned(), "HMAC-SHA1".to_owned()),
            ("oauth_timestamp".to_owned(), clock.now().as_secs().to_string()),
            ("oauth_version".to_owned(), "1.0".to_owned()),
        ];
        parameters.extend(self.token.iter().map(|token| ("oauth_token".to_owned(), token.clone())));
        parameters.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let signature = self.signature(&base_string(method, url, &parameters));
        parameters.push(("oauth_signature".to_owned(), signature));
        let written: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{}=\"{}\"", encoded(name), encoded(value)))
            .collect();
        let mut value = HeaderValue::try_from(format!("OAuth {}", written.join(", ")))
            .map_err(|_| Error::wrong("a credential in Authorization", "text that a header can carry"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn signature(&self, base: &str) -> String {
        let key =
            format!("{}&{}", encoded(self.consumer_secret.expose()), encoded(self.token_secret.expose()));
        let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any key will do");
        mac.update(base.as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// RFC 5849, section 3.4.1.
fn base_string(method: &Method, url: &Url, parameters: &[(String, String)]) -> String {
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let mut all: Vec<_> = parameters
        .iter()
        .cloned()
        .chain(query)
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    all.sort();
    let all: Vec<_> = all.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut place = url.clone();
    place.set_query(None);
    place.set_fragment(None);
    format!("{method}&{}&{}", encoded(place.as_str()), encoded(&all.join("&")))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The first step: a request token, for `oauth/token`.
pub(crate) async fn request_token(
    service: &Service,
    connector: &Connector,
    parameters: &Parameters,
) -> Result<Value, Error> {
    let oauth1 = endpoints(connector)?;
    parameters.require(&["apiKey", "apiSecret", "callbackUrl"])?;
    let text = |name: &str| parameters.get(name).unwrap_or_default();
    let signer = Signer {
        consumer_key: text("apiKey").to_owned(),
        consumer_secret: Secret::from(text("apiSecret")),
        token: None,
        token_secret: Secret::from(""),
    };
    let callback = with_state(text("callbackUrl"), parameters.get("state").unwrap_or(&connector.key));
    let values = Values::default();
    let extra = [("oauth_callback", callback.as_str())];
    let pair = exchange(service, connector, &values, (&oauth1.request_token, &signer), &extra).await?;
    Ok(json!({ "token": pair.token.expose(), "secret": pair.secret.expose() }))
}

/// The second: where the user consents to the request token.
pub(crate) fn authorize_query(connector: &Connector, parameters: &Parameters) -> Result<String, Error> {
    parameters.require(&["apiKey", "apiSecret", "callbackUrl", "requestToken"])?;
    let text = |name: &str| parameters.get(name).unwrap_or_default();
    let state = parameters.get("state").unwrap_or(&connector.key);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("oauth_token", text("requestToken"));
    query.append_pair("oauth_callback", &with_state(text("callbackUrl"), state));
    Ok(query.finish())
}

/// The third: an access token for what the user brought back.
pub(crate) async fn access_token(
    service: &Service,
    connector: &Connector,
    values: &Values,
    verification: &Verification,
) -> Result<Verified, Error> {
    let text = |key: &str| values.get(key).unwrap_or_default();
    let signer = Signer {
        consumer_key: text(API_KEY).to_owned(),
        consumer_secret: Secret::from(text(API_SECRET)),
        token: Some(verification.token.expose().to_owned()),
        token_secret: verification.secret.clone(),
    };
    let extra = [("oauth_verifier", verification.verifier.expose())];
    exchange(service, connector, values, (&endpoints(connector)?.access_token, &signer), &extra).await
}

impl Verified {
    /// Writes the token where instances keep it.
    pub(crate) fn store_into(&self, values: &mut Values) {
        values.set(USER_TOKEN, Some(self.token.expose().to_owned()));
        values.set(TOKEN_SECRET, Some(self.secret.expose().to_owned()));
    }
}

pub(crate) fn endpoints(connector: &Connector) -> Result<&OAuth1, Error> {
    connector.service.oauth1.as_ref().ok_or_else(|| Error::NoOauth1(connector.key.clone()))
}

async fn exchange(
    service: &Service,
    connector: &Connector,
    values: &Values,
    (endpoint, signer): (&Template, &Signer),
    extra: &[(&str, &str)],
) -> Result<Verified, Error> {
    let destination = service.addressing(connector, values)?.destination(endpoint, Meant::default())?;
    let header = signer.header(&Method::POST, &destination.url, extra, (service.clock(), service.mint()))?;
    let headers = HeaderMap::from_iter([
        (header::AUTHORIZATION, header),
        // Token answers are forms.
        (header::ACCEPT, HeaderValue::from_static("*/*")),
    ]);
    let mut hidden: Vec<String> = extra.iter().map(|(_, value)| (*value).to_owned()).collect();
    hidden.push(signer.consumer_secret.expose().to_owned());
    hidden.push(signer.token_secret.expose().to_owned());
    hidden.extend(signer.token.clone());
    let call = Call { method: Method::POST, destination, headers, body: None };
    let answer = service.outbound().send(call).await?;
    let answer = answer.accepted(connector, &hidden).map_err(super::tokens::as_unauthorized)?;
    let member = |name: &str| {
        let found = form_urlencoded::parse(&answer.body).find(|(own, _)| own == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let (token, secret) = (member("oauth_token"), member("oauth_token_secret"));
    let token = token.ok_or(ProviderFault::NoAccessToken)?;
    Ok(Verified { token: token.into(), secret: secret.unwrap_or_default().into() })
}

/// The callback as the vendor gets it: OAuth 1.0 has no state of its own.
fn with_state(callback: &str, state: &str) -> String {
    let (callback, fragment) = match callback.split_once('#') {
        Some((callback, fragment)) => (callback, format!("#{fragment}")),
        None => (callback, String::new()),
    };
    let separator = if callback.contains('?') { '&' } else { '?' };
    let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    format!("{callback}{separator}state={state}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 5849, section 1.2, and its signature.
    #[test]
    fn the_signature_of_the_standard_comes_out() {
        let signer = Signer {
            consumer_key: "dpf43f3p2l4k3l03".to_owned(),
            consumer_secret: "kd94hf93k423kf44".into(),
            token: None,
            token_secret: "".into(),
        };
        let parameters = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131200"),
            ("oauth_nonce", "wIjqoxSZRFDBx"),
            ("oauth_callback", "http://printer.example.com/ready"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let url = Url::parse("https://photos.example.net/initiate").unwrap();
        let base = base_string(&Method::POST, &url, &parameters);
        assert_eq!(signer.signature(&base).len(), 28);
        assert!(
            base.starts_with("POST&https%3A%2F%2Fphotos.example.net%2Finitiate&oauth_callback%3Dhttp"),
            "{base}"
        );
    }

    #[test]
    fn the_state_stands_before_a_fragment() {
        assert_eq!(with_state("https://c.test/back", "a b"), "https://c.test/back?state=a+b");
        assert_eq!(
            with_state("https://c.test/back?x=y#part?z", "s"),
            "https://c.test/back?x=y&state=s#part?z"
        );
        assert_eq!(with_state("https://c.test/#/back", "s"), "https://c.test/?state=s#/back");
    }

    /// RFC 5849, sections 1.2 and 3.4: the request for the photo.
    #[test]
    fn query_and_token_are_signed_too() {
        let signer = Signer {
            consumer_key: "dpf43f3p2l4k3l03".to_owned(),
            consumer_secret: "kd94hf93k423kf44".into(),
            token: Some("nnch734d00sl2jdk".to_owned()),
            token_secret: "pfkkdhi9sl3r4s00".into(),
        };
        let parameters = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let url = Url::parse("http://photos.example.net/photos?file=vacation.jpg&size=original").unwrap();
        let signature = signer.signature(&base_string(&Method::GET, &url, &parameters));
        assert_eq!(signature, "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    }
}
