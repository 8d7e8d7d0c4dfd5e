//! The head of an answer in HTTP/1, in the vendor's own writing.
//!
//! hyper writes header names in lower or in title case. It has another way, for proxies: names go on in the case in which
//! they came, which an extension of the request holds, of a type that only hyper can make. So hyper reads a request with
//! the vendor's names once, and what it notes of it goes with every answer.

use std::{
    convert::Infallible,
    future::ready,
    pin::pin,
    sync::{Mutex, OnceLock, PoisonError},
    task::{Context, Waker},
};

use bytes::Bytes;
use http::{Extensions, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::{body::Incoming, ext::ReasonPhrase, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;

use crate::{Reply, Vendor};

/// Has a vendor's answer written in its own way.
pub(super) fn write_as<B>(vendor: Vendor, response: &mut Response<B>, reason: Option<ReasonPhrase>) {
    static CASES: OnceLock<Vec<Extensions>> = OnceLock::new();
    let cases = CASES.get_or_init(|| Vendor::ALL.map(|vendor| noted(vendor.header_names())).into());
    response.extensions_mut().extend(cases[vendor.index()].clone());
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
}

/// The words of the status line, where `http` knows none for the status.
pub(super) fn reason(reply: &Reply) -> Option<ReasonPhrase> {
    let is_unknown = StatusCode::canonical_reason(&reply.status()).is_none();
    is_unknown.then(|| ReasonPhrase::from_static(reply.reason_phrase().as_bytes()))
}

/// What hyper notes of the case of these header names.
fn noted(names: &[&str]) -> Extensions {
    let lines: String = names.iter().map(|name| format!("{name}: x\r\n")).collect();
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
    let seen = Mutex::new(Extensions::new());
    let service = service_fn(|request: Request<Incoming>| {
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = request.extensions().clone();
        ready(Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())))
    });
    let stream = TokioIo::new(tokio::io::join(request.as_bytes(), tokio::io::sink()));
    let connection = http1::Builder::new().preserve_header_case(true).serve_connection(stream, service);
    // The request is there whole, so that one turn sees it; what is answered is nobody's concern.
    let _ = pin!(connection).poll(&mut Context::from_waker(Waker::noop()));
    seen.into_inner().unwrap_or_else(PoisonError::into_inner)
}
