# Attributes of functions, descriptors, classes.
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
class C:
    __slots__=('a','b')
    @staticmethod
    def s(x:int)->int: "doc s"
    @classmethod
    def c(cls): "doc c"
def fn(a,b=1,*,c=2): "d"
def gen(): yield
f=fn
FT=type(fn); MT=type(C().c); 
for t in [type(len),type(list.append),type(dict.__dict__['fromkeys']),type(int.__add__),type((1).__add__),type(FT.__code__),type(C.a),staticmethod,classmethod,FT,MT,]:
    print(t.__name__, sorted(t.__dict__))
for x in ["len","[].append","list.append","dict.fromkeys","dict.__dict__['fromkeys']","int.__add__","type.__dict__['__mro__']","C.a","C.__dict__['s']","C.__dict__['c']","C.s","C.c","fn","fn.__get__(1)","int.__new__",]:
    show(x)
    for a in ["__name__","__qualname__","__module__","__objclass__","__text_signature__","__doc__"]:
        try: v=repr(eval(x+'.'+a,G))[:60]
        except BaseException as e: v='E:'+type(e).__name__+':'+str(e)[:70]
        print('   ',a,v)
l=[]
for s in ["[].append==[].append","l.append==l.append","hash(len)==hash(len)","len<len","(1).__add__==(1).__add__","(1).__add__==(2).__add__","staticmethod(1)","staticmethod()","repr(staticmethod(fn))","staticmethod(fn)(1)","classmethod(fn)()","staticmethod(fn).__name__","staticmethod(fn).__isabstractmethod__","staticmethod(fn).__dict__","type(len)()","C.a.__set__(C())","C.a.__get__(1)","C.a.__get__(C())","int.real.__get__(3)","int.real.__get__('x')","int.real.__set__(3,4)","C.s.__annotations__","C.__dict__['s'].__annotations__","C.__dict__['s'].__annotate__","MT(fn,1).__reduce__()","fn.__code__.__replace__(co_name='g').co_name", "fn.__type_params__","fn.__kwdefaults__,fn.__defaults__","fn.__closure__","fn.__code__.co_varnames,fn.__code__.co_argcount,fn.__code__.co_flags,fn.__code__.co_consts,fn.__code__.co_nlocals","fn.__code__==fn.__code__.replace()","hash(fn.__code__)==hash(fn.__code__.replace())","fn.__code__.replace(co_foo=1)","fn.__code__.replace(co_name=1)","[(a,b,c-fn.__code__.co_firstlineno) for a,b,c in fn.__code__.co_lines()]","[p[2:] for p in fn.__code__.co_positions()][:2]","fn.__annotations__","fn.__module__,fn.__doc__,fn.__qualname__"]:
    show(s)
for s in ["f.__code__=1","f.__defaults__=1","del f.__defaults__","f.__kwdefaults__=1","f.__name__=1","f.__qualname__=1","f.__annotations__=1","f.__annotate__=1","f.__dict__=1","del f.__dict__","f.__globals__=1","f.__closure__=1","f.__type_params__=1","del f.__code__","del f.__name__","f.__module__=5","del f.__module__","f.__doc__=3","del f.__doc__","del f.__annotations__","f.x=1;del f.x","del f.y","len.__name__='x'","len.x=1","del f.__annotate__","f.__builtins__=1"]: ex(s)
for s in ["FT()","FT(1,{})","FT(f.__code__,1)","FT(f.__code__,{},1)","FT(f.__code__,{},None,1)","FT(f.__code__,{},None,None,1)","FT(f.__code__,{},None,None,(1,))","FT(f.__code__,{},None,None,None,1)","MT(1,2)","MT(f,None)","MT(f)","MT(f,1,x=2)","FT(f.__code__,{}).__module__","FT(f.__code__,{},'nn')","MT(f,1)==MT(f,1),MT(f,1)==MT(f,2)"]: show(s)
class A:
    x: int
def keys(c): return [k for k in c.__dict__ if 'annot' in k]
print(keys(A), A.__annotations__, keys(A), A.__annotate__)
A.__annotations__={'y':1}
print(keys(A), A.__annotations__, A.__annotate__, keys(A))
del A.__annotations__
print(keys(A))
ex("del A.__annotations__")
print(A.__annotations__, keys(A))
class B: 
    x:int
B.__annotate__ = lambda f: {'z':f}
print(keys(B), B.__annotations__, keys(B))
B.__annotate__=None
print(keys(B), B.__annotations__, keys(B))
B.__annotate__ = lambda f: 5
show("B.__annotations__")
class D: __annotations__={'q':2}
print(keys(D), D.__annotations__,keys(D)); D.__annotations__={'r':2}; print(keys(D), D.__annotations__)
del D.__annotations__; print(keys(D), D.__annotations__)
class E:
    @property
    def __doc__(self): return 5
print(E.__doc__)
class F:
    def __annotate__(f): return {'m':1}
print(keys(F),F.__annotations__,F.__annotate__)
A.__module__=5; print(A, keys(A), '__firstlineno__' in A.__dict__)
class G2: pass
G2.__qualname__='x.y'; print(G2)
G2.__module__='builtins'; print(G2)
print(A.__static_attributes__)
A.__abstractmethods__=frozenset(['x']); print(A.__flags__ >>20 &1)
ex("A()")
del A.__abstractmethods__
ex("del A.__abstractmethods__")
class H:
    def __init__(s): s.a=1
h=H(); h.b=2
class H2:
    def m(s): return s.a,s.b
h.__class__=H2; print(h.m(), type(h), h.__dict__); h.c=3; print(h.c, h.__dict__); h.__dict__={'q':1}; print(h.q); ex("h.a")
class T1:
    __slots__=('a',)
class T2:
    __slots__=('a',)
t=T1(); t.a=5; t.__class__=T2; print(t.a, type(t))
print(H.__subclasses__(), H.__basicsize__>0)
class Base1: 
    def w(self): return 'b1'
class Base2:
    def w(self): return 'b2'
class Dv(Base1): pass
d=Dv(); print(d.w()); Dv.__bases__=(Base2,); print(d.w(), Dv.__mro__, Base1.__subclasses__()); ex("Dv.__bases__=()"); ex("Dv.__bases__=1"); ex("Dv.__bases__=(1,)"); ex("Dv.__bases__=(Dv,)"); ex("Dv.__bases__=(int,)")


EXPECTED = [
    "builtin_function_or_method ['__call__', '__doc__', '__eq__', '__ge__', '__gt__', '__hash__', '__le__', '__lt__', '__module__', '__name__', '__ne__', '__qualname__', '__reduce__', '__repr__', '__self__', '__text_signature__']",
    "method_descriptor ['__call__', '__doc__', '__get__', '__name__', '__objclass__', '__qualname__', '__reduce__', '__repr__', '__text_signature__']",
    "classmethod_descriptor ['__call__', '__doc__', '__get__', '__name__', '__objclass__', '__qualname__', '__repr__', '__text_signature__']",
    "wrapper_descriptor ['__call__', '__doc__', '__get__', '__name__', '__objclass__', '__qualname__', '__reduce__', '__repr__', '__text_signature__']",
    "method-wrapper ['__call__', '__doc__', '__eq__', '__ge__', '__gt__', '__hash__', '__le__', '__lt__', '__name__', '__ne__', '__objclass__', '__qualname__', '__reduce__', '__repr__', '__self__', '__text_signature__']",
    "getset_descriptor ['__delete__', '__doc__', '__get__', '__name__', '__objclass__', '__qualname__', '__repr__', '__set__']",
    "member_descriptor ['__delete__', '__doc__', '__get__', '__name__', '__objclass__', '__qualname__', '__reduce__', '__repr__', '__set__']",
    "staticmethod ['__annotate__', '__annotations__', '__call__', '__class_getitem__', '__dict__', '__doc__', '__func__', '__get__', '__init__', '__isabstractmethod__', '__new__', '__repr__', '__wrapped__']",
    "classmethod ['__annotate__', '__annotations__', '__class_getitem__', '__dict__', '__doc__', '__func__', '__get__', '__init__', '__isabstractmethod__', '__new__', '__repr__', '__wrapped__']",
    "function ['__annotate__', '__annotations__', '__builtins__', '__call__', '__closure__', '__code__', '__defaults__', '__dict__', '__doc__', '__get__', '__globals__', '__kwdefaults__', '__module__', '__name__', '__new__', '__qualname__', '__repr__', '__type_params__']",
    "method ['__call__', '__doc__', '__eq__', '__func__', '__ge__', '__get__', '__getattribute__', '__gt__', '__hash__', '__le__', '__lt__', '__ne__', '__new__', '__reduce__', '__repr__', '__self__']",
    'len -> <built-in function len>',
    "    __name__ 'len'",
    "    __qualname__ 'len'",
    "    __module__ 'builtins'",
    "    __objclass__ E:AttributeError:'builtin_function_or_method' object has no attribute '__objclass__'",
    "    __text_signature__ '($module, obj, /)'",
    "    __doc__ 'Return the number of items in a container.'",
    "    __name__ 'append'",
    "    __qualname__ 'list.append'",
    '    __module__ None',
    "    __objclass__ E:AttributeError:'builtin_function_or_method' object has no attribute '__objclass__'",
    "    __text_signature__ '($self, object, /)'",
    "    __doc__ 'Append object to the end of the list.'",
    "list.append -> <method 'append' of 'list' objects>",
    "    __name__ 'append'",
    "    __qualname__ 'list.append'",
    "    __module__ E:AttributeError:'method_descriptor' object has no attribute '__module__'",
    "    __objclass__ <class 'list'>",
    "    __text_signature__ '($self, object, /)'",
    "    __doc__ 'Append object to the end of the list.'",
    "    __name__ 'fromkeys'",
    "    __qualname__ 'dict.fromkeys'",
    '    __module__ None',
    "    __objclass__ E:AttributeError:'builtin_function_or_method' object has no attribute '__objclass__'",
    "    __text_signature__ '($type, iterable, value=None, /)'",
    "    __doc__ 'Create a new dictionary with keys from iterable and values ",
    "dict.__dict__['fromkeys'] -> <method 'fromkeys' of 'dict' objects>",
    "    __name__ 'fromkeys'",
    "    __qualname__ 'dict.fromkeys'",
    "    __module__ E:AttributeError:'classmethod_descriptor' object has no attribute '__module__'",
    "    __objclass__ <class 'dict'>",
    "    __text_signature__ '($type, iterable, value=None, /)'",
    "    __doc__ 'Create a new dictionary with keys from iterable and values ",
    "int.__add__ -> <slot wrapper '__add__' of 'int' objects>",
    "    __name__ '__add__'",
    "    __qualname__ 'int.__add__'",
    "    __module__ E:AttributeError:'wrapper_descriptor' object has no attribute '__module__'",
    "    __objclass__ <class 'int'>",
    "    __text_signature__ '($self, value, /)'",
    "    __doc__ 'Return self+value.'",
    "type.__dict__['__mro__'] -> <attribute '__mro__' of 'type' objects>",
    "    __name__ '__mro__'",
    "    __qualname__ 'type.__mro__'",
    "    __module__ E:AttributeError:'getset_descriptor' object has no attribute '__module__'",
    "    __objclass__ <class 'type'>",
    "    __text_signature__ E:AttributeError:'getset_descriptor' object has no attribute '__text_signature__'",
    '    __doc__ None',
    "C.a -> <member 'a' of 'C' objects>",
    "    __name__ 'a'",
    "    __qualname__ 'C.a'",
    "    __module__ E:AttributeError:'member_descriptor' object has no attribute '__module__'",
    "    __objclass__ <class '__main__.C'>",
    "    __text_signature__ E:AttributeError:'member_descriptor' object has no attribute '__text_signature__'",
    '    __doc__ None',
    "    __name__ 's'",
    "    __qualname__ 'C.s'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'staticmethod' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'staticmethod' object has no attribute '__text_signature__'",
    "    __doc__ 'doc s'",
    "    __name__ 'c'",
    "    __qualname__ 'C.c'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'classmethod' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'classmethod' object has no attribute '__text_signature__'",
    "    __doc__ 'doc c'",
    "    __name__ 's'",
    "    __qualname__ 'C.s'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'function' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'function' object has no attribute '__text_signature__'",
    "    __doc__ 'doc s'",
    "C.c -> <bound method C.c of <class '__main__.C'>>",
    "    __name__ 'c'",
    "    __qualname__ 'C.c'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'function' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'function' object has no attribute '__text_signature__'",
    "    __doc__ 'doc c'",
    "    __name__ 'fn'",
    "    __qualname__ 'fn'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'function' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'function' object has no attribute '__text_signature__'",
    "    __doc__ 'd'",
    'fn.__get__(1) -> <bound method fn of 1>',
    "    __name__ 'fn'",
    "    __qualname__ 'fn'",
    "    __module__ '__main__'",
    "    __objclass__ E:AttributeError:'function' object has no attribute '__objclass__'",
    "    __text_signature__ E:AttributeError:'function' object has no attribute '__text_signature__'",
    "    __doc__ 'd'",
    "    __name__ '__new__'",
    "    __qualname__ 'int.__new__'",
    '    __module__ None',
    "    __objclass__ E:AttributeError:'builtin_function_or_method' object has no attribute '__objclass__'",
    "    __text_signature__ '($type, *args, **kwargs)'",
    "    __doc__ 'Create and return a new object.  See help(type) for accurat",
    '[].append==[].append -> False',
    'l.append==l.append -> True',
    'hash(len)==hash(len) -> True',
    "len<len => TypeError '<' not supported between instances of 'builtin_function_or_method' and 'builtin_function_or_method'",
    '(1).__add__==(1).__add__ -> True',
    '(1).__add__==(2).__add__ -> False',
    'staticmethod(1) -> <staticmethod(1)>',
    'staticmethod() => TypeError staticmethod expected 1 argument, got 0',
    'staticmethod(fn)(1) -> None',
    "classmethod(fn)() => TypeError 'classmethod' object is not callable",
    'staticmethod(fn).__name__ -> fn',
    'staticmethod(fn).__isabstractmethod__ -> False',
    "staticmethod(fn).__dict__ -> {'__module__': '__main__', '__name__': 'fn', '__qualname__': 'fn', '__doc__': 'd'}",
    "type(len)() => TypeError cannot create 'builtin_function_or_method' instances",
    'C.a.__set__(C()) => TypeError __set__ expected 2 arguments, got 1',
    "C.a.__get__(1) => TypeError descriptor 'a' for 'C' objects doesn't apply to a 'int' object",
    "C.a.__get__(C()) => AttributeError 'C' object has no attribute 'a'",
    'int.real.__get__(3) -> 3',
    "int.real.__get__('x') => TypeError descriptor 'real' for 'int' objects doesn't apply to a 'str' object",
    "int.real.__set__(3,4) => AttributeError attribute 'real' of 'int' objects is not writable",
    "C.s.__annotations__ -> {'x': <class 'int'>, 'return': <class 'int'>}",
    "C.__dict__['s'].__annotations__ -> {'x': <class 'int'>, 'return': <class 'int'>}",
    "MT(fn,1).__reduce__() -> (<built-in function getattr>, (1, 'fn'))",
    "fn.__code__.__replace__(co_name='g').co_name -> g",
    'fn.__type_params__ -> ()',
    "fn.__kwdefaults__,fn.__defaults__ -> ({'c': 2}, (1,))",
    'fn.__closure__ -> None',
    "fn.__code__.co_varnames,fn.__code__.co_argcount,fn.__code__.co_flags,fn.__code__.co_consts,fn.__code__.co_nlocals -> (('a', 'b', 'c'), 2, 67108867, ('d', None), 3)",
    'fn.__code__==fn.__code__.replace() -> True',
    'hash(fn.__code__)==hash(fn.__code__.replace()) -> True',
    "fn.__code__.replace(co_foo=1) => TypeError replace() got an unexpected keyword argument 'co_foo'",
    "fn.__code__.replace(co_name=1) => TypeError replace() argument 'co_name' must be str, not int",
    '[(a,b,c-fn.__code__.co_firstlineno) for a,b,c in fn.__code__.co_lines()] -> [(0, 6, 0)]',
    '[p[2:] for p in fn.__code__.co_positions()][:2] -> [(0, 0), (0, 0)]',
    'fn.__annotations__ -> {}',
    "fn.__module__,fn.__doc__,fn.__qualname__ -> ('__main__', 'd', 'fn')",
    'f.__code__=1 => TypeError __code__ must be set to a code object',
    'f.__defaults__=1 => TypeError __defaults__ must be set to a tuple object',
    'del f.__defaults__ ok',
    'f.__kwdefaults__=1 => TypeError __kwdefaults__ must be set to a dict object',
    'f.__name__=1 => TypeError __name__ must be set to a string object',
    'f.__qualname__=1 => TypeError __qualname__ must be set to a string object',
    'f.__annotations__=1 => TypeError __annotations__ must be set to a dict object',
    'f.__annotate__=1 => TypeError __annotate__ must be callable or None',
    "f.__dict__=1 => TypeError __dict__ must be set to a dictionary, not a 'int'",
    'del f.__dict__ => TypeError cannot delete __dict__',
    'f.__globals__=1 => AttributeError readonly attribute',
    'f.__closure__=1 => AttributeError readonly attribute',
    'f.__type_params__=1 => TypeError __type_params__ must be set to a tuple',
    'del f.__code__ => TypeError __code__ must be set to a code object',
    'del f.__name__ => TypeError __name__ must be set to a string object',
    'f.__module__=5 ok',
    'del f.__module__ ok',
    'f.__doc__=3 ok',
    'del f.__doc__ ok',
    'del f.__annotations__ ok',
    'f.x=1;del f.x ok',
    "del f.y => AttributeError 'function' object has no attribute 'y'",
    "len.__name__='x' => AttributeError attribute '__name__' of 'builtin_function_or_method' objects is not writable",
    "len.x=1 => AttributeError 'builtin_function_or_method' object has no attribute 'x' and no __dict__ for setting new attributes",
    'del f.__annotate__ => TypeError __annotate__ cannot be deleted',
    'f.__builtins__=1 => AttributeError readonly attribute',
    "FT() => TypeError function() missing required argument 'code' (pos 1)",
    "FT(1,{}) => TypeError function() argument 'code' must be code, not int",
    "FT(f.__code__,1) => TypeError function() argument 'globals' must be dict, not int",
    'FT(f.__code__,{},1) => TypeError arg 3 (name) must be None or string',
    'FT(f.__code__,{},None,1) => TypeError arg 4 (defaults) must be None or tuple',
    'FT(f.__code__,{},None,None,1) => TypeError arg 5 (closure) must be None or tuple',
    'FT(f.__code__,{},None,None,(1,)) => ValueError fn requires closure of length 0, not 1',
    'FT(f.__code__,{},None,None,None,1) => TypeError arg 6 (kwdefaults) must be None or dict',
    'MT(1,2) => TypeError first argument must be callable',
    'MT(f,None) => TypeError instance must not be None',
    'MT(f) => TypeError method expected 2 arguments, got 1',
    'MT(f,1,x=2) => TypeError method() takes no keyword arguments',
    'FT(f.__code__,{}).__module__ -> None',
    'MT(f,1)==MT(f,1),MT(f,1)==MT(f,2) -> (True, False)',
    "['__annotations_cache__'] {'y': 1} None ['__annotations_cache__', '__annotate_func__']",
    '[]',
    'del A.__annotations__ => AttributeError __annotations__',
    "{} ['__annotate_func__', '__annotations_cache__']",
    "['__annotate_func__'] {'z': 1} ['__annotate_func__', '__annotations_cache__']",
    "['__annotate_func__', '__annotations_cache__'] {'z': 1} ['__annotate_func__', '__annotations_cache__']",
    "B.__annotations__ => TypeError __annotate__ returned non-dict of type 'int'",
    "['__annotations__'] {'q': 2} ['__annotations__']",
    "['__annotations__'] {'r': 2}",
    '[] {}',
    "<class 'A'> ['__annotate_func__', '__annotations_cache__'] False",
    "<class '__main__.x.y'>",
    "<class 'G2'>",
    '()',
    '1',
    "A() => TypeError Can't instantiate abstract class A without an implementation for abstract method 'x'",
    'del A.__abstractmethods__ => AttributeError __abstractmethods__',
    "(1, 2) <class '__main__.H2'> {'a': 1, 'b': 2}",
    "3 {'a': 1, 'b': 2, 'c': 3}",
    '1',
    "h.a => AttributeError 'H2' object has no attribute 'a'",
    "5 <class '__main__.T2'>",
    '[] True',
    'b1',
    "b2 (<class '__main__.Dv'>, <class '__main__.Base2'>, <class 'object'>) []",
    'Dv.__bases__=() => TypeError can only assign non-empty tuple to Dv.__bases__, not ()',
    'Dv.__bases__=1 => TypeError can only assign tuple to Dv.__bases__, not int',
    "Dv.__bases__=(1,) => TypeError Dv.__bases__ must be tuple of classes, not 'int'",
    'Dv.__bases__=(Dv,) => TypeError a __bases__ item causes an inheritance cycle',
    "Dv.__bases__=(int,) => TypeError __bases__ assignment: 'int' deallocator differs from 'Base2'",
]
for got, wanted in zip(RESULTS, EXPECTED):
    assert got == wanted, (got, wanted)
assert len(RESULTS) == len(EXPECTED)
