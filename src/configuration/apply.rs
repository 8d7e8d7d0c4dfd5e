//! Makes tenants begin as the configuration declares.

use std::collections::HashSet;

use super::{
    Configuration, ConfigurationError, Place,
    document::{AppSection, TenantSection, UserSection, VendorSection},
    error::{Located, Misfit},
};
use crate::{
    Fault, Stage, TenantHandle, Vendor,
    oauth::{App, User},
    providers::redirects_by_default,
};

impl Configuration {
    /// Opens the tenants that are declared, and lets each begin as declared; those whose names `have_begun` go on as
    /// they are.
    pub(crate) fn apply(
        &self,
        stage: &Stage,
        have_begun: impl Fn(&str) -> bool,
    ) -> Result<(), ConfigurationError> {
        for (name, section) in &self.document.tenants {
            if have_begun(name.get_ref()) {
                continue;
            }
            let tenant = match stage.find_tenant(name.get_ref()) {
                Some(tenant) => Ok(tenant),
                None => stage.open_tenant(name.get_ref()).map_err(Misfit::from),
            };
            let tenant = tenant.map_err(Located::at(name.span()));
            tenant.and_then(|tenant| begin(&tenant, section)).map_err(|misfit| self.misfit(misfit))?;
        }
        Ok(())
    }

    /// Finds out whether it could be applied.
    pub(crate) fn check(&self) -> Result<(), ConfigurationError> {
        self.apply(&Stage::new(), |_| false)
    }

    /// The names of the tenants that are declared.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = &str> {
        self.document.tenants.keys().map(|name| name.get_ref().as_str())
    }

    /// How much is declared, in words.
    pub(crate) fn summary(&self) -> String {
        let tenants: Vec<_> = self.document.tenants.values().collect();
        let vendors = || tenants.iter().flat_map(|of| Vendor::ALL.into_iter().filter_map(|v| of.vendor(v)));
        let count =
            |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        [
            count(tenants.len(), "tenant"),
            count(vendors().map(|of| of.apps.len()).sum(), "app"),
            count(vendors().map(|of| of.users.len()).sum(), "user"),
            count(tenants.iter().map(|of| of.faults.len()).sum(), "fault"),
        ]
        .join(", ")
    }

    fn misfit(&self, Located { span, reason }: Located) -> ConfigurationError {
        ConfigurationError::Misfit { place: Place::new(self.path.clone(), &self.text, span.start), reason }
    }
}

fn begin(tenant: &TenantHandle, section: &TenantSection) -> Result<(), Located> {
    if let Some(moment) = section.clock {
        tenant.clock().freeze();
        tenant.clock().set(moment);
    }
    if let Some(consent) = section.consent {
        tenant.set_consent(consent);
    }
    if let Some(bounds) = section.journal {
        tenant.journal().set_bounds(bounds);
    }
    for vendor in Vendor::ALL {
        if let Some(section) = section.vendor(vendor) {
            open_site(tenant, vendor, section)?;
        }
    }
    for declared in &section.faults {
        let fault = declared.get_ref();
        let injected = match (&fault.operation, fault.vendor) {
            (Some(_), None) => Err(Misfit::OperationOfNobody),
            _ => tenant.inject(Fault::from(fault.clone())).map(drop).map_err(Misfit::from),
        };
        injected.map_err(Located::at(declared.span()))?;
    }
    Ok(())
}

/// The app and user declared first are the ones that stand ready.
fn open_site(tenant: &TenantHandle, vendor: Vendor, section: &VendorSection) -> Result<(), Located> {
    // Before the policy, which may differ from that of the era switched to.
    if let Some(declared) = &section.switches {
        set_switches(tenant, vendor, declared.get_ref()).map_err(Located::at(declared.span()))?;
    }
    tenant.set_policy(vendor, section.policy_over(tenant.policy(vendor)));
    let mut declared = HashSet::new();
    for of in &section.apps {
        let (id, span) = (of.client_id.get_ref(), of.client_id.span());
        let registered = match () {
            () if id.is_empty() => Err(Misfit::Empty("client_id")),
            () if !declared.insert(("the app", id)) => Err(twice("the app", id)),
            () => tenant.register_app(vendor, app(vendor, tenant.new_app(vendor), of)).map_err(Misfit::from),
        };
        registered.map_err(Located::at(span))?;
    }
    for of in &section.users {
        let (login, span) = (of.login.get_ref(), of.login.span());
        let registered = match () {
            () if login.is_empty() => Err(Misfit::Empty("login")),
            () if !declared.insert(("the user", login)) => Err(twice("the user", login)),
            () => tenant.register_user(vendor, user(tenant.new_user(vendor), of)).map_err(Misfit::from),
        };
        registered.map_err(Located::at(span))?;
    }
    let app = section.apps.first().map(|of| of.client_id.get_ref().as_str());
    let user = section.users.first().map(|of| of.login.get_ref().as_str());
    tenant.make_ready(vendor, app, user);
    Ok(())
}

/// Sets the switches that are declared; the others stay at their defaults.
pub(super) fn set_switches(
    tenant: &TenantHandle,
    vendor: Vendor,
    declared: &toml::Table,
) -> Result<(), Misfit> {
    let switches = serde_json::to_value(declared).map_err(|error| Misfit::Unwritable(error.to_string()))?;
    Ok(tenant.set_switches_as_json(vendor, switches)?)
}

fn twice(kind: &'static str, name: &str) -> Misfit {
    Misfit::Twice { kind, name: name.to_owned() }
}

/// What is declared of an app; the rest has the vendor's look.
pub(super) fn app(vendor: Vendor, usual: App, declared: &AppSection) -> App {
    let AppSection { client_id, client_secret, name, redirect_uris, scopes, flow, active } = declared.clone();
    let flow = flow.unwrap_or(usual.flow);
    let usual_redirects = if redirects_by_default(vendor, flow) { usual.redirect_uris } else { Vec::new() };
    App {
        client_id: client_id.into_inner().into(),
        client_secret,
        name: name.unwrap_or(usual.name),
        redirect_uris: redirect_uris.unwrap_or(usual_redirects),
        scopes: scopes.unwrap_or(usual.scopes),
        flow,
        active: active.unwrap_or(usual.active),
    }
}

/// What is declared of a user; the rest has the vendor's look.
fn user(usual: User, declared: &UserSection) -> User {
    let UserSection { login, password, id, name, email, realm } = declared.clone();
    let login = login.into_inner();
    User {
        // The usual address is made of the usual login.
        email: email.unwrap_or_else(|| usual.email.replacen(&*usual.login, &login, 1)),
        login: login.into(),
        password,
        id: id.unwrap_or(usual.id),
        name: name.unwrap_or(usual.name),
        realm: realm.unwrap_or(usual.realm),
        death: usual.death,
    }
}
