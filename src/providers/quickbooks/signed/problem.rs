//! What can be wrong with a signed request, in the words of OAuth's problem reporting.

use http::{StatusCode, header};

use crate::{exchange::Reply, oauth::Refusal, providers::quickbooks::errors::oauth_headers};

#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(in crate::providers::quickbooks) enum Problem {
    #[error("the parameter {0} is absent")]
    ParameterAbsent(&'static str),
    #[error("the consumer key is unknown")]
    ConsumerUnknown,
    #[error("the signature method is not HMAC-SHA1")]
    MethodRejected,
    #[error("the signature is wrong")]
    SignatureInvalid,
    #[error("{0}")]
    Token(Refusal),
    #[error("the verifier is not the one that the user brought back")]
    VerifierInvalid,
    #[error("the request token is unknown, or was used")]
    TokenRejected,
}

impl Problem {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ParameterAbsent(_) => "parameter_absent",
            Self::ConsumerUnknown => "consumer_key_unknown",
            Self::MethodRejected => "signature_method_rejected",
            Self::SignatureInvalid => "signature_invalid",
            Self::VerifierInvalid => "verifier_invalid",
            Self::Token(_) | Self::TokenRejected => "token_rejected",
        }
    }

    /// The refusal of the handshake's endpoints; only `token_rejected` was seen, the form is inferred.
    pub(in crate::providers::quickbooks) fn reply(self) -> Reply {
        let code = self.code();
        let absent = match self {
            Self::ParameterAbsent(name) => format!("&oauth_parameters_absent={name}"),
            _ => String::new(),
        };
        let body = format!("oauth_problem={code}{absent}");
        let reply = Reply::new(StatusCode::UNAUTHORIZED, "application/x-www-form-urlencoded", body)
            .with(header::WWW_AUTHENTICATE, &format!("OAuth oauth_problem=\"{code}\""));
        oauth_headers(reply).refused(self.to_string())
    }
}
