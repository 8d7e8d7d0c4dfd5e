//! A socket that can be told to end in a reset.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};

/// How the connection behind a [`Wire`] shall end.
#[derive(Clone, Default)]
pub(super) struct End {
    /// Of one stream among several: the connection goes on.
    #[cfg(feature = "tls")]
    of_stream: bool,
    reset: Arc<AtomicBool>,
    close: Arc<Notify>,
    flush: Arc<Notify>,
}

impl End {
    /// The end of streams that share a connection, each of which can be reset by itself.
    #[cfg(feature = "tls")]
    pub(super) fn of_stream() -> Self {
        Self { of_stream: true, ..Self::default() }
    }

    /// When the connection closes, its peer gets a reset instead of an orderly end.
    pub(super) fn reset(&self) {
        #[cfg(feature = "tls")]
        if self.of_stream {
            return;
        }
        self.reset.store(true, Ordering::Release);
    }

    /// Closes the connection as soon as the answer in flight is through.
    pub(super) fn close(&self) {
        self.close.notify_one();
    }

    /// Waits for [`End::close`].
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Waits until the system has everything that was to be sent.
    pub(super) async fn flushed(self) {
        self.flush.notified().await;
    }
}

/// A TCP stream that ends as its [`End`] says.
pub(super) struct Wire {
    stream: TcpStream,
    end: End,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, end: End) -> Self {
        Self { stream, end }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.end.reset.load(Ordering::Acquire) {
            // If the system refuses, the peer sees an orderly end in the wrong place, which is an error too.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_ready() {
            self.end.flush.notify_waiters();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
