//! The member as a template sees it: objects that print themselves as tokens and hold no data.
//!
//! Comes in: what a template does with `member` and `unsubscribe_url`. Goes out: the slots, how often each was
//! printed, and what the template must not do with them. No member's data ever comes here.

use std::cmp::Ordering;
use std::fmt::{self, Formatter};
use std::sync::{Arc, Mutex, MutexGuard};

use minijinja::value::{DynObject, Enumerator, Kwargs, Object, ObjectRepr, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use crate::render::email::slot::{Slot, Slots};

/// What one mail's templates did with slots.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) slots: Slots,
    /// How often each slot was printed since the last [`Record::take_printed`], by index.
    printed: Vec<usize>,
    /// Names of slots that a template looked into.
    looked_at: Vec<String>,
}

impl Record {
    /// How often each slot was printed, by index; counting begins anew.
    pub(super) fn take_printed(&mut self) -> Vec<usize> {
        let mut printed = std::mem::take(&mut self.printed);
        printed.resize(self.slots.list.len(), 0);
        printed
    }

    pub(super) fn take_looked_at(&mut self) -> Vec<String> {
        std::mem::take(&mut self.looked_at)
    }
}

/// The record, shared with the objects that the template engine holds.
#[derive(Debug, Clone)]
pub(super) struct Recorder(Arc<Mutex<Record>>);

impl Recorder {
    pub(super) fn new(nonce: String) -> Recorder {
        Recorder(Arc::new(Mutex::new(Record { slots: Slots::new(nonce), printed: vec![], looked_at: vec![] })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("nothing panics while it holds the record")
    }

    /// `member`.
    pub(super) fn member(&self) -> Value {
        Value::from_object(Member(self.clone()))
    }

    /// A slot by its field, as the template writes it in `name`.
    pub(super) fn slot(&self, field: &str, default: Option<String>, name: String) -> Value {
        let slot = Slot { field: field.to_owned(), default };
        Value::from_object(SlotValue { slot, name, recorder: self.clone() })
    }

    fn looked_at(&self, name: &str) {
        let mut record = self.lock();
        if !record.looked_at.iter().any(|known| known == name) {
            record.looked_at.push(name.to_owned());
        }
    }
}

/// `member`: every attribute is a slot.
#[derive(Debug)]
struct Member(Recorder);

impl Object for Member {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let field = key.as_str()?;
        Some(self.0.slot(field, None, format!("member.{field}")))
    }

    /// `member.get("city", default="…")`.
    fn call_method(self: &Arc<Self>, _state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if method != "get" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        let (field, options): (&str, Kwargs) = from_args(args)?;
        let default: Option<String> = options.get("default")?;
        options.assert_all_used()?;
        Ok(self.0.slot(field, default, format!("member.{field}")))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.0.looked_at("member");
        true
    }

    fn render(self: &Arc<Self>, _: &mut Formatter<'_>) -> fmt::Result {
        self.0.looked_at("member");
        Ok(())
    }
}

/// One slot; printing it is all that can be done with it.
#[derive(Debug)]
struct SlotValue {
    slot: Slot,
    /// As the template writes it.
    name: String,
    recorder: Recorder,
}

impl Object for SlotValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.recorder.looked_at(&self.name);
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.recorder.looked_at(&self.name);
        true
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<SlotValue>()?;
        self.recorder.looked_at(&self.name);
        Some(self.name.cmp(&other.name))
    }

    fn render(self: &Arc<Self>, f: &mut Formatter<'_>) -> fmt::Result {
        let mut record = self.recorder.lock();
        let index = record.slots.add(self.slot.clone());
        if record.printed.len() <= index {
            record.printed.resize(index + 1, 0);
        }
        record.printed[index] += 1;
        f.write_str(&record.slots.token(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str) -> (Result<String, Error>, Recorder) {
        let recorder = Recorder::new("0123456789abcdef".to_owned());
        let environment = minijinja::Environment::new();
        let context = Value::from_pairs([("member", recorder.member())]);
        (environment.render_str(template, context), recorder)
    }

    #[test]
    fn a_member_prints_tokens_and_records_slots_with_defaults() {
        let (text, recorder) =
            render("{{ member.first_name }} {{ member.get('city', default='Köln') }} {{ member.first_name }}");
        assert_eq!(text.expect("renders"), "slot0123456789abcdefn0e slot0123456789abcdefn1e slot0123456789abcdefn0e");
        let mut record = recorder.lock();
        assert_eq!(record.slots.list[1], Slot { field: "city".into(), default: Some("Köln".into()) });
        assert_eq!((record.take_printed(), record.take_looked_at()), (vec![2, 1], vec![]));
    }

    #[test]
    fn testing_comparing_and_looping_are_recorded() {
        for template in [
            "{% if member.vip %}x{% endif %}",
            "{{ member.city or 'x' }}",
            "{{ member.city == member.town }}",
            "{{ 'x' if not member.vip }}",
            "{% if member %}x{% endif %}",
        ] {
            let (_, recorder) = render(template);
            assert_eq!(recorder.lock().take_looked_at().len(), 1, "{template}");
        }
    }

    #[test]
    fn looping_over_a_slot_is_refused_by_the_engine() {
        assert!(render("{% for c in member.city %}x{% endfor %}").0.is_err());
        assert!(render("{{ member.city|length }}").0.is_err());
    }
}
