//! A stand-in for the runtime: what the macros' output names, in as few lines as will do.

pub use threads_free::Thread;

mod threads_free {
    /// A thread; it remembers how often arguments were bound the slow way.
    #[derive(Default)]
    pub struct Thread {
        pub bound: usize,
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    None,
    Int(i64),
    Str(String),
    List(Object<crate::sequence::List>),
}

pub type Raised = String;
pub type Result<T> = std::result::Result<T, Raised>;
pub struct KwNames(pub Vec<&'static str>);

impl KwNames {
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

pub type NativeFn = fn(&mut Thread, &'static NativeDef, &[Value], Option<&KwNames>) -> Result<Value>;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Function,
    Method,
    ClassMethod,
    StaticMethod,
    New,
}

pub struct NativeDef {
    pub name: &'static str,
    pub qualname: &'static str,
    pub doc: &'static str,
    pub signature: Option<&'static str>,
    pub kind: Kind,
    pub params: &'static Params,
    pub call: NativeFn,
    pub inlined: Inlined,
}

#[derive(Debug)]
pub enum Inlined {
    No,
}

#[derive(Debug, PartialEq)]
pub struct Params {
    pub posonly: usize,
    pub positional: usize,
    pub required: usize,
    pub names: &'static [&'static str],
    pub kwonly_required: u32,
    pub var_positional: bool,
    pub var_keyword: bool,
}

pub type Set = fn(&mut Thread, &Value, Option<&Value>) -> Result<()>;

pub struct GetSet {
    pub name: &'static str,
    pub doc: Option<&'static str>,
    pub get: fn(&mut Thread, &Value) -> Result<Value>,
    pub set: Option<Set>,
}

pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [NativeDef],
    pub constants: &'static [(&'static str, Constant)],
    pub classes: &'static [fn() -> &'static ClassDef],
    pub init: Option<fn(&mut Thread, &Value) -> Result<()>>,
}

#[derive(Debug, PartialEq)]
pub enum Constant {
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(&'static str),
}

#[derive(Debug, PartialEq)]
pub struct ClassFlags(pub u32);

impl ClassFlags {
    pub const NONE: Self = Self(0);
    pub const BASETYPE: Self = Self(1);
    pub const NO_NEW: Self = Self(2);
    pub const SEQUENCE: Self = Self(4);
    pub const LIST: Self = Self(8);

    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

pub type New = fn(&mut Thread, &Value, Args<'_>) -> Result<Value>;

pub struct Args<'a> {
    pub values: &'a [Value],
    pub names: &'a [&'static str],
}

impl<'a> Args<'a> {
    pub fn kw_names(&self) -> Option<&'a KwNames> {
        (!self.names.is_empty()).then(|| &*Box::leak(Box::new(KwNames(self.names.to_vec()))))
    }
}

pub struct ClassDef {
    pub name: &'static str,
    pub module: &'static str,
    pub doc: Option<&'static str>,
    pub base: Option<&'static ClassDef>,
    pub flags: ClassFlags,
    pub methods: &'static [&'static [NativeDef]],
    pub getsets: &'static [&'static [GetSet]],
    pub new: Option<New>,
    pub signature: Option<&'static str>,
    pub slots: fn(&Slots),
}

impl ClassDef {
    pub const fn new(name: &'static str, flags: ClassFlags) -> Self {
        Self {
            name,
            module: "builtins",
            doc: None,
            base: None,
            flags,
            methods: &[],
            getsets: &[],
            new: None,
            signature: None,
            slots: |_| {},
        }
    }
}

macro_rules! with {
    ($($function:ident $field:ident: $kind:ty = $value:expr;)*) => {
        impl ClassDef {
            $(pub const fn $function(mut self, $field: $kind) -> Self {
                self.$field = $value;
                self
            })*
        }
    };
}

with! {
    with_module module: &'static str = module;
    with_doc doc: &'static str = Some(doc);
    with_base base: &'static ClassDef = Some(base);
    with_methods methods: &'static [&'static [NativeDef]] = methods;
    with_getsets getsets: &'static [&'static [GetSet]] = getsets;
    with_new new: New = Some(new);
    with_signature signature: &'static str = Some(signature);
    with_slots slots: fn(&Slots) = slots;
}

#[macro_export]
macro_rules! class_def {
    ($payload:ty, $name:expr, $flags:expr $(, $with:ident($($arg:expr),*))* $(,)?) => {
        impl $crate::native::Payload for $payload {
            fn def() -> &'static $crate::native::ClassDef {
                static DEF: $crate::native::ClassDef =
                    $crate::native::ClassDef::new($name, $flags)$(.$with($($arg),*))*;
                &DEF
            }
        }
    };
}

#[derive(Default)]
pub struct Slots {
    pub installed: std::sync::Mutex<Vec<&'static str>>,
}

impl Slots {
    fn add(&self, slot: &'static str) {
        self.installed.lock().expect("not poisoned").push(slot);
    }
}

pub trait Payload {
    fn def() -> &'static ClassDef;
}

pub mod slots {
    use super::Slots;
    pub trait Iter {
        fn install(slots: &Slots) {
            slots.add("iter");
        }
    }
    pub trait Repr {
        fn install(slots: &Slots) {
            slots.add("repr");
        }
    }
}

pub trait Visitor {
    fn value(&mut self, value: &Value);
}

pub trait TraceField {
    fn trace<V: Visitor>(&self, visitor: &mut V);
}

impl TraceField for Value {
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(self);
    }
}

impl<T: TraceField> TraceField for Option<T> {
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.iter().for_each(|value| value.trace(visitor));
    }
}

pub trait TraceFields {
    const NAME: &'static str;
    const TRACKED: bool;
    const TRACED_ONLY: bool = false;
    const FINALIZER: Option<Finalizer> = None;
    fn trace_fields<V: Visitor>(&self, visitor: &mut V);
}

#[derive(Debug, PartialEq)]
pub struct Finalizer(pub &'static str);

/// An object; its payload is behind a lock so that the tests can change it.
#[derive(Debug)]
pub struct Object<T>(pub std::sync::Arc<std::sync::Mutex<T>>);

impl<T> Clone for Object<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Object<T> {
    fn eq(&self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&self.0, &other.0)
    }
}

pub struct Exclusive<'a, T> {
    pub payload: std::sync::MutexGuard<'a, T>,
    _thread: &'a mut Thread,
}

impl<'a, T> Exclusive<'a, T> {
    pub fn open(thread: &'a mut Thread, object: &'a Object<T>) -> Self {
        Self { payload: object.0.lock().expect("not poisoned"), _thread: thread }
    }
}

pub trait AsPayload: Sized {
    fn of(value: &Value) -> Option<&Object<Self>>;
}

pub fn receiver<T: AsPayload>(value: &Value) -> Option<&Object<T>> {
    T::of(value)
}

pub struct KwRest<'a>(pub Vec<(&'static str, &'a Value)>);

pub struct Rest<'a>(pub &'a [Value]);

impl<'a> From<&'a [Value]> for Rest<'a> {
    fn from(values: &'a [Value]) -> Self {
        Self(values)
    }
}

pub struct Bound<'a, const N: usize> {
    pub values: [Option<&'a Value>; N],
    pub rest: &'a [Value],
    pub keywords: KwRest<'a>,
}

pub fn bind<'a, const N: usize>(
    th: &mut Thread,
    def: &NativeDef,
    args: &'a [Value],
    names: Option<&'a KwNames>,
) -> Result<Bound<'a, N>> {
    th.bound += 1;
    let names = names.map(KwNames::names).unwrap_or_default();
    let (by_position, by_keyword) = args.split_at(args.len() - names.len());
    let params = def.params;
    let (direct, rest) = by_position.split_at(by_position.len().min(params.positional));
    if !rest.is_empty() && !params.var_positional {
        return Err(format!("{}: too many", def.name));
    }
    let mut values = [None; N];
    for (place, value) in direct.iter().enumerate() {
        values[place] = Some(value);
    }
    let mut keywords = Vec::new();
    for (name, value) in names.iter().zip(by_keyword) {
        match params.names.iter().skip(params.posonly).position(|known| known == name) {
            Some(place) => values[place + params.posonly] = Some(value),
            None if params.var_keyword => keywords.push((*name, value)),
            None => return Err(format!("{}: unexpected {name}", def.name)),
        }
    }
    let missing = |place| values.get(place).is_some_and(Option::is_none);
    let keyword_missing =
        |place| params.kwonly_required >> (place - params.positional) & 1 == 1 && missing(place);
    if (0..params.required).any(missing) || (params.positional..N).any(keyword_missing) {
        return Err(format!("{}: missing", def.name));
    }
    Ok(Bound { values, rest, keywords: KwRest(keywords) })
}

pub fn wrong_arguments(_: &mut Thread, def: &NativeDef, args: &[Value], names: Option<&KwNames>) -> Raised {
    format!("{}: {} arguments, {} names", def.qualname, args.len(), names.map_or(0, |names| names.0.len()))
}

pub fn wrong_receiver(_: &mut Thread, def: &NativeDef, value: &Value) -> Raised {
    format!("{}: not for {value:?}", def.qualname)
}

pub fn wrong_getset_receiver(_: &mut Thread, class: &str, name: &str, value: &Value) -> Raised {
    format!("{class}.{name}: not for {value:?}")
}

pub fn cannot_delete(_: &mut Thread, name: &str, _value: &Value) -> Raised {
    format!("{name}: cannot be deleted")
}

pub trait FromArg<'a>: Sized {
    fn from_arg(th: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self>;
}

impl<'a> FromArg<'a> for &'a Value {
    fn from_arg(_: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        Ok(value)
    }
}

impl FromArg<'_> for Value {
    fn from_arg(_: &mut Thread, _: &NativeDef, _: &'static str, value: &Value) -> Result<Self> {
        Ok(value.clone())
    }
}

impl FromArg<'_> for i64 {
    fn from_arg(_: &mut Thread, def: &NativeDef, name: &'static str, value: &Value) -> Result<Self> {
        match value {
            Value::Int(value) => Ok(*value),
            _ => Err(format!("{}: {name} is no int", def.name)),
        }
    }
}

impl<'a> FromArg<'a> for &'a str {
    fn from_arg(_: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self> {
        match value {
            Value::Str(value) => Ok(value),
            _ => Err(format!("{}: {name} is no str", def.name)),
        }
    }
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    fn from_arg(th: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self> {
        match value {
            Value::None => Ok(None),
            _ => T::from_arg(th, def, name, value).map(Some),
        }
    }
}

#[derive(Debug, PartialEq)]
pub struct Index(pub i64);

impl From<i64> for Index {
    fn from(value: i64) -> Self {
        Self(value)
    }
}

impl FromArg<'_> for Index {
    fn from_arg(th: &mut Thread, def: &NativeDef, name: &'static str, value: &Value) -> Result<Self> {
        i64::from_arg(th, def, name, value).map(Self)
    }
}

pub trait IntoResult {
    fn into_result(self, th: &mut Thread) -> Result<Value>;
}

impl IntoResult for () {
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(Value::None)
    }
}

impl IntoResult for Value {
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(self)
    }
}

impl IntoResult for i64 {
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(Value::Int(self))
    }
}

impl IntoResult for String {
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(Value::Str(self))
    }
}

impl<T: IntoResult> IntoResult for Result<T> {
    fn into_result(self, th: &mut Thread) -> Result<Value> {
        self?.into_result(th)
    }
}
