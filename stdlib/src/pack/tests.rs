//! Tests of packing, of unpacking by many at once, and of where it goes.

use super::archive::{self, Entries};
use super::place::{self, Candidate};
use super::{FOLDER, LANDMARK, Library, given, packed, unpack};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A temporary directory that goes when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("weft-pack-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn candidate(&self) -> Candidate {
        Candidate { folder: self.0.join("cache/weft"), exposed: false }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_archive_holds_the_library() {
    let paths: Vec<PathBuf> = archive::entries().map(|entry| entry.unwrap().path).collect();
    for expected in ["os.py", "encodings/utf_8.py", "asyncio/__init__.py", "_sysconfigdata.py", "cProfile.py"]
    {
        assert!(paths.contains(&PathBuf::from(expected)), "{expected} is missing");
    }
    assert!(!paths.iter().any(|path| path.starts_with("idlelib") || path.starts_with("test")));
    assert!(paths.is_sorted());
}

#[test]
fn nothing_of_another_runtime_is_left() {
    for entry in archive::entries().map(Result::unwrap) {
        let text = String::from_utf8_lossy(&entry.contents).to_lowercase();
        assert!(!text.contains("rustpython"), "{}", entry.path.display());
    }
}

#[test]
fn malformed_archives_are_errors() {
    let bad: [&[u8]; 4] = [
        &[1],
        &[1, 0, 0, 0, 9, 0, 0, 0, b'a'],
        &[1, 0, 0, 0, 0, 0, 0, 0, 255],
        &[2, 0, 0, 0, 0, 0, 0, 0, b'.', b'.'],
    ];
    for bytes in bad {
        assert!(Entries::new(bytes).next().unwrap().is_err(), "{bytes:?}");
    }
    assert!(Entries::new(&[][..]).next().is_none());
}

#[test]
fn many_first_starts_at_once_leave_one_whole_library() {
    let temporary = Temporary::new("many");
    let candidates = [temporary.candidate()];
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| packed(&candidates))).collect();
        for start in starts {
            let library = start.join().unwrap().unwrap();
            // Whoever comes back first must find everything, not only what was written so far.
            for entry in archive::entries().map(Result::unwrap) {
                assert_eq!(
                    fs::metadata(library.folder.join(entry.path)).unwrap().len(),
                    entry.contents.len() as u64
                );
            }
        }
    });
    assert_eq!(names(&temporary.0.join("cache/weft")), [place::version()]);
}

#[test]
fn a_second_start_changes_nothing() {
    let temporary = Temporary::new("second");
    let first = packed(&[temporary.candidate()]).unwrap();
    let landmark = first.folder.join(LANDMARK);
    let inode = fs::metadata(&landmark).unwrap().ino();
    assert_eq!(packed(&[temporary.candidate()]).unwrap(), first);
    assert_eq!(fs::metadata(&landmark).unwrap().ino(), inode);
    assert_eq!(first.prefix.unwrap().join(FOLDER), first.folder);
}

#[test]
fn a_damaged_library_is_replaced() {
    let temporary = Temporary::new("damaged");
    let library = packed(&[temporary.candidate()]).unwrap();
    fs::remove_file(library.folder.join(LANDMARK)).unwrap();
    fs::remove_file(library.folder.join("abc.py")).unwrap();
    assert_eq!(packed(&[temporary.candidate()]).unwrap(), library);
    assert!(library.folder.join("abc.py").exists() && library.folder.join(LANDMARK).exists());
    assert_eq!(names(&temporary.0.join("cache/weft")).len(), 1);
}

#[test]
fn the_next_candidate_is_used_where_the_first_cannot_be() {
    let temporary = Temporary::new("next");
    fs::write(temporary.0.join("file"), "").unwrap();
    let blocked = Candidate { folder: temporary.0.join("file/weft"), exposed: false };
    let library = packed(&[blocked, temporary.candidate()]).unwrap();
    assert!(library.folder.starts_with(temporary.0.join("cache")));
    let blocked = Candidate { folder: temporary.0.join("file/weft"), exposed: false };
    let error = packed(&[blocked]).unwrap_err();
    assert!(error.to_string().contains("cannot be unpacked to"), "{error}");
}

#[test]
fn an_exposed_folder_must_be_closed_to_others() {
    let temporary = Temporary::new("exposed");
    let folder = temporary.0.join("weft-user");
    let candidate = Candidate { folder: folder.clone(), exposed: true };
    candidate.check().unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    candidate.check().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(candidate.check().is_err());
    fs::remove_dir(&folder).unwrap();
    std::os::unix::fs::symlink(&temporary.0, &folder).unwrap();
    assert!(candidate.check().is_err());
}

#[test]
fn a_given_library_needs_its_landmark() {
    let temporary = Temporary::new("given");
    assert!(given(&temporary.0).is_err());
    let folder = temporary.0.join(FOLDER);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(LANDMARK), "").unwrap();
    let found = given(&folder).unwrap();
    assert_eq!(found, Library { prefix: Some(temporary.0.clone()), folder: folder.clone() });
    fs::rename(&folder, temporary.0.join("elsewhere")).unwrap();
    assert_eq!(given(&temporary.0.join("elsewhere")).unwrap().prefix, None);
}

#[test]
fn abandoned_directories_are_swept_up() {
    let temporary = Temporary::new("swept");
    let old = temporary.0.join(".unpacking-1-0");
    fs::create_dir(&old).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    fs::File::open(&old).unwrap().set_modified(long_ago).unwrap();
    unpack::ensure(&temporary.0.join("library")).unwrap();
    assert!(!old.exists());
}
