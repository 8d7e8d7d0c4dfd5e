//! How many calls of the REST API a day has seen (SFDC-073, SFDC-076).

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Timestamp, oauth::App, providers::salesforce::switches::Switches};

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

/// The calls of one day; with the next they begin anew.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    /// Days since 1970.
    day: i64,
    calls: u64,
    by_app: BTreeMap<Arc<str>, u64>,
}

/// Where a call stands among those that the org and the app may make.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) calls: u64,
    pub(super) limit: u64,
    /// The app's own calls, its limit, and its name, where it has a limit.
    app: Option<(u64, u64, String)>,
}

impl Usage {
    /// Counts one call.
    pub(super) fn count(
        &mut self,
        now: Timestamp,
        client_id: &Arc<str>,
        app: Option<&App>,
        switches: &Switches,
    ) -> Counted {
        let day = now.as_secs().div_euclid(SECONDS_OF_A_DAY);
        if day != self.day {
            *self = Self { day, ..Self::default() };
        }
        self.calls = self.calls.saturating_add(1);
        let app = switches.of_app(client_id).daily_calls.map(|limit| {
            let calls = self.by_app.entry(Arc::clone(client_id)).or_default();
            *calls = calls.saturating_add(1);
            (*calls, limit, app.map(|app| app.name.clone()).unwrap_or_default())
        });
        Counted { calls: self.calls, limit: switches.daily_calls, app }
    }
}

impl Counted {
    /// Whether this call is one too many.
    pub(super) fn is_too_much(&self) -> bool {
        self.calls > self.limit || self.app.as_ref().is_some_and(|(calls, limit, _)| calls > limit)
    }

    /// What `Sforce-Limit-Info` says.
    pub(super) fn header(&self) -> String {
        let org = format!("api-usage={}/{}", self.calls, self.limit);
        match &self.app {
            Some((calls, limit, name)) => format!("{org}; per-app-api-usage={calls}/{limit}(appName={name})"),
            None => org,
        }
    }
}
