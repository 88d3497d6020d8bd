//! Files of the server that other accounts of the machine can reach.

use super::Config;
use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// The rights of everybody but the owner.
const OTHERS: u32 = 0o077;

impl Config {
    /// What the server has written down, or will, and others have rights to: the data folder, the database with the files
    /// beside it, the media.
    pub fn exposed(&self) -> Vec<PathBuf> {
        let mut paths = vec![self.data.clone(), self.media.clone()];
        if let Some(database) = self.sqlite_file() {
            let beside = |ending: &str| {
                let mut name = database.as_os_str().to_owned();
                name.push(ending);
                PathBuf::from(name)
            };
            paths.extend([beside("-wal"), beside("-shm"), database.with_extension("lock"), database.to_owned()]);
        }
        paths.sort();
        paths.dedup();
        paths.retain(|path| path.metadata().is_ok_and(|file| is_open(&file.permissions())));
        paths
    }

    /// The file of the database, where it is one.
    fn sqlite_file(&self) -> Option<&Path> {
        let path = self.database.strip_prefix("sqlite://")?;
        Some(Path::new(path.split_once('?').map_or(path, |(path, _)| path)))
    }
}

fn is_open(permissions: &Permissions) -> bool {
    permissions.mode() & OTHERS != 0
}
