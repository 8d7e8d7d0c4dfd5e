//! The pages of the authorize step: a login, a consent, an error. The vendor's names for fields and buttons are data,
//! so that browser scripts written for the vendor work here.

use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{Vendor, exchange::Reply};

/// The vendor's own names on its login and consent pages.
#[derive(Debug)]
pub(crate) struct Forms {
    pub(crate) vendor: Vendor,
    pub(crate) login: Control,
    /// What the vendor shows between login and password, if it asks for them one after the other.
    pub(crate) next: Option<Next>,
    pub(crate) password: Control,
    pub(crate) sign_in: Control,
    pub(crate) allow: Control,
    pub(crate) deny: Control,
}

/// A step between login and password. Here both are on one page, so it is there for scripts that take it, and does
/// nothing.
#[derive(Debug)]
pub(crate) struct Next {
    /// The button that leads on.
    pub(crate) button: Control,
    /// The class of what holds the password then.
    pub(crate) tab: &'static str,
}

/// A field or button. Empty attributes are left out.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
}

/// The hidden field that carries a signed-in user to the decision.
pub(crate) const TICKET: &str = "rehearsal_ticket";

const STYLE: PreEscaped<&str> = PreEscaped(
    "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem;color:#1c1c1e;background:#fff}\
     h1{font-size:1.25rem}label{display:block;margin:.75rem 0}input{display:block;width:100%;padding:.5rem;font:inherit;box-sizing:border-box}\
     button{font:inherit;padding:.5rem 1rem;margin:.75rem .5rem 0 0}.note{color:#666;font-size:.85rem}.wrong{color:#b00020}\
     @media(prefers-color-scheme:dark){body{background:#1c1c1e;color:#f2f2f7}.note{color:#aaa}.wrong{color:#ff8a80}}",
);

fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (STYLE) }
            }
            body {
                (content)
                p.note { "This is a stand-in made for rehearsals, not the vendor. Nothing typed here leaves this machine." }
            }
        }
    }
}

fn reply(status: StatusCode, markup: Markup) -> Reply {
    Reply::new(status, "text/html;charset=UTF-8", markup.into_string())
        .with(header::CACHE_CONTROL, "no-store")
        .with(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        )
}

fn attribute(value: &'static str) -> Option<&'static str> {
    (!value.is_empty()).then_some(value)
}

fn button(control: &Control, kind: &str) -> Markup {
    html! {
        button type=(kind) name=[attribute(control.name)] id=[attribute(control.id)] class=[attribute(control.class)] value="true" {
            (control.label)
        }
    }
}

fn field(control: &Control, kind: &str) -> Markup {
    html! {
        label {
            (control.label)
            input type=(kind) name=(control.name) id=[attribute(control.id)] class=[attribute(control.class)];
        }
    }
}

/// The login page, which posts to `action`.
pub(crate) fn login(forms: &Forms, action: &str, app: &str, wrong: bool) -> Reply {
    let title = format!("Log in to {}", forms.vendor.display_name());
    let content = html! {
        h1 { (title) }
        p { "to let " strong { (app) } " use your account." }
        @if wrong { p.wrong { "Unknown login or wrong password." } }
        form method="post" action=(action) {
            (field(&forms.login, "text"))
            @if let Some(next) = &forms.next {
                (button(&next.button, "button"))
                div class=(next.tab) {
                    (field(&forms.password, "password"))
                    (button(&forms.sign_in, "submit"))
                }
            } @else {
                (field(&forms.password, "password"))
                (button(&forms.sign_in, "submit"))
            }
        }
    };
    reply(StatusCode::OK, page(&title, &content))
}

/// The consent page, which posts to `action`.
pub(crate) fn consent(
    forms: &Forms,
    action: &str,
    app: &str,
    user: &str,
    scopes: &[String],
    ticket: &str,
) -> Reply {
    let title = format!("Grant access to {}", forms.vendor.display_name());
    let content = html! {
        h1 { (title) }
        p { strong { (app) } " asks to act for " strong { (user) } "." }
        @if scopes.is_empty() { p { "It asks for everything you may do." } }
        @else { ul { @for scope in scopes { li { code { (scope) } } } } }
        form method="post" action=(action) {
            input type="hidden" name=(TICKET) value=(ticket);
            (button(&forms.allow, "submit"))
            (button(&forms.deny, "submit"))
        }
    };
    reply(StatusCode::OK, page(&title, &content))
}

/// A page with one field, whose answer goes to the query of `action`.
pub(crate) fn question(
    title: &str,
    text: &str,
    wrong: Option<&str>,
    action: &str,
    control: &Control,
    submit: &Control,
) -> Reply {
    let content = html! {
        h1 { (title) }
        p { (text) }
        @if let Some(wrong) = wrong { p.wrong { (wrong) } }
        form method="get" action=(action) {
            (field(control, "text"))
            (button(submit, "submit"))
        }
    };
    reply(StatusCode::OK, page(title, &content))
}

/// An error that is shown in the page because there is nowhere safe to redirect to.
pub(crate) fn error(status: StatusCode, title: &str, message: &str, details: &[(&str, &str)]) -> Reply {
    let content = html! {
        h1 { (title) }
        p { (message) }
        @if !details.is_empty() { dl { @for (name, value) in details { dt { (name) } dd { (value) } } } }
    };
    reply(status, page(title, &content))
}
