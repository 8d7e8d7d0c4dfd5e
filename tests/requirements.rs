//! Every requirement of the instances service is proven by a scenario or a test that names it, or has a reason why not;
//! the table at the end of `docs/instances.md` is made from that, by `UPDATE_DOCS=1 cargo test --test requirements`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rehearsal::conformance::requirements::{self, Level, Tier};

const PAGE: &str = "docs/instances.md";
/// Where the table begins; what stands before it is written by hand.
const TABLE: &str = "## Requirements, and their proof\n";

/// Requirements that nothing proves, and why.
const UNPROVEN: [(&str, &str); 1] = [(
    "INST-326",
    "not done: the contract leaves it open (5.4), and a revocation would end other instances of the same grant",
)];

/// Where each requirement is proven, in the order of the files.
type Proofs = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The ids in a line.
fn ids(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices("INST-").filter_map(|(at, _)| line.get(at..at + 8)).map(str::to_owned)
}

/// Scenarios that are tagged with ids.
fn scenarios(proofs: &mut Proofs) {
    for file in files("features", "feature") {
        let name = relative(&file);
        let text = fs::read_to_string(&file).expect("the feature can be read");
        for line in text.lines().map(str::trim).filter(|line| line.starts_with('@')) {
            for id in ids(line) {
                proofs.entry(id).or_default().insert(format!("[{}](../{name})", short(&name)));
            }
        }
    }
}

/// Tests whose comments name ids.
fn tests(proofs: &mut Proofs) {
    for file in files("tests/instances", "rs").into_iter().chain(files("src/instances", "rs")) {
        let name = relative(&file);
        let text = fs::read_to_string(&file).expect("the test can be read");
        let mut claimed: Vec<String> = Vec::new();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("///") {
                claimed.extend(ids(line));
            } else if line.starts_with("#[") {
                is_test |= line == "#[tokio::test]" || line == "#[test]";
            } else {
                let function = line.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
                if let (true, Some(function)) = (is_test, function) {
                    for id in claimed.drain(..) {
                        let proof = format!("[{}](../{name}) `{function}`", short(&name));
                        proofs.entry(id).or_default().insert(proof);
                    }
                }
                claimed.clear();
                is_test = false;
            }
        }
    }
}

fn relative(file: &Path) -> String {
    file.strip_prefix(root()).expect("the file is in the package").display().to_string().replace('\\', "/")
}

/// What a file is called in the table.
fn short(name: &str) -> &str {
    name.trim_start_matches("features/").trim_start_matches("tests/").trim_start_matches("src/")
}

fn table(proofs: &Proofs) -> String {
    let all = requirements::all();
    let proven = all.iter().filter(|requirement| proofs.contains_key(&requirement.id.to_string())).count();
    let mut page = format!(
        "{TABLE}\nMade by `UPDATE_DOCS=1 cargo test --test \
         requirements`; the same test fails when this table is not what it would make.\n\nOf {} requirements {proven} \
         are proven by scenarios (`*.feature`, run by `rehearsal check`) or tests; the others have a \
         reason.\n\n| id | level | tier | requirement | proof |\n|---|---|---|---|---|\n",
        all.len()
    );
    for requirement in all {
        let id = requirement.id.to_string();
        let level = match requirement.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::May => "MAY",
        };
        let tier = if requirement.tier == Tier::Core { "core" } else { "extended" };
        let reason = UNPROVEN.iter().find(|(own, _)| *own == id).map(|(_, reason)| (*reason).to_owned());
        let proof = proofs.get(&id).map(|proofs| proofs.iter().cloned().collect::<Vec<_>>().join("<br>"));
        let proof = proof.or(reason).unwrap_or_else(|| "**nothing**".to_owned());
        let text = requirement.text.replace('|', "\\|");
        writeln!(page, "| {id} | {level} | {tier} | {text} | {proof} |").expect("a string takes the line");
    }
    page
}

fn proofs() -> Proofs {
    let mut proofs = Proofs::new();
    scenarios(&mut proofs);
    tests(&mut proofs);
    proofs
}

#[test]
fn every_requirement_has_a_proof_or_a_reason() {
    let proofs = proofs();
    let known: BTreeSet<String> =
        requirements::all().iter().map(|requirement| requirement.id.to_string()).collect();
    assert_eq!(known.len(), 320);
    let reasons: BTreeSet<String> = UNPROVEN.iter().map(|(id, _)| (*id).to_owned()).collect();
    let bare: Vec<_> =
        known.iter().filter(|id| !proofs.contains_key(*id) && !reasons.contains(*id)).collect();
    assert!(bare.is_empty(), "neither proven nor explained: {bare:?}");
    let excused: Vec<_> = reasons.iter().filter(|id| proofs.contains_key(*id)).collect();
    assert!(excused.is_empty(), "proven, so that the reason why not must go: {excused:?}");
    let invented: Vec<_> = proofs.keys().chain(&reasons).filter(|id| !known.contains(*id)).collect();
    assert!(invented.is_empty(), "claimed, but no requirement: {invented:?}");
}

#[test]
fn the_table_is_what_would_be_made() {
    let table = table(&proofs());
    let path = root().join(PAGE);
    let kept = fs::read_to_string(&path).expect("the page is there").replace("\r\n", "\n");
    let (before, own) = kept.split_at(kept.find(TABLE).expect("the page has the heading of the table"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{table}")).expect("the page can be written");
    } else {
        assert!(own == table, "{PAGE} is out of date; run UPDATE_DOCS=1 cargo test --test requirements");
    }
}
