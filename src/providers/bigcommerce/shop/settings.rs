//! What `GET /v2/store` tells of a store.

use serde_json::{Value, json};

use crate::{oauth::User, providers::bigcommerce::shop::Shop};

/// The store's one number that is not its hash.
const STORE_ID: u32 = 1;

/// The store with this hash, whose owner is `owner`.
pub(in super::super) fn settings(shop: &Shop, hash: &str, owner: &User) -> Value {
    let host = format!("store-{hash}.mybigcommerce.com");
    let (first_name, last_name) = owner.name.split_once(' ').unwrap_or((&owner.name, ""));
    json!({
        "id": hash,
        "account_uuid": shop.account_uuid,
        "domain": host,
        "secure_url": format!("https://{host}"),
        "control_panel_base_url": format!("https://{host}"),
        "status": "live",
        "name": "Rehearsal Store",
        "first_name": first_name,
        "last_name": last_name,
        "address": "12345 W Anderson Ln\nAustin, TX 78757",
        "country": "United States",
        "country_code": "US",
        "phone": "555-0100",
        "admin_email": owner.email,
        "order_email": owner.email,
        "favicon_url": "",
        "timezone": {
            "name": "Etc/UTC",
            "raw_offset": 0,
            "dst_offset": 0,
            "dst_correction": false,
            "date_format": {
                "display": "M jS Y",
                "export": "M jS Y",
                "extended_display": "M jS Y @ g:i A",
            },
        },
        "language": "en",
        "currency": "USD",
        "currency_symbol": "$",
        "decimal_separator": ".",
        "thousands_separator": ",",
        "decimal_places": 2,
        "currency_symbol_location": "left",
        "weight_units": "LBS",
        "dimension_units": "Inches",
        "dimension_decimal_places": 2,
        "dimension_decimal_token": ".",
        "dimension_thousands_token": ",",
        "plan_name": "Partner Sandbox",
        "plan_level": "Partner Sandbox",
        "plan_is_trial": false,
        "industry": "",
        "logo": { "url": "" },
        "is_price_entered_with_tax": false,
        "store_id": STORE_ID,
        "default_channel_id": 1,
        "default_site_id": 1000,
        "active_comparison_modules": [],
        "features": {
            "stencil_enabled": true,
            "sitewidehttps_enabled": false,
            "facebook_catalog_id": "",
            "checkout_type": "optimized",
            "wishlists_enabled": true,
        },
    })
}
