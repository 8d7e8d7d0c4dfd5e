//! Where a user consents: `oauth/url` (3.10).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Service,
    address::{Addressing, Meant},
    body::Members,
    configuration::{API_KEY, API_SECRET, AUTHENTICATION_TYPE, CALLBACK_URL, Values},
    connector::Connector,
    error::Error,
    oauth1,
    template::Template,
};

/// Parameters by name. Empty ones count as absent.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(crate) fn from_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The same names in a JSON body.
    pub(crate) fn from_body(body: Members) -> Result<Self, Error> {
        let mut parameters = BTreeMap::new();
        let Value::Object(members) = body.into_value() else { return Err(Error::NotAnObject) };
        for (name, value) in members {
            match value {
                Value::String(text) if !text.is_empty() => drop(parameters.insert(name, text)),
                Value::Bool(_) | Value::Number(_) => drop(parameters.insert(name, value.to_string())),
                Value::Array(_) | Value::Object(_) => {
                    return Err(Error::wrong(super::catalog::printable(&name), "a string"));
                }
                _ => {}
            }
        }
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names those of `names` that are missing, all at once.
    pub(crate) fn require(&self, names: &[&str]) -> Result<(), Error> {
        let missing: Vec<String> =
            names.iter().filter(|name| self.get(name).is_none()).map(|name| (*name).to_owned()).collect();
        if missing.is_empty() { Ok(()) } else { Err(Error::MissingParameters(missing)) }
    }
}

/// The answer of `oauth/url`. No instance is made, and the client secret is asked for but not used: a browser would
/// show it (7, row 19).
pub(crate) fn build(
    service: &Service,
    connector: &Connector,
    parameters: &Parameters,
) -> Result<Value, Error> {
    parameters.get(AUTHENTICATION_TYPE).map(|kind| connector.credentials(kind)).transpose()?;
    if uses_oauth1(connector, parameters) {
        let query = oauth1::authorize_query(connector, parameters)?;
        let values = Values::default();
        let page = page(&service.addressing(connector, &values)?, &oauth1::endpoints(connector)?.authorize)?;
        return Ok(json!({ "element": connector.key, "oauthUrl": format!("{page}?{query}") }));
    }
    let oauth2 = connector.service.oauth2.as_ref().ok_or_else(|| Error::NoOauth(connector.key.clone()))?;
    parameters.require(&["apiKey", "apiSecret", "callbackUrl"])?;
    let mut values = Values::default();
    for (parameter, key) in &oauth2.parameters {
        values.set(key, parameters.get(parameter).map(str::to_owned));
    }
    let addressing = service.addressing(connector, &values)?;
    let named = |key: &str| {
        let parameter = oauth2.parameters.iter().find(|(_, own)| *own == key);
        parameter.map_or_else(|| key.to_owned(), |(parameter, _)| parameter.clone())
    };
    addressing.check(named)?;
    let query = query(connector, oauth2.scope.as_deref(), parameters);
    let page = page(&addressing, &oauth2.authorize)?;
    Ok(json!({ "element": connector.key, "oauthUrl": format!("{page}?{query}") }))
}

/// The answer of `oauth/url/default`: for the application that the connector itself has, in the default values of its
/// configuration. A connector of OAuth 1.0 gets the request token as well, whose secret the create needs.
pub(crate) async fn of_own_app(
    service: &Service,
    connector: &Connector,
    mut parameters: Parameters,
) -> Result<Value, Error> {
    for (parameter, key) in [("apiKey", API_KEY), ("apiSecret", API_SECRET), ("callbackUrl", CALLBACK_URL)] {
        let own = connector.definition(key).and_then(|definition| definition.default_value.as_ref());
        let own = own.filter(|value| !value.is_empty());
        let own = own.ok_or_else(|| Error::NoOwnApp(connector.key.clone()))?;
        parameters.0.insert(parameter.to_owned(), own.clone());
    }
    let mut secret = Value::Null;
    if uses_oauth1(connector, &parameters) {
        let mut pair = oauth1::request_token(service, connector, &parameters).await?;
        if let Value::String(token) = pair["token"].take() {
            parameters.0.insert("requestToken".to_owned(), token);
        }
        secret = pair["secret"].take();
    }
    let mut answer = build(service, connector, &parameters)?;
    answer["configuration"] = json!({ "secret": secret });
    Ok(answer)
}

/// Where a connector has both, `authentication.type` says which is meant; a request token can only mean OAuth 1.0.
fn uses_oauth1(connector: &Connector, parameters: &Parameters) -> bool {
    let chosen = parameters.get(AUTHENTICATION_TYPE).unwrap_or(&connector.authentication.kind);
    connector.service.oauth1.is_some() && (chosen == "oauth1" || parameters.get("requestToken").is_some())
}

/// The consent page. A browser is sent to the provider's base URL, and to a vendor's host only where the service itself
/// goes there.
fn page(addressing: &Addressing<'_>, authorize: &Template) -> Result<String, Error> {
    let text = addressing.expand(authorize, Meant::default())?;
    match url::Url::parse(&text).ok().and_then(|url| addressing.permit(&url).ok()) {
        Some(destination) if destination.host.is_some() => Ok(destination.url.into()),
        _ => Ok(text),
    }
}

fn query(connector: &Connector, default_scope: Option<&str>, parameters: &Parameters) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(scope) = parameters.get("scope").or(default_scope) {
        query.append_pair("scope", scope);
    }
    query.append_pair("response_type", "code");
    query.append_pair("redirect_uri", parameters.get("callbackUrl").unwrap_or_default());
    query.append_pair("state", parameters.get("state").unwrap_or(&connector.key));
    query.append_pair("client_id", parameters.get("apiKey").unwrap_or_default());
    query.finish()
}
