//! A growable sequence: guarded state and leaf locks.

use memory::{Exclusive, Guarded, Held, Object, OutOfMemory, Trace, Value, Visitor};
use threads::Thread;

/// A growable sequence.
#[derive(Debug)]
pub struct List {
    items: Guarded<Vec<Held>>,
}

// SAFETY: every item is visited.
unsafe impl Trace for List {
    const NAME: &'static str = "list";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        // SAFETY: this is `Trace::trace`.
        let items = unsafe { self.items.peek() };
        items.iter().for_each(|item| visitor.value(item.value()));
    }
}

crate::shape! {
    /// Of [`List`].
    LIST: List
}

fn items(list: &List) -> &Guarded<Vec<Held>> {
    &list.items
}

/// Makes an empty list.
///
/// # Errors
/// [`OutOfMemory`].
pub fn new_list(thread: &mut Thread) -> Result<Value, OutOfMemory> {
    LIST.allocate(thread, List { items: Guarded::new(Vec::new()) })
}

/// The list behind `value`.
///
/// # Panics
/// If it is none.
#[inline(always)]
fn list_of(value: &Value) -> &Object<List> {
    Object::of(value, &LIST).expect("a list")
}

/// Appends `item`.
///
/// # Panics
/// If `list` is no list.
#[inline(always)]
pub fn list_push(thread: &mut Thread, list: &Value, item: Value) {
    let mut section = Exclusive::open(thread, list_of(list));
    let item = section.hold(item);
    section.get(items).push(item);
}

/// Exchanges what two different lists hold.
///
/// # Panics
/// If one is no list, or both are one.
pub fn list_exchange(thread: &mut Thread, a: &Value, b: &Value) {
    let (mut a, mut b) = Exclusive::open_both(thread, list_of(a), list_of(b));
    std::mem::swap(a.get(items), b.get(items));
}

/// Removes and returns the last item.
///
/// # Panics
/// If `list` is no list.
pub fn list_pop(thread: &mut Thread, list: &Value) -> Option<Value> {
    let mut section = Exclusive::open(thread, list_of(list));
    let item = section.get(items).pop()?;
    Some(section.hand_out(item))
}

/// A counted reference to the item at `index`.
///
/// # Panics
/// If `list` is no list.
pub fn list_get(thread: &mut Thread, list: &Value, index: usize) -> Option<Value> {
    let mut section = Exclusive::open(thread, list_of(list));
    section.get(items).get(index).map(|item| item.value().clone())
}

/// Removes all items; calls `inside` with the tally's live nodes while the critical section is still open.
///
/// # Panics
/// If `list` is no list.
pub fn list_clear(thread: &mut Thread, list: &Value, inside: impl FnOnce(usize), tally: &crate::Tally) {
    let mut section = Exclusive::open(thread, list_of(list));
    section.get(items).clear();
    inside(tally.alive());
}

/// The number of items.
///
/// # Panics
/// If `list` is no list.
pub fn list_len(thread: &mut Thread, list: &Value) -> usize {
    let mut section = Exclusive::open(thread, list_of(list));
    section.get(items).len()
}
