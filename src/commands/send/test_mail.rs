//! `send --test`: the mail, marked as a test, to people who need not be on a list.
//!
//! Leaves no trace in the sending record, makes no site key and asks nobody: it goes to the addresses that were named.

use serde_json::{Value, json};

use super::super::ready::Ready;
use super::super::sample::{Sample, member};
use super::super::table::aligned;
use super::super::{Context, build, once};
use super::order::Order;
use super::ways::{outbox, taker, ways};
use crate::channel::outbox::TESTS;
use crate::channel::{Channel, Content, Envelope, Outgoing, Times};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::Mode;
use crate::members::address::Address;
use crate::render::code::Code;
use crate::render::email::message::{self, Compiled, Mark, Message, TEST_TOKEN};

mod ended;

use ended::Ended;

pub(super) async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    let (exit, document) = test(arguments, context).await?;
    context.screen.json(&document);
    Ok(exit)
}

/// Goes out: how it ended, and the answer for programs.
pub async fn test(arguments: &cli::Send, context: &Context) -> Result<(Exit, Value), Error> {
    let addresses = addresses(&arguments.test)?;
    if super::mode(context) == Mode::Real {
        super::may_reach_people(context)?;
    }
    let ready = Ready::make(context, &arguments.post)?;
    context.screen.findings(&ready.warnings);
    super::check_names(&Order::of(arguments)?, &ready.parts)?;
    build::out_folder(context, std::path::Path::new("out"), &ready)?;
    let member = member(context, &ready, &arguments.lists, arguments.seen_by.as_deref()).await?;
    let sample = Sample::for_test(context, &ready, member.as_ref(), &arguments.lists);
    build::publish_pictures(context, &ready)?;
    let mark = Mark::new(Code::of(&ready.digest), &ready.loaded.words);
    let sender = &context.project.config.sender;
    let compiled = sample.email.marked(&mark, sender, ready.slug(), sample.list).map_err(Finding::from);
    let compiled = compiled.map_err(Error::input)?;
    let test = Test { context, ready: &ready, sample: &sample, mark: &mark, compiled: &compiled };
    context.screen.result(&test.head(member.is_some()));
    test.send(&addresses).await
}

/// The addresses that were named, each once.
fn addresses(written: &[String]) -> Result<Vec<Address>, Error> {
    let mut addresses: Vec<Address> = Vec::new();
    let mut wrong = Vec::new();
    for text in written {
        match Address::parse(text) {
            Ok(address) if addresses.iter().any(|known| known.normalized() == address.normalized()) => {}
            Ok(address) => addresses.push(address),
            Err(error) => wrong.push(format!("--test {text}: {error}")),
        }
    }
    if wrong.is_empty() { Ok(addresses) } else { Err(Error::Usage(wrong.join("\nerror: "))) }
}

/// Everything that a test is made from.
struct Test<'a> {
    context: &'a Context,
    ready: &'a Ready,
    sample: &'a Sample<'a>,
    mark: &'a Mark,
    compiled: &'a Compiled,
}

impl Test<'_> {
    fn head(&self, real: bool) -> String {
        let who = &self.sample.recipient.address;
        let seen = if real { format!("as {who} sees it") } else { "as an invented member sees it".to_owned() };
        format!("{}\nTest of the mail, {seen}\n", self.ready.loaded.post.header.title)
    }

    async fn send(&self, addresses: &[Address]) -> Result<(Exit, Value), Error> {
        let context = self.context;
        let real = super::mode(context) == Mode::Real;
        let _inside = if real { None } else { Some(outbox(context).enter(self.ready.slug())?) };
        // All are made before the first leaves: what is wrong with one keeps all of them back.
        let (from, messages) = (self.return_path()?, self.messages(addresses)?);
        let mut session = ways(context)?.mail.session();
        let (mut ended, mut failure) = (Vec::new(), None);
        for (address, bytes) in addresses.iter().zip(&messages) {
            let envelope = Envelope { from: &from, to: address.as_str() };
            let content = Content::Message { envelope, message: Message::Whole(bytes) };
            let name = file_name(address);
            let outgoing = Outgoing {
                slug: self.ready.slug(),
                channel: TESTS,
                name: &name,
                id: "",
                times: Times::default(),
                corrects: None,
                content,
                next: None,
            };
            match once::deliver(&mut session, &outgoing).await {
                Ok(outcome) => ended.push(Ended::of(address, outcome)),
                Err(error) => {
                    failure = Some(error.of("email"));
                    break;
                }
            }
        }
        session.close().await;
        Ok(self.tell(&ended, failure, real))
    }

    /// The whole message to each address.
    fn messages(&self, addresses: &[Address]) -> Result<Vec<Vec<u8>>, Error> {
        addresses.iter().map(|address| self.message(address)).collect()
    }

    fn message(&self, address: &Address) -> Result<Vec<u8>, Error> {
        let sender = &self.context.project.config.sender;
        let message_id = self.mark.message_id(&unique()?, sender.from.email.domain());
        let recipient = message::Recipient {
            address: address.as_str(),
            display_name: None,
            values: &self.sample.recipient.slots,
            unsubscribe_url: None,
            unsubscribe_token: None,
            message_id: &message_id,
            date: &self.context.clock.zoned(),
        };
        let mut bytes = Vec::new();
        self.compiled.merge(&recipient, &mut bytes).map_err(|error| {
            let message = format!("the mail as {} sees it: {error}", self.sample.recipient.address);
            Error::input(
                Finding::error("message", message).help("correct the member's row, or choose another with --as"),
            )
        })?;
        Ok(bytes)
    }

    /// Where bounces of the test go: as those of a member's mail, but to nobody's target.
    fn return_path(&self) -> Result<String, Error> {
        let sender = &self.context.project.config.sender;
        match &sender.bounce_address {
            None => Ok(sender.from.email.to_string()),
            Some(bounce) => match message::return_path(bounce, TEST_TOKEN) {
                Ok(address) => Ok(address.to_string()),
                Err(problem) => Err(Error::Config(vec![Finding::error("bounce-address", problem)])),
            },
        }
    }

    fn tell(&self, ended: &[Ended], failure: Option<Error>, real: bool) -> (Exit, Value) {
        let screen = &self.context.screen;
        let by = Some(taker(self.context)).filter(|_| real);
        let row = |one: &Ended| vec![one.address.clone(), one.words(by.as_deref())];
        let rows: Vec<Vec<String>> = ended.iter().map(row).collect();
        aligned(&rows, |_| false).iter().for_each(|line| screen.result(&format!("  {line}")));
        if !real && !ended.is_empty() {
            screen.result("\nNothing has left this computer.");
        }
        if let Some(failure) = &failure {
            screen.failure(failure);
        }
        let document = json!({
            "slug": self.ready.slug(),
            "code": self.ready.code(),
            "test": true,
            "as": self.sample.recipient.address,
            "list": self.sample.list,
            "mails": ended.iter().map(Ended::document).collect::<Vec<_>>(),
            "errors": failure.iter().flat_map(super::super::screen::error_entries).collect::<Vec<_>>(),
        });
        let exits = ended.iter().map(|one| one.exit).chain(failure.as_ref().map(Error::exit));
        (exits.max().unwrap_or(Exit::Settled), document)
    }
}

/// The address as a file name that exists on every system and belongs to no other address.
fn file_name(address: &Address) -> String {
    let mut name = String::new();
    for c in address.normalized().chars() {
        match c {
            c if c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+') => name.push(c),
            c => name.extend(c.to_string().bytes().map(|byte| format!("%{byte:02x}"))),
        }
    }
    name
}

/// Letters and digits that no other test has.
fn unique() -> Result<String, Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Usage(format!("this computer gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
