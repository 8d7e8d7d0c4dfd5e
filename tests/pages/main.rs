//! The login and consent pages of every OAuth vendor in a headless Chromium, by the vendor's own names of fields and
//! buttons. They need Debian's `chromium` and `chromium-driver`, so they are ignored unless asked for:
//!
//! ```text
//! cargo test --test pages -- --ignored
//! ```
//!
//! Then a machine without a browser fails them.

mod browser;

use browser::Browser;
use rehearsal::{Demo, Stage, Vendor, oauth::Kind};

/// A vendor's pages, as its browser scripts know them: CSS selectors, and what stands on the buttons.
struct Pages {
    vendor: Vendor,
    /// Where the app sends the browser, with more of the query.
    path: &'static str,
    query: &'static str,
    /// The scope that the consent page shows.
    scope: &'static str,
    login: &'static str,
    /// What is clicked between login and password.
    next: Option<&'static str>,
    password: &'static str,
    sign_in: &'static str,
    allow: (&'static str, &'static str),
    deny: (&'static str, &'static str),
}

const ADOBE_SIGN: Pages = Pages {
    vendor: Vendor::AdobeSign,
    path: "/public/oauth/v2",
    query: "&scope=user_read:account+agreement_read",
    scope: "user_read:account",
    login: "input[name=j_username]",
    next: None,
    password: "input[name=j_password]",
    sign_in: "#login",
    allow: ("#allow-button", "Allow Access"),
    deny: ("#deny-button", "Deny Access"),
};

const BIGCOMMERCE: Pages = Pages {
    vendor: Vendor::BigCommerce,
    path: "/oauth2/authorize",
    query: "&scope=store_v2_orders",
    scope: "store_v2_orders",
    login: "#user_email",
    next: None,
    password: "#user_password",
    sign_in: "button[name=commit]",
    allow: ("#confirm", "Confirm"),
    deny: ("#cancel", "Cancel"),
};

const BOX: Pages = Pages {
    vendor: Vendor::Box,
    path: "/api/oauth2/authorize",
    query: "",
    scope: "everything you may do",
    login: "#login",
    next: None,
    password: "#password",
    sign_in: "[name=login_submit]",
    allow: ("#consent_accept_button", "Grant access to Box"),
    deny: ("#consent_reject_button", "Deny access to Box"),
};

const EGNYTE: Pages = Pages {
    vendor: Vendor::Egnyte,
    path: "/puboauth/token",
    query: "&scope=Egnyte.filesystem&mobile=0",
    scope: "Egnyte.filesystem",
    login: "#loginUsername",
    next: Some(".set-username-btn"),
    password: ".content-login.active [name=j_password]",
    sign_in: "#loginBtn",
    allow: (".allow_button", "Allow Access"),
    deny: (".deny_button", "Deny"),
};

const SALESFORCE: Pages = Pages {
    vendor: Vendor::Salesforce,
    path: "/services/oauth2/authorize",
    query: "&scope=api+refresh_token",
    scope: "refresh_token",
    login: "#username",
    next: None,
    password: "#password",
    sign_in: "#Login",
    allow: ("#oaapprove", "Allow"),
    deny: ("#oadeny", "Deny"),
};

const QUICKBOOKS: Pages = Pages {
    vendor: Vendor::QuickBooks,
    path: "/connect/oauth2",
    query: "&scope=com.intuit.quickbooks.accounting",
    scope: "com.intuit.quickbooks.accounting",
    login: "#Email",
    next: None,
    password: "#Password",
    sign_in: "#ius-sign-in-submit-btn",
    allow: ("#authorizeBtn", "Connect"),
    deny: ("#cancelBtn", "No, thanks"),
};

impl Pages {
    fn url(&self, base: &url::Url, demo: &Demo) -> String {
        let mut url = base.join(self.path).expect("the path is one");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &demo.client_id)
            .append_pair("redirect_uri", &demo.redirect_uri)
            .append_pair("state", "a&b");
        format!("{url}{}", self.query)
    }

    /// A user logs in, reads what is asked, and presses one of the two buttons; where the browser goes then.
    async fn decide(&self, browser: &Browser, url: &str, demo: &Demo, button: &str) -> url::Url {
        browser.open(url).await;
        let page = browser.text().await;
        assert!(page.contains("This is a stand-in"), "the page says what it is: {page}");
        assert!(page.contains("Rehearsal"), "the page says which app asks: {page}");
        browser.type_into(self.login, &demo.login).await;
        if let Some(next) = self.next {
            browser.click(next).await;
        }
        browser.type_into(self.password, demo.password.expose()).await;
        browser.click(self.sign_in).await;

        // Its buttons first: with them the consent page has come.
        for (selector, label) in [self.allow, self.deny] {
            assert_eq!(browser.label(selector).await, label);
        }
        let page = browser.text().await;
        for said in ["This is a stand-in", "Rehearsal", "Avery Example", self.scope] {
            assert!(page.contains(said), "the consent page says {said:?}: {page}");
        }
        browser.click(button).await;
        browser.arrives_at(&demo.redirect_uri).await
    }
}

fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}

/// Allows and denies, each in a browser that knows nothing of the other.
async fn allow_and_deny(pages: Pages) {
    let stage = Stage::start().await.expect("free ports");
    let tenant = stage.stage().default_tenant();
    let (vendor, demo) = (pages.vendor, tenant.demo(pages.vendor));
    let url = pages.url(&stage.url(vendor), &demo);

    let browser = Browser::start().await;
    let allowed = pages.decide(&browser, &url, &demo, pages.allow.0).await;
    browser.close().await;
    assert!(allowed.as_str().starts_with(&demo.redirect_uri), "{vendor}: back at the app: {allowed}");
    assert_eq!(parameter(&allowed, "state").as_deref(), Some("a&b"), "{vendor}: {allowed}");
    let code = parameter(&allowed, "code").unwrap_or_else(|| panic!("{vendor}: a code: {allowed}"));
    let standing = tenant.standing(vendor, &code).expect("the code was issued here");
    assert!(standing.kind == Kind::Code && standing.death.is_none(), "{vendor}: {standing:?}");
    assert_eq!(*standing.grant.login, *demo.login, "{vendor}: by the user who logged in");

    let browser = Browser::start().await;
    let denied = pages.decide(&browser, &url, &demo, pages.deny.0).await;
    browser.close().await;
    assert!(denied.as_str().starts_with(&demo.redirect_uri), "{vendor}: back at the app: {denied}");
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"), "{vendor}: {denied}");
    assert_eq!(parameter(&denied, "code"), None, "{vendor}: {denied}");
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn adobe_sign() {
    allow_and_deny(ADOBE_SIGN).await;
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn bigcommerce() {
    allow_and_deny(BIGCOMMERCE).await;
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn box_com() {
    allow_and_deny(BOX).await;
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn egnyte() {
    allow_and_deny(EGNYTE).await;
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn salesforce() {
    allow_and_deny(SALESFORCE).await;
}

#[tokio::test]
#[ignore = "it needs chromium and chromium-driver"]
async fn quickbooks() {
    allow_and_deny(QUICKBOOKS).await;
}
