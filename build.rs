//! Links the release binary for Linux on x86-64 at a fixed address.
//!
//! A position-independent binary of this size has 30,000 addresses that the loader corrects at every start, a third of
//! a `--version`. Comes in: what Cargo says about the target. Goes out: one argument for the linker of the binary.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let static_libc = std::env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|found| found.contains("crt-static"));
    if linux && is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("PROFILE", "release") && !static_libc {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
