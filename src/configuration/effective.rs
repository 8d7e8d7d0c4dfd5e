//! What a configuration comes to: what is declared, and what goes without saying.

use serde_json::Value;
use toml::Spanned;

use super::{
    Configuration,
    apply::{app, set_switches},
    document::{AppSection, TenantSection},
    policy::PolicySection,
};
use crate::{Consent, Stage, TenantHandle, Vendor, mask};

impl Configuration {
    /// The effective configuration as TOML, with secrets masked. What is drawn when a tenant begins is not in it.
    pub(crate) fn effective(&self) -> Result<String, toml::ser::Error> {
        let mut document = self.document.clone();
        let default = Spanned::new(0..0, "default".to_owned());
        document.tenants.entry(default).or_default();
        let stage = Stage::new();
        for section in document.tenants.values_mut() {
            fill(section, &stage.tenant());
        }
        toml::to_string(&document)
    }
}

fn fill(section: &mut TenantSection, usual: &TenantHandle) {
    section.consent = section.consent.or(Some(Consent::Page));
    section.journal = section.journal.or_else(|| Some(usual.journal().bounds()));
    for vendor in Vendor::ALL {
        let section = section.vendor_mut(vendor).get_or_insert_default();
        if let Some(declared) = &section.switches {
            // Whether they can be set is found out when they are applied.
            let _ = set_switches(usual, vendor, declared.get_ref());
        }
        section.switches = written(usual.switches_as_json(vendor)).map(|table| Spanned::new(0..0, table));
        section.policy = PolicySection::whole(section.policy_over(usual.policy(vendor)));
        // The policy says it, in more detail.
        section.replay_protection = None;
        for declared in &mut section.apps {
            let app = app(vendor, usual.new_app(vendor), declared);
            *declared = AppSection {
                client_id: declared.client_id.clone(),
                client_secret: app.client_secret,
                name: Some(app.name),
                redirect_uris: Some(app.redirect_uris),
                scopes: Some(app.scopes),
                flow: Some(app.flow),
                active: Some(app.active),
            };
        }
    }
}

/// Switches as TOML, with secrets masked. What is null goes without saying.
fn written(switches: Value) -> Option<toml::Table> {
    let mut switches = switches;
    tidy(&mut switches);
    serde_json::from_value(switches).ok().filter(|table: &toml::Table| !table.is_empty())
}

fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            for (name, member) in members {
                if member.is_string() && mask::is_secret(name) {
                    *member = "••••".into();
                }
                tidy(member);
            }
        }
        Value::Array(members) => members.iter_mut().for_each(tidy),
        _ => {}
    }
}
