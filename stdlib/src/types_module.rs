//! `_types`: names for the built-in types that have none in `builtins`.

use runtime::class::{ClassDef, Payload};
use runtime::error::Result;
use runtime::interp::frame_object::FrameObject;
use runtime::types::{
    self, EllipsisType, NoneType, NotImplementedType, cell, code, descriptor, function, generator, generic_alias,
    mappingproxy, module as modules, namespace, native_function, traceback, union,
};
use runtime::{Thread, Value, native};

/// The type of capsules: what C extensions hand to each other. Nothing makes one here.
#[native::class("PyCapsule", doc = "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.  They're a way of passing data through the Python interpreter\nwithout creating your own custom type.", disallow_instantiation)]
pub struct Capsule;

/// Names and types.
fn classes() -> Vec<(&'static str, &'static ClassDef)> {
    vec![
        ("AsyncGeneratorType", &generator::ASYNC_GENERATOR),
        ("BuiltinFunctionType", native_function::NativeFunction::def()),
        ("BuiltinMethodType", native_function::NativeFunction::def()),
        ("CapsuleType", Capsule::def()),
        ("CellType", cell::Cell::def()),
        ("ClassMethodDescriptorType", native_function::ClassMethodDescriptor::def()),
        ("CodeType", code::Code::def()),
        ("CoroutineType", &generator::COROUTINE),
        ("EllipsisType", EllipsisType::def()),
        ("FrameType", FrameObject::def()),
        ("FunctionType", function::Function::def()),
        ("GeneratorType", &generator::GENERATOR),
        ("GenericAlias", generic_alias::GenericAlias::def()),
        ("GetSetDescriptorType", descriptor::GetSetDescriptor::def()),
        ("LambdaType", function::Function::def()),
        ("MappingProxyType", mappingproxy::MappingProxy::def()),
        ("MemberDescriptorType", descriptor::MemberDescriptor::def()),
        ("MethodDescriptorType", native_function::MethodDescriptor::def()),
        ("MethodType", function::Method::def()),
        ("MethodWrapperType", descriptor::MethodWrapper::def()),
        ("ModuleType", types::module::Module::def()),
        ("NoneType", NoneType::def()),
        ("NotImplementedType", NotImplementedType::def()),
        ("SimpleNamespace", namespace::SimpleNamespace::def()),
        ("TracebackType", traceback::Traceback::def()),
        ("UnionType", union::Union::def()),
        ("WrapperDescriptorType", descriptor::SlotWrapper::def()),
    ]
}

/// The module.
#[native::module("_types", doc = "Define names for built-in types.")]
pub mod module {
    use super::*;

    #[init]
    fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        for (name, class) in classes() {
            modules::set(th, module, name, class.value())?;
        }
        Ok(())
    }
}
