//! What a tenant has at all vendors, as a snapshot holds it, and how it is put back.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    Vendor,
    oauth::{CheckedServer, Flaw, SavedServer},
    providers::{adobe_sign, bigcommerce, box_com, egnyte, house::House, quickbooks, salesforce},
    tenant::{Claims, Site, Taken, Tenant},
};

/// What a tenant has at one vendor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedSite<R> {
    server: SavedServer,
    resources: R,
}

type Of<H> = SavedSite<<H as House>::Resources>;

/// What a tenant has at all vendors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SavedSites {
    adobe_sign: Of<adobe_sign::House>,
    bigcommerce: Of<bigcommerce::House>,
    r#box: Of<box_com::House>,
    egnyte: Of<egnyte::House>,
    salesforce: Of<salesforce::House>,
    quickbooks: Of<quickbooks::House>,
}

/// Why a saved site cannot be put back.
#[derive(Debug)]
pub(crate) enum Obstacle {
    Flaw(Vendor, Flaw),
    Taken(Vendor, Taken),
}

impl SavedSites {
    /// What `tenant` has now. Sites that were never met are opened, so that it is whole.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        Self {
            adobe_sign: save::<adobe_sign::House>(tenant),
            bigcommerce: save::<bigcommerce::House>(tenant),
            r#box: save::<box_com::House>(tenant),
            egnyte: save::<egnyte::House>(tenant),
            salesforce: save::<salesforce::House>(tenant),
            quickbooks: save::<quickbooks::House>(tenant),
        }
    }

    /// Puts all of it in the place of what `tenant` has, or changes nothing. Nobody else may be at work in the tenant.
    pub(crate) fn put_back(&self, tenant: &Tenant) -> Result<(), Obstacle> {
        let returns: [Box<dyn Return + '_>; Vendor::ALL.len()] = [
            check::<adobe_sign::House>(tenant, &self.adobe_sign)?,
            check::<bigcommerce::House>(tenant, &self.bigcommerce)?,
            check::<box_com::House>(tenant, &self.r#box)?,
            check::<egnyte::House>(tenant, &self.egnyte)?,
            check::<salesforce::House>(tenant, &self.salesforce)?,
            check::<quickbooks::House>(tenant, &self.quickbooks)?,
        ];
        let mut claimed: Vec<Claimed<'_>> = Vec::new();
        for coming_back in &returns {
            // What was claimed before is given back when this returns early.
            claimed.push(coming_back.claim()?);
        }
        claimed.into_iter().for_each(Claimed::keep);
        returns.into_iter().for_each(Return::finish);
        Ok(())
    }
}

fn save<H: House>(tenant: &Tenant) -> Of<H> {
    let site: &H::Site = tenant.site();
    SavedSite { server: H::server(site).save(), resources: H::resources(site) }
}

fn check<'t, H: House>(tenant: &'t Tenant, saved: &Of<H>) -> Result<Box<dyn Return + 't>, Obstacle> {
    let server = CheckedServer::try_from(&saved.server);
    let flawed = |flaw| Obstacle::Flaw(H::Site::VENDOR, flaw);
    let server = server.map_err(flawed)?;
    H::check_resources(&saved.resources).map_err(flawed)?;
    Ok(Box::new(Returning::<H> { site: tenant.site(), server, resources: saved.resources.clone() }))
}

/// A site on its way back.
trait Return {
    /// Makes everything that will name the tenant do so from now on.
    fn claim(&self) -> Result<Claimed<'_>, Obstacle>;

    /// Takes the place of what is there, and gives back what no longer names the tenant.
    fn finish(self: Box<Self>);
}

struct Returning<'t, H: House> {
    site: &'t H::Site,
    server: CheckedServer,
    resources: H::Resources,
}

impl<H: House> Returning<'_, H> {
    /// What will name the tenant.
    fn names(&self) -> HashSet<Arc<str>> {
        let users = self.server.users().flat_map(|user| H::names(user));
        let resources = H::resource_names(&self.resources);
        self.server.credentials().chain(users).chain(resources).collect()
    }

    /// What names the tenant now.
    fn former_names(&self) -> HashSet<Arc<str>> {
        let server = H::server(self.site);
        let users = server.users();
        let users = users.iter().flat_map(|user| H::names(user));
        let resources = H::resource_names(&H::resources(self.site));
        server.credentials().into_iter().chain(users).chain(resources).collect()
    }
}

impl<H: House> Return for Returning<'_, H> {
    fn claim(&self) -> Result<Claimed<'_>, Obstacle> {
        let claims = H::server(self.site).claims();
        let former = self.former_names();
        let mut claimed = Claimed { claims, names: Vec::new() };
        for name in self.names() {
            claims.claim(&name).map_err(|taken| Obstacle::Taken(H::Site::VENDOR, taken))?;
            if !former.contains(&name) {
                claimed.names.push(name);
            }
        }
        Ok(claimed)
    }

    fn finish(self: Box<Self>) {
        let (former, names) = (self.former_names(), self.names());
        let Self { site, server, resources } = *self;
        H::server(site).replace(server);
        H::put_resources(site, resources);
        former.difference(&names).for_each(|name| H::server(site).claims().release(name));
    }
}

/// Names claimed for a site that may not come back after all; given back on drop.
struct Claimed<'c> {
    claims: &'c Claims,
    names: Vec<Arc<str>>,
}

impl Claimed<'_> {
    fn keep(mut self) {
        self.names.clear();
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        self.names.iter().for_each(|name| self.claims.release(name));
    }
}
