//! The names on Egnyte's login and consent pages, as browser scripts address them (EGN-061).

use crate::{
    Vendor,
    providers::html::{Control, Forms, Next},
};

pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::Egnyte,
    login: Control { name: "j_username", id: "loginUsername", class: "", label: "Username" },
    next: Some(Next {
        button: Control { name: "", id: "", class: "set-username-btn", label: "Continue" },
        tab: "content-login active",
    }),
    password: Control { name: "j_password", id: "j_password", class: "", label: "Password" },
    sign_in: Control { name: "loginBtn", id: "loginBtn", class: "", label: "Log In" },
    allow: Control { name: "allow", id: "", class: "allow_button", label: "Allow Access" },
    deny: Control { name: "deny", id: "", class: "deny_button", label: "Deny" },
};
