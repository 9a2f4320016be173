//! Operations on objects, private or not: making, linking, lists, weak references.

use memory::{Header, Object, Slot, StackRef, Value};
use mock::{Node, NodeOptions, list_get, list_len, list_pop, list_push, node_of, pair_of};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering};

use crate::actor::{Actor, look};
use crate::board::{Sort, board_of};
use crate::step::Step;

/// Places on the board to which finalizers return their nodes.
const HOMES: u64 = 8;

/// Puts a node with a finalizer back on the board that its last slot refers to.
fn revive(thread: &mut Thread, node: &Object<Node>, value: &Value) {
    let home = node.payload().slots[2].get(node.header());
    if let Some(board) = home.as_ref().and_then(board_of) {
        let place = Sort::Node.place(node.payload().serial, HOMES);
        drop(board.payload().places[place].replace(thread, board.header(), Some(value.clone())));
    }
}

/// Makes and drops things, as a finalizer may.
fn busy(thread: &mut Thread, node: &Object<Node>, value: &Value) {
    node.payload().assert_alive();
    let pair = mock::new_pair(thread, Some(value.clone()), None).expect("memory");
    memory::stack(thread).enter_frame();
    memory::stack(thread).push(StackRef::from_value(pair)).expect("room");
    memory::stack(thread).leave_frame();
    drop(node.payload().slots[0].replace(thread, node.header(), None));
}

/// The slot of a node or a pair that `choice` selects.
fn slot_of(value: &Value, choice: u64) -> Option<(&Header, &Slot)> {
    let slot = if let Some(node) = node_of(value) {
        node.payload().assert_alive();
        &node.payload().slots[choice as usize % 3]
    } else {
        let pair = pair_of(value)?.payload();
        if choice.is_multiple_of(2) { &pair.first } else { &pair.second }
    };
    Some((value.header()?, slot))
}

impl Actor {
    fn new_node(&mut self, choice: u64) -> Value {
        let serial = self.shared.serial.fetch_add(1, Ordering::Relaxed);
        let (finalizer, resurrect) = match choice % 10 {
            0 => (true, None),
            1 => (true, Some(revive as mock::Resurrect)),
            2 => (true, Some(busy as mock::Resurrect)),
            _ => (false, None),
        };
        let tally = Arc::clone(&self.shared.tally);
        let node = mock::new_node(&mut self.th, &tally, NodeOptions { finalizer, resurrect, serial });
        let node = node.expect("memory");
        if let (1, Some(object)) = (choice % 10, node_of(&node)) {
            drop(object.payload().slots[2].replace(&self.th, object.header(), Some(self.board.clone())));
        }
        node
    }

    pub(crate) fn make_node(&mut self, step: Step) {
        let node = self.new_node(step.b);
        self.keep(self.place(Sort::Node, step.a), Some(node));
    }

    pub(crate) fn make_other(&mut self, step: Step) {
        let (first, second) = (self.root(step.b).cloned(), self.root(step.c).cloned());
        let th = &mut self.th;
        let (sort, value) = match step.b % 5 {
            0 => (Sort::List, mock::new_list(th)),
            1 => (Sort::Node, mock::new_leaf(th, step.c)),
            _ => (Sort::Node, mock::new_pair(th, first, second)),
        };
        let value = value.expect("memory");
        self.keep(self.place(sort, step.a), Some(value));
    }

    pub(crate) fn make_ring(&mut self, step: Step) {
        let first = self.new_node(step.b);
        let mut last = first.clone();
        for i in 0..step.a % 6 {
            let next = self.new_node(step.b.rotate_right(7 * i as u32));
            self.store(&next, 0, Some(last));
            last = next;
        }
        self.store(&first, 1, Some(last));
        if step.c.is_multiple_of(3) {
            self.keep(self.place(Sort::Node, step.c / 3), Some(first));
        }
    }

    pub(crate) fn make_deep(&mut self, step: Step) {
        let mut head = self.new_node(step.c);
        for i in 0..step.b % 3000 {
            if i % 16 == 0 {
                let next = self.new_node(3 + i % 7);
                self.store(&next, 0, Some(head));
                head = next;
            } else {
                head = mock::new_pair(&mut self.th, Some(head), None).expect("memory");
            }
        }
        if step.c.is_multiple_of(3) {
            self.keep(self.place(Sort::Node, step.a), Some(head));
        } else {
            self.put(self.place(Sort::Node, step.a), Some(head));
        }
    }

    /// Stores `value` in a slot of `holder`, if it has one.
    pub(crate) fn store(&self, holder: &Value, choice: u64, value: Option<Value>) {
        if let Some((header, slot)) = slot_of(holder, choice) {
            drop(slot.replace(&self.th, header, value));
        }
    }

    pub(crate) fn link(&mut self, step: Step) {
        let (Some(holder), value) = (self.root(step.a), self.root(step.b).cloned()) else { return };
        self.store(holder, step.c, value);
    }

    pub(crate) fn unlink(&mut self, step: Step) {
        if let Some(holder) = self.root(step.a) {
            self.store(holder, step.c, None);
        }
    }

    pub(crate) fn take_out(&mut self, step: Step) {
        let Some(holder) = self.root(step.a) else { return };
        let Some((header, slot)) = slot_of(holder, step.b) else { return };
        let taken = slot.replace(&self.th, header, None).keep();
        match step.c % 3 {
            0 => self.keep(self.any_place(step.c / 3), taken),
            1 => self.put(self.any_place(step.c / 3), taken),
            _ => match self.root(step.c / 3) {
                Some(holder) => self.store(holder, step.b, taken),
                None => drop(taken),
            },
        }
    }

    pub(crate) fn forget(&mut self, step: Step) {
        self.keep(self.any_place(step.a), None);
    }

    pub(crate) fn make_class(&mut self, step: Step) {
        let attribute = Slot::new(self.root(step.b).cloned());
        let class = mock::CLASS.allocate(&self.th, mock::Class { attribute }).expect("memory");
        for i in 0..step.c % 4 {
            let instance = mock::new_instance(&mut self.th, &class).expect("memory");
            self.keep(self.place(Sort::Node, step.c / 4 + i), Some(instance));
        }
        self.keep(self.place(Sort::Class, step.a), Some(class));
    }

    pub(crate) fn make_weak(&mut self, step: Step) {
        let Some(target) = self.any(step.a) else { return };
        let called = (step.b.is_multiple_of(2)).then(Arc::<AtomicUsize>::default);
        if let Some(called) = &called {
            self.shared.weak.lock().all.push(Arc::clone(called));
        }
        let weak = mock::new_weak(&mut self.th, &target, called).expect("memory");
        let place = self.place(Sort::Weak, step.c / 4);
        match step.c % 4 {
            0 => self.put(place, Some(weak)),
            1 => self.store(&target, step.c, Some(weak)),
            _ => self.keep(place, Some(weak)),
        }
    }

    pub(crate) fn upgrade(&mut self, step: Step) {
        let place = self.place(Sort::Weak, step.a);
        let weak = if step.b.is_multiple_of(2) { self.roots[place].clone() } else { self.read_board(place) };
        let Some(weak) = weak else { return };
        let target = mock::upgrade(&self.th, &weak);
        target.as_ref().into_iter().for_each(look);
        if step.b % 4 < 2 {
            self.keep(self.place(Sort::Node, step.c), target);
        }
    }

    /// A root or something on the board.
    pub(crate) fn any(&self, choice: u64) -> Option<Value> {
        if choice.is_multiple_of(2) {
            self.root(choice / 2).cloned()
        } else {
            self.read_board(self.any_place(choice / 2))
        }
    }

    fn list(&self, choice: u64) -> Option<Value> {
        let place = self.place(Sort::List, choice / 2);
        let list = if choice.is_multiple_of(2) { self.roots[place].clone() } else { self.read_board(place) };
        list.filter(|value| value.header().is_some_and(|header| header.desc().name == "list"))
    }

    pub(crate) fn push(&mut self, step: Step) {
        if let (Some(list), Some(item)) = (self.list(step.a), self.any(step.b)) {
            list_push(&mut self.th, &list, item);
        }
    }

    pub(crate) fn pop(&mut self, step: Step) {
        if let Some(list) = self.list(step.a) {
            let item = list_pop(&mut self.th, &list);
            item.as_ref().into_iter().for_each(look);
            self.keep(self.any_place(step.b), item);
        }
    }

    pub(crate) fn get(&mut self, step: Step) {
        if let Some(list) = self.list(step.a) {
            let length = list_len(&mut self.th, &list).max(1);
            let item = list_get(&mut self.th, &list, step.b as usize % length);
            item.as_ref().into_iter().for_each(look);
            self.keep(self.any_place(step.c), item);
        }
    }

    pub(crate) fn drain(&mut self, step: Step) {
        if let Some(list) = self.list(step.a) {
            while list_pop(&mut self.th, &list).is_some() {}
        }
    }
}
