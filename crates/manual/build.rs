//! Lists and compresses the rendered pages in `book/`, so that they are part of
//! the program.

#![expect(clippy::unwrap_used, reason = "a build may end here")]

use std::{
    env,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

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
    let out = Path::new(&out);
    let mut list = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let path = file.strip_prefix(&book).unwrap().to_str().unwrap();
        let content = fs::read(file).unwrap();
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let tag = format!("W/\"{:016x}\"", hasher.finish());
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&content).unwrap();
        let place = out.join(format!("{number}.gz"));
        fs::write(&place, packed.finish().unwrap()).unwrap();
        writeln!(
            list,
            "File {{ path: {path:?}, tag: {tag:?}, content: Packed::new(include_bytes!({:?})) }},",
            place.to_str().unwrap()
        )
        .unwrap();
    }
    list += "]\n";
    fs::write(out.join("files.rs"), list).unwrap();
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
