//! The SOAP login: name and password in XML, a session in return. The rest of the SOAP API is not there.

use std::sync::Arc;

use http::{Method, StatusCode};
use quick_xml::{
    Reader,
    escape::{escape, resolve_predefined_entity},
    events::Event,
};

use crate::{
    exchange::Reply,
    oauth::{Flow, Grant, Issued, User},
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site, address,
            auth::password::{self, Unwelcome},
            errors, identity, ids,
        },
    },
};

const XML: &str = "text/xml;charset=UTF-8";
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The operation of the partner and the enterprise API that is there.
const LOGIN: &str = "login";
/// The client that a session of the SOAP login belongs to: no app.
const NO_APP: &str = "SOAP";

/// A login as it stands in an envelope.
#[derive(Default)]
struct Login {
    operation: Option<String>,
    username: String,
    password: String,
}

/// Elements nested deeper than this are no login.
const DEPTH: usize = 16;

/// Reads an envelope; nothing if it is no XML. Namespaces are not looked at, as the element names are unique.
fn read(body: &str) -> Option<Login> {
    let mut reader = Reader::from_str(body);
    let (mut path, mut login) = (Vec::new(), Login::default());
    let in_body = |path: &[String]| path.last().is_some_and(|outer| outer == "Body");
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                if in_body(&path) {
                    login.operation = Some(name.clone());
                }
                path.push(name);
                (path.len() <= DEPTH).then_some(())?;
            }
            Event::Empty(empty) if in_body(&path) => {
                login.operation = Some(empty.local_name().as_ref().to_owned());
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) => login.add(&path, &text.xml10_content()),
            Event::CData(data) => login.add(&path, &data.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => login.add(&path, character.encode_utf8(&mut [0; 4])),
                None => login.add(&path, resolve_predefined_entity(&reference.xml10_content())?),
            },
            Event::Eof => return (path.is_empty() && login.operation.is_some()).then_some(login),
            _ => {}
        }
    }
}

impl Login {
    /// Adds a piece of text to the field that `path` names.
    fn add(&mut self, path: &[String], text: &str) {
        match path.last().map(String::as_str) {
            Some("username") => self.username.push_str(text),
            Some("password") => self.password.push_str(text),
            _ => {}
        }
    }
}

fn envelope(call: &Call<'_>) -> Option<Login> {
    read(std::str::from_utf8(call.request().body()).ok()?)
}

/// The user whom a SOAP login names.
pub(super) fn named_user(call: &Call<'_>) -> Option<String> {
    let is_soap = call.segments().starts_with(&["services", "Soap"]);
    is_soap.then(|| envelope(call)).flatten().map(|login| login.username)
}

/// `/services/Soap/u/<version>` and `/c/<version>`.
pub(in crate::providers::salesforce) fn soap(call: &Call<'_>, site: &Site) -> Answer {
    if call.method() != Method::POST {
        return Err(errors::method_not_allowed(call, "POST"));
    }
    let Some(login) = envelope(call) else {
        return Err(fault(CLIENT, "Unable to parse the request: it is no SOAP envelope"));
    };
    if login.operation.as_deref() != Some(LOGIN) {
        let operation = login.operation.unwrap_or_default();
        let message =
            format!("No operation available for request {operation}, please check the WSDL for the service.");
        return Err(fault(CLIENT, &message));
    }
    if !site.switches().soap_login {
        let message = "INVALID_OPERATION: SOAP API login() is disabled by default in this org.";
        return Err(fault("sf:INVALID_OPERATION", message));
    }
    let user = password::sign_in(call, site, login.username.trim(), login.password.trim()).map_err(
        |Unwelcome { reason, .. }| {
            let message = "INVALID_LOGIN: Invalid username, password, security token; or user locked out.";
            fault("sf:INVALID_LOGIN", message).refused(reason)
        },
    )?;
    let issued = site.auth.ledger().issue(Grant {
        client_id: NO_APP.into(),
        login: Arc::clone(&user.login),
        user_id: user.id.as_str().into(),
        realm: user.realm.as_str().into(),
        scopes: vec!["full".to_owned()],
        redirect_uri: None,
        offline: false,
        code_challenge: None,
        nonce: None,
        flow: Flow::Password,
        narrowed: None,
    });
    Ok(Reply::new(StatusCode::OK, XML, logged_in(call, site, &user, &issued)))
}

/// What is said of a request without a meaning.
const CLIENT: &str = "soapenv:Client";

/// A refusal of the SOAP API, which always has status 500.
pub(in crate::providers::salesforce) fn fault(code: &str, message: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{ENVELOPE}\" \
         xmlns:sf=\"urn:fault.partner.soap.sforce.com\"><soapenv:Body><soapenv:Fault><faultcode>{code}</faultcode>\
         <faultstring>{}</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>",
        escape(message)
    );
    Reply::new(StatusCode::INTERNAL_SERVER_ERROR, XML, body).refused(message.to_owned())
}

/// The members that clients read: where to go on, the session, and whose it is.
fn logged_in(call: &Call<'_>, site: &Site, user: &User, issued: &Issued) -> String {
    let (instance, organization) = (address::instance_url(call, &user.realm), ids::short(&user.realm));
    let segments = call.segments();
    let [_, _, api, version] = segments.as_slice() else { return String::new() };
    let fields = [
        ("metadataServerUrl", format!("{instance}/services/Soap/m/{version}/{organization}")),
        ("passwordExpired", "false".to_owned()),
        ("sandbox", site.switches().sandbox.to_string()),
        ("serverUrl", format!("{instance}/services/Soap/{api}/{version}/{organization}")),
        ("sessionId", issued.access_token.expose().to_owned()),
        ("userId", user.id.clone()),
    ];
    let about = [
        ("orgDefaultCurrencyIsoCode", "USD".to_owned()),
        ("organizationId", user.realm.clone()),
        ("organizationName", "Rehearsal".to_owned()),
        ("sessionSecondsValid", issued.expires_in.map_or(0, |life| life.as_secs()).to_string()),
        ("userEmail", user.email.clone()),
        ("userFullName", user.name.clone()),
        ("userId", user.id.clone()),
        ("userLanguage", identity::LANGUAGE.to_owned()),
        ("userLocale", identity::LANGUAGE.to_owned()),
        ("userName", user.login.to_string()),
        ("userTimeZone", identity::ZONE.to_owned()),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{ENVELOPE}\" \
         xmlns=\"urn:partner.soap.sforce.com\"><soapenv:Body><loginResponse><result>{}<userInfo>{}</userInfo></result>\
         </loginResponse></soapenv:Body></soapenv:Envelope>",
        elements(&fields),
        elements(&about)
    )
}

fn elements(fields: &[(&str, String)]) -> String {
    fields.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escape(value.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn login(username: &str, password: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><env:Envelope xmlns:env=\"x\"><env:Header/><env:Body><n1:login xmlns:n1=\"y\">\
             <n1:username>{username}</n1:username><n1:password>{password}</n1:password></n1:login></env:Body></env:Envelope>"
        )
    }

    #[test]
    fn a_login_is_read_with_its_entities() {
        let login = read(&login("a&#64;b", "p&amp;w<![CDATA[<1>]]>")).unwrap();
        assert_eq!(login.operation.as_deref(), Some("login"));
        assert_eq!((login.username.as_str(), login.password.as_str()), ("a@b", "p&w<1>"));
    }

    #[test]
    fn what_is_no_envelope_is_no_login() {
        assert!(read("").is_none());
        assert!(read("<a><b></a>").is_none());
        assert!(read(&login("&unknown;", "x")).is_none());
        assert!(read(&"<a>".repeat(10_000)).is_none(), "nested too deep");
        let whole = login("a", "b");
        assert!(read(&whole[..whole.len() - 3]).is_none(), "cut off");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,80}", at in 0_usize..200) {
            let _ = read(&text);
            let mut whole = login("a", "b");
            let at = at.min(whole.len());
            whole.insert_str(at, &text);
            let _ = read(&whole);
        }
    }
}
