//! The program: the command line with its flows, version and commit.

use rogallo::memory::HugePages;
use rogallo::program::Program;
use std::process::ExitCode;

#[global_allocator]
static MEMORY: HugePages = HugePages;

const PROGRAM: Program = Program { version: env!("CARGO_PKG_VERSION"), commit: rogallo_commit::commit!() };

fn main() -> ExitCode {
    rogallo::cli::main(PROGRAM, rogallo::FLOWS)
}
