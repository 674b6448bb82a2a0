//! The feed file on the disk: what is refused, what is written, and what two writers at once do.

mod by_hand;

use std::fs;

use by_hand::feed::{built, case, info, item_of, item_of_day, recap, titles};
use by_hand::golden;
use rundbrief::channel::feed::{Upserted, write};
use rundbrief::error::Exit;
use rundbrief::render::feed::FeedItem;

/// Every damaged file with what is said about it.
#[test]
fn a_damaged_feed_is_an_error_that_says_what_to_do() {
    let rss = |inside: &str| format!("<rss version=\"2.0\"><channel>{inside}</channel></rss>").into_bytes();
    let entity_bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><rss><channel>&b;</channel></rss>";
    let utf16: Vec<u8> = [0xfeff].into_iter().chain("<rss/>".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let new = case("new.xml").into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("white space", b" \n".to_vec()),
        ("truncated in an item", new[..new.len() / 2].to_vec()),
        ("truncated before </rss>", new[..new.len() - 8].to_vec()),
        ("truncated in a tag", new[..new.len() - 3].to_vec()),
        ("tags crossed", rss("<item><title></item></title>")),
        ("two roots", [new.clone(), new.clone()].concat()),
        ("text behind the end", [new.clone(), b"x".to_vec()].concat()),
        ("text before the beginning", [b"x".to_vec(), new.clone()].concat()),
        ("no xml", b"{\"items\": []}".to_vec()),
        ("an atom feed", b"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title></feed>".to_vec()),
        ("rss 1.0", b"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"></rdf:RDF>".to_vec()),
        ("a web page", b"<!DOCTYPE html><html><body></body></html>".to_vec()),
        ("a web page without a document type", b"<html><body></body></html>".to_vec()),
        ("an entity bomb", entity_bomb.as_bytes().to_vec()),
        ("an unknown entity", rss("<title>a&nbsp;b</title>")),
        ("a bare ampersand", rss("<title>a & b</title>")),
        ("an undeclared prefix", rss("<dc:creator>a</dc:creator>")),
        ("an undeclared prefix of an attribute", rss("<title x:y=\"1\">a</title>")),
        ("an attribute twice", rss("<title a=\"1\" a=\"2\">a</title>")),
        ("a control character", rss("<title>a\u{1}b</title>")),
        ("no channel", b"<rss version=\"2.0\"></rss>".to_vec()),
        ("an empty channel", b"<rss version=\"2.0\"><channel/></rss>".to_vec()),
        ("two channels", b"<rss><channel><a/></channel><channel><a/></channel></rss>".to_vec()),
        (
            "said to be latin 1",
            b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel>\xfc</channel></rss>".to_vec(),
        ),
        ("said to be latin 1 in ascii", b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss></rss>".to_vec()),
        ("not utf-8", b"<rss><channel><title>\xfc</title></channel></rss>".to_vec()),
        ("utf-16", utf16),
        ("compressed", vec![0x1f, 0x8b, 8, 0]),
    ];
    let mut report = String::new();
    for (name, bytes) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("feed.xml");
        fs::write(&path, &bytes).expect("a file");
        let error = write(&path, &info(), &item_of(&recap()), &built()).expect_err(name);
        assert_eq!(error.exit(), Exit::Data, "{name}");
        assert!(fs::read(&path).expect("the file") == bytes, "{name}: the file was changed");
        report += &format!("{name}\n{}\n\n", error.to_string().replace(&folder.path().display().to_string(), "public"));
    }
    golden("feed/damaged.txt", &report);
}

#[test]
fn writing_makes_the_file_keeps_its_mode_and_leaves_an_unchanged_one_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("public/feed.xml");
    let put = |item: &FeedItem| write(&path, &info(), item, &built()).expect("a feed");
    assert_eq!(put(&item_of(&recap())), Upserted::Added);
    assert_eq!(fs::read_to_string(&path).expect("the feed"), case("new.xml"));
    let written = fs::metadata(&path).expect("the feed").modified().expect("a time");
    assert_eq!(put(&item_of(&recap())), Upserted::Unchanged);
    assert_eq!(fs::metadata(&path).expect("the feed").modified().expect("a time"), written);
    assert_eq!(put(&item_of_day("alt", 1)), Upserted::Added);
    let names: Vec<_> = fs::read_dir(path.parent().expect("a folder")).expect("the folder").flatten().collect();
    assert_eq!(names.len(), 2, "the feed and its lock, nothing temporary: {names:?}");
}

#[cfg(unix)]
#[test]
fn a_new_feed_can_be_read_by_the_web_server_and_a_mode_stays() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feed.xml");
    let mode = || fs::metadata(&path).expect("the feed").permissions().mode() & 0o777;
    write(&path, &info(), &item_of(&recap()), &built()).expect("a feed");
    let plain = folder.path().join("plain");
    fs::write(&plain, "").expect("a file");
    assert_eq!(mode(), fs::metadata(&plain).expect("the file").permissions().mode() & 0o777);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
    let link = folder.path().join("link.xml");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    write(&link, &info(), &item_of_day("alt", 1), &built()).expect("a feed");
    assert_eq!(mode(), 0o640);
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
}

#[test]
fn two_writers_at_once_lose_no_item() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feed.xml");
    std::thread::scope(|scope| {
        for day in 1..=8 {
            let path = &path;
            scope.spawn(move || write(path, &info(), &item_of_day(&format!("tag-{day}"), day), &built()));
        }
    });
    let feed = fs::read_to_string(&path).expect("the feed");
    let expected: Vec<String> = (1..=8).rev().map(|day| format!("Bericht vom {day}. Oktober")).collect();
    assert_eq!(titles(&feed), expected);
}

#[test]
fn a_folder_in_the_way_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = write(folder.path(), &info(), &item_of(&recap()), &built()).expect_err("a folder is no feed");
    assert_eq!(error.exit(), Exit::Io);
}
