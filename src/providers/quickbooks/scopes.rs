//! What Intuit's scopes let an app ask for, and a token do.

use crate::oauth::{App, Grant};

pub(super) const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";
const PAYMENT: &str = "com.intuit.quickbooks.payment";

/// Scopes of OpenID, which every app may ask for.
const OPENID: [&str; 6] = ["openid", "profile", "email", "phone", "address", "intuit_name"];

/// Scopes of products, which an app has or has not (contract section 2.1).
const PRODUCTS: [&str; 8] = [
    ACCOUNTING,
    PAYMENT,
    "payroll.compensation.read",
    "project-management.project",
    "app-foundations.custom-dimensions.read",
    "app-foundations.custom-field-definitions",
    "time-tracking.time-entry",
    "indirect-tax.tax-calculation.quickbooks",
];

/// The family that scopes of payroll belong to.
const PAYROLL: &str = "com.intuit.quickbooks.payroll";

/// The scopes asked for. Nothing if there are none, or if one is unknown or not the app's.
pub(super) fn asked(app: &App, asked: &str) -> Option<Vec<String>> {
    let asked: Vec<String> = asked.split_whitespace().map(ToOwned::to_owned).collect();
    let is_product = |scope: &str| PRODUCTS.contains(&scope) || scope.starts_with(PAYROLL);
    let allowed = |scope: &String| {
        OPENID.contains(&scope.as_str())
            || is_product(scope) && (app.scopes.is_empty() || app.scopes.contains(scope))
    };
    (!asked.is_empty() && asked.iter().all(allowed)).then_some(asked)
}

/// Whether a grant of these scopes is one of a company (QBO-008).
pub(super) fn reach_company(scopes: &[String]) -> bool {
    scopes.is_empty() || scopes.iter().any(|scope| scope == ACCOUNTING || scope == PAYMENT)
}

/// Whether a token of `grant` may read the books.
pub(super) fn reach_books(grant: &Grant) -> bool {
    grant.scopes.is_empty() || grant.has_scope(ACCOUNTING)
}
