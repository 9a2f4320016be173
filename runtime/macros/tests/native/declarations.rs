//! The tables: names, signatures, documentation, flags.

use crate::native::{
    ClassFlags, Constant, Finalizer, Kind, Params, Payload, Slots, Thread, TraceFields, Value, Visitor,
};
use crate::sequence::{Hidden, List, methods};

/// What the macros do not know, but which has nothing to drop.
#[derive(Clone, Copy)]
pub struct Pair(pub i64, pub i64);

#[native::module("constants", doc = "Some of them.", classes(List, Hidden))]
pub mod constants {
    use crate::sequence::{Hidden, List};

    #[name("pi")]
    pub const PI: f64 = 3.0;
    pub const MAGIC: u16 = 20;
    pub const WORD: &str = "word";
    #[cfg(not(test))]
    pub const ABSENT: bool = false;
    pub const PRESENT: bool = true;

    /// Not here.
    #[cfg(not(test))]
    pub fn absent() {}

    /// Here, though its signature is not shown.
    #[sig("(x, /)", hidden)]
    pub fn present(x: i64) -> i64 {
        x
    }
}

#[test]
fn a_module_has_constants_functions_and_classes() {
    let module = &constants::MODULE;
    assert_eq!((module.name, module.doc), ("constants", "Some of them."));
    let constants: Vec<_> = module.constants.iter().map(|(name, value)| (*name, value)).collect();
    let expected = [
        ("pi", &Constant::Float(3.0)),
        ("MAGIC", &Constant::Int(20)),
        ("WORD", &Constant::Str("word")),
        ("PRESENT", &Constant::Bool(true)),
    ];
    assert_eq!(constants, expected);
    let functions: Vec<_> =
        module.functions.iter().map(|def| (def.qualname, def.signature, def.kind)).collect();
    assert_eq!(functions, [("constants.present", None, Kind::Function)]);
    let classes: Vec<_> = module.classes.iter().map(|class| class().name).collect();
    assert_eq!(classes, ["list", "hidden"]);
    assert!(module.init.is_none());
}

#[test]
fn a_module_is_initialized() {
    let mut th = Thread::default();
    crate::calls::functions::MODULE.init.expect("declared")(&mut th, &Value::None).expect("no error");
    assert_eq!(th.bound, 100);
}

#[test]
fn signatures_are_written_in_one_form() {
    let names = |defs: &'static [crate::native::NativeDef]| {
        defs.iter()
            .map(|def| format!("{}{}", def.qualname, def.signature.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let expected = [
        "calls.nothing($module, /)",
        "calls.args($module, def, names, /)",
        "calls.call($module, receiver, /)",
        "calls.named($module, /, a, b=2, *, c=-3, d=None)",
        "calls.required($module, /, *, key)",
        "calls.pop($module, key, default=<unrepresentable>, /)",
        "calls.literals($module, text='a\\'b', flag=False, stop=sys.maxsize, number=-0.5, whole=1, /)",
        "calls.rest($module, first, /, *others)",
        "calls.print($module, /, *args, sep=' ')",
        "calls.all($module, self, /, *args, **kwargs)",
    ];
    assert_eq!(names(crate::calls::functions::MODULE.functions), expected);
    let expected = [
        "list.append($self, item, /)",
        "list.pop($self, index=-1, /)",
        "list.count($self, item, /)",
        "list.in($self, /)",
        "list.__reversed__($self, /)",
        "list.number($self, more, /)",
        "list.fromkeys($type, iterable, value=None, /)",
        "list.maketrans(x, /)",
    ];
    assert_eq!(names(methods::METHODS), expected);
    assert_eq!((methods::NEW.qualname, methods::NEW.signature), ("list", Some("(*args, **kwargs)")));
}

#[test]
fn parameters_are_counted() {
    let find = |name| {
        crate::calls::functions::MODULE.functions.iter().find(|def| def.name == name).map(|def| def.params)
    };
    let none = Params {
        posonly: 0,
        positional: 0,
        required: 0,
        names: &[],
        kwonly_required: 0,
        var_positional: false,
        var_keyword: false,
    };
    assert_eq!(find("nothing"), Some(&none));
    let named = Params { positional: 2, required: 1, names: &["a", "b", "c", "d"], ..none };
    assert_eq!(find("named"), Some(&named));
    let required = Params { positional: 0, required: 0, names: &["key"], kwonly_required: 1, ..named };
    assert_eq!(find("required"), Some(&required));
    let all = Params {
        posonly: 1,
        positional: 1,
        required: 1,
        names: &["self"],
        kwonly_required: 0,
        var_positional: true,
        var_keyword: true,
    };
    assert_eq!(find("all"), Some(&all));
}

#[test]
fn the_doc_ends_before_the_first_heading() {
    assert_eq!(methods::METHODS[0].doc, "Append an integer.\n\nReally.");
    assert_eq!(methods::GETSETS[0].doc, Some("The number of items."));
}

#[test]
fn a_class_is_described() {
    let list = List::def();
    assert_eq!((list.name, list.module, list.doc), ("list", "builtins", Some("A list of integers.")));
    assert_eq!(list.flags, ClassFlags(1 | 4 | 8));
    assert!(list.base.is_none());
    assert_eq!(list.methods.iter().flat_map(|table| table.iter()).count(), methods::METHODS.len());
    assert_eq!(list.getsets[0].len(), 3);
    assert_eq!((list.new.is_some(), list.signature), (true, Some("(*args, **kwargs)")));
    let slots = Slots::default();
    (list.slots)(&slots);
    assert_eq!(*slots.installed.lock().expect("not poisoned"), ["iter", "repr"]);

    let hidden = Hidden::def();
    assert_eq!((hidden.name, hidden.module, hidden.doc), ("hidden", "tests", Some("Shown.")));
    assert_eq!(hidden.flags, ClassFlags::NO_NEW);
    assert_eq!(hidden.base.map(|base| base.name), Some("base"));
    assert_eq!((hidden.methods[0][0].qualname, hidden.getsets.len()), ("hidden.nothing", 0));
    assert!(hidden.new.is_none() && hidden.signature.is_none());
}

#[test]
fn marked_fields_are_traced() {
    struct Seen(Vec<Value>);
    impl Visitor for Seen {
        fn value(&mut self, value: &Value) {
            self.0.push(value.clone());
        }
    }
    let mut seen = Seen(Vec::new());
    let hidden = Hidden { pair: Pair(1, 2) };
    hidden.trace_fields(&mut seen);
    assert!(seen.0.is_empty() && hidden.pair.0 < hidden.pair.1);
    List { items: vec![1], owner: Some(Value::Int(2)), last: None }.trace_fields(&mut seen);
    assert_eq!(seen.0, [Value::Int(2)]);
    assert_eq!((List::NAME, List::TRACKED, List::FINALIZER), ("list", true, Some(Finalizer("last"))));
    assert_eq!((Hidden::NAME, Hidden::TRACKED, Hidden::TRACED_ONLY), ("hidden", false, false));
}
