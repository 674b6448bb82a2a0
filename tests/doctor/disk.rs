//! Disks and folders that other computers use too.

use std::path::Path;

use rundbrief::doctor::disk::{network, synchronised};

const MOUNTS: &str = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
    27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n\
    40 27 0:40 / /srv/verband rw,relatime shared:9 - nfs4 nas:/verband rw,vers=4.2\n\
    41 40 254:9 / /srv/verband/lokal rw,relatime - xfs /dev/vdb rw\n\
    42 27 0:42 / /mnt/Daten\\040Verband rw - cifs //nas/daten rw\n\
    43 27 0:43 / /home/anna/fern rw - fuse.sshfs host:/ rw\n\
    44 27 0:44 / /media/stick rw - fuse.ntfs-3g /dev/sdb1 rw\n\
    45 27 0:45 / /mnt/c rw - 9p C:\\134 rw\n\
    46 27 0:46 / /twice rw - nfs a:/ rw\n47 46 254:1 / /twice rw - ext4 /dev/vdc rw\n";

#[test]
fn the_nearest_mount_says_whether_a_record_lies_on_another_computer() {
    for (path, expected) in [
        ("/home/anna/rundbrief/rundbrief.db", None),
        ("/srv/verband/rundbrief.db", Some("nfs4")),
        ("/srv/verbandsheim/rundbrief.db", None),
        ("/srv/verband/lokal/rundbrief.db", None),
        ("/mnt/Daten Verband/rundbrief.db", Some("cifs")),
        ("/home/anna/fern/rundbrief.db", Some("fuse.sshfs")),
        ("/media/stick/rundbrief.db", None),
        ("/mnt/c/Users/Anna/rundbrief.db", Some("9p")),
        ("/twice/rundbrief.db", None),
    ] {
        assert_eq!(network(MOUNTS, Path::new(path)).as_deref(), expected, "{path}");
    }
    assert_eq!(network("", Path::new("/x")), None, "a system without such a table");
}

#[test]
fn folders_that_a_program_keeps_in_step_are_known_by_their_names() {
    for (path, expected) in [
        ("/home/anna/Dropbox/rundbrief.db", Some("Dropbox")),
        ("/Users/anna/Dropbox (Verband)/a/rundbrief.db", Some("Dropbox")),
        ("/mnt/c/Users/anna/OneDrive - Verband e.V/rundbrief.db", Some("OneDrive")),
        ("/home/anna/Nextcloud2/rundbrief.db", Some("Nextcloud")),
        ("/Users/anna/Library/Mobile Documents/com~apple~CloudDocs/rundbrief.db", Some("iCloud")),
        ("/Users/anna/Library/CloudStorage/GoogleDrive-anna@verband.de/rundbrief.db", Some("Google Drive")),
        ("/home/anna/dropboxen/rundbrief.db", None),
        ("/home/nextcloudler/rundbrief.db", None),
        ("/srv/rundbrief.db", None),
    ] {
        assert_eq!(synchronised(Path::new(path)), expected, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_into_such_a_folder_does_not_hide_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let dropbox = folder.path().join("Dropbox");
    std::fs::create_dir(&dropbox).expect("is made");
    std::os::unix::fs::symlink(&dropbox, folder.path().join("verband")).expect("is linked");
    let found = rundbrief::doctor::disk::where_is(&folder.path().join("verband/neu/rundbrief.db"));
    assert_eq!(found, Some(rundbrief::doctor::disk::Elsewhere::Synchronised("Dropbox")));
}
