//! Lists the rendered pages in `book/`, so that they are part of the program.

#![expect(clippy::unwrap_used, reason = "a build may end here")]

use std::{
    env,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo::rerun-if-changed=book");
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build by its environment"
    )]
    let (here, out) = (
        env::var("CARGO_MANIFEST_DIR").unwrap(),
        env::var("OUT_DIR").unwrap(),
    );
    let book = Path::new(&here).join("book");
    let mut files = Vec::new();
    collect(&book, &mut files);
    // By their text, as they are looked up.
    files.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    let mut list = String::from("&[\n");
    for file in &files {
        let path = file.strip_prefix(&book).unwrap().to_str().unwrap();
        let mut hasher = DefaultHasher::new();
        fs::read(file).unwrap().hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        writeln!(
            list,
            "File {{ path: {path:?}, tag: {tag:?}, content: include_bytes!({:?}) }},",
            file.to_str().unwrap()
        )
        .unwrap();
    }
    list += "]\n";
    fs::write(Path::new(&out).join("files.rs"), list).unwrap();
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
