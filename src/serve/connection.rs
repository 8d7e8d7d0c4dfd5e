//! One connection: reads requests, lets the provider answer, delivers as the reply says.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited, StreamBody};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::{Provider, Reply, exchange::Ending};

/// Request bodies above this are refused with 413.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A client that has not sent its header by then is given up.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// Accepts connections for ever.
pub(super) async fn accept(listener: TcpListener, provider: Arc<dyn Provider>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let provider = Arc::clone(&provider);
                tokio::spawn(serve(stream, provider));
            }
            // Out of file descriptors, most likely: wait for some to come back instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, provider: Arc<dyn Provider>) {
    // Without this, small answers wait for the client's acknowledgement. Failing to set it costs only time.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, Arc::clone(&provider)));
    // An error is a client that went away or broke HTTP: there is nobody left to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

type Body = Either<Full<Bytes>, StreamBody<CutShort>>;

async fn answer(
    request: http::Request<Incoming>,
    provider: Arc<dyn Provider>,
) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let mut response = Response::new(Either::Left(Full::default()));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            return Ok(response);
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    deliver(provider.respond(&http::Request::from_parts(parts, body))).await
}

async fn deliver(reply: Reply) -> Result<Response<Body>, io::Error> {
    let Reply { response, delivery, .. } = reply;
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    let (mut parts, body) = response.into_parts();
    match delivery.ending {
        Ending::Whole => Ok(Response::from_parts(parts, Either::Left(Full::new(body)))),
        Ending::Reset => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        Ending::CutAfter(length) => {
            parts.headers.insert(http::header::CONTENT_LENGTH, body.len().into());
            let part = body.slice(..length.min(body.len()));
            Ok(Response::from_parts(parts, Either::Right(StreamBody::new(CutShort(Some(part))))))
        }
    }
}

/// A body that ends in an error, which closes the connection.
struct CutShort(Option<Bytes>);

impl futures_core::Stream for CutShort {
    type Item = Result<Frame<Bytes>, io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(match self.0.take() {
            Some(part) => Ok(Frame::data(part)),
            None => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        }))
    }
}
