//! A disk of its own, for what happens on one that is full or cannot be written.

use std::path::{Path, PathBuf};
use std::process::Command;

/// In memory; gone when dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// At `place`, with options as `size=600k`. None where the user may not mount one.
    pub fn mount(place: &Path, options: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).output();
        mounted.ok().filter(|output| output.status.success()).map(|_| Self(place.to_path_buf()))
    }

    /// Changes its options, as `size=10m` or `ro`; whether that could be done.
    pub fn remount(&self, options: &str) -> bool {
        Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
