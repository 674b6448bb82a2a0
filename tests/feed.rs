//! Feed items of invented posts, and what happens to a feed file they are put into. Beside the files under
//! `tests/cases/feed`.

mod by_hand;

use by_hand::feed::{built, case, changed, info, item_of, item_of_day, recap, titles};
use by_hand::{House, block, golden, paragraph, picture, post};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rundbrief::channel::feed::{ChannelInfo, Upserted, upsert};
use rundbrief::config::Images;
use rundbrief::post::picture::{Format, Prepared};
use rundbrief::post::{BlockKind, Inline};
use rundbrief::render::feed::item;
use rundbrief::render::{Section, Shown, picture_file};

#[test]
fn a_new_feed_has_everything_that_readers_ask_for() {
    let (bytes, outcome) = upsert(None, &info(), &item_of(&recap()), &built()).expect("a feed");
    assert_eq!(outcome, Upserted::Added);
    golden("feed/new.xml", &String::from_utf8(bytes).expect("UTF-8"));
}

#[test]
fn published_pictures_are_in_the_item_and_embedded_ones_are_not() {
    let mut house = House::new("de");
    let mut recap = recap();
    let hero = picture("tagung.jpg", "Gäste im Saal", Some("Clara Probe"));
    let inside = picture("saal.png", "Der Saal", None);
    recap.body.push(block(BlockKind::Picture(inside.clone())));
    recap.header.image = Some(hero.clone());
    let prepared = |name: &str, format, shown_width| Prepared {
        bytes: vec![7; 1234],
        format,
        width: shown_width * 2,
        height: 800,
        shown_width,
        name: name.to_owned(),
    };
    let hero_file = picture_file(&recap, &hero);
    house.pictures.insert(hero_file, Shown::Hero, prepared("tagung-3f2a.jpg", Format::Jpeg, 600));
    let inside_file = picture_file(&recap, &inside);
    house.pictures.insert(inside_file, Shown::Body, prepared("saal-77aa.png", Format::Png, 536));
    let embedded = item(&house.source(&recap)).expect("an item").xml;
    assert!(!embedded.contains("<img") && !embedded.contains("<enclosure"), "{embedded}");
    house.config.email.images = Images::Link { url: "https://www.example.org/bilder/".into() };
    golden("feed/item-with-pictures.xml", &(item(&house.source(&recap)).expect("an item").xml + "\n"));
}

#[test]
fn a_digest_lists_its_posts() {
    let mut house = House::new("de");
    let mut without_link = post("danke", "de", "Danke!");
    without_link.header.link = None;
    house.sections = vec![Section { heading: Some("Aus der Arbeit".into()), posts: vec![recap(), without_link] }];
    let mut digest = post("november", "de", "Was im November war");
    digest.body = vec![paragraph("Zwei Berichte.")];
    golden("feed/item-of-digest.xml", &(item(&house.source(&digest)).expect("an item").xml + "\n"));
    let link = Inline::Link { url: "https://example.net/".into(), content: vec![Inline::Text("Bericht".into())] };
    house.sections[0].posts[1].body = vec![block(BlockKind::Paragraph(vec![link]))];
    let xml = item(&house.source(&digest)).expect("an item").xml;
    assert!(xml.contains("<p><a href=\"https://example.net/\">Bericht</a></p>"), "{xml}");
}

#[test]
fn an_item_without_date_and_link_points_to_the_site_and_has_no_date() {
    let mut bare = post("ohne", "de", "Ohne Datum");
    bare.header.date = None;
    bare.header.link = None;
    let xml = item_of(&bare).xml;
    assert!(!xml.contains("<pubDate>"), "{xml}");
    assert!(xml.contains("<link>https://www.example.org</link>"), "{xml}");
    let (feed, _) = changed(&case("new.xml"), &item_of(&bare));
    assert!(feed.find("Ohne Datum") < feed.find("Nachwuchs"), "an undated item goes first");
}

#[test]
fn the_guid_outlives_title_link_and_date() {
    let mut other = recap();
    other.header.title = "Neu".into();
    other.header.link = None;
    other.header.date = None;
    assert_eq!(item_of(&other).guid, item_of(&recap()).guid);
    assert_eq!(item_of(&recap()).guid, "www.example.org:werkstatt-2024");
}

#[test]
fn the_day_stays_the_day_in_every_zone_and_season() {
    for (zone, date, expected) in [
        ("Europe/Berlin", jiff::civil::date(2024, 7, 1), "Mon, 1 Jul 2024 12:00:00 +0200"),
        ("Europe/Berlin", jiff::civil::date(2024, 12, 31), "Tue, 31 Dec 2024 12:00:00 +0100"),
        ("Pacific/Auckland", jiff::civil::date(2024, 1, 1), "Mon, 1 Jan 2024 12:00:00 +1300"),
        ("America/New_York", jiff::civil::date(2024, 2, 29), "Thu, 29 Feb 2024 12:00:00 -0500"),
    ] {
        let mut house = House::new("de");
        house.config.site.zone = TimeZone::get(zone).expect("a zone of the bundled database");
        let mut recap = recap();
        recap.header.date = Some(date);
        let xml = item(&house.source(&recap)).expect("an item").xml;
        assert!(xml.contains(&format!("<pubDate>{expected}</pubDate>")), "{xml}");
    }
}

#[test]
fn characters_that_xml_cannot_hold_are_left_out() {
    let mut odd = post("odd", "de", "Ton\u{0}\u{b}\u{1f}art\u{fffe} 🎉");
    odd.body = vec![paragraph("A\u{c}\rB")];
    odd.header.author = Some("A\u{8}nna".into());
    let xml = item_of(&odd).xml;
    assert!(xml.contains("<title>Tonart 🎉</title>") && xml.contains("<p>AB</p>") && xml.contains("Anna"), "{xml}");
    let (feed, _) = changed(&case("new.xml"), &item_of(&odd));
    assert!(feed.contains("Tonart 🎉"));
}

#[test]
fn somebody_elses_feed_is_kept_byte_for_byte_around_the_new_item() {
    let before = case("third-party.xml");
    let (after, outcome) = changed(&before, &item_of(&recap()));
    assert_eq!(outcome, Upserted::Added);
    golden("feed/third-party-with-item.xml", &after);
    let kept: Vec<&str> = before.lines().filter(|line| !line.contains("lastBuildDate")).skip(5).collect();
    let mut rest = after.as_str();
    for line in kept {
        let at = rest.find(line).unwrap_or_else(|| panic!("lost: {line}"));
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn the_same_item_again_changes_no_byte() {
    let (once, _) = changed(&case("third-party.xml"), &item_of(&recap()));
    let later = built().checked_add(jiff::Span::new().days(1)).expect("a day later");
    let (bytes, outcome) = upsert(Some(once.as_bytes()), &info(), &item_of(&recap()), &later).expect("a feed");
    assert_eq!((outcome, bytes == once.as_bytes()), (Upserted::Unchanged, true));
    let windows = once.replace('\n', "\r\n");
    assert_eq!(changed(&windows, &item_of(&recap())), (windows.clone(), Upserted::Unchanged));
}

#[test]
fn a_changed_item_stays_in_its_place() {
    let (feed, _) = changed(&case("new.xml"), &item_of_day("alt", 1));
    let mut corrected = post("alt", "de", "Berichtigt");
    corrected.header.date = Some(jiff::civil::date(2024, 10, 1));
    let (after, outcome) = changed(&feed, &item_of(&corrected));
    assert_eq!(outcome, Upserted::Changed);
    assert_eq!(titles(&after), ["Nachwuchs &amp; Betriebe: &lt;die&gt; Werkstatt", "Berichtigt"]);
    assert_eq!(after.lines().count(), feed.lines().count(), "no line is left over");
}

#[test]
fn a_changed_date_moves_the_item() {
    let (feed, _) = changed(&case("new.xml"), &item_of_day("alt", 1));
    let mut newer = post("alt", "de", "Neuer Tag");
    newer.header.date = Some(jiff::civil::date(2024, 11, 13));
    let (after, outcome) = changed(&feed, &item_of(&newer));
    assert_eq!(outcome, Upserted::Changed);
    assert_eq!(titles(&after), ["Neuer Tag", "Nachwuchs &amp; Betriebe: &lt;die&gt; Werkstatt"]);
    assert_eq!(after.lines().count(), feed.lines().count());
}

#[test]
fn items_go_in_by_date_and_the_oldest_falls_out() {
    let mut feed = case("new.xml");
    for day in 1..=29 {
        feed = changed(&feed, &item_of_day(&format!("tag-{day}"), day)).0;
    }
    assert_eq!(titles(&feed).len(), 30);
    assert_eq!(titles(&feed)[1], "Bericht vom 29. Oktober");
    let (feed, outcome) = changed(&feed, &item_of_day("tag-30", 30));
    assert_eq!((outcome, titles(&feed).len()), (Upserted::Added, 30));
    assert_eq!(titles(&feed)[1], "Bericht vom 30. Oktober");
    assert_eq!(titles(&feed)[29], "Bericht vom 2. Oktober");
    golden("feed/thirty-first.xml", &feed);
}

#[test]
fn a_late_old_item_is_kept_and_the_oldest_other_one_goes() {
    let few = ChannelInfo { items: 2, ..info() };
    let feed = changed(&case("new.xml"), &item_of_day("zwei", 2)).0;
    let (bytes, _) = upsert(Some(feed.as_bytes()), &few, &item_of_day("eins", 1), &built()).expect("a feed");
    let feed = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(titles(&feed), ["Nachwuchs &amp; Betriebe: &lt;die&gt; Werkstatt", "Bericht vom 1. Oktober"]);
}

#[test]
fn a_feed_without_items_takes_its_first() {
    let feed = "<rss version='2.0'><channel><title>T</title><link>https://a.example</link></channel></rss>";
    golden("feed/first-item.xml", &(changed(feed, &item_of(&recap())).0 + "\n"));
}

#[test]
fn a_prefix_that_means_something_else_is_declared_on_the_item() {
    let feed = "<rss version=\"2.0\" xmlns:dc=\"urn:other\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
                <channel><title>T</title></channel></rss>";
    let (after, _) = changed(feed, &item_of(&recap()));
    assert!(after.contains("<item xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"), "{after}");
    assert_eq!(after.matches("purl.org/rss/1.0/modules/content/").count(), 1);
    assert_eq!(changed(&after, &item_of(&recap())).1, Upserted::Unchanged);
}

#[test]
fn a_byte_order_mark_stays() {
    let (after, _) = changed(&format!("\u{feff}{}", case("new.xml")), &item_of_day("alt", 1));
    assert!(after.starts_with("\u{feff}<?xml"));
    assert_eq!(titles(&after).len(), 2);
}

#[test]
fn a_guid_is_found_through_cdata_references_and_space() {
    let feed = "<rss version=\"2.0\"><channel><title>T</title><item><title>Alt</title>\
                <guid>\n <![CDATA[www.example.org:]]>werkstatt&#45;2024 </guid></item></channel></rss>";
    let (after, outcome) = changed(feed, &item_of(&recap()));
    assert_eq!(outcome, Upserted::Changed);
    assert!(!after.contains("Alt"), "{after}");
}

#[test]
fn only_items_of_the_channel_count() {
    let feed = "<rss version=\"2.0\"><channel><title>T</title><!-- <item><guid>x</guid></item> -->\
                <x:copy xmlns:x=\"urn:x\"><item><guid>www.example.org:werkstatt-2024</guid></item></x:copy>\
                <description><![CDATA[<item>]]></description></channel></rss>";
    let (after, outcome) = changed(feed, &item_of(&recap()));
    assert_eq!(outcome, Upserted::Added);
    assert!(after.contains("<!-- <item><guid>x</guid></item> -->"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_makes_an_item_that_reads_back(title in any::<String>(), lead in any::<String>(), author in any::<String>()) {
        let mut odd = post("odd", "de", &title);
        odd.body = vec![paragraph(&lead), block(BlockKind::Code { text: title.clone() })];
        odd.header.author = Some(author);
        odd.header.tags = vec![title.clone()];
        let item = item_of(&odd);
        let (feed, outcome) = changed(&case("third-party.xml"), &item);
        prop_assert_eq!(outcome, Upserted::Added);
        prop_assert_eq!(changed(&feed, &item).1, Upserted::Unchanged);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..3000, flip in 0usize..3000) {
        let _ = upsert(Some(&bytes), &info(), &item_of(&recap()), &built());
        let mut damaged = case("third-party.xml").into_bytes();
        let length = damaged.len();
        damaged[flip % length] ^= 0x15;
        damaged.truncate(cut.max(1));
        if let Ok((after, _)) = upsert(Some(&damaged), &info(), &item_of(&recap()), &built()) {
            prop_assert!(upsert(Some(&after), &info(), &item_of(&recap()), &built()).is_ok());
        }
    }
}
