//! What a test of the journal is made of: a seeded stage at a stopped clock, one tenant, and calls.

use bytes::Bytes;
use rehearsal::{
    Clock, ConsentGiven, Fault, Reply, Stage, TenantHandle, Timestamp, Vendor, journal::Bounds,
    oauth::Issued, stage::StageBuilder,
};

/// A tenant with one app, one user and their tokens at a vendor, at noon of 2026-03-01.
pub(crate) struct Scene {
    pub(crate) tenant: TenantHandle,
    pub(crate) stage: Stage,
    pub(crate) vendor: Vendor,
    pub(crate) tokens: Issued,
}

/// What every stage here has.
pub(crate) fn builder() -> StageBuilder {
    Stage::builder().seed(7).clock(Clock::stopped_at(Timestamp::from_millis(1_772_366_400_000)))
}

impl Scene {
    pub(crate) fn at(vendor: Vendor) -> Self {
        Self::on(builder().build(), vendor)
    }

    pub(crate) fn bounded(bounds: Bounds) -> Self {
        Self::on(builder().journal(bounds).build(), Vendor::Box)
    }

    fn on(stage: Stage, vendor: Vendor) -> Self {
        let tenant = stage.tenant();
        let tokens =
            tenant.issue_tokens(vendor, ConsentGiven::default()).expect("the demo app is registered");
        Self { tenant, stage, vendor, tokens }
    }

    pub(crate) fn access_token(&self) -> &str {
        self.tokens.access_token.expose()
    }

    pub(crate) fn refresh_token(&self) -> &str {
        self.tokens.refresh_token.as_ref().expect("the vendor issues one").expose()
    }

    pub(crate) fn get(&self, target: &str, token: &str) -> Reply {
        get(&self.stage, self.vendor, target, token)
    }

    /// Asks who the user is.
    pub(crate) fn me(&self) -> Reply {
        let target = match self.vendor {
            Vendor::AdobeSign => "/api/rest/v6/users/me",
            Vendor::Egnyte => "/pubapi/v1/userinfo",
            Vendor::Salesforce => "/services/data/v60.0/limits",
            _ => "/2.0/users/me",
        };
        self.get(target, self.access_token())
    }

    /// Posts a form with the app's credentials.
    pub(crate) fn post(&self, target: &str, pairs: &[(&str, &str)]) -> Reply {
        let demo = self.tenant.demo(self.vendor);
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .append_pair("client_id", &demo.client_id)
            .append_pair("client_secret", demo.client_secret.expose())
            .finish();
        let request = http::Request::post(target)
            .header("host", "127.0.0.1:4014")
            .header("content-type", "application/x-www-form-urlencoded");
        self.stage.respond(self.vendor, &request.body(body.into()).expect("the request is well formed"))
    }

    pub(crate) fn refresh(&self, refresh_token: &str) -> Reply {
        let target = match self.vendor {
            Vendor::AdobeSign => "/oauth/v2/refresh",
            Vendor::Egnyte => "/puboauth/token",
            Vendor::Salesforce => "/services/oauth2/token",
            _ => "/oauth2/token",
        };
        self.post(target, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.tenant.inject(fault).expect("the vendor has the operation");
    }

    pub(crate) fn expire(&self) {
        self.tenant.expire(self.vendor, self.access_token()).expect("the token is alive");
    }
}

pub(crate) fn get(stage: &Stage, vendor: Vendor, target: &str, token: &str) -> Reply {
    let request = http::Request::get(target)
        .header("host", "127.0.0.1:4014")
        .header("authorization", format!("Bearer {token}"));
    stage.respond(vendor, &request.body(Bytes::new()).expect("the request is well formed"))
}
