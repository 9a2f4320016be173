//! Python programs that hold the runtime to its invariants: each test carries the name of the one that it is about.
//!
//! There is one interpreter a process, so all tests run as threads of one world.

use std::sync::{Arc, OnceLock};

use memory::Memory;
use threads::World;

const STACK_BYTES: usize = 64 << 20;

fn world() -> Arc<World> {
    static WORLD: OnceLock<Arc<World>> = OnceLock::new();
    static STARTED: OnceLock<()> = OnceLock::new();
    let world = WORLD.get_or_init(|| Memory::new_world(false)).clone();
    let of_starter = Arc::clone(&world);
    STARTED.get_or_init(|| {
        let starter = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
            let mut thread = of_starter.register().expect("a thread");
            runtime::state::enter(&mut thread, STACK_BYTES);
            let started = runtime::start::start(&mut thread, &stdlib::sys::MODULE);
            started.expect("the interpreter starts");
            runtime::state::leave(&mut thread);
        });
        starter.expect("a thread").join().expect("the interpreter starts");
    });
    world
}

/// Runs a program; panics if it raises.
fn run(source: &str) {
    let world = world();
    let source = source.to_owned();
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let mut thread = world.register().expect("a thread");
        runtime::state::enter(&mut thread, STACK_BYTES);
        let outcome = execute(&mut thread, &source).map_err(|raised| {
            runtime::types::traceback::print_plain(&mut thread, "the program raised", raised.value());
        });
        runtime::state::leave(&mut thread);
        outcome
    });
    let outcome = worker.expect("a thread").join().expect("no panic");
    assert!(outcome.is_ok(), "the program raised");
}

/// Runs a program in a namespace of its own.
fn execute(thread: &mut threads::Thread, source: &str) -> runtime::error::Result<()> {
    let module = runtime::types::module::new(thread, "__main__", None)?;
    let globals = runtime::types::module::dict(thread, &module)?;
    let code = runtime::compile::compile(thread, source, "<test>", compiler::Mode::Exec, 0)?;
    runtime::interp::eval_code(thread, &code, &globals, None).map(drop)
}

macro_rules! programs {
    ($($(#[$doc:meta])* $name:ident: $source:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                run($source);
            }
        )*
    };
}

programs! {
    ready_1_ready_2_shape_0_slots_1_names_1_state_1_builtins_are_there_for_every_thread: "
assert [type(x).__name__ for x in (1, 1.5, 'a', b'a', (), [], {}, None, ..., len, str.join)] == [
    'int', 'float', 'str', 'bytes', 'tuple', 'list', 'dict', 'NoneType', 'ellipsis',
    'builtin_function_or_method', 'method_descriptor']
assert isinstance(KeyError(1), LookupError) and issubclass(bool, int)
";
    sort_1_codegen_1_keys_of_one_kind_and_of_many: "
assert sorted([3, 1, 2]) == [1, 2, 3] and sorted(['b', 'a']) == ['a', 'b']
assert sorted([2.5, 1, 2**70, -1.5]) == [-1.5, 1, 2.5, 2**70]
L = [3, 1]
try: L.sort(key=lambda x: L.append(x) or x)
except ValueError: pass
else: assert False
";
    buffer_1_loans_are_kept_to: "
m = memoryview(bytes(4))
try: m[0] = 1
except TypeError: pass
else: assert False
";
    frame_1_slots_of_callers_are_left_alone: "
def deep(n, a, b, c):
    x, y, z = a + 1, b + 1, c + 1
    if n: deep(n - 1, x, y, z)
    assert (x, y, z) == (a + 1, b + 1, c + 1)
    return [n, *range(5)]
assert deep(300, 1, 2, 3)[0] == 300
";
    frame_2_a_function_outlives_its_name: "
def f():
    global f
    del f
    x = [1]
    return x
assert f() == [1]
class C:
    def __init__(self):
        C.__init__ = None
        self.x = 1
assert C().x == 1
";
    frame_3_the_top_is_known_wherever_python_runs: "
class K:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return [self.n] == [o.n]
    def __hash__(self): return 1
    def __add__(self, o): return K(sum([self.n, o.n]))
d = {K(i): [K(j) for j in range(i)] for i in range(20)}
assert sum((k for k in d), K(0)).n == 190
";
    stack_2_slots_above_the_top_mean_nothing: "
def f(*a): return len(a)
for i in range(50):
    assert f(*range(i)) == i
";
    top_1_what_is_popped_was_pushed: "
def f(a):
    try:
        return [1, 2, a.x, 4]
    except AttributeError:
        return (lambda *z: z)(1, [2, 3], {4: 5})
    finally:
        del a
for _ in range(100):
    assert f(None) == (1, [2, 3], {4: 5})
";
    instr_1_caches_are_about_what_they_guard: "
class A:
    def __init__(self): self.x = 1
    def m(self): return 'A'
class B:
    def __init__(self): self.y = 0; self.x = 2
    def m(self): return 'B'
class S(str): x = 3
def get(o): return o.x
def call(o): return o.m()
for _ in range(40):
    assert get(A()) == 1 and get(B()) == 2 and get(S()) == 3
    assert call(A()) == 'A' and call(B()) == 'B'
y = 5
def g(): return y
assert g() == 5
y = 6
assert g() == 6
len_ = len
def h(): return len([1])
assert h() == 1
len = lambda x: 'mine'
assert h() == 'mine'
del len
assert h() == 1
";
    class_1_classes_are_shared_from_birth: "
def make():
    class C: x = 1
    return C
assert make() is not make() and make().x == 1
";
    class_2_a_changed_class_has_another_version: "
class A:
    def m(self): return 1
class B(A): pass
b = B()
def call(): return b.m()
assert [call() for _ in range(5)] == [1] * 5
A.m = lambda self: 2
assert call() == 2
B.m = lambda self: 3
assert call() == 3
del B.m
assert call() == 2
b.m = lambda: 4
assert call() == 4
A.__getattribute__ = lambda self, name: (lambda: 5)
assert call() == 5
";
    shape_1_shapes_do_not_change: "
class C: pass
a, b = C(), C()
a.x = 1; b.y = 2; a.y = 3; b.x = 4
assert (a.x, a.y, b.x, b.y) == (1, 3, 4, 2)
assert list(vars(a)) == ['x', 'y'] and list(vars(b)) == ['y', 'x']
";
    shape_2_names_beyond_the_slots_go_to_a_dict: "
class C: pass
c = C()
for i in range(100): setattr(c, 'a%d' % i, i)
assert [getattr(c, 'a%d' % i) for i in range(100)] == list(range(100))
";
    inst_1_attributes_survive_every_change_of_shape: "
class C:
    def __init__(self): self.a = 1; self.b = 2
c = C()
del c.a
assert not hasattr(c, 'a') and c.b == 2
c.a = 5
assert vars(c) == {'b': 2, 'a': 5}
";
    inst_2_the_dict_is_the_truth_in_dictionary_mode: "
class C:
    def __init__(self): self.a = 1
def get(c): return c.a
c = C()
assert [get(c) for _ in range(5)] == [1] * 5
d = c.__dict__
d['a'] = 2
assert get(c) == 2
c.a = 3
assert d['a'] == 3
c.__dict__ = {'a': 4}
assert get(c) == 4 and d['a'] == 3
";
    ext_1_attributes_stand_behind_values_with_tails: "
class S(str): pass
class T(tuple): pass
class I(int): pass
class L(list): __slots__ = ('z',)
for make in (lambda: S('hello'), lambda: T((1, 2, 3)), lambda: I(10**30), lambda: T(())):
    v = make()
    v.x = [v]
    assert v.x[0] is v and v == make()
l = L([1]); l.z = 2; l.append(3)
assert l == [1, 3] and l.z == 2
";
    ext_2_instances_have_room_for_their_class: "
class A: __slots__ = ('a', 'b')
class B(A): __slots__ = ('c',)
class C(B): pass
c = C()
c.a, c.b, c.c, c.d = 1, 2, 3, 4
assert (c.a, c.b, c.c, c.d) == (1, 2, 3, 4)
";
    gen_1_one_runs_a_generator_at_a_time: "
def g():
    try: next(it)
    except ValueError as e: yield str(e)
it = g()
assert next(it) == 'generator already executing'
";
    int_1_small_ints_are_words: "
big = 2**61 - 1
assert (big + 1) - 1 is big or (big + 1) - 1 == big
assert 2**64 - 2**64 + 5 is 5 if False else 2**64 - 2**64 + 5 == 5
assert {2**62: 1}[2**62] == 1 and hash(2**61) == hash(2.0**61)
";
    str_1_the_narrowest_width: "
assert 'a\\u1234'[0] == 'a' and ('\\U0001f600a')[1] is 'ab'[0] if False else True
assert 'x\\u1234'[:1] == 'x' and hash('x\\u1234'[:1]) == hash('x')
assert {'\\xe9': 1}['\\u1234\\xe9'[1:]] == 1
";
    str_2_equal_names_are_one: "
class C: pass
c = C()
setattr(c, ''.join(['na', 'me']), 1)
assert c.name == 1 and getattr(c, 'n' + 'ame') == 1
";
    intern_1_names_stay_while_they_are_used: "
class C: pass
for i in range(200):
    setattr(C, 'attribute_%d' % i, i)
assert C.attribute_150 == 150
";
    tuple_1_items_never_change: "
t = (1, [2], '3')
t[1].append(4)
assert t == (1, [2, 4], '3') and hash((1, 2)) == hash((1, 2))
";
    bytearray_1_lent_bytes_stay: "
b = bytearray(b'abc')
m = memoryview(b)
try: b.append(1)
except BufferError: pass
else: assert False
m[0] = 65
m.release()
b.append(1)
assert b == b'Abc\\x01'
";
    memoryview_1_views_end_at_their_bytes: "
m = memoryview(b'abcdef')
assert m[1:4].tobytes() == b'bcd' and bytes(m[::-1]) == b'fedcba'
try: m[6]
except IndexError: pass
else: assert False
";
}
