//! Verbs by which an instance loses its credentials, gets new ones, or is changed.

use serde_json::{Value, json};

use super::World;
use crate::{
    Secret, Vendor,
    conformance::{
        heard::Shown,
        record::{Failure, Outcome},
        target::Call,
    },
};

impl World {
    /// Kills the credentials of an instance at the provider, behind the target's back. Where a grant has a refresh
    /// token that outlives the access token, both are revoked (section 7, row 10).
    pub(crate) async fn revoke(&mut self, which: usize) -> Outcome {
        let user = self.user(which)?;
        if !user.connector.takes_codes() {
            let changed = self.user_mut(which)?.regenerate_password();
            let password = self.user(which)?.password.expose();
            self.record.learn_secret(password);
            return changed.map_err(|trouble| self.record.give_up("a new password at the provider", trouble));
        }
        let issued = user.heard().issued();
        let issued =
            issued.ok_or_else(|| self.record.refute("the provider issued tokens", user.heard().tell()))?;
        self.revoke_token(which, issued.access).await?;
        // Elsewhere the refresh token dies with the access token.
        if self.user(which)?.connector.vendor == Vendor::Salesforce
            && let Some(refresh) = issued.refresh
        {
            let second = self.user(which)?.revoke(&self.run.http, &refresh).await;
            self.revocation = Some(self.record.keep(second));
        }
        Ok(())
    }

    /// Revokes one token, as the vendor's documents show it.
    pub(crate) async fn revoke_token(&mut self, which: usize, token: Secret) -> Outcome {
        self.record.learn_secret(token.expose());
        let answer = self.user(which)?.revoke(&self.run.http, &token).await;
        self.revocation = Some(self.record.keep(answer));
        self.user_mut(which)?.revoked = Some(Shown::Token(token));
        Ok(())
    }

    /// The provider's answer to the last revocation.
    pub(crate) fn revocation(&self) -> Result<Result<u16, &str>, Failure> {
        let none = || self.record.give_up("a revocation", "the scenario has none");
        let exchange = self.revocation.as_ref().ok_or_else(none)?;
        Ok(exchange.answer.as_ref().map(|answer| answer.status.as_u16()).map_err(String::as_str))
    }

    /// The credential that was revoked last.
    pub(crate) fn revoked(&self, which: usize) -> Result<&Shown, Failure> {
        let none = || self.record.give_up("a revoked credential", "the scenario has none");
        self.user(which)?.revoked.as_ref().ok_or_else(none)
    }

    /// Shows the revoked credential straight to the provider; the status of its answer.
    pub(crate) async fn show_revoked(&mut self, which: usize) -> Result<u16, Failure> {
        let revoked = self.revoked(which)?.clone();
        let shown = self.record.keep(self.user(which)?.show(&self.run.http, &revoked).await);
        let answer = shown.answer.as_ref().map(|answer| answer.status.as_u16());
        answer.map_err(|trouble| self.record.give_up("an answer of the provider", trouble))
    }

    /// Makes an access token too old: it expires at the provider, and the instance is told that it was issued long ago
    /// (section 7, row 36).
    pub(crate) async fn age_token(&mut self, which: usize) -> Outcome {
        let user = self.user(which)?;
        let issued = user.heard().issued();
        let issued =
            issued.ok_or_else(|| self.record.refute("the provider issued tokens", user.heard().tell()))?;
        user.expire(&issued.access);
        let body = json!({ "configuration": { "oauth.user.refresh_time": "1000" } });
        self.call(Call::patch(format!("/instances/{}", self.instance(which)?.id), &body)).await?;
        let status = self.answer()?.status;
        self.check(
            status.is_success(),
            "the configuration takes oauth.user.refresh_time",
            format!("status {status}"),
        )
    }

    /// `PUT /instances` with all three parts, a new code and a name.
    pub(crate) async fn replace_by_token(&mut self, which: usize, name: &str) -> Outcome {
        let body = json!({ "name": name, "providerData": self.provider_data(which)? });
        let call = Call::put("/instances", &body).element(&self.instance(which)?.token);
        self.call(call).await
    }

    /// The `providerData` with the code that the callback received last.
    fn provider_data(&self, which: usize) -> Result<Value, Failure> {
        let none = || self.record.give_up("a new code", "nobody granted access");
        let code = self.user(which)?.code.as_ref().ok_or_else(none)?;
        Ok(json!({ "code": code.expose() }))
    }

    /// `PATCH /instances` with all three parts (S3, step 7).
    pub(crate) async fn reauthenticate(&mut self, which: usize) -> Outcome {
        let body = json!({ "providerData": self.provider_data(which)? });
        self.patch_by_token(which, &body).await
    }

    /// `PATCH /instances/{id}`.
    pub(crate) async fn reauthenticate_by_id(&mut self, which: usize) -> Outcome {
        let body = json!({ "providerData": self.provider_data(which)? });
        self.call(Call::patch(format!("/instances/{}", self.instance(which)?.id), &body)).await
    }

    /// `PATCH /instances` with all three parts.
    pub(crate) async fn patch_by_token(&mut self, which: usize, body: &Value) -> Outcome {
        let call = Call::patch("/instances", body).element(&self.instance(which)?.token);
        self.call(call).await
    }

    /// `PUT /instances/{id}` of the instance as it reads now, with `change` made to it.
    pub(crate) async fn put_back(&mut self, which: usize, change: impl FnOnce(&mut Value)) -> Outcome {
        self.read_by_id(which).await?;
        let mut body = self.answered_instance()?.clone();
        change(&mut body);
        self.call(Call::put(format!("/instances/{}", self.instance(which)?.id), &body)).await
    }

    /// The same with the new code.
    pub(crate) async fn put_back_with_code(&mut self, which: usize) -> Outcome {
        let data = self.provider_data(which)?;
        self.put_back(which, |body| body["providerData"] = data).await
    }

    /// The configuration that holds the user's new password.
    pub(crate) fn new_password(&self, which: usize) -> Result<Value, Failure> {
        Ok(json!({ "password": self.user(which)?.password.expose() }))
    }

    /// `DELETE /instances/{id}`.
    pub(crate) async fn delete(&mut self, which: usize) -> Outcome {
        self.call(Call::delete(format!("/instances/{}", self.instance(which)?.id))).await
    }
}
