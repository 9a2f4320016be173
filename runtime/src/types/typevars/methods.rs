//! Methods and attributes of TypeVar and ParamSpec.

use super::*;

#[native::methods(TypeVar, name = "typing.TypeVar")]
pub mod type_var_methods {
    use super::*;

    /// What stands for the variable when an alias is subscripted.
    pub fn __typing_subst__(th: &mut Thread, this: &Object<TypeVar>, arg: &Value) -> Result<Value> {
        call_typing(th, "_typevar_subst", &[to_value(this), arg.clone()])
    }

    /// The arguments of a subscript, with the default added if it is the variable's turn.
    pub fn __typing_prepare_subst__(
        th: &mut Thread,
        this: &Object<TypeVar>,
        alias: &Value,
        args: &Value,
    ) -> Result<Value> {
        prepare_type_var(th, this, alias, args)
    }

    /// Support for pickle: the name.
    pub fn __reduce__(this: &Object<TypeVar>) -> Value {
        this.payload().0.name(this.header())
    }

    /// Whether there is a default.
    pub fn has_default(this: &Object<TypeVar>) -> bool {
        this.payload().0.default.is_set(this.header())
    }

    /// A type variable is no base.
    pub fn __mro_entries__(_this: &Object<TypeVar>, _bases: &Value) -> Result<()> {
        no_subclass("TypeVar")
    }

    /// the name
    #[getter]
    pub fn __name__(this: &Object<TypeVar>) -> Value {
        this.payload().0.name(this.header())
    }

    /// whether it is covariant
    #[getter]
    pub fn __covariant__(this: &Object<TypeVar>) -> bool {
        this.payload().0.covariant
    }

    /// whether it is contravariant
    #[getter]
    pub fn __contravariant__(this: &Object<TypeVar>) -> bool {
        this.payload().0.contravariant
    }

    /// whether its variance is inferred
    #[getter]
    pub fn __infer_variance__(this: &Object<TypeVar>) -> bool {
        this.payload().0.infer_variance.load(Ordering::Relaxed)
    }

    /// the bound
    #[getter]
    pub fn __bound__(th: &mut Thread, this: &Object<TypeVar>) -> Result<Option<Value>> {
        this.payload().0.bound.get(th, this.header())
    }

    /// the constraints
    #[getter]
    pub fn __constraints__(th: &mut Thread, this: &Object<TypeVar>) -> Result<Value> {
        match this.payload().0.constraints.get(th, this.header())? {
            Some(constraints) => Ok(constraints),
            None => Tuple::new(th, Vec::new()),
        }
    }

    /// the default
    #[getter]
    pub fn __default__(th: &mut Thread, this: &Object<TypeVar>) -> Result<Value> {
        this.payload().0.default(th, this.header())
    }

    /// the function that computes the bound
    #[getter]
    pub fn evaluate_bound(th: &mut Thread, this: &Object<TypeVar>) -> Result<Value> {
        this.payload().0.bound.evaluator(th, this.header())
    }

    /// the function that computes the constraints
    #[getter]
    pub fn evaluate_constraints(th: &mut Thread, this: &Object<TypeVar>) -> Result<Value> {
        this.payload().0.constraints.evaluator(th, this.header())
    }

    /// the function that computes the default
    #[getter]
    pub fn evaluate_default(th: &mut Thread, this: &Object<TypeVar>) -> Result<Value> {
        this.payload().0.default.evaluator(th, this.header())
    }
}

#[native::methods(ParamSpec, name = "typing.ParamSpec")]
pub mod param_spec_methods {
    use super::*;

    /// What stands for the parameters when an alias is subscripted.
    pub fn __typing_subst__(th: &mut Thread, this: &Object<ParamSpec>, arg: &Value) -> Result<Value> {
        call_typing(th, "_paramspec_subst", &[to_value(this), arg.clone()])
    }

    /// The arguments of a subscript, made ready.
    pub fn __typing_prepare_subst__(
        th: &mut Thread,
        this: &Object<ParamSpec>,
        alias: &Value,
        args: &Value,
    ) -> Result<Value> {
        call_typing(th, "_paramspec_prepare_subst", &[to_value(this), alias.clone(), args.clone()])
    }

    /// Support for pickle: the name.
    pub fn __reduce__(this: &Object<ParamSpec>) -> Value {
        this.payload().0.name(this.header())
    }

    /// Whether there is a default.
    pub fn has_default(this: &Object<ParamSpec>) -> bool {
        this.payload().0.default.is_set(this.header())
    }

    /// A parameter specification is no base.
    pub fn __mro_entries__(_this: &Object<ParamSpec>, _bases: &Value) -> Result<()> {
        no_subclass("ParamSpec")
    }

    /// the name
    #[getter]
    pub fn __name__(this: &Object<ParamSpec>) -> Value {
        this.payload().0.name(this.header())
    }

    /// the bound
    #[getter]
    pub fn __bound__(th: &mut Thread, this: &Object<ParamSpec>) -> Result<Option<Value>> {
        this.payload().0.bound.get(th, this.header())
    }

    /// whether it is covariant
    #[getter]
    pub fn __covariant__(this: &Object<ParamSpec>) -> bool {
        this.payload().0.covariant
    }

    /// whether it is contravariant
    #[getter]
    pub fn __contravariant__(this: &Object<ParamSpec>) -> bool {
        this.payload().0.contravariant
    }

    /// whether its variance is inferred
    #[getter]
    pub fn __infer_variance__(this: &Object<ParamSpec>) -> bool {
        this.payload().0.infer_variance.load(Ordering::Relaxed)
    }

    /// Represents positional arguments.
    #[getter]
    pub fn args(th: &mut Thread, this: &Object<ParamSpec>) -> Result<Value> {
        crate::object::new(th, ParamSpecArgs { origin: Slot::new(Some(to_value(this))) })
    }

    /// Represents keyword arguments.
    #[getter]
    pub fn kwargs(th: &mut Thread, this: &Object<ParamSpec>) -> Result<Value> {
        crate::object::new(th, ParamSpecKwargs { origin: Slot::new(Some(to_value(this))) })
    }

    /// the default
    #[getter]
    pub fn __default__(th: &mut Thread, this: &Object<ParamSpec>) -> Result<Value> {
        this.payload().0.default(th, this.header())
    }

    /// the function that computes the default
    #[getter]
    pub fn evaluate_default(th: &mut Thread, this: &Object<ParamSpec>) -> Result<Value> {
        this.payload().0.default.evaluator(th, this.header())
    }
}
