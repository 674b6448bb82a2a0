//! What every ledger must do with approvals. As in `work_contract`, `open` opens the same empty record again and again.

use rundbrief::ledger::{Approvals, Approved, Changed, DeliveryState, Mode, NewApproval, People, Settled, Work};
use rundbrief::plan::Recipient;

use super::contract::{recipient, release};
use super::work_contract::{NOW, keys, sealed, settled, up_to};

fn approval(by: &str, at: i64) -> NewApproval {
    NewApproval {
        slug: "tagung".to_owned(),
        code: [9; 32],
        audience: [1; 32],
        by: by.to_owned(),
        note: "with „thanks“".to_owned(),
        texts: "[]".to_owned(),
        at,
    }
}

fn recipients(numbers: std::ops::RangeInclusive<u8>) -> Vec<Recipient> {
    numbers.map(recipient).collect()
}

fn people(count: u64, numbers: &[u8]) -> People {
    People { count, names: numbers.iter().map(|number| format!("Mitglied „{number}“")).collect() }
}

/// Who approved what is read again; only the newest counts, and what was taken back is said as such.
pub async fn the_newest_approval_counts_until_it_is_taken_back<L: Approvals>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    assert_eq!(ledger.approvals("tagung").await.expect("reads"), []);
    assert!(!ledger.revoke_approvals("tagung", NOW).await.expect("looks"), "nothing was approved");
    ledger.note_present(&recipients(1..=3)).await.expect("notes");
    let first = ledger.approve(&approval("Dr. Weber", NOW), None).await.expect("approves");
    assert_eq!((first.people, first.by.as_str(), first.note.as_str()), (3, "Dr. Weber", "with „thanks“"));
    let second = open().await;
    let other = second.approve(&NewApproval { code: [8; 32], ..approval("Kim", NOW + 1) }, None).await;
    let other = other.expect("approves");
    assert_eq!(second.approvals("tagung").await.expect("reads"), [other.clone(), first.clone()]);
    assert_eq!(second.approvals("andere").await.expect("reads"), []);
    let since = second.changed_since(&first, None, 9).await.expect("compares");
    assert_eq!(since, Changed::default(), "its people are forgotten, and nobody is there now");

    let told = Approved { by: "Kim".to_owned(), note: "with „thanks“".to_owned(), at: NOW + 1 };
    assert_eq!(second.approval_of("tagung", &[8; 32]).await.expect("reads"), Some(told));
    assert_eq!(second.approval_of("andere", &[8; 32]).await.expect("reads"), None);
    assert!(second.revoke_approvals("tagung", NOW + 2).await.expect("takes back"));
    assert!(!second.revoke_approvals("tagung", NOW + 3).await.expect("was taken back"));
    let read = ledger.approvals("tagung").await.expect("reads");
    assert!(read.iter().all(|approval| approval.revoked_at == Some(NOW + 2)), "{read:?}");
    assert_eq!(ledger.approval_of("tagung", &[8; 32]).await.expect("reads"), None);
    assert_eq!(ledger.approval_of("tagung", &[9; 32]).await.expect("reads"), None);
}

/// Who was added and who is gone is told by name, in their order and not more of them than asked for.
pub async fn who_changed_since_an_approval_is_told<L: Approvals + Work>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    ledger.note_present(&recipients(1..=4)).await.expect("notes");
    let without_name = Recipient { name: String::new(), ..recipient(5) };
    ledger.note_present(&[recipient(4), without_name.clone()]).await.expect("notes who is there already");
    let approved = ledger.approve(&approval("Dr. Weber", NOW), None).await.expect("approves");
    assert_eq!(approved.people, 5);
    let nobody = ledger.changed_since(&approved, None, 9).await.expect("compares");
    assert_eq!(nobody, Changed::default());

    let send = open().await;
    let begun = send.begin(&release("tagung", Mode::Real)).await.expect("begins");
    send.add(begun.id, 1, &recipients(3..=4)).await.expect("adds");
    send.add(begun.id, 1, &recipients(6..=8)).await.expect("adds");
    let since = send.changed_since(&approved, Some(begun.id), 2).await.expect("compares");
    assert_eq!(since.added, people(3, &[6, 7]));
    assert_eq!(since.gone.count, 3);
    assert_eq!(since.gone.names, ["m5@example.org", "Mitglied „1“"], "an address for who has no name");
    let elsewhere = open().await.changed_since(&approved, None, 0).await.expect("compares");
    assert_eq!((elsewhere.added.count, elsewhere.gone.count), (0, 5), "what others freeze is not there yet");
    send.seal(begun.id, 1, [0; 32]).await.expect("seals");
    let after = open().await.changed_since(&approved, None, 0).await.expect("compares");
    assert_eq!((after.added.count, after.gone.count), (3, 3));

    let again = open().await;
    again.hold().await.expect("holds");
    again.add(begun.id, 2, &[recipient(9)]).await.expect("adds");
    let again_approved = again.approve(&approval("Kim", NOW), Some(begun.id)).await.expect("approves");
    assert_eq!(again_approved.people, 6, "who has it, and who joins");
    again.discard(begun.id, 2).await.expect("discards");
    let since = again.changed_since(&again_approved, None, 9).await.expect("compares");
    assert_eq!((since.added.count, since.gone), (0, people(1, &[9])));
}

/// A trial is no part of what an approval is about.
pub async fn a_trial_is_not_compared<L: Approvals>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let begun = ledger.begin(&release("tagung", Mode::Trial)).await.expect("begins");
    ledger.add(begun.id, 1, &recipients(1..=2)).await.expect("adds");
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    let approved = ledger.approve(&approval("Dr. Weber", NOW), Some(begun.id)).await.expect("approves");
    assert_eq!(approved.people, 0);
}

/// The names go with the recipients of the release, a month after it is settled; who it was is still known.
pub async fn names_of_an_approval_are_deleted_with_the_recipients<L: Approvals + Work>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    ledger.note_present(&recipients(1..=3)).await.expect("notes");
    let approved = ledger.approve(&approval("Dr. Weber", NOW - 1), None).await.expect("approves");
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 2).await;
    ledger.forget_recipients(NOW + 1).await.expect("looks");
    let since = ledger.changed_since(&approved, None, 9).await.expect("compares");
    assert_eq!(since.gone, people(1, &[3]), "the send is not over");

    let worker = ledger.join(NOW).await.expect("joins");
    let claimed = ledger.claim(&worker, id, &[0, 1, 2], up_to(9), NOW).await.expect("claims");
    let ready = ledger.mark(&worker, id, &keys(&claimed), NOW).await.expect("marks").ready;
    let sent = |key: &_| Settled { key: *key, ..settled(1, DeliveryState::Sent) };
    ledger.settle(&worker, id, &ready.iter().map(sent).collect::<Vec<_>>()).await.expect("settles");
    ledger.close(id).await.expect("closes");
    assert_eq!(ledger.forget_recipients(NOW + 1).await.expect("deletes"), 2);
    let since = ledger.changed_since(&approved, None, 9).await.expect("compares");
    assert_eq!(since, Changed { added: People::default(), gone: people(1, &[]) });
}
