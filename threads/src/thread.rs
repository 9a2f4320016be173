//! An attached thread, and its token.
//!
//! A `&mut Thread` proves that the calling thread is attached and stands at a point where it may be stopped:
//! whatever may run Python, block or collect takes one. The token cannot leave its thread.
//!
//! * INV-THREAD-1: a `Thread` exists on one operating-system thread and only while that thread is registered.
//! * INV-THREAD-2: outside [`Thread::detached`] the thread is attached.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroU16;
use std::ptr;

use crate::control::{Control, Requests};
use crate::object_lock;
use crate::spin::Patience;
use crate::sync::{Arc, Parker};
use crate::thread_local_cell;
use crate::turn::Turns;
use crate::waiter::Waiter;
use crate::world::{Seat, ThreadSlot, World};

/// The id of a registered thread: 1 to 65,534, given anew only after its last bearer's queues are drained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct ThreadId(NonZeroU16);

impl ThreadId {
    /// The id with this number, unless it is 0 or [`DETACHED_ID`].
    pub fn new(id: u16) -> Option<Self> {
        NonZeroU16::new(id).filter(|id| id.get() != DETACHED_ID).map(Self)
    }

    /// The number.
    #[inline(always)]
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// What a thread's layers keep beside its token: readable without the token, on its own thread only.
///
/// First what every instruction of Python reads: the machine's instructions that read it are short then.
#[repr(C)]
pub struct Context {
    id: ThreadId,
    /// The id while the thread is solo, [`DETACHED_ID`] while it is not.
    solo_id: Cell<u16>,
    /// 0 while the thread is solo, 1 while it is not.
    company: Cell<u8>,
    slot: *const ThreadSlot,
    extension: Cell<*mut ()>,
    language: Cell<*mut ()>,
    serial: u64,
    /// How often this thread has detached: every so often it looks whether somebody is left alone.
    pub(crate) detaches: Cell<u32>,
    /// Whether it stays away from a lock, and will be back soon.
    pub(crate) is_away: Cell<bool>,
    /// How long it waits awake before it sleeps.
    pub(crate) patience: Patience,
    /// Its turns at objects that others write too.
    turns: Turns,
    /// What this thread sleeps on in a [`Waiter`].
    pub(crate) parker: Parker,
    /// A waiter that is not in use.
    pub(crate) waiter: Cell<Option<Arc<Waiter>>>,
    world: Arc<World>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("Context");
        fields.field("id", &self.id).field("serial", &self.serial).field("solo", &self.is_solo());
        fields.finish_non_exhaustive()
    }
}

impl Context {
    /// The thread's id.
    #[inline(always)]
    pub fn id(&self) -> ThreadId {
        self.id
    }

    /// The thread's serial number, from 1: unlike its id it is never given to another.
    #[inline(always)]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether this is the only attached thread, so that locks, atomics and borrowing may be skipped.
    ///
    /// Changes only at this thread's own safepoints.
    #[inline(always)]
    pub fn is_solo(&self) -> bool {
        self.solo_id.get() != DETACHED_ID
    }

    /// The thread's id while it [is solo](Self::is_solo); otherwise an id that no thread has. One comparison with an object's owner
    /// tells whether the thread may touch the object, and what refers to it, by plain loads and stores.
    #[inline(always)]
    pub fn solo_id(&self) -> u16 {
        self.solo_id.get()
    }

    /// 1 while other threads may run, 0 while this one [is solo](Self::is_solo): for who puts flags together.
    #[inline(always)]
    pub fn company(&self) -> u8 {
        self.company.get()
    }

    /// This thread's turns, and whether it is called away from waiting for one.
    pub(crate) fn turns(&self) -> (&Turns, impl Fn() -> bool) {
        (&self.turns, || self.control().poll() != Control::QUIET)
    }

    pub(crate) fn set_solo(&self, solo: bool) {
        self.solo_id.set(if solo { self.id.get() } else { DETACHED_ID });
        self.company.set(u8::from(!solo));
    }

    /// What the layer above keeps for this thread; null before it has set anything.
    #[inline(always)]
    pub fn extension(&self) -> *mut () {
        self.extension.get()
    }

    /// Sets what [`extension`](Self::extension) returns.
    pub fn set_extension(&self, extension: *mut ()) {
        self.extension.set(extension);
    }

    /// What the language above keeps for this thread; null before it has set anything.
    #[inline(always)]
    pub fn language(&self) -> *mut () {
        self.language.get()
    }

    /// Sets what [`language`](Self::language) returns.
    pub fn set_language(&self, language: *mut ()) {
        self.language.set(language);
    }

    /// The world this thread is registered in.
    #[inline]
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &ThreadSlot {
        // SAFETY: slots live as long as their world, which `self.world` keeps alive.
        unsafe { &*self.slot }
    }

    /// This thread's control word.
    #[inline(always)]
    pub fn control(&self) -> &Control {
        &self.slot().control
    }
}

thread_local_cell! {
    /// The context of the thread that runs here, while it is attached.
    static CURRENT: *const Context = ptr::null()
}

/// What [`current_id`] returns on a thread that is not attached: no thread's id, and not the 0 that headers use for
/// "nobody", so that a detached thread is never taken for an owner.
pub const DETACHED_ID: u16 = u16::MAX;

thread_local_cell! {
    /// Its id while it is attached: what reference counting compares owners with.
    static CURRENT_ID: u16 = DETACHED_ID
}

/// The id of the attached thread that calls, or [`DETACHED_ID`].
#[inline(always)]
pub fn current_id() -> u16 {
    CURRENT_ID.with(Cell::get)
}

/// The context of the attached thread that calls, if there is one.
#[inline(always)]
pub fn current_context() -> Option<&'static Context> {
    let context = CURRENT.with(Cell::get);
    // SAFETY: INV-THREAD-1; set while the token, which owns the context, exists on this thread. The lifetime is
    // that of the attachment; callers do not keep it across a safepoint.
    unsafe { context.as_ref() }
}

pub(crate) fn set_current(context: Option<&Context>) {
    CURRENT.with(|c| c.set(context.map_or(ptr::null(), ptr::from_ref)));
    CURRENT_ID.with(|c| c.set(context.map_or(DETACHED_ID, |c| c.id().get())));
}

/// A registered thread. It stays where it is from its registration to its end, and is passed by reference: what it knows of itself lies in
/// it, so that whoever has the reference reads that at once.
#[derive(Debug)]
pub struct Thread {
    context: Context,
    /// Not `Send`, not `Sync`: INV-THREAD-1.
    _confined: PhantomData<*mut ()>,
}

impl std::ops::Deref for Thread {
    type Target = Context;

    #[inline(always)]
    fn deref(&self) -> &Context {
        &self.context
    }
}

/// The token of a registered thread, which is its [`Thread`]; dropping it ends the registration.
///
/// Two threads' tokens must not exchange what they hold (`mem::swap`): INV-THREAD-1 leaves nobody two at once.
#[derive(Debug)]
pub struct Token(Box<Thread>);

impl std::ops::Deref for Token {
    type Target = Thread;

    #[inline(always)]
    fn deref(&self) -> &Thread {
        &self.0
    }
}

impl std::ops::DerefMut for Token {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Thread {
        &mut self.0
    }
}

impl Token {
    pub(crate) fn new(world: Arc<World>, seat: Seat) -> Self {
        let Seat { id, serial } = seat;
        let slot = ptr::from_ref(world.slot(id));
        let context = Context {
            id,
            solo_id: Cell::new(DETACHED_ID),
            company: Cell::new(1),
            slot,
            extension: Cell::new(ptr::null_mut()),
            language: Cell::new(ptr::null_mut()),
            serial,
            detaches: Cell::new(0),
            is_away: Cell::new(false),
            patience: Patience::default(),
            turns: Turns::default(),
            parker: Parker::current(),
            waiter: Cell::new(None),
            world,
        };
        Self(Box::new(Thread { context, _confined: PhantomData }))
    }
}

impl Thread {
    /// The world, without keeping `self` borrowed and without counting it.
    #[inline]
    pub(crate) fn world_ref<'w>(&self) -> &'w World {
        // SAFETY: `Context::world` keeps the world alive until after `drop` of this token; callers use the
        // reference only while they hold the token.
        unsafe { &*Arc::as_ptr(self.world()) }
    }

    /// A safepoint: answers what is asked of this thread, and returns the requests that layers above must answer.
    ///
    /// # Concurrency
    /// May stop here until the world resumes, run finalizers, or give way to another thread.
    #[inline(always)]
    pub fn poll(&mut self) -> Requests {
        if self.control().poll() == Control::QUIET {
            #[cfg(debug_assertions)]
            object_lock::assert_no_locks_held("at a safepoint");
            return Requests::NONE;
        }
        self.poll_slow()
    }

    #[cold]
    #[inline(never)]
    fn poll_slow(&mut self) -> Requests {
        object_lock::assert_no_locks_held("at a safepoint");
        let world = self.world_ref();
        let asked = self.control().requested();
        if asked.contains(Requests::STOP) {
            world.suspend(self);
        }
        if asked.contains(Requests::GATE) {
            world.open_gate(self);
        }
        if asked.contains(Requests::GIL_DROP) {
            world.drop_gil(self);
        }
        if asked.contains(Requests::SOLO) {
            self.control().take(Requests::SOLO);
            world.try_become_solo(self);
        }
        let rest = self.control().requested().without(Requests::OWN);
        if rest.is_empty() { rest } else { world.hooks().answer(self, rest) }
    }

    /// Runs `blocking` detached: it may block for as long as it likes and must not touch objects.
    ///
    /// # Concurrency
    /// The world may be stopped meanwhile; this returns when the thread may run again.
    pub fn detached<R>(&mut self, blocking: impl FnOnce() -> R) -> R {
        struct Reattach<'a>(&'a mut Thread);
        impl Drop for Reattach<'_> {
            fn drop(&mut self) {
                self.0.world_ref().attach(self.0);
            }
        }
        object_lock::assert_no_locks_held("before a blocking call");
        self.world_ref().detach(self);
        let _reattach = Reattach(self);
        blocking()
    }
}

/// A model makes its threads' tokens before it spawns the threads, so that no preemption is spent on registering.
/// A token that has been put down may be picked up elsewhere.
#[cfg(loom)]
impl Thread {
    /// Makes the calling thread of the model no longer the one that runs as this.
    pub fn put_down(&self) {
        set_current(None);
    }

    /// Makes the calling thread of the model the one that runs as this.
    pub fn pick_up(&self) {
        assert_eq!(current_id(), DETACHED_ID, "INV-THREAD-1: one token an operating-system thread");
        set_current(Some(self));
    }

    /// The first half of [`detached`](Self::detached).
    pub fn begin_detached(&mut self) {
        self.world_ref().detach(self);
    }

    /// The second half of [`detached`](Self::detached).
    pub fn end_detached(&mut self) {
        self.world_ref().attach(self);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.world_ref().unregister(self);
    }
}
