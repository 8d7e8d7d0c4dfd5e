//! The JWT grant: an assertion that the app has signed names the app itself, or a user of its enterprise.

use std::{collections::HashMap, fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Timestamp,
    exchange::Reply,
    jws::Jws,
    oauth::{App, User},
    providers::{
        box_com::{
            Site,
            access::service_account,
            auth::{
                credentials::{grant, user},
                token::{required, tokens},
            },
            errors,
        },
        call::Call,
        house::Answer,
    },
};

/// The audience that Box's own clients name, wherever they send the assertion.
const AUDIENCE: &str = "https://api.box.com/oauth2/token";

/// How far ahead an assertion may expire.
const LONGEST: Duration = Duration::from_secs(60);

/// What is wrong with an assertion, in Box's words. Those of signature, issuer and audience are inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Signature,
    Issuer,
    Audience,
    ExpirationNoInteger,
    Expired,
    ExpiresTooLate,
    NotYet,
    Id,
    Subject,
}

impl Flaw {
    fn description(self) -> &'static str {
        match self {
            Self::Signature => "OAuth JWT signature verification failed",
            Self::Issuer => "Please check the 'iss' claim.",
            Self::Audience => "Please check the 'aud' claim.",
            Self::ExpirationNoInteger => "Please check the 'exp' claim. Should be an integer",
            Self::Expired => {
                "Current date/time MUST be before the expiration date/time listed in the 'exp' claim"
            }
            Self::ExpiresTooLate => "Please check the 'exp' claim.", // BOX-046
            // With the two blanks before `listed` that Box writes.
            Self::NotYet => {
                "Current date/time MUST be after or equal to the not-before date/time  listed in the 'nbf' or 'iat' claim"
            }
            Self::Id => "Please check the 'jti' claim. A unique 'jti' value is required.",
            Self::Subject => "Please check the 'sub' claim. The 'sub' specified is invalid.",
        }
    }

    fn reply(self) -> Reply {
        errors::oauth("invalid_grant", self.description())
    }
}

/// `urn:ietf:params:oauth:grant-type:jwt-bearer` (BOX-044 to BOX-046)
pub(super) fn by_assertion(call: &Call<'_>, site: &Site, app: &App) -> Answer {
    let jws = Jws::read(required(call, "assertion")?).ok_or_else(|| Flaw::Signature.reply())?;
    check(call, site, app, &jws).map_err(Flaw::reply)?;
    let user = subject(site, app, &jws).ok_or_else(|| Flaw::Subject.reply())?;
    // Last, so that an assertion that was refused may come again.
    spend(site, &jws).map_err(Flaw::reply)?;
    Ok(tokens(&site.auth.ledger().issue(grant(app, &user))))
}

fn check(call: &Call<'_>, site: &Site, app: &App, jws: &Jws<'_>) -> Result<(), Flaw> {
    let switches = site.switches.get();
    let keys = &switches.of_app(&app.client_id).keys;
    let key = jws.key_id().and_then(|id| keys.get(id));
    if !key.is_some_and(|key| jws.is_signed_by(key)) {
        return Err(Flaw::Signature);
    }
    if jws.text("iss") != Some(&*app.client_id) {
        return Err(Flaw::Issuer);
    }
    let base = call.base();
    let is_ours = |audience: &Value| {
        let audience = audience.as_str().unwrap_or_default();
        let path = audience.strip_prefix(base.as_str());
        audience == AUDIENCE || matches!(path, Some("/oauth2/token" | "/api/oauth2/token"))
    };
    let addressed = match jws.claim("aud") {
        Value::Array(audiences) => audiences.iter().any(is_ours),
        audience => is_ours(audience),
    };
    if !addressed {
        return Err(Flaw::Audience);
    }
    let now = site.auth.clock().now().as_secs();
    let expires = match jws.claim("exp") {
        Value::Null => return Err(Flaw::ExpiresTooLate),
        expires => expires.as_i64().ok_or(Flaw::ExpirationNoInteger)?,
    };
    if expires <= now {
        return Err(Flaw::Expired);
    }
    if expires - now > LONGEST.as_secs().cast_signed() {
        return Err(Flaw::ExpiresTooLate);
    }
    let begins = ["nbf", "iat"].into_iter().filter_map(|name| jws.claim(name).as_f64());
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
    if begins.into_iter().any(|begin| begin > now as f64) {
        return Err(Flaw::NotYet);
    }
    Ok(())
}

fn subject(site: &Site, app: &App, jws: &Jws<'_>) -> Option<User> {
    let switches = site.switches.get();
    let id = jws.text("sub")?;
    match jws.text("box_sub_type")? {
        "enterprise" => Some(service_account(app)).filter(|_| id == switches.enterprise),
        "user" if switches.of_app(&app.client_id).user_tokens => user(site, id),
        _ => None,
    }
}

/// Takes the assertion's id, which no other may have while this one lives.
fn spend(site: &Site, jws: &Jws<'_>) -> Result<(), Flaw> {
    let id = jws.text("jti").filter(|id| (16..=128).contains(&id.len())).ok_or(Flaw::Id)?;
    let (now, expires) = (site.auth.clock().now(), jws.claim("exp").as_i64().unwrap_or_default());
    if site.assertions().spend(id, now, Timestamp::from_millis(expires.saturating_mul(1000))) {
        Ok(())
    } else {
        Err(Flaw::Id)
    }
}

/// The ids of the assertions that were taken and could come again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::providers::box_com) struct Assertions(HashMap<String, Timestamp>);

impl Assertions {
    fn spend(&mut self, id: &str, now: Timestamp, expires: Timestamp) -> bool {
        // What has expired cannot come again, so the ids of a minute are all there are.
        self.0.retain(|_, expires| *expires > now);
        self.0.insert(id.to_owned(), expires).is_none()
    }
}

impl fmt::Debug for Assertions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assertions({})", self.0.len())
    }
}
