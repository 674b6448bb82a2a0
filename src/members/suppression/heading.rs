//! Headings of other tools' exports.
//!
//! Comes in: headings in the form that they are compared in. Goes out: the column of the addresses, and the one that says
//! what happened.

/// Headings of the address column; an earlier one wins. Mailchimp, Brevo, Mailjet, CleverReach, rapidmail, Postmark,
/// SES, Exchange traces and Postfix tables use these.
const ADDRESS: [&str; 33] = [
    "email",
    "emailadresse",
    "emailaddress",
    "mail",
    "mailadresse",
    "mailaddress",
    "emailid",
    "emails",
    "recipient",
    "recipientemail",
    "recipientaddress",
    "recipients",
    "empfaenger",
    "empfaengeradresse",
    "empfaengeremail",
    "empfaengermail",
    "bouncedrecipient",
    "bouncedrecipients",
    "bouncedaddress",
    "bouncedemail",
    "finalrecipient",
    "originalrecipient",
    "rcpt",
    "rcptto",
    "to",
    "toemail",
    "toaddress",
    "an",
    "subscriber",
    "subscriberemail",
    "abonnent",
    "contactemail",
    "kontaktemail",
];

/// The same where a postal address may be meant: a cell without an `@` then says nothing.
const DOUBTFUL: [&str; 3] = ["adresse", "address", "kontakt"];

/// Headings of the column that says what happened.
const OUTCOME: [&str; 11] = [
    "event",
    "eventtype",
    "ereignis",
    "status",
    "statusname",
    "zustand",
    "deliverystatus",
    "versandstatus",
    "subscriptionstatus",
    "emailstatus",
    "sttext",
];

/// The address column, and whether other cells count where it holds no address.
pub(super) fn find_address(keys: &[String]) -> Option<(usize, bool)> {
    let sure = position(keys, &ADDRESS).map(|column| (column, false));
    sure.or_else(|| position(keys, &DOUBTFUL).map(|column| (column, true)))
}

pub(super) fn find_outcome(keys: &[String]) -> Option<usize> {
    position(keys, &OUTCOME)
}

/// The column of the first of the names that is there.
fn position(keys: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| keys.iter().position(|key| key == name))
}
