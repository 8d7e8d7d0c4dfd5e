//! Every requirement of every vendor is proven by a test that names it, or owned up to.
//!
//! `fixtures/fidelity.toml` lists the requirements. A test claims one by naming its id in the message of an assertion, and
//! a program that drives a vendor's client by naming it in a step.
//! `docs/fidelity.md` is written from both:
//!
//! ```text
//! REHEARSAL_UPDATE=1 cargo test --test fidelity
//! ```
//!
//! That also takes away the reasons of rows that have come to be proven. What it cannot do is invent a reason: a row
//! that lost its test fails until it has a new test, or a `not_done` in the catalogue.

mod catalogue;
mod claims;
mod lexing;
mod page;

use std::{env, fs, path::PathBuf, sync::LazyLock};

use catalogue::Catalogue;
use claims::Claims;

const CATALOGUE: &str = "fixtures/fidelity.toml";
const PAGE: &str = "docs/fidelity.md";
const UPDATE: &str = "REHEARSAL_UPDATE=1 cargo test --test fidelity";

struct State {
    catalogue: Catalogue,
    claims: Claims,
}

/// What stands in the repository, brought up to date first if that was asked for.
static STATE: LazyLock<State> = LazyLock::new(|| {
    let mut source = read(CATALOGUE);
    let mut catalogue = Catalogue::parse(&source);
    let claims = Claims::scan(&root(), &catalogue.prefixes());
    if env::var_os("REHEARSAL_UPDATE").is_some_and(|value| value != "0") {
        source = catalogue::without_reasons(&source, |id| claims.of(id).is_some());
        fs::write(root().join(CATALOGUE), &source).expect("the catalogue can be written");
        catalogue = Catalogue::parse(&source);
        fs::write(root().join(PAGE), page::write(&catalogue, &claims)).expect("the page can be written");
    }
    State { catalogue, claims }
});

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

#[test]
fn the_catalogue_has_every_row_once_and_in_order() {
    for vendor in &STATE.catalogue.vendor {
        let expected: Vec<String> =
            (1..=vendor.rows).map(|number| format!("{}-{number:03}", vendor.prefix)).collect();
        let listed: Vec<&str> = vendor.requirement.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(listed, expected, "{CATALOGUE}: rows of {}", vendor.name);
    }
}

#[test]
fn every_row_says_what_and_how_it_is_known() {
    for row in STATE.catalogue.rows() {
        assert!(row.text.len() > 20, "{} says nothing in {CATALOGUE}", row.id);
        assert!(!row.evidence.is_empty(), "{} has no evidence in {CATALOGUE}", row.id);
        assert!(row.evidence.is_sorted(), "sort the evidence of {} in {CATALOGUE}", row.id);
        if let Some(reason) = &row.not_done {
            let because = reason.strip_prefix("because ").unwrap_or_default();
            assert!(
                because.len() > 10,
                "{}: not_done begins with `because` and says why: {reason:?}",
                row.id
            );
        }
    }
}

#[test]
fn no_test_names_an_id_that_does_not_exist() {
    let unknown: Vec<String> = STATE
        .claims
        .iter()
        .filter(|(id, _)| STATE.catalogue.find(id).is_none())
        .map(|(id, proofs)| format!("{id} in {}", proofs[0]))
        .collect();
    assert!(unknown.is_empty(), "not in {CATALOGUE}; correct the test or add the row: {unknown:#?}");
}

/// A program that is not run proves nothing.
#[test]
fn every_program_that_claims_is_run() {
    let run = read("tests/clients/run");
    let lists: Vec<&str> =
        run.lines().filter_map(|line| line.split_once("programs=(")).map(|(_, list)| list).collect();
    assert_eq!(lists.len(), 2, "tests/clients/run lists its programs in two arrays");
    let listed = |name: &str| lists.iter().any(|list| list.split([' ', ')']).any(|word| word == name));
    for (id, proofs) in STATE.claims.iter() {
        for proof in proofs.iter().filter(|proof| proof.function.is_none()) {
            let name = proof.file.strip_prefix("tests/clients/").and_then(|file| file.split('.').next());
            assert!(
                name.is_some_and(listed),
                "{id} is claimed by {}, which tests/clients/run does not run",
                proof.file
            );
        }
    }
}

#[test]
fn every_row_has_a_test_or_a_reason() {
    let bare: Vec<String> = STATE
        .catalogue
        .rows()
        .filter(|row| row.not_done.is_none() && STATE.claims.of(&row.id).is_none())
        .map(|row| format!("{}: {}", row.id, row.text))
        .collect();
    assert!(
        bare.is_empty(),
        "no test names these; name the id in the message of the assertion that proves it, or write \
         `not_done = \"because ...\"` in {CATALOGUE}: {bare:#?}"
    );
}

#[test]
fn no_row_has_a_test_and_a_reason() {
    let both: Vec<String> = STATE
        .catalogue
        .rows()
        .filter(|row| row.not_done.is_some())
        .filter_map(|row| Some(format!("{} is proven by {}", row.id, STATE.claims.of(&row.id)?[0])))
        .collect();
    assert!(both.is_empty(), "these reasons are out of date; run {UPDATE}: {both:#?}");
}

#[test]
fn the_page_is_up_to_date() {
    let written = page::write(&STATE.catalogue, &STATE.claims);
    let stands = read(PAGE);
    let differs = written.lines().zip(stands.lines()).find(|(now, then)| now != then);
    assert!(written == stands, "{PAGE} is out of date; run {UPDATE}. The first difference: {differs:#?}");
}
