//! What all stand-ins have in common: find the tenant, let faults strike, answer, write the journal.

use std::{
    borrow::Cow,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderValue, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Vendor,
    exchange::{Delivery, Reply, Request, Verdict},
    fault::{Sources, Trouble},
    journal::{Facts, Ownership, Refresh},
    oauth::{App, AuthorizationServer, Flaw, User},
    providers::{
        Backstage, Provider, adobe_sign, bigcommerce, box_com, call::Call, egnyte, quickbooks, salesforce,
        switches,
    },
    tenant::{CREDENTIAL_HEADERS, CREDENTIAL_PARAMETERS, Site, Taken, Tenant, Tenants},
};

/// Every vendor's stand-in over the same tenants, in the order of [`Vendor::ALL`].
pub(crate) fn all(tenants: &Arc<Tenants>) -> Vec<Arc<dyn Backstage>> {
    vec![
        house::<adobe_sign::House>(tenants),
        house::<bigcommerce::House>(tenants),
        house::<box_com::House>(tenants),
        house::<egnyte::House>(tenants),
        house::<salesforce::House>(tenants),
        house::<quickbooks::House>(tenants),
    ]
}

fn house<H: House>(tenants: &Arc<Tenants>) -> Arc<dyn Backstage> {
    Arc::new(Simulated::<H> { tenants: Arc::clone(tenants), house: std::marker::PhantomData })
}

/// A reply, or a refusal that ended the steps towards one early.
pub(crate) type Answer = Result<Reply, Reply>;

/// A vendor, as its folder describes it.
pub(crate) trait House: Send + Sync + 'static {
    /// What one tenant has here.
    type Site: Site;
    /// What one tenant has here besides apps, users, codes and tokens, as a snapshot holds it: files, records, counters.
    type Resources: Clone + fmt::Debug + Serialize + DeserializeOwned + Send + 'static;
    /// The vendor's operations.
    type Operation: Operation;

    /// Which calls ask for new tokens by a refresh token.
    const REFRESH: Refresh = Refresh::GrantType;

    /// How long a token lives that an app's developer draws in the vendor's console, if it has such.
    const DEVELOPER_TOKEN: Option<Duration> = None;

    /// The route table: which operation a method and path name.
    fn route(call: &Call<'_>) -> Self::Operation;

    /// The customer account that a request names by host or path, where the vendor has that.
    fn realm<'c>(_call: &'c Call<'_>) -> Option<Cow<'c, str>> {
        None
    }

    /// Answers as the vendor does.
    fn answer(operation: Self::Operation, call: &Call<'_>, site: &Self::Site, tenant: &Tenant) -> Answer;

    /// What the vendor says when it has a trouble with this call.
    fn trouble(trouble: Trouble, operation: Self::Operation, call: &Call<'_>, site: &Self::Site) -> Reply;

    /// The tenant's authorization server.
    fn server(site: &Self::Site) -> &AuthorizationServer;

    /// An app with an id and secret of the vendor's look.
    fn new_app(site: &Self::Site) -> App;

    /// A user with ids of the vendor's look.
    fn new_user(site: &Self::Site) -> User;

    /// A credential that names the tenant and stands where only this vendor looks: the issuer of an assertion, a field
    /// of multipart form data.
    fn introduced(_call: &Call<'_>) -> Option<String> {
        None
    }

    /// The tenant's switches, where the vendor has any.
    fn switches(_site: &Self::Site) -> Value {
        switches::none()
    }

    /// Sets the switches; those left out go back to their defaults.
    fn set_switches(_site: &Self::Site, switches: Value) -> serde_json::Result<()> {
        switches::refuse(switches)
    }

    /// Puts the resources back as a new tenant finds them.
    fn reset(_site: &Self::Site) {}

    /// The resources as they are now.
    fn resources(site: &Self::Site) -> Self::Resources;

    /// Puts resources in the place of those there are.
    fn put_resources(site: &Self::Site, resources: Self::Resources);

    /// What in saved resources names the tenant: tokens that are none of the authorization server's.
    fn resource_names(_resources: &Self::Resources) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// Whether saved resources fit together.
    fn check_resources(_resources: &Self::Resources) -> Result<(), Flaw> {
        Ok(())
    }

    /// A user as this vendor writes them.
    fn written(user: User) -> User {
        user
    }

    /// What identifies a user to this vendor besides tokens: a domain, a store, an account name.
    fn names(_user: &User) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// Whether a refresh token goes with a grant of `scopes`.
    fn offline(_scopes: &[String]) -> bool {
        true
    }

    /// Whether tokens that are issued to `app` by hand live until they are revoked, and cannot be refreshed.
    fn lasts(_app: &App) -> bool {
        false
    }
}

/// One of a vendor's operations, such as [`box_com::Operation`].
pub trait Operation: Copy + fmt::Debug + Send + Sync + 'static {
    /// The names of all.
    const NAMES: &'static [&'static str];

    /// Its name, as the journal, faults and the control API use it.
    fn name(self) -> &'static str;

    /// Whose it is.
    fn vendor(self) -> Vendor;
}

/// Declares a vendor's operations with the names that the journal and faults use.
macro_rules! operations {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// What a call asks of the vendor. Faults strike by operation, and the journal is asked by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $(#[doc = concat!("`", $name, "`")] $variant),+
        }

        impl $crate::providers::house::Operation for Operation {
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            fn vendor(self) -> $crate::Vendor {
                <Site as $crate::tenant::Site>::VENDOR
            }
        }
    };
}
pub(crate) use operations;

struct Simulated<H> {
    tenants: Arc<Tenants>,
    house: std::marker::PhantomData<H>,
}

impl<H: House> Provider for Simulated<H> {
    fn vendor(&self) -> Vendor {
        H::Site::VENDOR
    }

    fn respond(&self, request: &Request) -> Reply {
        let began = Instant::now();
        let call = Call::new(request);
        let operation = H::route(&call);
        let (tenant, ownership) = self.tenant(&call);
        let _here = tenant.enter();
        let vendor = self.vendor();
        let answer = || H::answer(operation, &call, tenant.site(), &tenant).unwrap_or_else(|refusal| refusal);
        let mut reply = tenant.faults().or(
            vendor,
            operation.name(),
            &Sources {
                provider: &answer,
                trouble: &|trouble| H::trouble(trouble, operation, &call, tenant.site()),
                last_good: &|| last_good(&tenant, vendor, operation.name()),
                former_token: &|| {
                    let token = call.parameter("refresh_token")?;
                    let former = H::server(tenant.site()).ledger().current_access(token)?;
                    Some(former.expose().to_owned())
                },
            },
        );
        let at = tenant.clock().now();
        let headers = reply.response.headers_mut();
        if !headers.contains_key(header::DATE)
            && let Ok(date) = HeaderValue::from_str(&at.http_date())
        {
            headers.insert(header::DATE, date);
        }
        let took = began.elapsed();
        let facts = Facts { at, vendor, operation: operation.name(), refresh: H::REFRESH, ownership, took };
        let entry = tenant.journal().record(facts, request, &reply);
        self.tenants.watch().see(&entry);
        reply
    }
}

/// The last answer to `operation` that did what was asked.
fn last_good(tenant: &Tenant, vendor: Vendor, operation: &str) -> Option<Reply> {
    let entries = tenant.journal().entries();
    let mut good =
        entries.iter().rev().filter(|entry| entry.vendor == vendor && entry.operation == operation);
    let entry = good.find(|entry| entry.verdict == Verdict::Served && entry.status().is_success())?;
    let (delivery, verdict) = (Delivery::default(), Verdict::Served);
    let mut reply = Reply { response: entry.response().clone(), delivery, verdict };
    reply.response.headers_mut().remove(header::DATE);
    Some(reply)
}

impl<H: House> Simulated<H> {
    /// The tenant that owns a credential the call shows. Vendors' own clients cannot send headers of ours.
    fn tenant(&self, call: &Call<'_>) -> (Arc<Tenant>, Ownership) {
        let basic = call.basic();
        let json = if call.content_type() == "application/json" { call.json() } else { None };
        let in_json = |name| json.as_ref()?.get(name)?.as_str();
        let in_headers = call
            .authorization("Bearer")
            .or_else(|| call.authorization("OAuth"))
            .or_else(|| CREDENTIAL_HEADERS.into_iter().find_map(|name| call.header(name)))
            .or(basic.as_ref().map(|(user, _)| user.as_str()));
        let in_parameters = CREDENTIAL_PARAMETERS
            .into_iter()
            .filter_map(|name| call.parameter(name).or_else(|| in_json(name)));
        let introduced = H::introduced(call);
        let realm = H::realm(call);
        let elsewhere = introduced.as_deref().into_iter().chain(realm.as_deref());
        self.tenants.owner(self.vendor(), in_headers.into_iter().chain(in_parameters).chain(elsewhere))
    }
}

impl<H: House> Backstage for Simulated<H> {
    fn server<'t>(&self, tenant: &'t Tenant) -> &'t AuthorizationServer {
        H::server(tenant.site())
    }

    fn new_app(&self, tenant: &Tenant) -> App {
        H::new_app(tenant.site())
    }

    fn new_user(&self, tenant: &Tenant) -> User {
        H::new_user(tenant.site())
    }

    fn developer_token_life(&self) -> Option<Duration> {
        H::DEVELOPER_TOKEN
    }

    fn claim(&self, tenant: &Tenant, user: User) -> Result<User, (Arc<str>, Taken)> {
        let claims = self.server(tenant).claims();
        let user = H::written(user);
        for name in H::names(&user) {
            claims.claim(&name).map_err(|taken| (name, taken))?;
        }
        Ok(user)
    }

    fn offline(&self, scopes: &[String]) -> bool {
        H::offline(scopes)
    }

    fn lasts(&self, app: &App) -> bool {
        H::lasts(app)
    }

    fn switches(&self, tenant: &Tenant) -> Value {
        H::switches(tenant.site())
    }

    fn set_switches(&self, tenant: &Tenant, switches: Value) -> serde_json::Result<()> {
        H::set_switches(tenant.site(), switches)
    }

    fn reset(&self, tenant: &Tenant) {
        H::reset(tenant.site());
        H::server(tenant.site()).reset();
    }

    fn operations(&self) -> &'static [&'static str] {
        H::Operation::NAMES
    }
}

impl<H: House> fmt::Debug for Simulated<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.vendor())
    }
}
