use super::*;

#[test]
fn a_lock_is_of_one_length_and_reads_back() {
    let holder = Holder::this_job();
    assert_eq!(holder.text(0).len(), holder.text(987_654).len());
    assert_eq!(
        Holder::parse(&holder.text(7)).map(|read| (read.token, read.beat)),
        Some((holder.token, "0000000007".into()))
    );
    assert_eq!(Holder::parse(""), None);
}

#[test]
fn a_holder_is_known_to_be_dead_on_this_node_and_before_a_requeue() {
    let own = Holder { job: "7".into(), restart: 1, ..Holder::this_job() };
    let other = Holder { boot: "elsewhere".into(), restart: 0, ..own.clone() };
    assert!(is_dead(&own, &own, true) && !is_dead(&own, &own, false));
    assert!(is_dead(&other, &own, true));
    assert!(!is_dead(&Holder { restart: 1, ..other.clone() }, &own, true));
    assert!(!is_dead(&Holder { job: "8".into(), ..other.clone() }, &own, true));
    let none = |holder: &Holder| Holder { job: String::new(), ..holder.clone() };
    assert!(!is_dead(&none(&other), &none(&own), true));
}

/// A job ends between another's opening of the lock and its locking, as on a slow disk. The
/// file that is locked then has no name any more, and a third job would make another.
#[test]
fn a_lock_on_a_file_that_was_removed_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let first = Lock::take(directory.path(), |_| {}).unwrap();
    let opened = OpenFile::at(&path).unwrap();
    assert!(!opened.is_new);
    drop(first);
    assert!(matches!(opened.lock(&path), Locking::Removed));
    // Begun again; a third one is refused from then on.
    let second = Lock::take(directory.path(), |_| {}).unwrap();
    let refused = Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
    assert!(refused.contains(&format!("in use by another job (process {}", std::process::id())), "{refused}");
    // The same where the name is another file's.
    let opened = OpenFile::at(&path).unwrap();
    fs::rename(&path, directory.path().join("aside")).unwrap();
    fs::write(&path, "").unwrap();
    assert!(matches!(opened.lock(&path), Locking::Busy(_)));
    drop(second);
    let opened = OpenFile::at(&directory.path().join("aside")).unwrap();
    assert!(matches!(opened.lock(&path), Locking::Removed));
}

#[test]
fn a_lock_is_made_again_with_its_directory_by_one_alone() {
    let parent = tempfile::tempdir().unwrap();
    let (directory, path) = (parent.path().join("run"), parent.path().join("run/lock"));
    fs::create_dir(&directory).unwrap();
    let take = || match OpenFile::at(&path).unwrap().lock(&path) {
        Locking::Held(file) => file,
        _ => panic!("not held"),
    };
    let mut file = take();
    fs::remove_dir_all(&directory).unwrap();
    assert!(file.follow(&path) && !is_at(&file.file, &path));
    fs::create_dir(&directory).unwrap();
    assert!(file.follow(&path) && is_at(&file.file, &path));
    fs::remove_file(&path).unwrap();
    let other = take();
    assert!(!file.follow(&path) && is_at(&other.file, &path));
}

#[test]
fn what_is_no_file_is_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let refused = || Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
    for (target, cause) in [
        ("nothing", "No such file"),
        ("/dev/full", "it is a device"),
        ("lock", "symbolic links"),
        (".", "it is a directory"),
    ] {
        std::os::unix::fs::symlink(target, &path).unwrap();
        let refused = refused();
        let (begin, end) =
            (format!("cannot open the lock {}: ", path.display()), "; remove it if no job runs there");
        assert!(
            refused.starts_with(&begin) && refused.contains(cause) && refused.ends_with(end),
            "{refused}"
        );
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_lock_that_beats_is_respected_and_one_that_does_not_is_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lock");
    let other =
        Holder { boot: "elsewhere".into(), host: "node17".into(), seconds: 0.2, ..Holder::this_job() };
    fs::write(&path, other.text(0)).unwrap();
    let beating = thread::spawn({
        let (path, other) = (path.clone(), other.clone());
        move || {
            for count in 1..15 {
                thread::sleep(Duration::from_millis(100));
                fs::write(&path, other.text(count)).unwrap();
            }
        }
    });
    let refused = Lock::take(directory.path(), |_| {}).map(drop).unwrap_err().message;
    assert!(refused.contains("in use by another job") && refused.contains("on node17"), "{refused}");
    beating.join().unwrap();
    let lock = Lock::take(directory.path(), |_| {}).unwrap();
    assert!(
        !lock.is_lost()
            && Holder::parse(&fs::read_to_string(&path).unwrap()).unwrap().boot == lock.holder.boot
    );
    drop(lock);
    assert!(!path.exists(), "a lock that is given up stays");
}
