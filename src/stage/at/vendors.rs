//! The vendors as types, and what each has.

use crate::{
    Vendor,
    providers::{Operation, Switches, adobe_sign, bigcommerce, box_com, egnyte, quickbooks, salesforce},
};

/// A vendor as a type.
pub trait AtVendor: sealed::Sealed {
    /// Which.
    const VENDOR: Vendor;
    /// Its operations.
    type Operation: Operation;
}

/// A vendor whose access tokens have a clock.
#[diagnostic::on_unimplemented(
    message = "tokens of `{Self}` have no clock",
    note = "they live until they are revoked"
)]
pub trait Expires: AtVendor {}

/// A vendor that issues refresh tokens.
#[diagnostic::on_unimplemented(message = "`{Self}` issues no refresh tokens")]
pub trait Refreshes: Expires {}

/// A vendor at which a client can revoke a token.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no way to revoke a token",
    note = "`revoke_alone` and `revoke_grant` kill it by hand"
)]
pub trait Revokes: AtVendor {}

/// A vendor whose tokens die with the user's account or password.
#[diagnostic::on_unimplemented(message = "tokens of `{Self}` do not hang on a user's password")]
pub trait HasPasswords: AtVendor {}

/// A vendor that leaves something to be chosen.
#[diagnostic::on_unimplemented(message = "`{Self}` has no switches")]
pub trait Switched: AtVendor {
    /// All its switches.
    type Switches: Switches;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! vendors {
    ($($(#[$doc:meta])* $name:ident in $folder:ident: $($has:ident),+;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl AtVendor for $name {
            const VENDOR: Vendor = Vendor::$name;
            type Operation = $folder::Operation;
        }

        $(impl $has for $name {})+
    )+};
}

vendors! {
    /// Adobe Sign.
    AdobeSign in adobe_sign: Expires, Refreshes, Revokes, HasPasswords;
    /// Box.
    Box in box_com: Expires, Refreshes, Revokes, HasPasswords;
    /// Egnyte.
    Egnyte in egnyte: Expires, Refreshes, Revokes, HasPasswords;
    /// QuickBooks Online.
    QuickBooks in quickbooks: Expires, Refreshes, Revokes, HasPasswords;
    /// Salesforce.
    Salesforce in salesforce: Expires, Refreshes, Revokes, HasPasswords;
}

/// BigCommerce: its tokens live until the app is uninstalled.
#[derive(Clone, Copy, Debug)]
pub enum BigCommerce {}

impl sealed::Sealed for BigCommerce {}

impl AtVendor for BigCommerce {
    const VENDOR: Vendor = Vendor::BigCommerce;
    type Operation = bigcommerce::Operation;
}

macro_rules! switched {
    ($($name:ident in $folder:ident;)+) => {$(
        impl Switched for $name {
            type Switches = $folder::Switches;
        }
    )+};
}

switched! {
    AdobeSign in adobe_sign;
    BigCommerce in bigcommerce;
    Box in box_com;
    Egnyte in egnyte;
    Salesforce in salesforce;
}
