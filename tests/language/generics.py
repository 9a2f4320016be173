# Generic aliases, unions, type parameters.
# What CPython 3.14 answers to the same program stands at the end.
RESULTS = []
G = globals()
def note(text):
    if ' at 0x' not in text: RESULTS.append(text)
def print(*args, sep=' ', end='', **more):
    note(sep.join(map(str, args)))
def show(source):
    try: note(f'{source} -> {eval(source, G)}')
    except BaseException as e: note(f'{source} => {type(e).__name__} {e}')
def ex(source):
    try: exec(source, G); note(f'{source} ok')
    except BaseException as e: note(f'{source} => {type(e).__name__} {e}')
GenericAlias=type(list[int]); UnionType=type(int|str)
def tp():
    class X[T,U]: pass
    return X.__type_params__
for f in ["GenericAlias(list,int)","GenericAlias(list,(int,str))","list[int]","repr(list[()])","tuple[()]","tuple[int,...]","list[int][str]","list[int].__args__","list[int].__origin__","list[int].__unpacked__","(*tuple[int],)","hash(list[int])==hash(list[int])","list[int]==list[int]","list[int]==list[str]","list[int] | None","isinstance([],list[int])","issubclass(list,list[int])","list[int].append","list[int].__class__","list[int]()","list[int].__mro_entries__(())","list['x']","list[[1,2]]","GenericAlias(1,2)","GenericAlias()","list[int].__reduce__()","list[int].x","list[int].__copy__()","list[int].__deepcopy__({})","GenericAlias(list,int,x=1)","dict[int]","list[int].__orig_class__","list[None]","list[type(None)]","next(iter(tuple[int]))","list[int].__name__","list[int].__module__","list[int].__doc__[:10]",
"int|str","int|None","None|int","int|int","int|1","1|int","int|'x'","(int|str).__args__","(int|str)|float","int|(str|int)","(int|str)==(str|int)","hash(int|str)==hash(str|int)","repr(int|None)","isinstance(1,int|str)","isinstance(None,int|None)","issubclass(bool,int|str)","isinstance(1,list[int]|str)","(int|str)[str]","UnionType[int,str]","UnionType[int]","UnionType()","(int|str).__origin__","(int|str).__mro_entries__(())","list[int]|list[str]","(int|str).x","type(int|str)","bool|int","int|[1]","UnionType[()]","(int|str) < int","int|NotImplemented","int|...","(int|str)|None|None","(int|str).__name__","(int|str).__qualname__","(int|str).__module__","(int|str).__doc__","(int|str)()","hash(int|GenericAlias(list,([],)))"]: show(f)
class X(list[int]): pass
print(X.__orig_bases__, X.__mro__)
ex("a=list[int]; a.x=1")
class C:
    __class_getitem__=classmethod(GenericAlias)
    def __init__(self): pass
print(C[int]().__orig_class__, C[int], C[int].__origin__)
type Al[K]=list[K]
print(Al, Al.__type_params__, Al[int], Al.__name__, Al.__module__, Al.__value__)
type Bl=int
print(Bl, Bl.__value__, Bl.__type_params__, Bl|str); show("Bl[int]")
def g[T:int,*Ts,**P,U:(int,str)=int](x:T)->U: pass
print(g.__type_params__, g.__annotations__)
T,Ts,P,U=g.__type_params__
print(T.__name__,T.__bound__,T.__constraints__,U.__constraints__,U.__default__,T.__default__,T.__covariant__,T.__infer_variance__,T.has_default(),U.has_default(),P.args,P.kwargs,P.args.__origin__ is P, P.args==P.args)
print(dict[T,U].__parameters__, type(T), type(P), type(Ts), T.__reduce__(), T.__module__)
show("isinstance(1,T)"); 


EXPECTED = [
    'GenericAlias(list,int) -> list[int]',
    'GenericAlias(list,(int,str)) -> list[int, str]',
    'list[int] -> list[int]',
    'repr(list[()]) -> list[()]',
    'tuple[()] -> tuple[()]',
    'tuple[int,...] -> tuple[int, ...]',
    'list[int][str] => TypeError list[int] is not a generic class',
    "list[int].__args__ -> (<class 'int'>,)",
    "list[int].__origin__ -> <class 'list'>",
    'list[int].__unpacked__ -> False',
    '(*tuple[int],) -> (*tuple[int],)',
    'hash(list[int])==hash(list[int]) -> True',
    'list[int]==list[int] -> True',
    'list[int]==list[str] -> False',
    'list[int] | None -> list[int] | None',
    'isinstance([],list[int]) => TypeError isinstance() argument 2 cannot be a parameterized generic',
    'issubclass(list,list[int]) => TypeError issubclass() argument 2 cannot be a parameterized generic',
    "list[int].append -> <method 'append' of 'list' objects>",
    "list[int].__class__ -> <class 'types.GenericAlias'>",
    'list[int]() -> []',
    "list[int].__mro_entries__(()) -> (<class 'list'>,)",
    "list['x'] -> list['x']",
    'list[[1,2]] -> list[[1, 2]]',
    'GenericAlias(1,2) -> 1[2]',
    'GenericAlias() => TypeError GenericAlias expected 2 arguments, got 0',
    "list[int].__reduce__() -> (<class 'types.GenericAlias'>, (<class 'list'>, (<class 'int'>,)))",
    "list[int].x => AttributeError type object 'list' has no attribute 'x'",
    "list[int].__copy__() => AttributeError 'types.GenericAlias' object has no attribute '__copy__'",
    "list[int].__deepcopy__({}) => AttributeError 'types.GenericAlias' object has no attribute '__deepcopy__'",
    'GenericAlias(list,int,x=1) => TypeError GenericAlias() takes no keyword arguments',
    'dict[int] -> dict[int]',
    "list[int].__orig_class__ => AttributeError type object 'list' has no attribute '__orig_class__'",
    'list[None] -> list[None]',
    'list[type(None)] -> list[None]',
    'next(iter(tuple[int])) -> *tuple[int]',
    'list[int].__name__ -> list',
    'list[int].__module__ -> builtins',
    'list[int].__doc__[:10] -> Built-in m',
    'int|str -> int | str',
    'int|None -> int | None',
    'None|int -> None | int',
    "int|int -> <class 'int'>",
    "int|1 => TypeError unsupported operand type(s) for |: 'type' and 'int'",
    "1|int => TypeError unsupported operand type(s) for |: 'int' and 'type'",
    "int|'x' => TypeError unsupported operand type(s) for |: 'type' and 'str'",
    "(int|str).__args__ -> (<class 'int'>, <class 'str'>)",
    '(int|str)|float -> int | str | float',
    'int|(str|int) -> int | str',
    '(int|str)==(str|int) -> True',
    'hash(int|str)==hash(str|int) -> True',
    'repr(int|None) -> int | None',
    'isinstance(1,int|str) -> True',
    'isinstance(None,int|None) -> True',
    'issubclass(bool,int|str) -> True',
    'isinstance(1,list[int]|str) => TypeError isinstance() argument 2 cannot be a parameterized generic',
    '(int|str)[str] => TypeError int | str is not a generic class',
    'UnionType[int,str] -> int | str',
    "UnionType[int] -> <class 'int'>",
    "UnionType() => TypeError cannot create 'typing.Union' instances",
    "(int|str).__origin__ -> <class 'typing.Union'>",
    '(int|str).__mro_entries__(()) => TypeError Cannot subclass int | str',
    'list[int]|list[str] -> list[int] | list[str]',
    "(int|str).x => AttributeError 'typing.Union' object has no attribute 'x'",
    "type(int|str) -> <class 'typing.Union'>",
    'bool|int -> bool | int',
    "int|[1] => TypeError unsupported operand type(s) for |: 'type' and 'list'",
    'UnionType[()] => TypeError Cannot take a Union of no types.',
    "(int|str) < int => TypeError '<' not supported between instances of 'typing.Union' and 'type'",
    "int|NotImplemented => TypeError unsupported operand type(s) for |: 'type' and 'NotImplementedType'",
    "int|... => TypeError unsupported operand type(s) for |: 'type' and 'ellipsis'",
    '(int|str)|None|None -> int | str | None',
    '(int|str).__name__ -> Union',
    '(int|str).__qualname__ -> Union',
    '(int|str).__module__ -> typing',
    '(int|str).__doc__ -> Represent a union type\n\nE.g. for int | str',
    "(int|str)() => TypeError 'typing.Union' object is not callable",
    "hash(int|GenericAlias(list,([],))) => TypeError unhashable type: 'list'",
    "(list[int],) (<class '__main__.X'>, <class 'list'>, <class 'object'>)",
    "a=list[int]; a.x=1 => AttributeError 'types.GenericAlias' object has no attribute 'x' and no __dict__ for setting new attributes",
    "__main__.C[int] __main__.C[int] <class '__main__.C'>",
    'Al (K,) Al[int] Al __main__ list[K]',
    "Bl <class 'int'> () Bl | str",
    'Bl[int] => TypeError Only generic type aliases are subscriptable',
    "(T, Ts, P, U) {'x': T, 'return': U}",
    "T <class 'int'> () (<class 'int'>, <class 'str'>) <class 'int'> typing.NoDefault False True False True P.args P.kwargs True True",
    "(T, U) <class 'typing.TypeVar'> <class 'typing.ParamSpec'> <class 'typing.TypeVarTuple'> T typing",
    'isinstance(1,T) => TypeError isinstance() arg 2 must be a type, a tuple of types, or a union',
]
for got, wanted in zip(RESULTS, EXPECTED):
    assert got == wanted, (got, wanted)
assert len(RESULTS) == len(EXPECTED)
