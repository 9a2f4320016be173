//! Calls through the thunks.

use crate::native::{Args, GetSet, KwNames, NativeDef, Object, Result, Thread, Value};
use crate::sequence::{List, methods};

#[native::module("calls")]
pub mod functions {
    use crate::native::{KwRest, Rest, Result, Thread, Value};

    /// None.
    pub fn nothing() {}

    /// Named as the thunk's own names are.
    pub fn args(th: &mut Thread, def: i64, names: i64) -> i64 {
        th.bound += 0;
        def - names
    }

    /// Called as the thunk is.
    pub fn call(receiver: i64) -> Result<i64> {
        Ok(receiver)
    }

    /// By name too.
    #[sig("($module, a, b=2, *, c=-3, d=None)")]
    pub fn named(a: i64, b: i64, c: i64, d: Option<&str>) -> String {
        format!("{a} {b} {c} {d:?}")
    }

    /// A keyword that must be there.
    #[sig("(*, key)")]
    pub fn required(key: i64) -> i64 {
        key
    }

    /// An omitted argument is not None.
    #[sig("(key, default=<unrepresentable>, /)")]
    pub fn pop(key: i64, default: Option<&Value>) -> String {
        format!("{key} {default:?}")
    }

    /// Literals.
    #[sig("(text='a\\'b', flag=False, stop=sys.maxsize, number=-0.5, whole=1, /)")]
    pub fn literals(text: &str, flag: Truth, stop: i64, number: Float, whole: Float) -> String {
        format!("{text} {} {stop} {} {}", flag.0, number.0, whole.0)
    }

    /// The rest.
    pub fn rest(first: i64, others: &[Value]) -> i64 {
        first + others.len() as i64
    }

    /// The rest, with a keyword.
    #[sig("(*args, sep=' ')")]
    pub fn print(args: Rest<'_>, sep: &str) -> String {
        format!("{}{sep}", args.0.len())
    }

    /// Everything.
    #[sig("(self, /, *args, **kwargs)")]
    pub fn all(self_: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> String {
        format!("{:?} {} {:?}", self_, args.0.len(), kwargs.0)
    }

    /// Neither exported nor seen.
    fn helper() {}

    #[init]
    pub fn exec(th: &mut Thread, _module: &Value) -> Result<()> {
        helper();
        th.bound += 100;
        Ok(())
    }

    pub struct Truth(bool);
    pub struct Float(f64);
    mod conversions {
        use super::{Float, Truth};
        use crate::native::{FromArg, NativeDef, Result, Thread, Value};
        impl FromArg<'_> for Truth {
            fn from_arg(_: &mut Thread, _: &NativeDef, _: &'static str, value: &Value) -> Result<Self> {
                Ok(Self(*value != Value::None))
            }
        }
        impl FromArg<'_> for Float {
            fn from_arg(th: &mut Thread, def: &NativeDef, name: &'static str, value: &Value) -> Result<Self> {
                i64::from_arg(th, def, name, value).map(|value| Self(value as f64))
            }
        }
        impl From<bool> for Truth {
            fn from(value: bool) -> Self {
                Self(value)
            }
        }
        impl From<f64> for Float {
            fn from(value: f64) -> Self {
                Self(value)
            }
        }
        impl From<i64> for Float {
            fn from(value: i64) -> Self {
                Self(value as f64)
            }
        }
    }
}

fn find(defs: &'static [NativeDef], name: &str) -> &'static NativeDef {
    defs.iter().find(|def| def.name == name).expect("declared")
}

/// Calls the function and says whether its arguments were bound the slow way.
fn run(def: &'static NativeDef, args: &[Value], names: &[&'static str]) -> (Result<Value>, bool) {
    let mut th = Thread::default();
    let names = KwNames(names.to_vec());
    let result = (def.call)(&mut th, def, args, (!names.0.is_empty()).then_some(&names));
    (result, th.bound > 0)
}

fn function(name: &str, args: &[i64], names: &[&'static str]) -> (Result<Value>, bool) {
    let args: Vec<_> = args.iter().map(|value| Value::Int(*value)).collect();
    run(find(functions::MODULE.functions, name), &args, names)
}

fn text(text: &str) -> Result<Value> {
    Ok(Value::Str(text.to_owned()))
}

fn list(items: &[i64]) -> Value {
    let payload = List { items: items.to_vec(), ..List::default() };
    Value::List(Object(std::sync::Arc::new(std::sync::Mutex::new(payload))))
}

fn method(name: &str, receiver: &Value, args: &[i64]) -> Result<Value> {
    let args: Vec<_> =
        [receiver.clone()].into_iter().chain(args.iter().map(|value| Value::Int(*value))).collect();
    run(find(methods::METHODS, name), &args, &[]).0
}

fn attribute(name: &str) -> &'static GetSet {
    methods::GETSETS.iter().find(|getset| getset.name == name).expect("declared")
}

#[test]
fn a_fixed_number_of_arguments_needs_no_binding() {
    assert_eq!(function("nothing", &[], &[]), (Ok(Value::None), false));
    assert_eq!(function("args", &[5, 3], &[]), (Ok(Value::Int(2)), false));
    assert_eq!(function("call", &[7], &[]), (Ok(Value::Int(7)), false));
    assert_eq!(function("call", &[], &[]).0, Err("calls.call: 0 arguments, 0 names".to_owned()));
    assert_eq!(function("call", &[7], &["receiver"]).0, Err("calls.call: 1 arguments, 1 names".to_owned()));
}

#[test]
fn optional_arguments_by_position_need_no_binding() {
    assert_eq!(function("named", &[1], &[]), (text("1 2 -3 None"), false));
    assert_eq!(function("named", &[1, 5], &[]), (text("1 5 -3 None"), false));
    assert_eq!(function("pop", &[1], &[]), (text("1 None"), false));
    assert_eq!(function("literals", &[], &[]).0, text("a'b false 9223372036854775807 -0.5 1"));
}

#[test]
fn other_calls_are_bound() {
    assert_eq!(function("named", &[1, 9], &["c"]), (text("1 2 9 None"), true));
    assert_eq!(function("named", &[9, 1], &["c", "a"]), (text("1 2 9 None"), true));
    assert_eq!(function("named", &[], &[]), (Err("named: missing".to_owned()), true));
    assert_eq!(function("named", &[1, 2, 3], &[]), (Err("named: too many".to_owned()), true));
    assert_eq!(function("required", &[4], &["key"]), (Ok(Value::Int(4)), true));
    assert_eq!(function("required", &[], &[]), (Err("required: missing".to_owned()), true));
}

#[test]
fn none_is_a_value_unless_it_is_the_default() {
    let def = find(functions::MODULE.functions, "pop");
    assert_eq!(run(def, &[Value::Int(1), Value::None], &[]).0, text("1 Some(None)"));
    let def = find(functions::MODULE.functions, "named");
    let given = [Value::Int(1), Value::None];
    assert_eq!(run(def, &given, &["d"]).0, text("1 2 -3 None"));
    let given = [Value::Int(1), Value::Int(0)];
    assert_eq!(run(def, &given, &["d"]).0, Err("named: d is no str".to_owned()));
}

#[test]
fn the_rest_is_gathered() {
    assert_eq!(function("rest", &[1, 2, 3], &[]), (Ok(Value::Int(3)), false));
    assert_eq!(function("rest", &[1], &[]), (Ok(Value::Int(1)), false));
    assert_eq!(function("rest", &[], &[]), (Err("rest: missing".to_owned()), true));
    assert_eq!(function("print", &[1, 2], &[]), (text("2 "), false));
    assert_eq!(function("all", &[1, 2, 3], &["x"]).0, text("Int(1) 1 [(\"x\", Int(3))]"));
}

#[test]
fn methods_take_their_receiver_in_each_way() {
    let three = list(&[1, 2, 1]);
    assert_eq!(method("append", &three, &[5]), Ok(Value::None));
    assert_eq!(method("pop", &three, &[]), Ok(Value::Int(5)));
    assert_eq!(method("pop", &three, &[1]), Ok(Value::Int(2)));
    assert_eq!(method("pop", &three, &[7]), Err("out of range".to_owned()));
    assert_eq!(method("count", &three, &[1]), Ok(Value::Int(2)));
    assert_eq!(method("in", &three, &[]), Ok(three.clone()));
    assert_eq!(method("__reversed__", &three, &[]), Ok(three));
    assert_eq!(method("number", &Value::Int(3), &[4]), Ok(Value::Int(7)));
    assert_eq!(method("append", &Value::None, &[5]), Err("list.append: not for None".to_owned()));
    assert_eq!(
        run(find(methods::METHODS, "pop"), &[], &[]).0,
        Err("list.pop: 0 arguments, 0 names".to_owned())
    );
}

#[test]
fn the_class_is_a_receiver_too() {
    let def = find(methods::METHODS, "fromkeys");
    assert_eq!(run(def, &[Value::None, Value::Int(1)], &[]).0, text("None Int(1) None"));
    let given = [Value::None, Value::Int(1), Value::Int(2)];
    assert_eq!(run(&methods::NEW, &given, &["x"]).0, text("None 1 x"));
    let mut th = Thread::default();
    let result =
        methods::construct(&mut th, &Value::None, Args { values: &[Value::Int(2)], names: &["key"] });
    assert_eq!(result, text("None 0 key"));
    assert_eq!(run(find(methods::METHODS, "maketrans"), &[Value::Int(4)], &[]).0, Ok(Value::Int(8)));
}

#[test]
fn attributes_are_read_set_and_deleted() {
    let th = &mut Thread::default();
    let two = list(&[1, 2]);
    assert_eq!((attribute("length").get)(th, &two), Ok(Value::Int(2)));
    assert!(attribute("length").set.is_none());
    assert_eq!((attribute("length").get)(th, &Value::None), Err("list.length: not for None".to_owned()));
    let set = attribute("last").set.expect("declared");
    assert_eq!(set(th, &two, Some(&Value::Int(3))), Ok(()));
    assert_eq!((attribute("last").get)(th, &two), Ok(Value::Int(3)));
    assert_eq!(set(th, &two, None), Err("last: cannot be deleted".to_owned()));
    assert_eq!(set(th, &Value::None, Some(&Value::None)), Err("list.last: not for None".to_owned()));
    let set = attribute("__owner__").set.expect("declared");
    assert_eq!(set(th, &two, None), Err("deleted".to_owned()));
}
