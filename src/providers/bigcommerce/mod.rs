//! BigCommerce, in its two worlds on one address: legacy API accounts (HTTP Basic on `/api/v2`), and apps, whose
//! permanent tokens go in `X-Auth-Token` to `/stores/{hash}/v2` and `/v3`.
//!
//! The facts come from BigCommerce's public documentation, its SDKs, and answers that people have published; their ids
//! (`BC-…`) are those of the fidelity table. What was inferred says so.

mod api;
mod auth;
mod errors;
mod gateway;
pub(crate) mod installed;
mod legacy;
mod pages;
mod payload;
mod quota;
mod routes;
mod shop;
mod switches;
mod token;
mod xml;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Mint, Vendor,
    exchange::Reply,
    fault::Trouble,
    mint::{ALPHANUMERIC, DIGITS, HEX, LOWER_ALPHANUMERIC},
    oauth::{App, AuthorizationServer, Cascade, Flow, Formats, Life, Limit, Policy, Refusal, Rotation, User},
    providers::{
        call::Call,
        house::{self, Answer, operations},
        switches::Switchboard,
    },
    tenant::{Ground, Tenant},
};

use serde_json::Value;

use installed::Removed;
use quota::Quotas;
use routes::{is_legacy, is_served};
use shop::Shop;

#[cfg(feature = "serve")]
pub(crate) use legacy::api_path;

pub use switches::{Callbacks, Missing, Payload, Representation, Switches, TokenAnswer, TokenLook, World};

/// How BigCommerce's codes and tokens live and die.
pub const POLICY: Policy = Policy {
    code_life: Duration::from_secs(600), // nothing is published; inferred
    code_replay_kills_grant: false,      // BC-027
    access_life: Life::Unlimited,        // BC-024: no token has a clock
    refreshable: false,                  // BC-024
    refresh_life: None,
    refresh_restarts: false,
    rotation: Rotation::Never,
    revoking_access: Cascade::Alone,
    revoking_refresh: Cascade::Alone,
    limit: Limit::Realm(NonZeroUsize::MIN), // BC-037
};

const FORMATS: Formats = Formats {
    code: |mint, _, _| base36(mint),
    access_token: |mint, _, _| base36(mint), // BC-026
    refresh_token: |mint, _, _| base36(mint),
};

/// The look of newer samples.
const MIXED_FORMATS: Formats = Formats {
    code: FORMATS.code,
    access_token: |mint, _, _| mint.text(ALPHANUMERIC, 31),
    refresh_token: FORMATS.refresh_token,
};

/// A number of 160 bits in base 36: 31 characters, now and then 30 (BC-026).
fn base36(mint: &Mint) -> String {
    // The first of 31 digits is at most `t`, since 2^160 is 29.9 times 36^30; a leading zero is not written.
    let first =
        char::from_digit(u32::try_from(mint.below(30)).unwrap_or(0), 36).filter(|digit| *digit != '0');
    first.into_iter().chain(mint.text(LOWER_ALPHANUMERIC, 30).chars()).collect()
}

/// What an app may do unless it was registered for something else.
const SCOPES: [&str; 4] =
    ["store_v2_customers", "store_v2_information", "store_v2_orders", "store_v2_products"];

operations! {
    Authorize = "authorize",
    Install = "install",
    InstallSucceeded = "install-succeeded",
    InstallFailed = "install-failed",
    OpenApp = "open-app",
    Login = "login",
    Token = "token",
    GatewayTime = "gateway-time",
    Time = "time",
    Store = "store",
    Products = "products",
    Product = "product",
    ProductCount = "product-count",
    Orders = "orders",
    Order = "order",
    OrderCount = "order-count",
    Customers = "customers",
    Customer = "customer",
    CustomerCount = "customer-count",
    CreateCustomer = "create-customer",
    UpdateCustomer = "update-customer",
    DeleteCustomer = "delete-customer",
    CreateProduct = "create-product",
    UpdateProduct = "update-product",
    DeleteProduct = "delete-product",
    CreateOrder = "create-order",
    UpdateOrder = "update-order",
    DeleteOrder = "delete-order",
    OrderStatuses = "order-statuses",
    Collection = "collection",
    CollectionCount = "collection-count",
    CollectionRecord = "collection-record",
    CreateInCollection = "create-in-collection",
    UpdateInCollection = "update-in-collection",
    DeleteFromCollection = "delete-from-collection",
    Parts = "parts",
    PartCount = "part-count",
    Part = "part",
    CreatePart = "create-part",
    UpdatePart = "update-part",
    DeletePart = "delete-part",
    CatalogProducts = "catalog-products",
    CatalogProduct = "catalog-product",
    CreateCart = "create-cart",
    WrongMethod = "wrong-method",
    NotFound = "not-found",
}

/// What one tenant has at BigCommerce.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) auth: AuthorizationServer,
    /// By store hash; a store is opened when somebody first comes in.
    shops: Mutex<BTreeMap<Arc<str>, Shop>>,
    quotas: Mutex<Quotas>,
    removed: Mutex<Removed>,
    switches: Switchboard<Switches>,
}

impl Site {
    fn switches(&self) -> Arc<Switches> {
        self.switches.get()
    }

    fn removed(&self) -> MutexGuard<'_, Removed> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_formats(&self, look: TokenLook) {
        self.auth.ledger().set_formats(match look {
            TokenLook::Lower => FORMATS,
            TokenLook::Mixed => MIXED_FORMATS,
        });
    }

    /// Does something in the store with this hash.
    fn in_shop<T>(&self, hash: &Arc<str>, act: impl FnOnce(&mut Shop) -> T) -> T {
        let open = || Shop::sample(self.auth.mint(), self.auth.clock().now());
        act(self.shops().entry(Arc::clone(hash)).or_insert_with(open))
    }

    fn shops(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Shop>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn quotas(&self) -> MutexGuard<'_, Quotas> {
        self.quotas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a tenant has besides apps, users, codes and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    shops: BTreeMap<Arc<str>, Shop>,
    quotas: Quotas,
    removed: Removed,
    switches: Switches,
}

impl crate::tenant::Site for Site {
    const VENDOR: Vendor = Vendor::BigCommerce;

    fn open(ground: &Ground) -> Self {
        // BC-039: an app's token belongs to the store. What is done to a legacy account does not touch it.
        let auth = AuthorizationServer::new(ground, FORMATS, POLICY).with_tokens_outliving_users();
        Self {
            auth,
            shops: Mutex::default(),
            quotas: Mutex::default(),
            removed: Mutex::default(),
            switches: Switchboard::default(),
        }
    }
}

/// BigCommerce, as one of the stand-ins.
pub(crate) struct House;

impl house::House for House {
    type Operation = Operation;
    type Resources = Resources;
    type Site = Site;

    fn route(call: &Call<'_>) -> Operation {
        routes::route(call)
    }

    fn realm<'c>(call: &'c Call<'_>) -> Option<Cow<'c, str>> {
        let named = match call.segments().as_slice() {
            ["stores", hash, ..] => Some(*hash),
            ["app", client_id, ..] | ["manage", "app", client_id] => Some(*client_id),
            _ => legacy::store_of_host(call),
        };
        named.map(Cow::Borrowed)
    }

    fn answer(operation: Operation, call: &Call<'_>, site: &Site, tenant: &Tenant) -> Answer {
        use Operation as Op;
        if !is_served(operation, call, site.switches().world) {
            return Err(errors::no_route());
        }
        let answer = match operation {
            Op::Authorize => auth::authorize(call, site, tenant),
            Op::Install => auth::install(call, site, tenant),
            Op::InstallSucceeded => Ok(pages::install_succeeded()),
            Op::InstallFailed => Ok(pages::install_failed()),
            Op::OpenApp => installed::open(call, site, tenant),
            Op::Login => Ok(pages::nothing_to_log_in_to()),
            Op::Token => token::token(call, site),
            Op::GatewayTime => Ok(gateway::time(site)),
            resource if is_legacy(call) => legacy::answer(resource, call, site),
            resource => gateway::answer(resource, call, site),
        };
        if call.method() == Method::HEAD {
            return answer.map(without_body).map_err(without_body);
        }
        answer
    }

    fn reset(site: &Site) {
        let now = site.auth.clock().now();
        site.shops().values_mut().for_each(|shop| shop.restock(now));
        *site.quotas() = Quotas::default();
        *site.removed() = Removed::default();
    }

    fn switches(site: &Site) -> Value {
        site.switches.to_json()
    }

    fn set_switches(site: &Site, switches: Value) -> serde_json::Result<()> {
        let switches: Switches = serde_json::from_value(switches)?;
        site.set_formats(switches.tokens);
        site.switches.set(switches);
        Ok(())
    }

    fn resources(site: &Site) -> Resources {
        Resources {
            shops: site.shops().clone(),
            quotas: site.quotas().clone(),
            removed: site.removed().clone(),
            switches: (*site.switches()).clone(),
        }
    }

    fn put_resources(site: &Site, Resources { shops, quotas, removed, switches }: Resources) {
        *site.removed() = removed;
        site.set_formats(switches.tokens);
        site.switches.set(switches);
        *site.shops() = shops;
        *site.quotas() = quotas;
    }

    fn trouble(trouble: Trouble, operation: Operation, call: &Call<'_>, site: &Site) -> Reply {
        use Operation as Op;
        match (trouble, operation) {
            (Trouble::Refusal, Op::Authorize | Op::Install | Op::OpenApp) => {
                pages::error("invalid_client", "refused by a fault")
            }
            (Trouble::Refusal, Op::Token) => token::refused(Refusal::Unknown),
            _ if is_legacy(call) => legacy::trouble(trouble, call),
            (Trouble::Refusal, _) => errors::unauthorized(Refusal::Unknown),
            (Trouble::RateLimit { retry_after }, _) => {
                let reset_ms = i64::try_from(retry_after.as_millis()).unwrap_or(i64::MAX);
                gateway::over_quota(quota::Left { calls: None, reset_ms }, site.switches().calls_per_window)
            }
            (Trouble::ServerError | Trouble::Unavailable { .. }, _) => errors::unavailable(),
        }
    }

    fn server(site: &Site) -> &AuthorizationServer {
        &site.auth
    }

    fn new_app(site: &Site) -> App {
        let mint = site.auth.mint();
        App {
            client_id: base36(mint).into(),
            client_secret: base36(mint).into(),
            name: "Rehearsal".into(),
            redirect_uris: vec!["https://client.example/callback".into()],
            scopes: SCOPES.map(ToOwned::to_owned).into(),
            flow: Flow::Code,
            active: true,
        }
    }

    /// A legacy API account of a store of its own, whose name and token also sign its merchant in.
    fn new_user(site: &Site) -> User {
        let mint = site.auth.mint();
        let name = format!("api-{}", mint.text(LOWER_ALPHANUMERIC, 8));
        User {
            id: format!("1{}", mint.text(DIGITS, 5)), // BC-025: goes out as an integer
            email: format!("{name}@bigcommerce.example"),
            login: name.into(),
            password: mint.text(HEX, 40).into(), // BC-018
            name: "Avery Example".into(),
            realm: mint.text(LOWER_ALPHANUMERIC, 7),
            death: None,
        }
    }

    fn names(user: &User) -> Vec<Arc<str>> {
        vec![Arc::clone(&user.login), user.realm.as_str().into()]
    }

    fn offline(_scopes: &[String]) -> bool {
        false // BC-024
    }
}

fn without_body(mut reply: Reply) -> Reply {
    *reply.response.body_mut() = Bytes::new();
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_tokens_are_160_bit_numbers_in_base_36() {
        let mint = Mint::seeded(1);
        let drawn: Vec<_> = (0..2_000).map(|_| base36(&mint)).collect();
        let short = drawn.iter().filter(|text| text.len() == 30).count();
        assert!(drawn.iter().all(|text| matches!(text.len(), 30 | 31)), "BC-026");
        assert!((20..120).contains(&short), "BC-026: about 3 in 100 have 30 characters, not {short} in 2000");
        assert!(
            drawn
                .iter()
                .filter(|text| text.len() == 31)
                .all(|text| (b'1'..=b't').contains(&text.as_bytes()[0]))
        );
    }
}
