//! Files in a folder that are named by whoever calls: those that were found in it, and no others.

use std::{
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// Folders in one another.
const DEPTH: usize = 8;
/// Most files.
const MOST: usize = 1_000;
/// Most bytes of a file.
const LARGEST: u64 = 1024 * 1024;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path below the folder, with `/` between the names.
    pub path: String,
    /// When it was last changed, in seconds since 1970.
    pub changed: i64,
}

/// The YAML files in a folder and below it, in the order of their paths. What begins with a dot is hidden, and links are not
/// followed; a folder that is not there is empty.
pub fn below(folder: &Path) -> Vec<Found> {
    let (mut found, mut open) = (vec![], vec![(folder.to_owned(), String::new(), 0)]);
    while let Some((folder, prefix, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let path = format!("{prefix}{name}");
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth < DEPTH {
                open.push((entry.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() && is_yaml(&entry.path()) && found.len() < MOST {
                let changed = entry.metadata().and_then(|data| data.modified()).ok();
                let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let changed = changed.and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or_default();
                found.push(Found { path, changed });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The content of a file that [`below`] finds.
pub fn read(folder: &Path, path: &str) -> Option<Vec<u8>> {
    let found = below(folder).into_iter().find(|file| file.path == path)?;
    let path: PathBuf = folder.join(found.path);
    let small = fs::metadata(&path).ok()?.len() <= LARGEST;
    if small { fs::read(path).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("in/a")).unwrap();
        for (name, text) in
            [("in/b.yaml", "b"), ("in/a/c.yml", "c"), ("in/.d.yaml", "d"), ("in/e.txt", "e"), ("f.yaml", "f")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let inside = folder.path().join("in");
        let paths: Vec<String> = below(&inside).into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["a/c.yml", "b.yaml"]);
        assert_eq!(read(&inside, "a/c.yml"), Some(b"c".to_vec()));
        for path in ["../f.yaml", "e.txt", ".d.yaml", "/etc/passwd", "a/../b.yaml", ""] {
            assert_eq!(read(&inside, path), None, "{path}");
        }
        assert_eq!(below(&folder.path().join("nowhere")), []);
    }
}
