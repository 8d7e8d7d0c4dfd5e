//! `rehearsal serve` beside what people would pick instead. `benches/peers/run` installs those and calls this:
//!
//! `peers REHEARSAL FOLDER [PEER…]`: the program to measure, where the others are installed, and which of them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench reports to the one who runs it")]

#[path = "../../beside/mod.rs"]
mod beside;

mod asked;
mod error;
mod folder;
mod grants;
mod in_process;
mod load;
mod measured;
mod memory;
mod peer;
mod running;
mod stubs;
mod table;
mod wire;

use std::{env, process::ExitCode};

use error::Error;
use folder::Folder;
use measured::measure;
use peer::Peer;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Error> {
    match arguments {
        [first, name, folder] if first == in_process::ARGUMENT => {
            in_process::serve(name.parse()?, &Folder::of_stubs(folder))
        }
        [rehearsal, folder, names @ ..] => {
            let folder = Folder::new(rehearsal, folder)?;
            let measured = measure(&folder, &chosen(names)?)?;
            folder.write_raw("measured.json", table::raw(&measured).as_bytes())?;
            let table = table::markdown(&folder, &measured)?;
            folder.write_raw("table.md", table.as_bytes())?;
            print!("{table}");
            Ok(())
        }
        _ => Err(Error::Usage),
    }
}

/// Those that are named, or all. What they are compared with is always there, and first.
fn chosen(names: &[String]) -> Result<Vec<Peer>, Error> {
    let named = names.iter().map(|name| name.parse()).collect::<Result<Vec<Peer>, _>>()?;
    let wanted = |peer: &Peer| named.is_empty() || *peer == Peer::Rehearsal || named.contains(peer);
    Ok(Peer::ALL.into_iter().filter(wanted).collect())
}
