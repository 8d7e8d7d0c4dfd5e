//! The switches of a vendor: what is declared changes, the rest stays as the vendor has it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    duration_text,
    oauth::{Cascade, Life, Limit, Policy, RefreshLife, Rotation},
};

/// What is declared of a [`Policy`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PolicySection {
    #[serde(with = "duration_text::option")]
    code_life: Option<Duration>,
    code_replay_kills_grant: Option<bool>,
    access_life: Option<Life>,
    refreshable: Option<bool>,
    refresh_life: Option<RefreshLife>,
    refresh_restarts: Option<bool>,
    revoking_access: Option<Cascade>,
    revoking_refresh: Option<Cascade>,
    rotation: Option<Rotation>,
    limit: Option<Limit>,
}

impl PolicySection {
    /// The vendor's own policy with what is declared.
    pub(super) fn over(&self, vendors: Policy) -> Policy {
        Policy {
            code_life: self.code_life.unwrap_or(vendors.code_life),
            code_replay_kills_grant: self.code_replay_kills_grant.unwrap_or(vendors.code_replay_kills_grant),
            access_life: self.access_life.unwrap_or(vendors.access_life),
            refreshable: self.refreshable.unwrap_or(vendors.refreshable),
            refresh_life: self.refresh_life.map_or(vendors.refresh_life, |RefreshLife(life)| life),
            refresh_restarts: self.refresh_restarts.unwrap_or(vendors.refresh_restarts),
            rotation: self.rotation.unwrap_or(vendors.rotation),
            revoking_access: self.revoking_access.unwrap_or(vendors.revoking_access),
            revoking_refresh: self.revoking_refresh.unwrap_or(vendors.revoking_refresh),
            limit: self.limit.unwrap_or(vendors.limit),
        }
    }

    /// All of a policy, as if each part of it were declared.
    pub(super) fn whole(policy: Policy) -> Self {
        Self {
            code_life: Some(policy.code_life),
            code_replay_kills_grant: Some(policy.code_replay_kills_grant),
            access_life: Some(policy.access_life),
            refreshable: Some(policy.refreshable),
            refresh_life: Some(RefreshLife(policy.refresh_life)),
            refresh_restarts: Some(policy.refresh_restarts),
            revoking_access: Some(policy.revoking_access),
            revoking_refresh: Some(policy.revoking_refresh),
            rotation: Some(policy.rotation),
            limit: Some(policy.limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Stage, Vendor};

    #[test]
    fn every_vendors_policy_is_written_and_read_again() {
        let tenant = Stage::new().tenant();
        for vendor in Vendor::ALL {
            let policy = tenant.policy(vendor);
            let text = toml::to_string(&PolicySection::whole(policy)).unwrap();
            let read: PolicySection = toml::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            let other = tenant.policy(Vendor::ALL[(vendor as usize + 1) % Vendor::ALL.len()]);
            assert_eq!(read.over(other), policy, "{text}");
            assert_eq!(PolicySection::default().over(policy), policy);
        }
    }
}
