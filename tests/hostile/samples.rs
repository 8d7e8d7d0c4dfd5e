//! A good request for each operation of each vendor, from `requests/`.

use rehearsal::Vendor;

use crate::request::Template;

/// A request, and the operation that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) operation: String,
    pub(crate) template: Template,
}

/// Where a vendor's samples are, from the root of the repository.
pub(crate) fn file(vendor: Vendor) -> String {
    format!("tests/hostile/requests/{}.http", vendor.key())
}

/// The samples of `vendor`.
pub(crate) fn of(vendor: Vendor) -> Vec<Sample> {
    let path = format!("{}/{}", env!("CARGO_MANIFEST_DIR"), file(vendor));
    let text =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
    let sample = |block: &str| {
        let (operation, request) = block.split_once('\n').expect("a block is an operation and a request");
        let template = Template::parse(request.trim_end().as_bytes());
        Sample { operation: operation.trim().to_owned(), template }
    };
    text.split("### ").skip(1).map(sample).collect()
}
