//! The Authorization header: `User <secret>, Organization <secret>, Element <token>` (1.2).

use http::{HeaderMap, header};

use super::{Service, error::Error, store::Slot};
use crate::Secret;

/// Position of a caller in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CallerId(pub(crate) usize);

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

    /// The caller that User and Organization belong to. An Element part plays no role.
    pub(crate) fn caller(&self, service: &Service) -> Result<CallerId, Error> {
        self.organization.as_ref().ok_or(Error::Unauthorized)?;
        self.user(service)
    }

    /// The instance that the Element part names, and its caller. The Organization part may be left out, but a
    /// wrong one is refused.
    pub(crate) fn through(&self, service: &Service) -> Result<(CallerId, Slot), Error> {
        let caller = self.user(service)?;
        let token = self.element.as_ref().ok_or(Error::Unauthorized)?;
        let slot = service.store().by_token(token.expose()).filter(|slot| slot.owner() == caller);
        Ok((caller, slot.ok_or(Error::Unauthorized)?))
    }

    /// The instance of the Element part, where all three parts are needed.
    pub(crate) fn own_instance(&self, service: &Service) -> Result<(CallerId, Slot), Error> {
        self.caller(service)?;
        self.through(service)
    }

    pub(crate) fn has_element(&self) -> bool {
        self.element.is_some()
    }

    fn user(&self, service: &Service) -> Result<CallerId, Error> {
        let user = self.user.as_ref().ok_or(Error::Unauthorized)?;
        let known = service.callers().iter().position(|caller| caller.user_secret == *user);
        let caller = known.ok_or(Error::Unauthorized)?;
        let organization = &service.callers()[caller].organization_secret;
        match &self.organization {
            Some(shown) if shown != organization => Err(Error::Unauthorized),
            _ => Ok(CallerId(caller)),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(text: &str) -> Result<Parts, Error> {
        let value = HeaderValue::from_str(text).unwrap();
        Parts::read(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]))
    }

    fn parts(user: &str, organization: &str, element: &str) -> Parts {
        let secret = |text: &str| (!text.is_empty()).then(|| Secret::from(text));
        Parts { user: secret(user), organization: secret(organization), element: secret(element) }
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
