//! Refreshes tokens by time: once per instance, however many calls come at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

use super::{
    Service,
    configuration::{REFRESH_INTERVAL, REFRESH_TIME, REFRESH_TOKEN},
    error::Error,
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
}

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
    let outcome = tokens::obtain(service, &instance.connector, &instance.values, &Grant::Refresh).await;
    let renewed = match outcome {
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
    };
    slot.renewal().finish();
    renewed
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
