//! Signatures of OAuth 1.0a (RFC 5849, section 3.4).

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;
use url::Url;

use super::problem::Problem;
use crate::{Secret, oauth::App, providers::call::Call};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request with the parameters that its signature covers.
pub(super) struct Signed<'c, 'r> {
    call: &'c Call<'r>,
    parameters: Vec<(Cow<'c, str>, Cow<'c, str>)>,
}

/// The consumer key of a call that is signed in its header: it names the tenant. Keys need no decoding.
pub(in crate::providers::quickbooks) fn consumer_key<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    let parameters = call.authorization("OAuth")?;
    let (_, rest) = parameters.split_once("oauth_consumer_key=")?;
    rest.trim_start_matches('"').split(['"', ',']).next()
}

impl<'c, 'r> Signed<'c, 'r> {
    /// Takes the parameters from header, query and form.
    pub(super) fn read(call: &'c Call<'r>) -> Self {
        let header = call.authorization("OAuth").unwrap_or_default();
        let in_header = header.split(',').filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let decoded = |text: &'c str| percent_decode_str(text).decode_utf8_lossy();
            (name != "realm").then(|| (decoded(name), decoded(value.trim_matches('"'))))
        });
        let borrowed = |(name, value): (&'c str, &'c str)| (Cow::from(name), Cow::from(value));
        let elsewhere = call.query().iter().chain(call.form().iter()).map(borrowed);
        Self { call, parameters: in_header.chain(elsewhere).collect() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_ref()).filter(|value| !value.is_empty())
    }

    /// What is signed: method, address and sorted parameters.
    pub(super) fn base_string(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let covered = self.parameters.iter().filter(|(name, _)| name != "oauth_signature");
        let mut covered: Vec<_> = covered.map(|(name, value)| (encode(name), encode(value))).collect();
        covered.sort();
        let covered: Vec<_> = covered.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let method = self.call.method().as_str();
        format!("{method}&{}&{}", encode(&self.address()), encode(&covered.join("&")))
    }

    /// The address without query; ports that go without saying are left out.
    fn address(&self) -> String {
        let path = self.call.request().uri().path();
        let origin = Url::parse(&self.call.base()).map(|base| base.origin().ascii_serialization());
        format!("{}{path}", origin.unwrap_or_else(|_| self.call.base()))
    }

    pub(super) fn check(&self, app: &App, token_secret: &str) -> Result<(), Problem> {
        if self.get("oauth_signature_method").is_some_and(|method| method != "HMAC-SHA1") {
            return Err(Problem::MethodRejected);
        }
        let shown = self.get("oauth_signature").ok_or(Problem::ParameterAbsent("oauth_signature"))?;
        let encode = |text| utf8_percent_encode(text, RESERVED);
        let key = format!("{}&{}", encode(app.client_secret.expose()), encode(token_secret));
        let right = Secret::from(hmac_sha1(&key, &self.base_string()));
        if right.matches(shown) { Ok(()) } else { Err(Problem::SignatureInvalid) }
    }
}

fn hmac_sha1(key: &str, text: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("two secrets can be a key");
    mac.update(text.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// The request of RFC 5849, section 3.4.1.1, with every trap.
    #[test]
    fn the_base_string_is_the_one_of_the_standard() {
        let request = http::Request::post("/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b")
            .header("host", "EXAMPLE.COM:80")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "authorization",
                "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_token=\"kkk9d7dh3k39sjv7\", \
                 oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
                 oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"",
            )
            .body(Bytes::from("c2&a3=2+q"))
            .unwrap();
        let call = Call::new(&request);
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
                        %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
                        %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(Signed::read(&call).base_string(), expected, "QBO-052");
        assert_eq!(consumer_key(&call), Some("9djdj82h48djs9d2"));
    }

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        // OAuth Core 1.0, appendix A.5: the photo.
        let base = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03\
                    %26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096\
                    %26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";
        let signature = hmac_sha1("kd94hf93k423kf44&pfkkdhi9sl3r4s00", base);
        assert_eq!(signature, "tR3+Ty81lMeYAr/Fid0kMTYa/WM=", "QBO-052");
    }
}
