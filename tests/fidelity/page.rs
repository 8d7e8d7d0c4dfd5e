//! `docs/fidelity.md`, written from the catalogue and the claims.

use std::fmt::Write;

use crate::{
    UPDATE,
    catalogue::{Catalogue, Evidence, Requirement, Vendor},
    claims::{Claims, Proof},
};

/// How many tests of one row the page names.
const NAMED: usize = 3;

/// The page, whole.
pub(crate) fn write(catalogue: &Catalogue, claims: &Claims) -> String {
    let mut page = format!(
        "<!-- Written by `{UPDATE}`, which also checks it; do not edit. -->\n\n\
         # Fidelity\n\n\
         What each stand-in owes its vendor, how that is known, and the test that proves it. What is not simulated, and \
         what that means for a test suite, is told in [limits.md](limits.md).\n\n\
         Evidence: *documented* by the vendor; *recorded* on the wire, or by running the vendor's own client; *seen* in \
         a client's source, a fixture, or an answer that somebody published; *inferred*: a default without evidence.\n\n"
    );
    summary(&mut page, catalogue, claims);
    for vendor in &catalogue.vendor {
        table(&mut page, vendor, claims);
    }
    page
}

fn summary(page: &mut String, catalogue: &Catalogue, claims: &Claims) {
    *page += "| vendor | requirements | proven | not done |\n|---|--:|--:|--:|\n";
    let proven = |rows: &[Requirement]| rows.iter().filter(|row| claims.of(&row.id).is_some()).count();
    let (mut all, mut done) = (0, 0);
    for vendor in &catalogue.vendor {
        let (rows, with_test) = (vendor.requirement.len(), proven(&vendor.requirement));
        line(page, &vendor.name, rows, with_test);
        all += rows;
        done += with_test;
    }
    line(page, "**all**", all, done);

    *page += "\n| evidence | requirements | proven | not done |\n|---|--:|--:|--:|\n";
    for evidence in Evidence::ALL {
        // A row counts by its strongest evidence.
        let of = || catalogue.rows().filter(move |row| row.evidence.first() == Some(&evidence));
        let with_test = of().filter(|row| claims.of(&row.id).is_some()).count();
        line(page, &evidence.to_string(), of().count(), with_test);
    }
}

fn line(page: &mut String, name: &str, rows: usize, proven: usize) {
    writeln!(page, "| {name} | {rows} | {proven} | {} |", rows - proven).expect("a text takes all");
}

fn table(page: &mut String, vendor: &Vendor, claims: &Claims) {
    write!(page, "\n## {}\n\n| id | what | evidence | test |\n|---|---|---|---|\n", vendor.name)
        .expect("a text takes all");
    for row in &vendor.requirement {
        let evidence: Vec<String> = row.evidence.iter().map(ToString::to_string).collect();
        let what = row.text.replace('|', "\\|");
        let test = test(row, claims);
        writeln!(page, "| {} | {what} | {} | {test} |", row.id, evidence.join(", "))
            .expect("a text takes all");
    }
}

fn test(row: &Requirement, claims: &Claims) -> String {
    match (claims.of(&row.id), &row.not_done) {
        (Some(proofs), _) => {
            let mut named: Vec<String> = proofs.iter().take(NAMED).map(link).collect();
            if proofs.len() > NAMED {
                named.push(format!("{} more", proofs.len() - NAMED));
            }
            named.join(", ")
        }
        (None, Some(reason)) => format!("not done, {}", reason.replace('|', "\\|")),
        (None, None) => "none".to_owned(),
    }
}

fn link(proof: &Proof) -> String {
    let Proof { file, function } = proof;
    let name = function.as_deref().unwrap_or_else(|| file.rsplit('/').next().unwrap_or(file));
    format!("[`{name}`](../{file})")
}
