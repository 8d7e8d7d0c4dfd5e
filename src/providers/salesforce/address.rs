//! Which of Salesforce's hosts a request came in on, and where the others are.

use crate::providers::{
    call::Call,
    salesforce::{
        ids,
        switches::{Address, Switches},
    },
};

/// Production, where every user may log in.
pub(super) const LOGIN: &str = "login.salesforce.com";
/// Sandboxes.
pub(super) const TEST: &str = "test.salesforce.com";
/// Behind the name of an org.
const MY_DOMAIN: &str = ".my.salesforce.com";
/// Behind the name of an org and that of its sandbox.
const SANDBOX: &str = "--rehearsal.sandbox";

/// What the host of the request is taken for.
pub(super) fn of(call: &Call<'_>, switches: &Switches) -> Address {
    match call.host() {
        LOGIN => Address::Login,
        TEST => Address::Test,
        host if is_vendors(host) => Address::MyDomain,
        _ => switches.address,
    }
}

fn is_vendors(host: &str) -> bool {
    host.ends_with(".salesforce.com") || host.ends_with(".my.site.com")
}

/// The name of an org's My Domain.
pub(super) fn my_domain(organization: &str) -> String {
    format!("{}-dev-ed", ids::short(organization).to_ascii_lowercase())
}

/// The My Domain that a request names by its host.
pub(super) fn named<'c>(call: &Call<'c>) -> Option<&'c str> {
    let name = call.host().strip_suffix(MY_DOMAIN)?;
    Some(name.split("--").next().unwrap_or(name))
}

/// Where the org's API is: the address that the request came in on, unless that was a login host.
pub(super) fn instance_url(call: &Call<'_>, organization: &str) -> String {
    let sandbox = match call.host() {
        LOGIN => "",
        TEST => SANDBOX,
        _ => return call.base(),
    };
    moved(call, &format!("{}{sandbox}{MY_DOMAIN}", my_domain(organization)))
}

/// Where users log in, and their identities are: the address that the request came in on, unless that was an org's.
pub(super) fn login_url(call: &Call<'_>, switches: &Switches) -> String {
    if is_vendors(call.host()) {
        moved(call, if switches.sandbox { TEST } else { LOGIN })
    } else {
        call.base()
    }
}

/// The request's own scheme and port at another host.
fn moved(call: &Call<'_>, host: &str) -> String {
    call.base().replacen(call.host(), host, 1)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn an_org_has_hosts_of_its_own() {
        let at = |host: &str, test: &dyn Fn(&Call<'_>)| {
            let request = http::Request::get("/").header("host", host).body(Bytes::new()).unwrap();
            test(&Call::new(&request));
        };
        let (organization, switches) = ("00Dx0000000BV7zEAG", Switches::default());
        at("login.salesforce.com:8443", &|call| {
            assert_eq!(of(call, &switches), Address::Login);
            let instance = "http://00dx0000000bv7z-dev-ed.my.salesforce.com:8443";
            assert_eq!(instance_url(call, organization), instance);
            assert_eq!(login_url(call, &switches), "http://login.salesforce.com:8443");
        });
        at("00dx0000000bv7z-dev-ed--rehearsal.sandbox.my.salesforce.com", &|call| {
            assert_eq!(of(call, &switches), Address::MyDomain);
            assert_eq!(named(call), Some("00dx0000000bv7z-dev-ed"));
            let sandbox = Switches { sandbox: true, ..Switches::default() };
            assert_eq!(login_url(call, &sandbox), "http://test.salesforce.com");
        });
        at("127.0.0.1:4013", &|call| {
            assert_eq!((of(call, &switches), named(call)), (Address::MyDomain, None));
            assert_eq!(instance_url(call, organization), "http://127.0.0.1:4013");
        });
    }
}
