//! Operations on what threads share: the board, borrowing, handing over, locks.

use memory::{Published, StackRef, Value, stack};
use mock::node_of;
use threads::object_lock;

use crate::actor::{Actor, look, with_borrowed};
use crate::board::{Board, Sort, board_of};
use crate::step::Step;
use memory::Object;

/// Slots on the evaluation stack at which the running frame is emptied.
const DEEP: usize = 200;
const FRAMES: usize = 6;

impl Actor {
    fn board(&self) -> &Object<Board> {
        board_of(&self.board).expect("the board is one")
    }

    /// Stores on the board.
    pub(crate) fn put(&self, place: usize, value: Option<Value>) {
        let board = self.board();
        drop(board.payload().places[place].replace(&self.th, board.header(), value));
    }

    /// A counted reference to what the board holds.
    pub(crate) fn read_board(&self, place: usize) -> Option<Value> {
        let board = self.board();
        let value = board.payload().places[place].get(board.header());
        value.as_ref().into_iter().for_each(look);
        value
    }

    pub(crate) fn publish(&mut self, step: Step) {
        // Mostly to a place of the root's own sort.
        let from = self.any_place(step.a);
        let to = if step.b.is_multiple_of(8) { self.any_place(step.b / 8) } else { from };
        let value = if step.c.is_multiple_of(2) { self.roots[from].take() } else { self.roots[from].clone() };
        self.put(to, value);
    }

    pub(crate) fn read(&mut self, step: Step) {
        let from = self.any_place(step.a);
        let to = if step.b.is_multiple_of(8) { self.any_place(step.b / 8) } else { from };
        let value = self.read_board(from);
        self.keep(to, value);
    }

    pub(crate) fn clear(&mut self, step: Step) {
        self.put(self.any_place(step.a), None);
    }

    pub(crate) fn move_shared(&mut self, step: Step) {
        let board = self.board();
        let place = &board.payload().places[self.any_place(step.a)];
        let taken = place.replace(&self.th, board.header(), None).keep();
        self.put(self.any_place(step.b), taken);
    }

    pub(crate) fn exchange(&mut self, step: Step) {
        let Some(value) = self.root(step.b).cloned() else { return };
        let board = self.board();
        let place = &board.payload().places[self.any_place(step.a)];
        let expected = place.get(board.header());
        let word = expected.as_ref().map_or(memory::word::Word::EMPTY, Value::word);
        if let Ok(displaced) = place.replace_if(&self.th, board.header(), word, value) {
            drop(displaced.keep());
        }
    }

    pub(crate) fn borrow(&mut self, step: Step) {
        let stack = stack(&self.th);
        if stack.depth() > DEEP {
            while let Some(reference) = stack.pop() {
                reference.release();
            }
        }
        let board = self.board();
        let mut next = board.payload().places[self.any_place(step.a)].borrow(&self.th, board.header());
        for level in 0..=step.b % 4 {
            if stack.push(next).is_err() {
                return;
            }
            let child = with_borrowed(next, |value| {
                look(value);
                let node = node_of(value)?;
                let slot = &node.payload().slots[(step.c >> (2 * level)) as usize % 3];
                Some(slot.borrow(&self.th, node.header()))
            });
            match child.flatten() {
                Some(child) => next = child,
                None => return,
            }
        }
        next.release();
    }

    pub(crate) fn frame(&mut self, step: Step) {
        let stack = stack(&self.th);
        match step.a % 6 {
            0 if self.frames < FRAMES => {
                stack.enter_frame();
                self.frames += 1;
            }
            1 if self.frames > 0 => {
                stack.leave_frame();
                self.frames -= 1;
            }
            2 => {
                if let Some(reference) = stack.pop() {
                    reference.release();
                }
            }
            3 => {
                let value = self.root(step.c).cloned();
                let reference = value.map_or(StackRef::EMPTY, StackRef::from_value);
                stack.set_local(step.b as usize % 8, reference);
            }
            _ => {
                if let Some(reference) = stack.local(step.b as usize % 16) {
                    with_borrowed(reference, look);
                }
            }
        }
    }

    pub(crate) fn unborrow(&mut self, step: Step) {
        let Some(reference) = stack(&self.th).pop() else { return };
        let value = reference.into_value();
        let place = self.any_place(step.b);
        if step.a.is_multiple_of(2) { self.put(place, value) } else { self.keep(place, value) }
    }

    pub(crate) fn send(&mut self, step: Step) {
        let place = self.any_place(step.a);
        let value =
            if step.c.is_multiple_of(2) { self.roots[place].take() } else { self.roots[place].clone() };
        if let Some(value) = value
            && let Err(refused) = self.shared.send(step.b, Published::new(value))
        {
            self.keep(place, Some(refused.into_value()));
        }
    }

    pub(crate) fn receive(&mut self, step: Step) {
        if let Some(value) = self.shared.receive(step.a) {
            let value = value.into_value();
            look(&value);
            self.keep(self.place(Sort::Node, step.b), Some(value));
        }
    }

    pub(crate) fn lock_pair(&mut self, step: Step) {
        let (a, b) = (self.read_board(self.any_place(step.a)), self.read_board(self.any_place(step.b)));
        if let (Some(a), Some(b)) = (a.as_ref().and_then(Value::header), b.as_ref().and_then(Value::header)) {
            let pair = object_lock::lock_pair(&a.lock, &b.lock);
            // SAFETY: locked by the line above.
            unsafe { object_lock::unlock_pair(pair) };
        }
    }
}
