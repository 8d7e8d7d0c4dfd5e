//! Obtains tokens: exchanges a code, or refreshes.

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::{
    Service,
    address::{Addressing, Meant},
    configuration::{
        API_KEY, API_SECRET, CALLBACK_URL, REFRESH_INTERVAL, REFRESH_TIME, REFRESH_TOKEN, USER_TOKEN, Values,
    },
    connector::{Connector, Discovery, OAuth2},
    credentials::{credentials, secrets},
    error::{Error, ProviderFault, ProviderRefusal},
    outbound::{Answer, Body, Call},
    provider_message,
};
use crate::{Secret, Timestamp};

/// What is handed in for tokens.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    Code(Secret),
    /// The refresh token of the configuration.
    Refresh,
}

/// Tokens of a vendor, and what else its answer said.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    access: Secret,
    refresh: Option<Secret>,
    /// Whether the refresh token at hand stays good when the answer brings none, as after most refreshes.
    keeps_refresh: bool,
    lifetime: Lifetime,
    obtained: Timestamp,
    learned: Values,
}

/// How long an access token lives, as far as the vendor says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lifetime {
    /// Nothing was said: what the configuration holds stays.
    Unsaid,
    Seconds(i64),
    Endless,
}

/// Asks the vendor for tokens.
pub(crate) async fn obtain(
    service: &Service,
    connector: &Connector,
    values: &Values,
    grant: &Grant,
) -> Result<Tokens, Error> {
    let oauth2 = connector.service.oauth2.as_ref().ok_or_else(|| Error::NoOauth(connector.key.clone()))?;
    let addressing = service.addressing(connector, values)?;
    let mut secrets = secrets(connector, values);
    if let Grant::Code(code) = grant {
        secrets.push(code.expose().to_owned());
    }
    let answer = service.outbound().send(token_request(&addressing, oauth2, grant)?).await?;
    // Vendors differ in the status of a refused grant, not in its meaning: authenticate anew (7, row 23).
    let answer = answer.accepted(connector, &secrets).map_err(as_unauthorized)?;
    let answer = members(&answer, &secrets)?;
    let mut tokens = read(&answer, oauth2, &addressing, service.clock().now())?;
    tokens.keeps_refresh = matches!(grant, Grant::Refresh);
    if let (Grant::Code(_), Some(discovery)) = (grant, &oauth2.discovery) {
        discover(service, connector, values, discovery, &mut tokens).await;
    }
    Ok(tokens)
}

fn token_request(addressing: &Addressing<'_>, oauth2: &OAuth2, grant: &Grant) -> Result<Call, Error> {
    let value = |key: &str| addressing.values.get(key).unwrap_or_default();
    let mut form = form_urlencoded::Serializer::new(String::new());
    let endpoint = match grant {
        Grant::Code(code) => {
            form.append_pair("grant_type", "authorization_code").append_pair("code", code.expose());
            &oauth2.token
        }
        Grant::Refresh => {
            form.append_pair("grant_type", "refresh_token")
                .append_pair("refresh_token", value(REFRESH_TOKEN));
            oauth2.refresh.as_ref().unwrap_or(&oauth2.token)
        }
    };
    form.append_pair("client_id", value(API_KEY)).append_pair("client_secret", value(API_SECRET));
    if let Grant::Code(_) = grant {
        form.append_pair("redirect_uri", value(CALLBACK_URL));
    }
    Ok(Call {
        method: Method::POST,
        destination: addressing.destination(endpoint, Meant::default())?,
        headers: HeaderMap::new(),
        body: Some(Body::Form(form.finish())),
    })
}

pub(crate) fn as_unauthorized(error: Error) -> Error {
    match error {
        Error::Provider(mut refusal)
            if refusal.status.is_client_error() && refusal.status != StatusCode::TOO_MANY_REQUESTS =>
        {
            refusal.status = StatusCode::UNAUTHORIZED;
            Error::Provider(refusal)
        }
        other => other,
    }
}

/// The members of a token answer. Some vendors refuse with status 200.
fn members(answer: &Answer, secrets: &[String]) -> Result<Map<String, Value>, Error> {
    let Ok(Value::Object(members)) = serde_json::from_slice(&answer.body) else {
        return Err(ProviderFault::NotJson.into());
    };
    if members.contains_key("error") {
        let message =
            provider_message::from_answer(answer.status, &answer.headers, &answer.body, &[], secrets);
        return Err(Error::Provider(Box::new(ProviderRefusal {
            status: StatusCode::UNAUTHORIZED,
            message,
            retry_after: None,
        })));
    }
    Ok(members)
}

fn read(
    answer: &Map<String, Value>,
    oauth2: &OAuth2,
    addressing: &Addressing<'_>,
    now: Timestamp,
) -> Result<Tokens, Error> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let access = text("access_token").ok_or(ProviderFault::NoAccessToken)?;
    let mut learned = Values::default();
    for (key, member) in &oauth2.learned {
        let Some(value) = text(member) else { continue };
        if !addressing.may_hold(key, value) {
            return Err(ProviderFault::ForeignHost(key.clone()).into());
        }
        learned.set(key, Some(value.to_owned()));
    }
    Ok(Tokens {
        access: access.into(),
        refresh: text("refresh_token").map(Secret::from),
        keeps_refresh: false,
        lifetime: lifetime(answer.get("expires_in")),
        obtained: now,
        learned,
    })
}

/// A number, or a number in quotes; Egnyte's `-1` means that the token lives until it is revoked.
fn lifetime(member: Option<&Value>) -> Lifetime {
    let seconds = member.and_then(|value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    });
    match seconds {
        None => Lifetime::Unsaid,
        Some(seconds) if seconds > 0 => Lifetime::Seconds(seconds),
        Some(_) => Lifetime::Endless,
    }
}

/// Reads where the account lives. A vendor that does not say is called at its base URL.
async fn discover(
    service: &Service,
    connector: &Connector,
    values: &Values,
    discovery: &Discovery,
    tokens: &mut Tokens,
) {
    let mut values = values.clone();
    tokens.store_into(&mut values);
    let Ok(addressing) = service.addressing(connector, &values) else { return };
    let Ok(destination) = addressing.destination(&discovery.url, Meant::default()) else { return };
    let Ok(headers) = credentials(service, connector, &values, (&Method::GET, &destination.url)) else {
        return;
    };
    let call = Call { method: Method::GET, destination, headers, body: None };
    let Ok(answer) = service.outbound().send(call).await else { return };
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&answer.body) else { return };
    for (key, member) in &discovery.values {
        let value =
            members.get(member).and_then(Value::as_str).filter(|value| addressing.may_hold(key, value));
        if let (true, Some(value)) = (answer.status.is_success(), value) {
            tokens.learned.set(key, Some(value.to_owned()));
        }
    }
}

impl Tokens {
    /// Writes the tokens where instances keep them (4.4).
    pub(crate) fn store_into(&self, values: &mut Values) {
        values.set(USER_TOKEN, Some(self.access.expose().to_owned()));
        if self.refresh.is_some() || !self.keeps_refresh {
            values.set(REFRESH_TOKEN, self.refresh.as_ref().map(|refresh| refresh.expose().to_owned()));
        }
        values.set(REFRESH_TIME, Some(self.obtained.as_millis().to_string()));
        match self.lifetime {
            Lifetime::Unsaid => {}
            Lifetime::Seconds(seconds) => values.set(REFRESH_INTERVAL, Some(seconds.to_string())),
            Lifetime::Endless => values.set(REFRESH_INTERVAL, None),
        }
        for (key, value) in self.learned.iter() {
            values.set(key, value.map(str::to_owned));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lifetimes_come_in_three_forms() {
        assert_eq!(lifetime(Some(&json!(3600))), Lifetime::Seconds(3600));
        assert_eq!(lifetime(Some(&json!("3600"))), Lifetime::Seconds(3600));
        assert_eq!(lifetime(Some(&json!("-1"))), Lifetime::Endless);
        assert_eq!(lifetime(Some(&json!(-1))), Lifetime::Endless);
        assert_eq!(lifetime(None), Lifetime::Unsaid);
    }
}
