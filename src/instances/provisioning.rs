//! Makes instances: reads the request, obtains the credentials, and keeps nothing unless all went well.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, StatusCode};
use serde_json::Value;

use super::{
    Service,
    address::Meant,
    body::Members,
    configuration::{CALLBACK_URL, REFRESH_TIME, REFRESH_TOKEN, USER_TOKEN, Values},
    connector::Connector,
    credentials::{credentials, secrets},
    error::Error,
    instance::{Draft, ExternalAuthentication, View, authentication},
    markup,
    oauth1::{self, Verification},
    objects,
    outbound::Call,
    store::CallerId,
    tokens::{self, Grant},
};
use crate::{Mint, Secret, mint};

/// Makes an instance of `connector` and answers it.
pub(crate) async fn create(
    service: &Service,
    owner: CallerId,
    connector: Arc<Connector>,
    request: &Members,
) -> Result<Value, Error> {
    let retrieve_objects = request.flag("retrieveObjectsAfterInstantiation")?;
    let (mut draft, grant) = read(service, owner, connector, request)?;
    service.addressing(&draft.connector, &draft.values)?.check(configuration_member)?;
    match &grant {
        Some(Authentication::Verify(verification)) => {
            let verified =
                oauth1::access_token(service, &draft.connector, &draft.values, verification).await?;
            verified.store_into(&mut draft.values);
            draft.values.set(REFRESH_TIME, Some(service.clock().now().as_millis().to_string()));
        }
        Some(Authentication::Obtain(grant)) => {
            let tokens = tokens::obtain(service, &draft.connector, &draft.values, grant).await?;
            tokens.store_into(&mut draft.values);
        }
        None => check_credentials(service, &draft.connector, &draft.values).await?,
    }
    let token = element_token(service.mint());
    let slot = service.store().insert(draft, token, service.clock().now()).await?;
    let instance = slot.read().ok_or(Error::UnknownInstance)?;
    let mut answer = instance.to_json(service, View::Full);
    if retrieve_objects {
        answer["objects"] = objects::entries(&instance.connector, &service.resources_of(&instance)).into();
    }
    Ok(answer)
}

/// Names a configuration key as a request body holds it.
pub(crate) fn configuration_member(key: &str) -> String {
    format!("configuration.{key}")
}

fn read(
    service: &Service,
    owner: CallerId,
    connector: Arc<Connector>,
    request: &Members,
) -> Result<(Draft, Option<Authentication>), Error> {
    let name = name(request)?.ok_or_else(|| Error::Missing(vec!["name".to_owned()]))?;
    let tags = tags(request)?.unwrap_or_else(|| vec![name.clone()]);
    let mut values = Values::defaults(&connector);
    if let Some(sent) = request.object("configuration")? {
        values.merge(&Values::parse(sent)?, &connector);
    }
    let kind = authentication(&connector, &values);
    connector.credentials(kind)?;
    let kind = kind.to_owned();
    if kind.starts_with("oauth") {
        take_provider_data(&connector, request, &mut values)?;
    }
    let mut missing = values.missing(&connector);
    if kind.starts_with("oauth") {
        // What the callback brought is handed over beside the code.
        for key in &mut missing {
            let brought = connector.service.provider_data.iter().find(|(_, own)| *own == key);
            *key = brought.map_or_else(|| key.clone(), |(member, _)| format!("providerData.{member}"));
        }
    }
    let mut external = external_authentication(request)?;
    let grant = match (kind.as_str(), external) {
        ("oauth1", _) => {
            let verification = verification(request)?;
            // A token that the caller brings along needs no exchange (3.1).
            if verification.is_none() && values.get(USER_TOKEN).is_none() {
                missing.extend(unverified(request)?);
            }
            verification.map(Authentication::Verify)
        }
        ("oauth2", ExternalAuthentication::Initial) => {
            missing.retain(|key| key != CALLBACK_URL);
            if values.get(REFRESH_TOKEN).is_none() {
                missing.push(REFRESH_TOKEN.to_owned());
            }
            Some(Authentication::Obtain(Grant::Refresh))
        }
        ("oauth2", ExternalAuthentication::None) => {
            let code = code(request)?.filter(|code| !code.expose().is_empty());
            if code.is_none() {
                missing.push("providerData.code".to_owned());
            }
            code.map(Grant::Code).map(Authentication::Obtain)
        }
        _ => {
            external = ExternalAuthentication::None;
            None
        }
    };
    if !missing.is_empty() {
        return Err(Error::Missing(missing));
    }
    service.addressing(&connector, &values)?;
    Ok((Draft { owner, connector, name, tags, external_authentication: external, values }, grant))
}

/// How a vendor is asked for credentials.
#[derive(Debug)]
enum Authentication {
    Obtain(Grant),
    Verify(Verification),
}

/// The members of `providerData` that OAuth 1.0 needs.
pub(crate) const VERIFICATION: [&str; 3] = ["oauth_token", "oauth_verifier", "secret"];

/// A member of `providerData` that is a text, unless it is empty.
fn provider_text(request: &Members, name: &str) -> Result<Option<Secret>, Error> {
    let value =
        request.object("providerData")?.and_then(|data| data.get(name)).filter(|value| !value.is_null());
    let wrong = || Error::wrong(format!("providerData.{name}"), "a string");
    let text = value.map(|value| value.as_str().map(Secret::from).ok_or_else(wrong)).transpose()?;
    Ok(text.filter(|text| !text.expose().is_empty()))
}

/// Those of them that are missing.
pub(crate) fn unverified(request: &Members) -> Result<Vec<String>, Error> {
    let mut missing = Vec::new();
    for name in VERIFICATION {
        if provider_text(request, name)?.is_none() {
            missing.push(format!("providerData.{name}"));
        }
    }
    Ok(missing)
}

/// What the callback of OAuth 1.0 brought, if all of it is there.
pub(crate) fn verification(request: &Members) -> Result<Option<Verification>, Error> {
    let [token, verifier, secret] = VERIFICATION.map(|name| provider_text(request, name));
    let (token, verifier, secret) = (token?, verifier?, secret?);
    Ok(token.zip(verifier).zip(secret).map(|((token, verifier), secret)| Verification {
        token,
        verifier,
        secret,
    }))
}

/// Members of `providerData` that the connector keeps, such as QuickBooks' `realmId`.
pub(crate) fn take_provider_data(
    connector: &Connector,
    request: &Members,
    values: &mut Values,
) -> Result<(), Error> {
    let Some(data) = request.object("providerData")? else { return Ok(()) };
    for (member, key) in &connector.service.provider_data {
        match data.get(member) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => values.set(key, Some(text.clone())),
            Some(Value::Number(number)) => values.set(key, Some(number.to_string())),
            Some(_) => return Err(Error::wrong(format!("providerData.{member}"), "a string or a number")),
        }
    }
    Ok(())
}

/// The name, without markup. One that is sent must not be empty.
pub(crate) fn name(request: &Members) -> Result<Option<String>, Error> {
    let Some(name) = request.text("name")?.map(markup::strip) else { return Ok(None) };
    if name.trim().is_empty() {
        return Err(Error::wrong("name", "a text that is not empty"));
    }
    Ok(Some(name))
}

/// The tags, without markup.
pub(crate) fn tags(request: &Members) -> Result<Option<Vec<String>>, Error> {
    Ok(request.texts("tags")?.map(|tags| tags.iter().map(|tag| markup::strip(tag)).collect()))
}

/// `providerData.code`. One that is null is empty.
pub(crate) fn code(request: &Members) -> Result<Option<Secret>, Error> {
    let Some(code) = request.object("providerData")?.and_then(|data| data.get("code")) else {
        return Ok(None);
    };
    if code.is_null() {
        return Ok(Some(Secret::from("")));
    }
    let code = code.as_str().ok_or_else(|| Error::wrong("providerData.code", "a string"))?;
    Ok(Some(Secret::from(code)))
}

fn external_authentication(request: &Members) -> Result<ExternalAuthentication, Error> {
    match request.text("externalAuthentication")? {
        None | Some("none") => Ok(ExternalAuthentication::None),
        Some("initial") => Ok(ExternalAuthentication::Initial),
        Some(_) => Err(Error::wrong("externalAuthentication", "\"none\" or \"initial\"")),
    }
}

/// Asks the vendor once whether credentials that need no exchange are good. A vendor that cannot be reached, or has
/// another trouble, does not hinder (7, row 37).
pub(crate) async fn check_credentials(
    service: &Service,
    connector: &Connector,
    values: &Values,
) -> Result<(), Error> {
    let Some(check) = &connector.service.check else { return Ok(()) };
    let destination = service.addressing(connector, values)?.destination(check, Meant::default())?;
    let headers = credentials(service, connector, values, (&Method::GET, &destination.url))?;
    let call = Call { method: Method::GET, destination, headers, body: None };
    let Ok(answer) = service.outbound().send(call).await else { return Ok(()) };
    match answer.accepted(connector, &secrets(connector, values)) {
        Err(Error::Provider(refusal))
            if matches!(refusal.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) =>
        {
            Err(Error::Provider(refusal))
        }
        _ => Ok(()),
    }
}

/// 32 random bytes in base64, the look of most Element tokens (1.2).
fn element_token(mint: &Mint) -> Secret {
    let digits = mint.text(mint::HEX, 64);
    let bytes: Vec<u8> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | nibble(*digit)))
        .collect();
    BASE64_STANDARD.encode(bytes).into()
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'a'..=b'f' => digit - b'a' + 10,
        other => other.wrapping_sub(b'0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_token_is_32_bytes_of_base64() {
        let token = element_token(&Mint::seeded(5));
        assert_eq!(token.expose().len(), 44);
        assert_eq!(BASE64_STANDARD.decode(token.expose()).unwrap().len(), 32);
        assert_ne!(token, element_token(&Mint::seeded(6)));
    }
}
