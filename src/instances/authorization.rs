//! The Authorization header: `User <secret>, Organization <secret>, Element <token>` (1.2).

use http::{HeaderMap, header};

use super::{
    Privilege, Service,
    error::Error,
    store::{CallerId, Slot},
};
use crate::Secret;

/// The parts of a header, none of them verified.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parts {
    user: Option<Secret>,
    organization: Option<Secret>,
    element: Option<Secret>,
}

impl Parts {
    /// Reads the header. Whatever does not fit its grammar is refused like a wrong secret.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Error> {
        let mut parts = Self::default();
        for value in headers.get_all(header::AUTHORIZATION) {
            let text = value.to_str().map_err(|_| Error::Unauthorized)?;
            parts.take(text)?;
        }
        Ok(parts)
    }

    /// Splits at commas first and at the first blanks then: secrets may hold `=`, `/` and `+`.
    fn take(&mut self, text: &str) -> Result<(), Error> {
        for part in text.split(',') {
            let (scheme, credential) = part
                .trim()
                .split_once(|character: char| character.is_ascii_whitespace())
                .ok_or(Error::Unauthorized)?;
            let credential = credential.trim_start();
            if credential.is_empty() || credential.contains(|character: char| character.is_ascii_whitespace())
            {
                return Err(Error::Unauthorized);
            }
            let slot = match scheme.to_ascii_lowercase().as_str() {
                "user" => &mut self.user,
                "organization" => &mut self.organization,
                "element" | "token" => &mut self.element,
                _ => return Err(Error::Unauthorized),
            };
            if slot.replace(Secret::from(credential)).is_some() {
                return Err(Error::Unauthorized);
            }
        }
        Ok(())
    }

    /// Whether the header names an instance, or means to.
    pub(crate) fn names_an_instance(headers: &HeaderMap) -> bool {
        headers
            .get_all(header::AUTHORIZATION)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .filter_map(|part| part.split_whitespace().next())
            .any(|scheme| scheme.eq_ignore_ascii_case("element") || scheme.eq_ignore_ascii_case("token"))
    }

    /// The caller that User and Organization belong to, if it may do what it asks for. An Element part plays no role.
    pub(crate) fn caller(&self, service: &Service, needed: Privilege) -> Result<CallerId, Error> {
        self.organization.as_ref().ok_or(Error::Unauthorized)?;
        allowed(service, self.user(service)?, needed)
    }

    /// The instance that the Element part names, and its caller. The Organization part may be left out, but a
    /// wrong one is refused.
    pub(crate) fn through(&self, service: &Service, needed: Privilege) -> Result<(CallerId, Slot), Error> {
        let caller = self.user(service)?;
        let token = self.element.as_ref().ok_or(Error::Unauthorized)?;
        let slot = service.store().by_token(token.expose()).filter(|slot| slot.owner() == caller);
        let slot = slot.ok_or(Error::Unauthorized)?;
        Ok((allowed(service, caller, needed)?, slot))
    }

    /// The instance of the Element part, where all three parts are needed.
    pub(crate) fn own_instance(
        &self,
        service: &Service,
        needed: Privilege,
    ) -> Result<(CallerId, Slot), Error> {
        self.organization.as_ref().ok_or(Error::Unauthorized)?;
        self.through(service, needed)
    }

    /// Whose organization's things are meant, where no authorization is needed.
    pub(crate) fn someone(&self, service: &Service) -> Option<CallerId> {
        self.user(service).ok()
    }

    pub(crate) fn has_element(&self) -> bool {
        self.element.is_some()
    }

    fn user(&self, service: &Service) -> Result<CallerId, Error> {
        let user = self.user.as_ref().ok_or(Error::Unauthorized)?;
        service.store().caller(user, self.organization.as_ref()).ok_or(Error::Unauthorized)
    }
}

/// The caller, unless its role lacks what is needed.
fn allowed(service: &Service, caller: CallerId, needed: Privilege) -> Result<CallerId, Error> {
    let account = service.store().account(caller).ok_or(Error::Unauthorized)?;
    if account.role.allows(needed) { Ok(caller) } else { Err(Error::NoPrivilege(needed)) }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Parts, Error> {
        let value = HeaderValue::from_str(text).unwrap();
        Parts::read(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]))
    }

    fn parts(user: &str, organization: &str, element: &str) -> Parts {
        let secret = |text: &str| (!text.is_empty()).then(|| Secret::from(text));
        Parts { user: secret(user), organization: secret(organization), element: secret(element) }
    }

    proptest! {
        #[test]
        fn whatever_a_secret_holds_is_read_whole(
            user in "[!-+\\--~]{1,44}", organization in "[0-9a-f]{32}", element in "[!-+\\--~]{1,44}",
        ) {
            let text = format!("User {user}, Organization {organization}, Element {element}");
            prop_assert_eq!(read(&text).unwrap(), parts(&user, &organization, &element));
        }

        #[test]
        fn no_header_is_too_strange(text in "[ -~]{0,60}") {
            let _refused_or_not = read(&text);
        }
    }

    #[test]
    fn parts_are_read_in_any_order_case_and_spacing() {
        let all = parts("a/b+c==", "0f", "t=");
        for text in [
            "User a/b+c==, Organization 0f, Element t=",
            "Element t=,User a/b+c==,Organization 0f",
            "  user   a/b+c== ,   ORGANIZATION 0f,\telement t=  ",
            "User a/b+c==, Organization 0f, Token t=",
        ] {
            assert_eq!(read(text).unwrap(), all, "{text}");
        }
        assert_eq!(read("User u, Element t").unwrap(), parts("u", "", "t"));
    }

    #[test]
    fn what_does_not_fit_the_grammar_is_unauthorized() {
        for text in [
            "User , Organization x",
            "User, Organization x",
            "User a b, Organization x",
            "Basic dXNlcjpwYXNz",
            "Bearer x",
            "User a, Organization b,",
            "User a, User b",
            "",
            "a",
        ] {
            assert!(matches!(read(text), Err(Error::Unauthorized)), "{text:?}");
        }
    }

    #[test]
    fn several_header_lines_are_one_list() {
        let lines =
            ["User u", "Organization o"].map(|line| (header::AUTHORIZATION, HeaderValue::from_static(line)));
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(name, line);
        }
        assert_eq!(Parts::read(&headers).unwrap(), parts("u", "o", ""));
    }

    #[test]
    fn an_instance_is_named_even_by_a_header_that_is_wrong_otherwise() {
        let headers =
            HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Basic x, Element y"))]);
        assert!(Parts::names_an_instance(&headers));
        assert!(!Parts::names_an_instance(&HeaderMap::new()));
    }
}
