//! Gathers the packs, cultures and rubrics into one table, so that they ship inside the binary.

#![allow(clippy::disallowed_methods, reason = "a build script reads files; the crate does not")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut table = String::from("pub(crate) static FILES: &[(&str, &str)] = &[\n");
    for folder in ["packs", "cultures", "rubrics"] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        files.sort();
        for file in files {
            let name = file.strip_prefix(&root).expect("below the crate").display().to_string();
            let name = name.replace('\\', "/");
            println!("cargo::rerun-if-changed={name}");
            writeln!(table, "({name:?}, include_str!({:?})),", file.display().to_string())
                .expect("a string grows");
        }
    }
    table.push_str("];\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    std::fs::write(out.join("embedded.rs"), table).expect("the build folder can be written");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
}
