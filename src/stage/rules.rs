//! How a vendor behaves towards a tenant: its policy, its switches, and the faults that strike.

use serde_json::Value;

use crate::{
    Fault, Vendor,
    oauth::Policy,
    providers::Switches,
    stage::{HandError, TenantHandle},
};

impl TenantHandle {
    /// Lets `fault` strike this tenant's calls, and says its number.
    ///
    /// # Errors
    ///
    /// If it names an operation that the vendor does not have.
    pub fn inject(&self, fault: Fault) -> Result<u64, HandError> {
        if let Some(operation) = fault.operation() {
            let vendor = fault.vendor().ok_or_else(|| HandError::OperationOfNobody(operation.to_owned()))?;
            let known = self.stage.operations(vendor);
            if !known.contains(&operation) {
                return Err(HandError::NoOperation(vendor, operation.to_owned(), known));
            }
        }
        let _here = self.tenant.enter();
        Ok(self.tenant.faults().add(fault))
    }

    /// How codes and tokens live and die at `vendor`.
    #[must_use]
    pub fn policy(&self, vendor: Vendor) -> Policy {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().policy()
    }

    /// Changes how codes and tokens that are issued from now on live and die at `vendor`.
    pub fn set_policy(&self, vendor: Vendor, policy: Policy) {
        let _here = self.tenant.enter();
        self.server(vendor).ledger().set_policy(policy);
    }

    /// Whether replay protection is on at `vendor`; see [`Policy::replay_protection`].
    #[must_use]
    pub fn replay_protection(&self, vendor: Vendor) -> bool {
        self.policy(vendor).replay_protection()
    }

    /// Turns replay protection on or off at `vendor`; see [`Policy::replay_protection`].
    ///
    /// ```
    /// use rehearsal::{Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// tenant.set_replay_protection(Vendor::Box, true); // a code that is redeemed twice kills what it gave
    /// assert!(tenant.replay_protection(Vendor::Box));
    /// ```
    pub fn set_replay_protection(&self, vendor: Vendor, on: bool) {
        let _here = self.tenant.enter();
        let ledger = self.server(vendor).ledger();
        ledger.set_policy(ledger.policy().with_replay_protection(on));
    }

    /// The switches of the vendor that `S` belongs to, such as
    /// [`salesforce::Switches`](crate::providers::salesforce::Switches).
    #[must_use]
    pub fn switches<S: Switches>(&self) -> S {
        #[expect(clippy::expect_used, reason = "a vendor writes its switches in the form it reads them in")]
        serde_json::from_value(self.switches_as_json(S::VENDOR)).expect("switches are read as written")
    }

    /// Sets all switches of the vendor that `S` belongs to.
    pub fn set_switches<S: Switches>(&self, switches: &S) {
        let _here = self.tenant.enter();
        let switches = serde_json::to_value(switches);
        #[expect(
            clippy::expect_used,
            reason = "a vendor reads its switches in the form they are written in"
        )]
        switches
            .and_then(|switches| self.stage.backstage(S::VENDOR).set_switches(&self.tenant, switches))
            .expect("switches are read as written");
    }

    /// The switches of `vendor`, in the form that configuration and the control API use.
    #[must_use]
    pub fn switches_as_json(&self, vendor: Vendor) -> Value {
        self.stage.backstage(vendor).switches(&self.tenant)
    }

    /// Sets the switches of `vendor`; those left out go back to their defaults.
    ///
    /// # Errors
    ///
    /// If there is no such switch, or it has no such position.
    pub fn set_switches_as_json(&self, vendor: Vendor, switches: Value) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let set = self.stage.backstage(vendor).set_switches(&self.tenant, switches);
        set.map_err(|error| HandError::Switches(vendor, error.to_string()))
    }
}
