//! What every ledger must do, whatever database is behind it. Each test takes an empty ledger.

use rundbrief::ledger::{DeliveryKey, DeliveryState, Form, Mode, NewRelease, Part, ReleaseState, Settled, Work};
use rundbrief::plan::{Recipient, Target};

pub fn recipient(number: u8) -> Recipient {
    Recipient {
        target: Target([number; 16]),
        address: format!("m{number}@example.org"),
        name: format!("Mitglied „{number}“"),
        slots: vec![format!("Guten Tag Nummer {number}"), "a\"b\\c\n".to_owned()],
        part: 0,
    }
}

pub fn release(slug: &str, mode: Mode) -> NewRelease {
    let part = |channel: &str, list: &str, body: &[u8]| Part {
        channel: channel.into(),
        list: list.into(),
        form: form_of(channel),
        body: body.into(),
    };
    let parts = vec![part("email", "members", b"mail \x00\xff"), part("feed", "", b"<item/>"), part("x", "", b"text")];
    NewRelease {
        slug: slug.to_owned(),
        mode,
        purpose: rundbrief::ledger::Purpose::Publication,
        code: [9; 32],
        parts,
        created_at: 1_700_000_000_000,
        key: "a-key".to_owned(),
    }
}

fn form_of(channel: &str) -> Form {
    match channel {
        "email" => Form::Mail,
        "feed" => Form::Item,
        _ => Form::Text,
    }
}

/// Sends up to `limit` deliveries of a part, as a worker that comes and goes.
async fn send(ledger: &impl Work, release: i64, part: i64, limit: u32) {
    let worker = ledger.join(0).await.expect("joins");
    let claimed = ledger
        .claim(&worker, release, &[part], rundbrief::ledger::Wanted { limit, untried: true }, 0)
        .await
        .expect("claims");
    let keys: Vec<_> = claimed.iter().map(|delivery| delivery.key()).collect();
    let ready = ledger.mark(&worker, release, &keys, 0).await.expect("marks").ready;
    let sent = |key: DeliveryKey| Settled {
        key,
        state: DeliveryState::Sent,
        due_at: 0,
        hold_until: 0,
        detail: "250 ok".to_owned(),
        at: 5,
    };
    ledger.settle(&worker, release, &ready.into_iter().map(sent).collect::<Vec<_>>()).await.expect("settles");
    ledger.leave(worker, 0, &|_| DeliveryState::Uncertain).await.expect("leaves");
}

/// A release that is not sealed is not there for anybody, and its recipients are not written to.
pub async fn an_unsealed_release_reaches_nobody(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    ledger.add(begun.id, 1, &[recipient(1)]).await.expect("adds");
    assert_eq!(ledger.release("tagung", Mode::Trial).await.expect("reads"), None);
    assert_eq!(ledger.pending(begun.id, 0, None, 10).await.expect("reads"), []);

    ledger.discard(begun.id, 1).await.expect("discards");
    let again = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins anew");
    assert_eq!(again.revision, 1, "a discarded release leaves no revision behind");
}

/// Sealing makes one delivery for each recipient and one for each other channel, with the content as frozen.
pub async fn a_sealed_release_has_one_delivery_for_each_recipient(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    let new = ledger.add(begun.id, 1, &[recipient(2), recipient(1), recipient(2)]).await.expect("adds");
    assert_eq!(new.len(), 2, "the same target twice is one recipient");
    ledger.seal(begun.id, 1, [7; 32]).await.expect("seals");

    let sealed = ledger.release("tagung", Mode::Trial).await.expect("reads").expect("is there");
    assert_eq!((sealed.state, sealed.waves, sealed.audience, sealed.code), (ReleaseState::Open, 1, [7; 32], [9; 32]));
    assert_eq!(ledger.parts(begun.id).await.expect("reads"), release("tagung", Mode::Trial).parts);

    let mails = ledger.pending(begun.id, 0, None, 10).await.expect("reads");
    let recipients: Vec<_> = mails.into_iter().map(|delivery| delivery.recipient.expect("a mail has one")).collect();
    assert_eq!(recipients, [recipient(1), recipient(2)], "in the order of their targets, every byte kept");
    let feed = ledger.pending(begun.id, 1, None, 10).await.expect("reads");
    assert_eq!((feed.len(), feed[0].target, feed[0].recipient.as_ref()), (1, Target::CHANNEL, None));
}

/// Batches follow one another without a gap or an overlap, and what is settled does not come again.
pub async fn deliveries_come_in_batches_and_only_once(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Real)).await.expect("begins");
    let members: Vec<_> = (1..=9).map(recipient).collect();
    ledger.add(begun.id, 1, &members).await.expect("adds");
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");

    let first = ledger.pending(begun.id, 0, None, 4).await.expect("reads");
    let second = ledger.pending(begun.id, 0, first.last().map(|last| last.target), 4).await.expect("reads");
    let third = ledger.pending(begun.id, 0, second.last().map(|last| last.target), 4).await.expect("reads");
    let all: Vec<u8> = [&first, &second, &third].into_iter().flatten().map(|delivery| delivery.target.0[0]).collect();
    assert_eq!(all, (1..=9).collect::<Vec<_>>());

    send(ledger, begun.id, 0, 4).await;
    let left = ledger.pending(begun.id, 0, None, 10).await.expect("reads");
    assert_eq!(left.len(), 5);
    let totals = ledger.totals(begun.id).await.expect("counts");
    assert_eq!((totals[0].1.sent, totals[0].1.pending, totals[1].1.pending), (4, 5, 1));
}

/// A release is settled when nothing is open, and not before.
pub async fn a_release_closes_when_nothing_is_open(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    ledger.add(begun.id, 1, &[recipient(1)]).await.expect("adds");
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    for part in 0..3 {
        ledger.close(begun.id).await.expect("looks");
        let state = ledger.release("tagung", Mode::Trial).await.expect("reads").expect("is there").state;
        assert_eq!(state, ReleaseState::Open, "part {part} is still open");
        send(ledger, begun.id, part, 1).await;
    }
    ledger.close(begun.id).await.expect("closes");
    let state = ledger.release("tagung", Mode::Trial).await.expect("reads").expect("is there").state;
    assert_eq!(state, ReleaseState::Settled);
}

/// Members who joined later are a wave of their own; those of earlier waves stay as they are.
pub async fn a_wave_adds_those_who_joined(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    ledger.add(begun.id, 1, &[recipient(1), recipient(2)]).await.expect("adds");
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    let targets: Vec<_> = (1..=3).map(|number| recipient(number).target).collect();
    let mut known = ledger.known(begun.id, &targets).await.expect("looks");
    known.sort();
    assert_eq!(known, targets[..2]);

    let new = ledger.add(begun.id, 2, &[recipient(2), recipient(3)]).await.expect("adds");
    assert_eq!(new, [recipient(3).target]);
    assert_eq!(ledger.pending(begun.id, 0, None, 10).await.expect("reads").len(), 2, "not before the wave is sealed");
    ledger.seal(begun.id, 2, [1; 32]).await.expect("seals");
    assert_eq!(ledger.pending(begun.id, 0, None, 10).await.expect("reads").len(), 3);
    assert_eq!(ledger.pending(begun.id, 1, None, 10).await.expect("reads").len(), 1, "the feed has one delivery still");
}

/// A trial neither settles nor hides a real release, and can be forgotten; a real one cannot.
pub async fn a_trial_and_a_real_release_do_not_touch(ledger: &impl Work) {
    for mode in [Mode::Trial, Mode::Real] {
        let begun = ledger.begin(&release("tagung", mode)).await.expect("begins");
        ledger.add(begun.id, 1, &[recipient(1)]).await.expect("adds");
        ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    }
    let trial = ledger.release("tagung", Mode::Trial).await.expect("reads").expect("is there");
    let real = ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there");
    send(ledger, trial.id, 0, 1).await;
    assert_eq!(ledger.pending(real.id, 0, None, 10).await.expect("reads").len(), 1);

    ledger.forget_trial(trial.id).await.expect("forgets");
    ledger.forget_trial(real.id).await.expect("does nothing");
    assert_eq!(ledger.release("tagung", Mode::Trial).await.expect("reads"), None);
    assert_eq!(ledger.parts(real.id).await.expect("reads").len(), 3, "shared content stays for the real release");
}

/// A refusal is known to its part alone, and forgotten with the wave: the list says it anew each time.
pub async fn a_refusal_counts_for_its_part_until_the_wave_is_sealed(ledger: &impl Work) {
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    let targets = [recipient(1).target, recipient(2).target];
    ledger.refuse(begun.id, 0, &[targets[1], targets[1]]).await.expect("notes, twice the same");
    ledger.refuse(begun.id, 0, &targets[1..]).await.expect("notes again");
    assert_eq!(ledger.refused(begun.id, 0, &targets).await.expect("looks"), targets[1..]);
    assert_eq!(ledger.refused(begun.id, 1, &targets).await.expect("looks"), []);
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    assert_eq!(ledger.refused(begun.id, 0, &targets).await.expect("looks"), []);
}
