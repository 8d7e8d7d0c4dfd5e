//! Refreshes tokens by time: once per instance, however many calls come at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

use super::{
    Service,
    configuration::{REFRESH_INTERVAL, REFRESH_TIME, REFRESH_TOKEN},
    error::{Error, ProviderFault},
    instance::Instance,
    store::Slot,
    tokens::{self, Grant},
};
use crate::Timestamp;

/// Lets one renewal of an instance's credentials run at a time.
#[derive(Debug, Default)]
pub(crate) struct Renewal {
    /// Holds why the last refresh failed, for the calls that waited for it.
    turn: Mutex<Option<Error>>,
    finished: AtomicU64,
    /// Whether somebody goes on trying.
    retrying: AtomicBool,
}

/// How often a refresh is tried when the network fails (5.2).
const ATTEMPTS: usize = 5;

impl Renewal {
    /// Waits until no other renewal runs. The caller's own one has to be finished while it holds the guard.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, Option<Error>> {
        self.turn.lock().await
    }

    fn finished(&self) -> u64 {
        self.finished.load(Ordering::Acquire)
    }

    fn finish(&self) {
        self.finished.fetch_add(1, Ordering::AcqRel);
    }

    /// False when somebody goes on trying already.
    fn begin_retries(&self) -> bool {
        !self.retrying.swap(true, Ordering::AcqRel)
    }

    fn end_retries(&self) {
        self.retrying.store(false, Ordering::Release);
    }
}

/// The instance with a token that is not too old.
pub(crate) async fn fresh(service: &Service, slot: &Slot) -> Result<Arc<Instance>, Error> {
    let instance = slot.read().ok_or(Error::Unauthorized)?;
    if !is_stale(&instance, service.clock().now()) {
        return Ok(instance);
    }
    let seen = slot.renewal().finished();
    let (service, slot) = (service.clone(), slot.clone());
    // In a task of its own: a caller that hangs up must not lose a refresh token that the vendor has just rotated.
    tokio::spawn(async move { take_turn(&service, &slot, seen).await }.in_current_span())
        .await
        .map_err(|_| Error::Internal)?
}

async fn take_turn(service: &Service, slot: &Slot, seen: u64) -> Result<Arc<Instance>, Error> {
    let mut last_failure = slot.renewal().turn().await;
    let instance = slot.read().ok_or(Error::Unauthorized)?;
    if !is_stale(&instance, service.clock().now()) {
        return Ok(instance);
    }
    let waited = slot.renewal().finished() != seen;
    if let (true, Some(failure)) = (waited, last_failure.as_ref()) {
        return Err(failure.clone());
    }
    let renewed = renew(service, slot, &instance, &mut last_failure).await;
    slot.renewal().finish();
    if is_of_the_network(&renewed) && slot.renewal().begin_retries() {
        let (service, slot) = (service.clone(), slot.clone());
        tokio::spawn(async move { retry(&service, &slot).await }.in_current_span());
    }
    renewed
}

/// Asks for new tokens once, and keeps what comes of it.
async fn renew(
    service: &Service,
    slot: &Slot,
    instance: &Instance,
    last_failure: &mut Option<Error>,
) -> Result<Arc<Instance>, Error> {
    match tokens::obtain(service, &instance.connector, &instance.values, &Grant::Refresh).await {
        Ok(tokens) => {
            *last_failure = None;
            let kept = service.store().update(slot, move |instance| instance.adopt(&tokens)).await;
            kept.and_then(|kept| kept.ok_or(Error::Unauthorized))
        }
        Err(failure) => {
            // A vendor in trouble, or one that asks to wait, has not refused.
            if matches!(&failure, Error::Provider(refusal) if refusal.status == StatusCode::UNAUTHORIZED) {
                service.store().update(slot, Instance::miss_refresh).await?;
            }
            *last_failure = Some(failure.clone());
            Err(failure)
        }
    }
}

fn is_of_the_network<T>(renewed: &Result<T, Error>) -> bool {
    use ProviderFault::{Incomplete, Timeout, Unreachable};
    matches!(renewed, Err(Error::ProviderFault(Timeout | Unreachable | Incomplete)))
}

/// Goes on trying while the vendor cannot be reached, with pauses (5.2). The caller whose refresh failed first has been
/// told long since.
async fn retry(service: &Service, slot: &Slot) {
    for _ in 1..ATTEMPTS {
        tokio::time::sleep(service.refresh_pause()).await;
        let mut last_failure = slot.renewal().turn().await;
        let Some(instance) = slot.read() else { break };
        if !is_stale(&instance, service.clock().now()) {
            break;
        }
        let renewed = renew(service, slot, &instance, &mut last_failure).await;
        slot.renewal().finish();
        if !is_of_the_network(&renewed) {
            break;
        }
    }
    slot.renewal().end_retries();
}

/// Whether the access token is too old and there is a refresh token to get another one with.
fn is_stale(instance: &Instance, now: Timestamp) -> bool {
    let values = &instance.values;
    let number = |key: &str| values.get(key).and_then(|text| text.parse::<i64>().ok());
    let (Some(obtained), Some(seconds)) = (number(REFRESH_TIME), number(REFRESH_INTERVAL)) else {
        return false;
    };
    let lifetime = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    instance.authentication() == "oauth2"
        && values.get(REFRESH_TOKEN).is_some()
        && now >= Timestamp::from_millis(obtained) + lifetime
}
