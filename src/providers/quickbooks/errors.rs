//! Intuit's refusals, byte for byte. OAuth, the gateway and the application each have a dialect of their own.

use http::{StatusCode, header};
use quick_xml::escape::{escape, partial_escape};
use serde_json::json;

use crate::{
    exchange::{Reply, Verdict},
    oauth::Refusal,
    providers::quickbooks::{
        Site,
        format::{JSON, Representation, XML, local},
        xml::{DECLARATION, NAMESPACE},
    },
};

/// An error of the OAuth endpoints (contract section 5).
#[derive(Clone, Copy, Debug)]
pub(super) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: Option<&'static str>,
}

const fn invalid_grant(description: Option<&'static str>) -> OAuthError {
    OAuthError { status: StatusCode::BAD_REQUEST, error: "invalid_grant", description }
}

/// QBO-026
pub(super) const INVALID_CLIENT: OAuthError =
    OAuthError { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description: None };
/// QBO-032: the texts are inferred.
pub(super) const INVALID_REQUEST: OAuthError =
    OAuthError { status: StatusCode::BAD_REQUEST, error: "invalid_request", description: None };
/// QBO-032
pub(super) const UNKNOWN_GRANT: OAuthError =
    OAuthError { status: StatusCode::BAD_REQUEST, error: "unsupported_grant_type", description: None };
const BARE: OAuthError = invalid_grant(None);
/// QBO-015
const BAD_CODE: OAuthError = invalid_grant(Some("Invalid authorization code"));
/// QBO-028
const DEAD_REFRESH_TOKEN: OAuthError = invalid_grant(Some("Incorrect or invalid refresh token"));
/// QBO-030
const CONFUSED: OAuthError = invalid_grant(Some("Incorrect Token type or clientID"));

impl OAuthError {
    pub(super) fn of_code(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OtherClient => CONFUSED,
            Refusal::RedirectMismatch => BARE, // QBO-031
            _ => BAD_CODE,
        }
    }

    pub(super) fn of_refresh_token(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OtherClient | Refusal::OtherKind => CONFUSED,
            Refusal::Dead(_) => DEAD_REFRESH_TOKEN,
            _ => BARE, // QBO-027
        }
    }

    pub(super) fn reply(self, site: &Site) -> Reply {
        let Self { status, error, description } = self;
        let body = match description {
            None => json!({ "error": error }),
            // QBO-029
            Some(text) if site.profile().description_first => {
                json!({ "error_description": text, "error": error })
            }
            Some(text) => json!({ "error": error, "error_description": text }),
        };
        let reason = description.map_or_else(|| error.to_owned(), |text| format!("{error}: {text}"));
        oauth_headers(Reply::new(status, "application/json;charset=utf-8", body.to_string())).refused(reason)
    }
}

/// What every answer of the OAuth endpoints carries (QBO-033). `Connection: close` is left to the server.
pub(super) fn oauth_headers(reply: Reply) -> Reply {
    reply
        .with(header::SERVER, "nginx")
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=15552000")
        .with(header::CACHE_CONTROL, "no-cache, no-store")
        .with(header::PRAGMA, "no-cache")
}

/// An unknown or dead token at the revoke endpoint (QBO-036).
pub(super) fn nothing_to_revoke(reason: String) -> Reply {
    oauth_headers(Reply::empty(StatusCode::BAD_REQUEST)).refused(reason)
}

/// Also for `OPTIONS`: a browser may not call (QBO-051).
pub(super) fn method_not_allowed() -> Reply {
    oauth_headers(Reply::empty(StatusCode::METHOD_NOT_ALLOWED)).refused("the method is not allowed")
}

/// Seen at the revoke endpoint.
pub(super) fn oauth_throttled() -> Reply {
    oauth_headers(Reply::empty(StatusCode::TOO_MANY_REQUESTS)).refused("throttled")
}

/// The page of the web server in front, while nobody is behind it.
pub(super) fn unavailable() -> Reply {
    let body = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
                <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n\
                </body>\r\n</html>\r\n";
    Reply::new(StatusCode::SERVICE_UNAVAILABLE, "text/html", body).refused("out of order")
}

pub(super) fn no_route() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND).because(Verdict::NoRoute)
}

/// A fault of the gateway in front of the API: its JSON has everything in lower case (contract section 8.1).
#[derive(Clone, Debug)]
pub(super) struct GatewayFault {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: &'static str,
    detail: Option<String>,
    /// Whether it refuses a bearer token, and says so in a challenge (QBO-042).
    is_bearers: bool,
}

/// A credential that is not let in (QBO-040, QBO-041).
pub(super) fn unauthenticated(detail: Option<String>) -> GatewayFault {
    GatewayFault {
        status: StatusCode::UNAUTHORIZED,
        kind: "AUTHENTICATION",
        code: "3200",
        message: "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        detail,
        is_bearers: true,
    }
}

/// What garbage is told (QBO-041).
pub(super) const MALFORMED: &str = "Malformed bearer token: too short or too long";

/// A signature of OAuth 1.0a that is not good (contract section 8.2, shape 1).
pub(super) fn unsigned(detail: String) -> GatewayFault {
    GatewayFault {
        message: "message=ApplicationAuthenticationFailed; errorCode=003200; statusCode=401",
        is_bearers: false,
        ..unauthenticated(Some(detail))
    }
}

/// A credential that is good, but not for this company (QBO-044, QBO-045).
pub(super) fn unauthorized() -> GatewayFault {
    GatewayFault {
        status: StatusCode::FORBIDDEN,
        kind: "SERVICE",
        code: "3100",
        message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        detail: None,
        is_bearers: false,
    }
}

/// Too many calls (QBO-048).
pub(super) fn throttled(site: &Site) -> Reply {
    let fault = GatewayFault {
        status: StatusCode::TOO_MANY_REQUESTS,
        kind: "SERVICE",
        code: "3001",
        message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        detail: Some("The request limit was reached.  Try again later".to_owned()),
        is_bearers: false,
    };
    let reason = fault.message;
    fault.xml_reply(&local(site.auth.clock().now())).refused(reason)
}

pub(super) fn internal() -> GatewayFault {
    GatewayFault {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        kind: "SERVICE",
        code: "3100",
        message: "message=InternalServerError; errorCode=003100; statusCode=500",
        detail: None,
        is_bearers: false,
    }
}

impl GatewayFault {
    pub(super) fn reply(self, site: &Site, representation: Representation, reason: String) -> Reply {
        let now = site.auth.clock().now();
        let is_bearers = self.is_bearers;
        let reply = match representation {
            Representation::Json => {
                let error = json!({
                    "message": self.message, "detail": self.detail, "code": self.code, "element": null,
                });
                let body = json!({
                    "warnings": null, "intuitObject": null, "fault": { "error": [error], "type": self.kind },
                    "report": null, "queryResponse": null, "batchItemResponse": [], "attachableResponse": [],
                    "syncErrorResponse": null, "requestId": null, "time": now.as_millis(), "status": null,
                    "cdcresponse": [],
                });
                Reply::new(self.status, JSON, body.to_string())
            }
            Representation::Xml if is_bearers && site.profile().general_xml_fault => {
                let fault = ApplicationFault {
                    status: self.status,
                    kind: "AuthenticationFault",
                    code: "100",
                    message: "General Authentication Error".to_owned(),
                    detail: "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401"
                        .to_owned(),
                    element: None,
                };
                fault.xml_reply(&local(now))
            }
            Representation::Xml => self.xml_reply(&local(now)),
        };
        let reply = if is_bearers {
            reply.with(header::WWW_AUTHENTICATE, "Bearer realm=\"Intuit\", error=\"invalid_token\"") // QBO-042
        } else {
            reply
        };
        reply.refused(reason)
    }

    /// The attribute `time` stands before the namespace (contract section 8.2, shapes 1 and 3).
    fn xml_reply(self, time: &str) -> Reply {
        let detail =
            self.detail.map(|text| format!("<Detail>{}</Detail>", partial_escape(text))).unwrap_or_default();
        let body = format!(
            "{DECLARATION}<IntuitResponse time=\"{time}\" xmlns=\"{NAMESPACE}\"><Fault type=\"{}\">\
             <Error code=\"{}\"><Message>{}</Message>{detail}</Error></Fault></IntuitResponse>",
            self.kind, self.code, self.message,
        );
        Reply::new(self.status, XML, body)
    }
}

/// A fault of the application behind the gateway: names with capitals, and a time for people (contract section 8.4).
#[derive(Clone, Debug)]
pub(super) struct ApplicationFault {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: String,
    detail: String,
    element: Option<String>,
}

impl ApplicationFault {
    pub(super) fn validation(code: &'static str, message: &str, detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "ValidationFault",
            code,
            message: message.to_owned(),
            detail: detail.into(),
            element: None,
        }
    }

    pub(super) fn system(code: &'static str, message: &str, detail: &str) -> Self {
        Self { kind: "SystemFault", ..Self::validation(code, message, detail) }
    }

    pub(super) fn about(self, element: impl Into<String>) -> Self {
        Self { element: Some(element.into()), ..self }
    }

    pub(super) fn reply(self, site: &Site, representation: Representation) -> Reply {
        let time = local(site.auth.clock().now());
        let reason = format!("{}: {}", self.message, self.detail);
        let reply = match representation {
            Representation::Json => {
                let mut error = json!({ "Message": self.message, "Detail": self.detail, "code": self.code });
                if let Some(element) = self.element {
                    error["element"] = element.into();
                }
                let body = json!({ "Fault": { "Error": [error], "type": self.kind }, "time": time });
                Reply::new(self.status, JSON, body.to_string())
            }
            Representation::Xml => self.xml_reply(&time),
        };
        reply.refused(reason)
    }

    /// The attribute `time` stands after the namespace (contract section 8.2, shape 2).
    fn xml_reply(self, time: &str) -> Reply {
        let element = self.element.map(|text| format!(" element=\"{}\"", escape(text))).unwrap_or_default();
        let body = format!(
            "{DECLARATION}<IntuitResponse xmlns=\"{NAMESPACE}\" time=\"{time}\"><Fault type=\"{}\">\
             <Error code=\"{}\"{element}><Message>{}</Message><Detail>{}</Detail></Error></Fault></IntuitResponse>",
            self.kind,
            self.code,
            partial_escape(self.message),
            partial_escape(self.detail),
        );
        Reply::new(self.status, XML, body)
    }
}

/// QBO-047
pub(super) fn object_not_found() -> ApplicationFault {
    let detail = "Object Not Found : Something you're trying to use has been made inactive. Check the fields with \
                  accounts, customers, items, vendors or employees.";
    ApplicationFault::validation("610", "Object Not Found", detail).about("")
}

/// QBO-046
pub(super) fn unsupported(operation: &str) -> ApplicationFault {
    let detail = format!("Operation {operation} is not supported.");
    ApplicationFault::validation("500", "Unsupported Operation", detail)
}
