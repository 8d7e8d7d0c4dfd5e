//! A load: so many connections, each with one request under way.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures::future::try_join_all;

use crate::{
    beside::{CONNECTIONS, Next},
    wire::{ask, connect, is_good, unexpected},
};

/// A load that takes longer has stopped.
const LIMIT: Duration = Duration::from_secs(300);

/// What one connection asks, load after load.
pub(crate) struct Asking {
    next: Next<'static>,
    last: Vec<u8>,
}

impl Asking {
    pub(crate) fn new(next: Next<'static>) -> Self {
        Self { next, last: Vec::new() }
    }

    /// The last answer.
    pub(crate) fn last(&self) -> &[u8] {
        &self.last
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Until {
    Requests(usize),
    Elapsed(Duration),
}

/// Requests a second. Anything but a good answer ends it.
pub(crate) async fn load(address: SocketAddr, asking: &mut [Asking], until: Until) -> io::Result<f64> {
    let mut streams = Vec::new();
    for _ in 0..asking.len() {
        streams.push(connect(address).await?);
    }
    let started = Instant::now();
    let goes_on = |count: u32| match until {
        Until::Requests(all) => (count as usize) < all / CONNECTIONS,
        Until::Elapsed(time) => started.elapsed() < time,
    };
    let clients = streams.into_iter().zip(asking).map(|(mut stream, Asking { next, last })| async move {
        let (mut count, mut request) = (0_u32, Vec::new());
        while goes_on(count) {
            request.clear();
            next(last, &mut request);
            ask(&mut stream, &request, last).await?;
            if !is_good(last) {
                return Err(unexpected(last));
            }
            count += 1;
        }
        Ok(count)
    });
    let all = tokio::time::timeout(LIMIT, try_join_all(clients)).await;
    let total: u32 = all.map_err(|_| io::Error::other("it stopped answering"))??.into_iter().sum();
    Ok(f64::from(total) / started.elapsed().as_secs_f64())
}
