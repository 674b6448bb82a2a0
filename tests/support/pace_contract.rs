//! What every ledger must do for the pace of those who send, whatever database is behind it: rows in which all stand, and
//! limits of an hour and a day. `open` opens the same empty record again and again, as in `work_contract`.

use rundbrief::ledger::{Limit, Pacing, Slots};

use super::work_contract::NOW;

/// Places in the row follow one another over processes, at the configured distance or the one that was asked for.
pub async fn everybody_stands_in_one_row<L: Pacing>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let slots = first.reserve("relay", 2_000, 3, 60_000, NOW).await.expect("reserves");
    assert_eq!(slots, Slots { first: NOW, interval: 2_000, count: 3 });
    let slots = second.reserve("relay", 2_000, 1, 60_000, NOW + 1).await.expect("reserves");
    assert_eq!(slots, Slots { first: NOW + 6_000, interval: 2_000, count: 1 });
    let slots = first.reserve("relay", 2_000, 1, 60_000, NOW + 60_000).await.expect("reserves");
    assert_eq!(slots.first, NOW + 60_000, "no places are saved up");
    assert_eq!(first.reserve("domain:gmx.de", 0, 5, i64::MAX, NOW).await.expect("reserves").first, NOW, "another row");

    assert!(first.slow("relay", 4_000, 60_000, NOW).await.expect("slows"));
    assert!(!second.slow("relay", 4_000, 60_000, NOW + 59_000).await.expect("asks"), "once a minute");
    let slots = second.reserve("relay", 2_000, 1, 60_000, NOW + 100_000).await.expect("reserves");
    assert_eq!(slots.interval, 4_000);
    assert!(second.slow("relay", 4_000, 60_000, NOW + 61_000).await.expect("slows"));
    assert_eq!(first.reserve("relay", 2_000, 1, 60_000, NOW + 110_000).await.expect("reserves").interval, 8_000);
    let calm = first.reserve("relay", 2_000, 1, 60_000, NOW + 61_000 + 300_000).await.expect("reserves");
    assert_eq!(calm.interval, 4_000, "after five minutes it tries to be faster");
}

/// What one was told of, all go by: until it works faster again, or nobody was told so for long.
pub async fn what_is_slowed_down_is_known_to_all<L: Pacing>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let slowed = async |now| second.slowed("domain:", now).await.expect("reads");
    first.reserve("domain:gmx.de", 6_000, 1, i64::MAX, NOW).await.expect("reserves");
    first.slow("relay:smtp.example.org", 100, 60_000, NOW).await.expect("slows");
    assert!(slowed(NOW).await.is_empty(), "a limit of the configuration is no complaint");
    assert!(first.slow("domain:web.de", 1_000, 30_000, NOW).await.expect("slows"));
    let web_de = ("domain:web.de".to_owned(), 1_000);
    assert_eq!(slowed(NOW + 1).await, std::slice::from_ref(&web_de));
    let minute = 60_000;
    assert_eq!(slowed(NOW + 59 * minute).await, [web_de], "nobody has tried it faster");
    assert!(slowed(NOW + 60 * minute).await.is_empty());
    let mut now = NOW;
    for interval in [500, 250, 125, 62, 31, 15, 7, 3, 1, 0] {
        now += 5 * minute;
        let slots = second.reserve("domain:web.de", 0, 1, i64::MAX, now).await.expect("reserves");
        assert_eq!((slots.interval, slowed(now).await.len()), (interval, usize::from(interval > 0)));
    }
}

/// Nobody reserves further ahead than asked, unused places are free again, and a clock that went wrong blocks nobody.
pub async fn the_row_does_not_run_away<L: Pacing>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let slots = ledger.reserve("relay", 4_000, 500, 10_000, NOW).await.expect("reserves");
    assert_eq!(slots, Slots { first: NOW, interval: 4_000, count: 3 });
    ledger.leave_row("relay", 4_000, 2, NOW).await.expect("gives up two");
    let slots = ledger.reserve("relay", 4_000, 1, 10_000, NOW).await.expect("reserves");
    assert_eq!(slots.first, NOW + 4_000);
    ledger.leave_row("relay", 4_000, 100, NOW).await.expect("never before now");
    assert_eq!(ledger.reserve("relay", 4_000, 1, 10_000, NOW).await.expect("reserves").first, NOW);
    let tomorrow = NOW + 86_400_000;
    ledger.reserve("relay", 4_000, 1, 10_000, tomorrow).await.expect("reserves, by a clock a day ahead");
    assert_eq!(ledger.reserve("relay", 4_000, 1, 10_000, NOW + 1).await.expect("reserves").first, NOW + 1);
}

/// Where only what is near is reserved, what finds no place takes none, and none is lost: the next one is nobody's yet.
pub async fn only_near_places_are_taken<L: Pacing>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let reserve = async |ledger: &L, count, now: i64| {
        ledger.reserve_until("domain:gmx.de", 6_000, count, now + 10_000, now).await.expect("reserves")
    };
    assert_eq!(reserve(&first, 120, NOW).await, Slots { first: NOW, interval: 6_000, count: 2 });
    for now in [NOW, NOW + 1_000] {
        assert_eq!(reserve(&second, 118, now).await, Slots { first: NOW + 12_000, interval: 6_000, count: 0 });
    }
    assert_eq!(reserve(&second, 118, NOW + 2_000).await, Slots { first: NOW + 12_000, interval: 6_000, count: 1 });
    assert_eq!(reserve(&first, 1, NOW + 9_000).await, Slots { first: NOW + 18_000, interval: 6_000, count: 1 });
    let later = NOW + 300_000;
    assert_eq!(reserve(&first, 118, later).await, Slots { first: later, interval: 6_000, count: 2 });
    assert_eq!(reserve(&first, 118, later - 60_000).await.first, later + 12_000, "by a clock that is a minute behind");
    assert_eq!(reserve(&first, 118, NOW).await.first, NOW, "a clock that went wrong blocks nobody");
    let free = first.reserve_until("domain:web.de", 0, 500, NOW + 10_000, NOW).await.expect("reserves");
    assert_eq!((free.first, free.count), (NOW, 500), "as many as come");

    assert!(first.slow("domain:web.de", 20_000, 30_000, NOW).await.expect("slows"));
    let slots = second.reserve_until("domain:web.de", 0, 3, NOW + 10_000, NOW).await.expect("reserves");
    assert_eq!(slots, Slots { first: NOW, interval: 20_000, count: 1 });
    let calm = NOW + 300_000;
    let slots = second.reserve_until("domain:web.de", 0, 3, calm + 10_000, calm).await.expect("reserves");
    assert_eq!(slots, Slots { first: calm, interval: 10_000, count: 2 }, "after five minutes it tries to be faster");
}

/// What was taken from a limit and not used is there again, for everybody, and no more than that.
pub async fn what_nobody_used_of_a_limit_is_there_again<L: Pacing>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let (minute, hour) = (60_000, 3_600_000);
    let limits = [
        Limit { name: "relay:day", window: 24 * hour, most: 160 },
        Limit { name: "relay:hour", window: hour, most: 60 },
    ];
    let granted = async |ledger: &L, want, now| ledger.spend(&limits, want, now).await.expect("spends").granted;
    assert_eq!(granted(&first, 60, NOW).await, 60);
    let held = second.spend(&limits, 10, NOW + minute).await.expect("spends");
    assert_eq!((held.granted, held.held_by), (0, Some(1)), "by the hour");
    let left = second.left_of(&limits, NOW + minute).await.expect("reads");
    assert_eq!((left.granted, left.again_at, left.held_by), (0, held.again_at, Some(1)));

    first.unspend(&limits, 50, NOW).await.expect("gives back");
    assert_eq!(second.left_of(&limits, NOW + minute).await.expect("reads").granted, 50);
    assert_eq!(granted(&second, 60, NOW + minute).await, 50, "ten were used");
    first.unspend(&limits[1..], 500, NOW + minute).await.expect("gives back");
    assert_eq!(granted(&first, 60, NOW + 2 * minute).await, 50, "never more than was taken, and only then");
    first.unspend(&limits[1..], 5, NOW + 10 * minute).await.expect("finds nothing");
    assert_eq!(granted(&first, 60, NOW + 2 * minute).await, 0);

    let later = NOW + hour + 3 * minute;
    let held = second.spend(&limits, 60, later).await.expect("spends");
    assert_eq!((held.granted, held.held_by), (50, Some(0)), "by the day");
    assert!(held.again_at > NOW + 24 * hour, "{}", held.again_at - NOW);
}

/// However many take and give back at once, the limit holds and nothing of it is lost.
pub async fn a_limit_is_exact_with_several_at_once<L: Pacing>(open: impl AsyncFn() -> L) {
    let ledgers = [open().await, open().await, open().await];
    let (minute, hour) = (60_000, 3_600_000);
    let limits = [
        Limit { name: "relay:day", window: 24 * hour, most: 1_000 },
        Limit { name: "relay:hour", window: hour, most: 100 },
    ];
    let one = async |ledger: &L| {
        let mut kept = 0;
        for _ in 0..10 {
            let granted = ledger.spend(&limits, 20, NOW).await.expect("spends").granted;
            // One of them leaves; the others are given back.
            let unused = granted.saturating_sub(1);
            ledger.unspend(&limits, unused, NOW).await.expect("gives back");
            kept += granted - unused;
        }
        kept
    };
    let (a, b, c) = tokio::join!(one(&ledgers[0]), one(&ledgers[1]), one(&ledgers[2]));
    assert!(a + b + c <= 30, "{a} {b} {c}");
    let left = ledgers[0].left_of(&limits, NOW + minute).await.expect("reads");
    assert_eq!(left.granted, 100 - (a + b + c));
}

/// A limit holds in every window, not only from one full hour to the next; one limit does not use up another.
pub async fn a_limit_holds_in_every_window<L: Pacing>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let minute = 60_000;
    let hour = 60 * minute;
    let hourly = Limit { name: "relay:hour", window: hour, most: 100 };
    let daily = Limit { name: "relay:day", window: 24 * hour, most: 500 };
    assert_eq!(first.spend(&[hourly], 70, NOW).await.expect("spends").granted, 70);
    let spent = second.spend(&[hourly], 70, NOW + 50 * minute).await.expect("spends");
    assert_eq!(spent.granted, 30);
    assert!(spent.again_at > NOW + hour && spent.again_at <= NOW + hour + 2 * minute, "{}", spent.again_at - NOW);
    let spent = second.spend(&[hourly], 10, NOW + 59 * minute).await.expect("spends");
    assert_eq!(spent.granted, 0);
    let later = NOW + hour + 2 * minute;
    assert_eq!(second.spend(&[daily, hourly], 400, later).await.expect("spends").granted, 70);
    let much_later = later + 3 * hour;
    assert_eq!(first.spend(&[daily], 500, much_later).await.expect("spends").granted, 430, "70 of the day were used");
    let ahead = NOW + 48 * hour;
    assert_eq!(first.spend(&[hourly], 100, ahead).await.expect("spends, by a wrong clock").granted, 100);
    assert_eq!(first.spend(&[hourly], 100, much_later + hour).await.expect("spends").granted, 100, "nobody is blocked");
}

/// What was sent by a clock that was ahead counts towards the limit, for no longer than the limit's own time.
pub async fn a_limit_holds_over_a_clock_that_jumps_back<L: Pacing>(open: impl AsyncFn() -> L) {
    let (ledger, minute) = (open().await, 60_000);
    let hourly = Limit { name: "relay:hour", window: 60 * minute, most: 100 };
    assert_eq!(ledger.spend(&[hourly], 70, NOW + 45 * minute).await.expect("spends").granted, 70);
    assert_eq!(ledger.spend(&[hourly], 20, NOW + 46 * minute).await.expect("spends").granted, 20);
    let spent = ledger.spend(&[hourly], 70, NOW).await.expect("spends");
    assert_eq!(spent.granted, 10);
    assert!(spent.again_at > NOW + 60 * minute && spent.again_at <= NOW + 62 * minute, "{}", spent.again_at - NOW);
    assert_eq!(ledger.spend(&[hourly], 100, NOW + 62 * minute).await.expect("spends").granted, 100);
}
