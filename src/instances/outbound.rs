//! The one way out: requests to providers, with a time limit, without redirects, and without proxies but the one to the
//! vendors' own hosts.

use axum::body::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::{Client, multipart, redirect};

#[cfg(feature = "tls")]
use super::vendor_hosts::Tunnelled;
use super::{
    Settings, SettingsError,
    address::Destination,
    connector::{Connector, Place},
    error::{Error, ProviderFault, ProviderRefusal},
    provider_message, trace,
};

/// The largest answer of a provider that is passed on, in bytes.
const LIMIT: usize = 16 * 1024 * 1024;

/// Sends requests to providers.
#[derive(Clone, Debug)]
pub(crate) struct Outbound {
    client: Client,
    #[cfg(feature = "tls")]
    tunnelled: Option<Tunnelled>,
}

/// A request to a provider.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) destination: Destination,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
}

/// What a request carries.
#[derive(Clone)]
pub(crate) enum Body {
    Json(Bytes),
    Form(String),
    /// The content of a file, and its media type.
    Content(Bytes, HeaderValue),
    /// The parts of a form: name, file name and media type of a file, content.
    Parts(Vec<SentPart>),
}

/// One part of a form with files.
#[derive(Clone, Debug)]
pub(crate) struct SentPart {
    pub(crate) name: String,
    pub(crate) file: Option<(String, String)>,
    pub(crate) content: Bytes,
}

impl Body {
    /// A value as a body.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::Json(value.to_string().into())
    }
}

/// Bodies hold secrets: only their kind is printed.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Json(_) => "Json",
            Self::Form(_) => "Form",
            Self::Content(..) => "Content",
            Self::Parts(_) => "Parts",
        })
    }
}

/// What a provider answered, read completely. It may hold tokens, and is not printed.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Outbound {
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let client = Client::builder()
            .timeout(settings.timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(SettingsError::Client)?;
        #[cfg(feature = "tls")]
        let tunnelled = settings.vendor_hosts.as_ref().map(|way| Tunnelled::new(way, settings.timeout));
        Ok(Self {
            client,
            #[cfg(feature = "tls")]
            tunnelled: tunnelled.transpose()?,
        })
    }

    /// Sends `call` and reads the whole answer.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, ProviderFault> {
        let traced = trace::is_wanted().then(|| (trace::request_of(&call), trace::secrets_of(&call)));
        // The query is left out: some vendors take tokens there.
        let (method, path) = (call.method.clone(), call.destination.url.path().to_owned());
        let outcome = self.exchange(call).await;
        match &outcome {
            Ok(answer) => {
                tracing::debug!(%method, path, status = answer.status.as_u16(), "provider answered");
            }
            Err(fault) => tracing::warn!(%method, path, %fault, "provider failed"),
        }
        if let Some((request, secrets)) = traced {
            let response = match &outcome {
                Ok(answer) => trace::answer_of(answer.status, &answer.headers, &answer.body, &secrets),
                Err(fault) => fault.to_string().into(),
            };
            trace::note(&request, &response);
        }
        outcome
    }

    async fn exchange(&self, call: Call) -> Result<Answer, ProviderFault> {
        let accepts = call.headers.contains_key(header::ACCEPT);
        let mut request = self.client.request(call.method, call.destination.url).headers(call.headers);
        if !accepts {
            request = request.header(header::ACCEPT, "application/json");
        }
        if let Some(host) = call.destination.host {
            request = request.header(header::HOST, host);
        }
        request = match call.body {
            Some(Body::Json(body)) => request.header(header::CONTENT_TYPE, "application/json").body(body),
            Some(Body::Form(body)) => {
                request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
            }
            Some(Body::Content(content, kind)) => request.header(header::CONTENT_TYPE, kind).body(content),
            Some(Body::Parts(parts)) => request.multipart(form(parts)?),
            None => request,
        };
        let fault = |error: reqwest::Error| match error.is_timeout() {
            true => ProviderFault::Timeout,
            false => ProviderFault::Unreachable,
        };
        let request = request.build().map_err(fault)?;
        #[cfg(feature = "tls")]
        if let Some(tunnelled) = &self.tunnelled
            && request.url().scheme() == "https"
        {
            return tunnelled.send(request, LIMIT).await;
        }
        let mut response = self.client.execute(request).await.map_err(fault)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        let incomplete = |error: reqwest::Error| match error.is_timeout() {
            true => ProviderFault::Timeout,
            false => ProviderFault::Incomplete,
        };
        while let Some(chunk) = response.chunk().await.map_err(incomplete)? {
            body.extend_from_slice(&chunk);
            if body.len() > LIMIT {
                return Err(ProviderFault::TooLarge);
            }
        }
        Ok(Answer { status, headers, body: body.into() })
    }
}

fn form(parts: Vec<SentPart>) -> Result<multipart::Form, ProviderFault> {
    parts.into_iter().try_fold(multipart::Form::new(), |form, sent| {
        let mut part = multipart::Part::stream(sent.content);
        if let Some((file, kind)) = sent.file {
            // The media type was a header's value before it came here.
            part = part.file_name(file).mime_str(&kind).map_err(|_| ProviderFault::Unreachable)?;
        }
        Ok(form.part(sent.name, part))
    })
}

impl Answer {
    /// The answer if it is a success, else why the caller gets none. `secrets` never reach the caller.
    pub(crate) fn accepted(self, connector: &Connector, secrets: &[String]) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        if self.status.is_redirection() || self.status.is_informational() {
            return Err(ProviderFault::Redirect.into());
        }
        let reasons = &connector.service.reasons;
        let message = provider_message::from_answer(self.status, &self.headers, &self.body, reasons, secrets);
        let status = passed_on(self.meaning(connector));
        let retry_after =
            self.headers.get(header::RETRY_AFTER).filter(|_| status == StatusCode::TOO_MANY_REQUESTS);
        Err(Error::Provider(Box::new(ProviderRefusal { status, message, retry_after: retry_after.cloned() })))
    }

    /// Whether it says that there is nothing to say. An empty body alone says that of no other status.
    pub(crate) fn has_no_content(&self) -> bool {
        self.status == StatusCode::NO_CONTENT && self.body.is_empty()
    }

    /// The status, unless the connector knows that the vendor means another one.
    fn meaning(&self, connector: &Connector) -> StatusCode {
        let means = connector.service.refusals.iter().find(|refusal| {
            let fits = |found: Option<&str>| match &refusal.value {
                None => found.is_some(),
                Some(wanted) => found == Some(wanted),
            };
            let header = |name: &String| self.headers.get(name).and_then(|value| value.to_str().ok());
            let member = |place: &Place| {
                let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
                place.find(&body)?.as_str().map(str::to_owned)
            };
            refusal.status == self.status
                && refusal.header.as_ref().is_none_or(|name| fits(header(name)))
                && refusal.member.as_ref().is_none_or(|place| fits(member(place).as_deref()))
        });
        means.map_or(self.status, |refusal| refusal.means)
    }
}

/// The status of 2.2 that a caller reads for a provider's: its own where the table has it, else the nearest there.
fn passed_on(status: StatusCode) -> StatusCode {
    match status.as_u16() {
        500.. => StatusCode::BAD_GATEWAY,
        400 | 401 | 403..=406 | 409 | 413 | 415 | 429 => status,
        _ => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_reads_no_status_that_the_contract_does_not_have() {
        let passed = |status| passed_on(StatusCode::from_u16(status).unwrap()).as_u16();
        for own in [400, 401, 403, 404, 405, 406, 409, 413, 415, 429] {
            assert_eq!(passed(own), own);
        }
        for odd in [402, 407, 408, 410, 412, 418, 422, 423, 451, 499] {
            assert_eq!(passed(odd), 400, "{odd}");
        }
        for fault in [500, 501, 502, 503, 509, 599, 600, 999] {
            assert_eq!(passed(fault), 502, "{fault}");
        }
    }
}
