//! A disk of its own, for what happens on one that is full or cannot be written.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// In memory; gone when dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// At `place`, with options as `size=600k`. None where the user may not mount one.
    pub fn mount(place: &Path, options: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).output();
        mounted.ok().filter(|output| output.status.success()).map(|_| Self(place.to_path_buf()))
    }

    /// Other options; tried for a while, since a disk can be made read-only only while nobody writes to it.
    pub fn remount(&self, options: &str) -> Result<(), String> {
        let begin = Instant::now();
        let mount =
            || Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).output();
        while !mount().is_ok_and(|output| output.status.success()) {
            if begin.elapsed() > Duration::from_secs(20) {
                return Err(format!("the disk cannot be mounted with {options}"));
            }
            sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
