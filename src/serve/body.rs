//! Bodies that come in, and bodies that go out as a reply says.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use crate::{Reply, exchange::Ending, serve::wire::End};

/// The longest pause in a body that comes in.
const PAUSE: Duration = Duration::from_secs(30);

/// A body that goes out.
pub(super) type Body = Either<Either<Full<Bytes>, StreamBody<Last>>, axum::body::Body>;

/// A body that arrives.
pub(super) fn whole(body: Bytes) -> Body {
    Either::Left(Either::Left(Full::new(body)))
}

/// A body as a router made it.
pub(super) fn router_body(body: axum::body::Body) -> Body {
    Either::Right(body)
}

/// Hands a reply over.
pub(super) async fn deliver(reply: Reply, end: End) -> Result<Response<Body>, io::Error> {
    let Reply { response, delivery, .. } = reply;
    if !delivery.delay.is_zero() {
        tokio::time::sleep(delivery.delay).await;
    }
    let (mut parts, body) = response.into_parts();
    let length = body.len();
    let then = match delivery.ending {
        Ending::Whole => return Ok(Response::from_parts(parts, whole(body))),
        Ending::Reset => {
            end.reset();
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
        Ending::CutAfter(_) => Then::Reset(end),
        Ending::CloseAfter => Then::Close(end),
    };
    let sent = if let Ending::CutAfter(sent) = delivery.ending { sent.min(length) } else { length };
    parts.headers.insert(http::header::CONTENT_LENGTH, length.into());
    let data = Some(body.slice(..sent)).filter(|data| !data.is_empty());
    let last = Last { data, then, flushed: None };
    Ok(Response::from_parts(parts, Either::Left(Either::Right(StreamBody::new(last)))))
}

/// The last body of a connection.
pub(super) struct Last {
    data: Option<Bytes>,
    then: Then,
    /// Ready when the head and the data are on their way.
    flushed: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

enum Then {
    /// The connection is reset.
    Reset(End),
    /// The connection is closed behind the answer.
    Close(End),
}

impl futures_core::Stream for Last {
    type Item = Result<Frame<Bytes>, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { data, then, flushed } = &mut *self;
        let data = data.take();
        match then {
            // Said with the data: once its length is reached, nobody asks a body for its end.
            Then::Close(end) => {
                end.close();
                Poll::Ready(data.map(|data| Ok(Frame::data(data))))
            }
            Then::Reset(end) => match data {
                Some(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
                // A body that fails earlier takes along what was not sent yet.
                None => flushed.get_or_insert_with(|| Box::pin(end.clone().flushed())).as_mut().poll(cx).map(
                    |()| {
                        end.reset();
                        Some(Err(io::Error::from(io::ErrorKind::ConnectionReset)))
                    },
                ),
            },
        }
    }
}

/// A body that comes in, and fails when it pauses for too long.
pub(super) struct Timely {
    body: Incoming,
    /// Set while nothing comes.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Timely {
    pub(super) fn new(body: Incoming) -> Self {
        Self { body, patience: None }
    }
}

impl hyper::body::Body for Timely {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.patience = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        let patience = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep(PAUSE)));
        patience.as_mut().poll(cx).map(|()| Some(Err(io::Error::from(io::ErrorKind::TimedOut))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
