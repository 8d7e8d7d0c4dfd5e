//! The device flow: a device shows a code, and its user approves it in a browser (SFDC-048).

use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Secret, Timestamp,
    exchange::Reply,
    mint::ALPHANUMERIC,
    oauth::{App, Grant},
    providers::{
        authorize::{self, Decision, Prompt},
        call::Call,
        house::Answer,
        salesforce::{
            Site,
            auth::{
                answer, client,
                token::{Turn, field},
            },
            errors::{self, OAuthError},
            format, pages, scopes,
        },
    },
    secret::exposed,
    tenant::{Claims, Tenant},
};

/// How often a device may ask.
const INTERVAL: Duration = Duration::from_secs(5);
/// Not documented; the vendor's own command line gives up after 100 questions, one each interval.
const LIFE: Duration = Duration::from_secs(500);
/// Devices that wait at the same time; the oldest is given up for the newest.
const WAITING: usize = 256;

/// Without letters that are easily taken for others.
const USER_CODE: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The devices that wait for their users.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::providers::salesforce) struct Devices(VecDeque<Device>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Device {
    #[serde(with = "exposed")]
    code: Secret,
    user_code: Arc<str>,
    client_id: Arc<str>,
    scopes: Vec<String>,
    expires: Timestamp,
    asked: Option<Timestamp>,
    decision: Verdict,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Pending,
    Denied,
    /// By the user with this login.
    Approved(Arc<str>),
}

impl Devices {
    fn by_user_code(&mut self, user_code: &str, now: Timestamp) -> Option<&mut Device> {
        let typed = user_code.trim().to_ascii_uppercase();
        self.0.iter_mut().find(|device| {
            *device.user_code == *typed && device.expires > now && device.decision == Verdict::Pending
        })
    }

    fn add(&mut self, device: Device, claims: &Claims) {
        if self.0.len() == WAITING {
            self.remove(0, claims);
        }
        self.0.push_back(device);
    }

    fn remove(&mut self, index: usize, claims: &Claims) {
        if let Some(device) = self.0.remove(index) {
            claims.release(&device.user_code);
        }
    }

    /// Takes the place of these devices.
    pub(in crate::providers::salesforce) fn become_as(&mut self, of: Self, claims: &Claims) {
        self.clear(claims);
        // A code that another tenant has got by now leads to that one.
        for device in &of.0 {
            let _ = claims.claim(&device.user_code);
        }
        *self = of;
    }

    /// Forgets every device.
    pub(in crate::providers::salesforce) fn clear(&mut self, claims: &Claims) {
        while !self.0.is_empty() {
            self.remove(0, claims);
        }
    }
}

impl fmt::Debug for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Devices({} waiting)", self.0.len())
    }
}

/// Step one: a code for the device, and one for its user. No secret is needed.
pub(super) fn start(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::identify(turn, turn.text("client_id"))?;
    if !site.switches().of_app(&app.client_id).device_flow {
        return Err(turn.refuse(errors::NO_DEVICE_FLOW));
    }
    let asked = turn.text("scope");
    let scopes = scopes::granted(&app, asked).ok_or_else(|| turn.refuse(errors::WRONG_SCOPE))?;
    let (mint, claims) = (site.auth.mint(), site.auth.claims());
    let user_code = loop {
        let user_code: Arc<str> = mint.text(USER_CODE, 8).into();
        if claims.claim(&user_code).is_ok() {
            break user_code;
        }
    };
    let code = Secret::from(mint.text(ALPHANUMERIC, 76));
    let body = json!({
        "device_code": code.expose(),
        "user_code": user_code,
        "verification_uri": format!("{}/setup/connect", call.base()),
        "interval": INTERVAL.as_secs(),
    });
    let device = Device {
        code,
        user_code,
        client_id: Arc::clone(&app.client_id),
        scopes,
        expires: site.auth.clock().now() + LIFE,
        asked: None,
        decision: Verdict::Pending,
    };
    site.devices().add(device, claims);
    Ok(errors::token_headers(format::json(call, StatusCode::OK, &body)))
}

/// Step two: the device asks until its user has decided.
pub(super) fn by_device(turn: &Turn<'_, '_>) -> Answer {
    let Turn { call, site, .. } = turn;
    let app = client::identify(turn, turn.text("client_id"))?;
    let (login, scopes) = answered(turn, &app)?;
    let user = site.auth.user(&login).filter(|user| user.death.is_none());
    let inactive = || turn.refuse(OAuthError::of_inactive_user(&site.switches()));
    let user = user.ok_or_else(inactive)?;
    let offline = scopes::offline(&scopes);
    let issued = site.auth.ledger().issue(Grant::new(&app, &user, scopes, offline));
    Ok(answer::redeemed(call, site, &app, &issued).reply(turn.format))
}

/// Who approved, and which scopes; the device code is spent then.
fn answered(turn: &Turn<'_, '_>, app: &App) -> Result<(Arc<str>, Vec<String>), Reply> {
    let now = turn.site.auth.clock().now();
    let slow_down = turn.site.switches().slow_down;
    let mut devices = turn.site.devices();
    let code = turn.text("code");
    let of_app = |device: &Device| device.client_id == app.client_id && device.code.matches(code);
    let index = devices.0.iter().position(of_app).ok_or_else(|| turn.refuse(errors::GARBAGE_CODE))?;
    let device = &mut devices.0[index];
    let before = device.asked.replace(now);
    let outcome = match &device.decision {
        _ if device.expires <= now => Err(errors::DEAD_CODE),
        Verdict::Approved(login) => Ok((Arc::clone(login), device.scopes.clone())),
        Verdict::Denied => Err(errors::DENIED),
        Verdict::Pending if slow_down && before.is_some_and(|before| now.since(before) < INTERVAL) => {
            return Err(turn.refuse(errors::SLOW_DOWN));
        }
        Verdict::Pending => return Err(turn.refuse(errors::PENDING)),
    };
    devices.remove(index, turn.site.auth.claims());
    outcome.map_err(|error| turn.refuse(error))
}

/// The page where a user types the code, logs in, and decides.
pub(in crate::providers::salesforce) fn connect(call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
    if call.method() != Method::GET && call.method() != Method::POST {
        return Err(errors::no_route());
    }
    let now = site.auth.clock().now();
    let typed = field(call, "user_code").unwrap_or_default();
    let asked = site
        .devices()
        .by_user_code(typed, now)
        .map(|device| (Arc::clone(&device.client_id), device.scopes.clone()));
    let Some((client_id, scopes)) = asked else {
        let page = pages::user_code(!typed.is_empty());
        return if typed.is_empty() { Ok(page) } else { Err(page.refused("no device waits with that code")) };
    };
    let app = site.auth.app(&client_id).ok_or_else(|| pages::error(errors::UNKNOWN_CLIENT))?;
    let prompt = Prompt { forms: &pages::FORMS, app: &app, scopes: &scopes, path: "/setup/connect" };
    let decision = match authorize::ask(tenant, &site.auth, call, &prompt) {
        Decision::Pending(page) => return Ok(page),
        Decision::Denied => Verdict::Denied,
        Decision::Allowed(user) => Verdict::Approved(Arc::clone(&user.login)),
    };
    let page = pages::connected(decision != Verdict::Denied);
    if let Some(device) = site.devices().by_user_code(typed, now) {
        device.decision = decision;
    }
    Ok(page)
}
