//! One connection: reads requests, lets the provider answer, delivers as the reply says.

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

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

use crate::{
    Provider, Reply,
    exchange::Ending,
    serve::{
        encoding,
        wire::{End, Wire},
    },
};

/// Request bodies above this are refused with 413.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A client that has not sent its header by then is given up.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// Accepts connections for ever.
pub(super) async fn accept(listener: TcpListener, provider: Arc<dyn Provider>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, Arc::clone(&provider)));
            }
            // Out of file descriptors, most likely: wait for some to come back instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, provider: Arc<dyn Provider>) {
    // Without this, small answers wait for the client's acknowledgement. Failing to set it costs only time.
    let _ = stream.set_nodelay(true);
    let end = End::default();
    let service = service_fn(|request| answer(request, Arc::clone(&provider), end.clone()));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .title_case_headers(true)
            .serve_connection(TokioIo::new(Wire::new(stream, end.clone())), service)
    );
    // An error is a client that went away or broke HTTP, or a reset: there is nobody left to tell.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = end.closed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

type Body = Either<Full<Bytes>, StreamBody<Last>>;

async fn answer(
    request: http::Request<Incoming>,
    provider: Arc<dyn Provider>,
    end: End,
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
    let request = http::Request::from_parts(parts, body);
    let reply = encoding::encoded(provider.vendor(), request.headers(), provider.respond(&request));
    deliver(reply, end).await
}

async fn deliver(reply: Reply, end: End) -> Result<Response<Body>, io::Error> {
    let Reply { response, delivery, .. } = reply;
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    let (mut parts, body) = response.into_parts();
    let length = body.len();
    let then = match delivery.ending {
        Ending::Whole => return Ok(Response::from_parts(parts, Either::Left(Full::new(body)))),
        Ending::Reset => {
            end.reset();
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
        Ending::CutAfter(_) => Then::Reset(end),
        Ending::CloseAfter => Then::Close(end),
    };
    let sent = if let Ending::CutAfter(sent) = delivery.ending { sent.min(length) } else { length };
    parts.headers.insert(http::header::CONTENT_LENGTH, length.into());
    let last = Last { data: Some(body.slice(..sent)).filter(|data| !data.is_empty()), then };
    Ok(Response::from_parts(parts, Either::Right(StreamBody::new(last))))
}

/// The last body of a connection.
struct Last {
    data: Option<Bytes>,
    then: Then,
}

enum Then {
    /// The connection is reset.
    Reset(End),
    /// The connection is closed behind the answer.
    Close(End),
}

impl futures_core::Stream for Last {
    type Item = Result<Frame<Bytes>, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let data = self.data.take();
        match &self.then {
            // Said with the data: once its length is reached, nobody asks a body for its end.
            Then::Close(end) => {
                end.close();
                Poll::Ready(data.map(|data| Ok(Frame::data(data))))
            }
            Then::Reset(end) => Poll::Ready(Some(data.map(Frame::data).ok_or_else(|| {
                end.reset();
                io::Error::from(io::ErrorKind::ConnectionReset)
            }))),
        }
    }
}
