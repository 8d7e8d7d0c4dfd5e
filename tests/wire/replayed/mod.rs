//! Clients in languages that do not run here: what each sends, as its source makes it and in its order, and what it reads
//! out of the answers. The client itself is not run; those that are, are in `tests/clients`.

mod bigcommerce;
mod egnyte;

use serde_json::Value;

use rehearsal::Reply;

/// The body, where the client takes nothing but JSON: bytes behind it would be refused, too.
fn json(reply: &Reply, because: &str) -> Value {
    serde_json::from_slice(reply.body())
        .unwrap_or_else(|error| panic!("{because}: {error}: {}", reply.text()))
}
