//! Tells the program where to find an HDF5 given by HDF5_DIR.

fn main() {
    // Libraries of modules are outside the loader's path.
    if let Ok(directory) = std::env::var("HDF5_DIR") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{directory}/lib");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=HDF5_DIR");
}
