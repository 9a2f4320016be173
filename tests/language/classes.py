# Classes: creation, special methods, attributes.
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
# class edge cases
ex("class A:\n  __slots__=('a','a')")
ex("class A:\n  __slots__=1")
ex("class A:\n  __slots__=('1',)")
ex("class A:\n  __slots__=('a',)\n  a=1")
ex("class A(int):\n  __slots__=('a',)")
ex("class A:\n  __slots__=('__dict__','__dict__')")
ex("class A:\n  __slots__=('__dict__',)\na=A(); a.x=1; print(a.__dict__)")
ex("class A:\n  __slots__=('__weakref__',)\nA()")
ex("class A:\n  __slots__={'a':'doc a'}\nprint(A.a.__doc__, A.__slots__)")
ex("class A:\n  __slots__='abc'\na=A(); a.abc=1; print(a.abc, A.__slots__)")
ex("class A:\n  __slots__=('__x',)\n  def f(s): s.__x=5; return s.__x\nprint(A().f(), A._A__x)")
ex("class A:\n  __slots__=['b','a']\nprint(A.__slots__)\nclass B(A): __slots__=('c',)\nb=B(); b.a=1;b.b=2;b.c=3; print(b.a,b.b,b.c)\nclass C(B): pass\nc=C(); c.a=1; c.z=2; print(c.a,c.z,c.__dict__)")
ex("class A: __slots__=('a',)\nclass B: __slots__=('b',)\nclass C(A,B): pass")
ex("class A: __slots__=('a',)\nclass B: __slots__=()\nclass C(A,B): __slots__=('d',)\nc=C();c.a=1;c.d=2;print(c.a,c.d)")
ex("class A:\n def __eq__(s,o): return True\nprint(A.__hash__, A()==1); hash(A())")
ex("class A:\n def __eq__(s,o): return True\n def __hash__(s): return 5\nclass B(A): pass\nprint(hash(B()), B()==3, B()!=3)")
ex("class A:\n def __init__(s,x): s.x=x\nA()")
ex("class A:\n def __init__(s): return 5\nA()")
ex("class A:\n def __new__(c,*a): print('new',a); return object.__new__(c)\n def __init__(s,*a): print('init',a)\nA(1,2)")
ex("class A:\n def __new__(c): return 5\nprint(A())")
ex("class A(int):\n def __new__(c,x): return super().__new__(c,x+1)\nprint(A(5), type(A(5)), A(5).__class__)")
ex("class A(str): pass\na=A('x'); a.q=1; print(a, a.q, repr(a), type(a+'y'))")
ex("class A(list):\n def append(s,x): super().append(x*2)\na=A([1]); a.append(3); print(a, len(a), a.__class__.__name__)")
ex("class A(dict):\n def __missing__(s,k): return k+'!'\nprint(A()['x'], A(a=1))")
ex("class A(tuple): pass\na=A((1,2)); a.x=1; print(a,a.x,a==(1,2))")
ex("class A(float): pass\na=A(1.5); a.x=1; print(a,a+1,type(a+1))")
ex("class A(Exception):\n def __init__(s,a,b): super().__init__(a); s.b=b\ne=A(1,2); print(repr(e),e.args,e.b)")
ex("class A(Exception): pass\ntry:\n raise A(1)\nexcept A as e: print(e, type(e), e.__traceback__ is not None, e.__context__)")
ex("class A:\n def __getattribute__(s,n): return 'x'+n if n!='__class__' else object.__getattribute__(s,n)\nprint(A().foo, A().__dict__)")
ex("class A:\n def __getattr__(s,n): raise AttributeError('no '+n)\nA().foo")
ex("class A:\n def __setattr__(s,n,v): print('set',n,v)\n def __delattr__(s,n): print('del',n)\na=A(); a.x=1; del a.x")
ex("class A:\n def __del__(s): print('del')\na=A(); del a; print('after')")
ex("class A:\n def __call__(s,*a,**k): return a,k\nprint(A()(1,x=2))")
ex("class A:\n def __len__(s): return 3\n def __getitem__(s,i):\n  if i>2: raise IndexError\n  return i\na=A(); print(len(a), list(a), 2 in a, bool(a), a[1], list(reversed(a)))")
ex("class A:\n def __len__(s): return -1\nlen(A())")
ex("class A:\n def __len__(s): return 'a'\nlen(A())")
ex("class A:\n def __bool__(s): return 1\nbool(A())")
ex("class A:\n def __str__(s): return 1\nstr(A())")
ex("class A:\n def __repr__(s): return 1\nrepr(A())")
ex("class A:\n def __hash__(s): return 'a'\nhash(A())")
ex("class A:\n def __iter__(s): return 1\niter(A())")
ex("class A:\n __iter__=None\niter(A())")
ex("class A:\n __contains__=None\n1 in A()")
ex("class A:\n def __add__(s,o): return 'add'\n def __radd__(s,o): return 'radd'\n def __iadd__(s,o): return 'iadd'\na=A(); print(a+1,1+a); a+=1; print(a)")
ex("class A:\n def __add__(s,o): return NotImplemented\nA()+1")
ex("class A:\n def __lt__(s,o): return 'lt'\nprint(A()<1, 1>A()); A()>1")
ex("class A:\n def __index__(s): return 3\nprint([1,2,3,4][A()], hex(A()), range(A()))")
ex("class A:\n def __enter__(s): print('en'); return s\n def __exit__(s,*a): print('ex',a[0]); return True\nwith A() as a: raise ValueError(1)")
ex("class A: pass\nwith A(): pass")
ex("class A:\n x=property(lambda s:1)\n class B:\n  class C: pass\nprint(A.B.C, A.B.C.__qualname__, A().x)")
ex("class A:\n def f(s): pass\nprint(A.f, A().f.__func__ is A.f, A.f.__get__(1)); A.f()")
ex("A=type('A',(),{'__slots__':('q',)}); a=A(); a.q=1; print(a.q); a.r=1")
ex("class A: pass\nA.f=lambda s: 5\nprint(A().f()); a=A(); a.f=lambda: 6; print(a.f()); del a.f; print(a.f()); del A.f; a.f")
ex("class A: pass\na=A()\nfor i in range(40): setattr(a,'x%d'%i,i)\nprint(a.x39, len(a.__dict__), list(a.__dict__)[:3]); del a.x0; print(hasattr(a,'x0'), a.x1)")
ex("class A: pass\na=A(); a.__dict__['z']=1; print(a.z, vars(a)); a.__dict__={'y':2}; print(a.y); a.__dict__=1")
ex("class A: pass\na=A(); a.x=1; b=A(); b.y=2; b.x=3; print(a.__dict__,b.__dict__, a.x,b.x)")
ex("class Meta(type):\n x=property(lambda c:'metax')\n def __len__(c): return 7\n def __getattr__(c,n): return 'mg'+n\n def __iter__(c): return iter([1,2])\nclass A(metaclass=Meta): pass\nprint(A.x, len(A), A.foo, list(A)); A().x")
ex("class Meta(type):\n def mro(c): return [c,object]\nclass A(metaclass=Meta): pass\nprint(A.__mro__)")
ex("class Meta(type):\n def mro(c): return [1]\nclass A(metaclass=Meta): pass")
ex("class A:\n def __class_getitem__(c,i): return (c.__name__,i)\nprint(A[5])")
ex("class A: pass\nA[5]")
ex("class A:\n def __init_subclass__(c,/,x,**k): print('sub',c,x,k)\nclass B(A,x=5): pass\nclass C(A): pass")
ex("class D:\n def __set_name__(s,o,n): raise ValueError('x')\nclass A:\n d=D()")
ex("class A:\n def __reduce__(s): return 5\nprint(A().__reduce_ex__(2))")
ex("print(object.__doc__[:20], type.__doc__[:10]); print(int.__init_subclass__(), object.__subclasshook__())")
ex("class A: pass\nprint(A() == A(), A() != A(), A.__eq__(A(),1), A.__ne__(A(),1), A.__lt__(A(),1))")
ex("print(isinstance(A,type), issubclass(A,object), type(A) is type)")
ex("class A:\n __doc__='dd'\nprint(A.__doc__, A().__doc__); A.__doc__='ee'; print(A.__doc__)\nclass B(A): pass\nprint(B.__doc__)")
ex("class A:\n '''doc'''\n x: int = 5\nprint(A.__doc__, A.__annotations__)")
ex("class A:\n __match_args__=('x','y')\n def __init__(s): s.x=1;s.y=2\nmatch A():\n case A(a,b): print(a,b)")
ex("class P: pass\nclass Q(P): pass\nclass R(P): pass\nclass S(Q,R): pass\nprint(S.__mro__, S.mro())")
ex("class X: pass\nclass Y(X): pass\nclass Z(X,Y): pass")
ex("type('A',(object,),{}).__module__\nprint(type('A',(object,),{}).__module__, type('A',(),{'__qualname__':'q.w'}).__qualname__)")
ex("type('A',(),{'__qualname__':1})")
ex("class A:\n def m(self): return __class__\nprint(A().m())")
ex("class A: pass\na=A()\na.__class__=1")
ex("int.__dict__['real']=1")
ex("print(int.__dict__['real'], len(A.__dict__)>0, 'x' in A.__dict__)")


EXPECTED = [
    "class A:\n  __slots__=('a','a') ok",
    "class A:\n  __slots__=1 => TypeError 'int' object is not iterable",
    "class A:\n  __slots__=('1',) => TypeError __slots__ must be identifiers",
    "class A:\n  __slots__=('a',)\n  a=1 => ValueError 'a' in __slots__ conflicts with class variable",
    "class A(int):\n  __slots__=('a',) => TypeError nonempty __slots__ not supported for subtype of 'int'",
    "class A:\n  __slots__=('__dict__','__dict__') => TypeError __dict__ slot disallowed: we already got one",
    "{'x': 1}",
    "class A:\n  __slots__=('__dict__',)\na=A(); a.x=1; print(a.__dict__) ok",
    "class A:\n  __slots__=('__weakref__',)\nA() ok",
    "None {'a': 'doc a'}",
    "class A:\n  __slots__={'a':'doc a'}\nprint(A.a.__doc__, A.__slots__) ok",
    '1 abc',
    "class A:\n  __slots__='abc'\na=A(); a.abc=1; print(a.abc, A.__slots__) ok",
    "5 <member '_A__x' of 'A' objects>",
    "class A:\n  __slots__=('__x',)\n  def f(s): s.__x=5; return s.__x\nprint(A().f(), A._A__x) ok",
    "['b', 'a']",
    '1 2 3',
    "1 2 {'z': 2}",
    "class A:\n  __slots__=['b','a']\nprint(A.__slots__)\nclass B(A): __slots__=('c',)\nb=B(); b.a=1;b.b=2;b.c=3; print(b.a,b.b,b.c)\nclass C(B): pass\nc=C(); c.a=1; c.z=2; print(c.a,c.z,c.__dict__) ok",
    "class A: __slots__=('a',)\nclass B: __slots__=('b',)\nclass C(A,B): pass => TypeError multiple bases have instance lay-out conflict",
    '1 2',
    "class A: __slots__=('a',)\nclass B: __slots__=()\nclass C(A,B): __slots__=('d',)\nc=C();c.a=1;c.d=2;print(c.a,c.d) ok",
    'None True',
    "class A:\n def __eq__(s,o): return True\nprint(A.__hash__, A()==1); hash(A()) => TypeError unhashable type: 'A'",
    '5 True False',
    'class A:\n def __eq__(s,o): return True\n def __hash__(s): return 5\nclass B(A): pass\nprint(hash(B()), B()==3, B()!=3) ok',
    "class A:\n def __init__(s,x): s.x=x\nA() => TypeError A.__init__() missing 1 required positional argument: 'x'",
    "class A:\n def __init__(s): return 5\nA() => TypeError __init__() should return None, not 'int'",
    'new (1, 2)',
    'init (1, 2)',
    "class A:\n def __new__(c,*a): print('new',a); return object.__new__(c)\n def __init__(s,*a): print('init',a)\nA(1,2) ok",
    '5',
    'class A:\n def __new__(c): return 5\nprint(A()) ok',
    "6 <class '__main__.A'> <class '__main__.A'>",
    'class A(int):\n def __new__(c,x): return super().__new__(c,x+1)\nprint(A(5), type(A(5)), A(5).__class__) ok',
    "x 1 'x' <class 'str'>",
    "class A(str): pass\na=A('x'); a.q=1; print(a, a.q, repr(a), type(a+'y')) ok",
    '[1, 6] 2 A',
    'class A(list):\n def append(s,x): super().append(x*2)\na=A([1]); a.append(3); print(a, len(a), a.__class__.__name__) ok',
    "x! {'a': 1}",
    "class A(dict):\n def __missing__(s,k): return k+'!'\nprint(A()['x'], A(a=1)) ok",
    '(1, 2) 1 True',
    'class A(tuple): pass\na=A((1,2)); a.x=1; print(a,a.x,a==(1,2)) ok',
    "1.5 2.5 <class 'float'>",
    'class A(float): pass\na=A(1.5); a.x=1; print(a,a+1,type(a+1)) ok',
    'A(1) (1,) 2',
    'class A(Exception):\n def __init__(s,a,b): super().__init__(a); s.b=b\ne=A(1,2); print(repr(e),e.args,e.b) ok',
    "1 <class '__main__.A'> True None",
    'class A(Exception): pass\ntry:\n raise A(1)\nexcept A as e: print(e, type(e), e.__traceback__ is not None, e.__context__) ok',
    'xfoo x__dict__',
    "class A:\n def __getattribute__(s,n): return 'x'+n if n!='__class__' else object.__getattribute__(s,n)\nprint(A().foo, A().__dict__) ok",
    "class A:\n def __getattr__(s,n): raise AttributeError('no '+n)\nA().foo => AttributeError no foo",
    'set x 1',
    'del x',
    "class A:\n def __setattr__(s,n,v): print('set',n,v)\n def __delattr__(s,n): print('del',n)\na=A(); a.x=1; del a.x ok",
    'del',
    'after',
    "class A:\n def __del__(s): print('del')\na=A(); del a; print('after') ok",
    "((1,), {'x': 2})",
    'class A:\n def __call__(s,*a,**k): return a,k\nprint(A()(1,x=2)) ok',
    '3 [0, 1, 2] True True 1 [2, 1, 0]',
    'class A:\n def __len__(s): return 3\n def __getitem__(s,i):\n  if i>2: raise IndexError\n  return i\na=A(); print(len(a), list(a), 2 in a, bool(a), a[1], list(reversed(a))) ok',
    'class A:\n def __len__(s): return -1\nlen(A()) => ValueError __len__() should return >= 0',
    "class A:\n def __len__(s): return 'a'\nlen(A()) => TypeError 'str' object cannot be interpreted as an integer",
    'class A:\n def __bool__(s): return 1\nbool(A()) => TypeError __bool__ should return bool, returned int',
    'class A:\n def __str__(s): return 1\nstr(A()) => TypeError __str__ returned non-string (type int)',
    'class A:\n def __repr__(s): return 1\nrepr(A()) => TypeError __repr__ returned non-string (type int)',
    "class A:\n def __hash__(s): return 'a'\nhash(A()) => TypeError __hash__ method should return an integer",
    "class A:\n def __iter__(s): return 1\niter(A()) => TypeError iter() returned non-iterator of type 'int'",
    "class A:\n __iter__=None\niter(A()) => TypeError 'A' object is not iterable",
    "class A:\n __contains__=None\n1 in A() => TypeError 'A' object is not a container",
    'add radd',
    'iadd',
    "class A:\n def __add__(s,o): return 'add'\n def __radd__(s,o): return 'radd'\n def __iadd__(s,o): return 'iadd'\na=A(); print(a+1,1+a); a+=1; print(a) ok",
    "class A:\n def __add__(s,o): return NotImplemented\nA()+1 => TypeError unsupported operand type(s) for +: 'A' and 'int'",
    'lt lt',
    "class A:\n def __lt__(s,o): return 'lt'\nprint(A()<1, 1>A()); A()>1 => TypeError '>' not supported between instances of 'A' and 'int'",
    '4 0x3 range(0, 3)',
    'class A:\n def __index__(s): return 3\nprint([1,2,3,4][A()], hex(A()), range(A())) ok',
    'en',
    "ex <class 'ValueError'>",
    "class A:\n def __enter__(s): print('en'); return s\n def __exit__(s,*a): print('ex',a[0]); return True\nwith A() as a: raise ValueError(1) ok",
    "class A: pass\nwith A(): pass => TypeError 'A' object does not support the context manager protocol (missed __exit__ method)",
    "<class '__main__.A.B.C'> A.B.C 1",
    'class A:\n x=property(lambda s:1)\n class B:\n  class C: pass\nprint(A.B.C, A.B.C.__qualname__, A().x) ok',
    "class A:\n def f(s): pass\nprint(A.f, A().f.__func__ is A.f, A.f.__get__(1)); A.f() => TypeError A.f() missing 1 required positional argument: 's'",
    '1',
    "A=type('A',(),{'__slots__':('q',)}); a=A(); a.q=1; print(a.q); a.r=1 => AttributeError 'A' object has no attribute 'r' and no __dict__ for setting new attributes",
    '5',
    '6',
    '5',
    "class A: pass\nA.f=lambda s: 5\nprint(A().f()); a=A(); a.f=lambda: 6; print(a.f()); del a.f; print(a.f()); del A.f; a.f => AttributeError 'A' object has no attribute 'f'",
    "39 40 ['x0', 'x1', 'x2']",
    'False 1',
    "class A: pass\na=A()\nfor i in range(40): setattr(a,'x%d'%i,i)\nprint(a.x39, len(a.__dict__), list(a.__dict__)[:3]); del a.x0; print(hasattr(a,'x0'), a.x1) ok",
    "1 {'z': 1}",
    '2',
    "class A: pass\na=A(); a.__dict__['z']=1; print(a.z, vars(a)); a.__dict__={'y':2}; print(a.y); a.__dict__=1 => TypeError __dict__ must be set to a dictionary, not a 'int'",
    "{'x': 1} {'y': 2, 'x': 3} 1 3",
    'class A: pass\na=A(); a.x=1; b=A(); b.y=2; b.x=3; print(a.__dict__,b.__dict__, a.x,b.x) ok',
    'metax 7 mgfoo [1, 2]',
    "class Meta(type):\n x=property(lambda c:'metax')\n def __len__(c): return 7\n def __getattr__(c,n): return 'mg'+n\n def __iter__(c): return iter([1,2])\nclass A(metaclass=Meta): pass\nprint(A.x, len(A), A.foo, list(A)); A().x => AttributeError 'A' object has no attribute 'x'",
    "(<class '__main__.A'>, <class 'object'>)",
    'class Meta(type):\n def mro(c): return [c,object]\nclass A(metaclass=Meta): pass\nprint(A.__mro__) ok',
    "class Meta(type):\n def mro(c): return [1]\nclass A(metaclass=Meta): pass => TypeError mro() returned a non-class ('int')",
    "('A', 5)",
    'class A:\n def __class_getitem__(c,i): return (c.__name__,i)\nprint(A[5]) ok',
    "class A: pass\nA[5] => TypeError type 'A' is not subscriptable",
    "sub <class '__main__.B'> 5 {}",
    "class A:\n def __init_subclass__(c,/,x,**k): print('sub',c,x,k)\nclass B(A,x=5): pass\nclass C(A): pass => TypeError A.__init_subclass__() missing 1 required positional argument: 'x'",
    "class D:\n def __set_name__(s,o,n): raise ValueError('x')\nclass A:\n d=D() => ValueError x",
    '5',
    'class A:\n def __reduce__(s): return 5\nprint(A().__reduce_ex__(2)) ok',
    'The base class of th type(objec',
    'print(object.__doc__[:20], type.__doc__[:10]); print(int.__init_subclass__(), object.__subclasshook__()) => TypeError object.__subclasshook__() takes exactly one argument (0 given)',
    'False True NotImplemented NotImplemented NotImplemented',
    'class A: pass\nprint(A() == A(), A() != A(), A.__eq__(A(),1), A.__ne__(A(),1), A.__lt__(A(),1)) ok',
    'True True True',
    'print(isinstance(A,type), issubclass(A,object), type(A) is type) ok',
    'dd dd',
    'ee',
    'None',
    "class A:\n __doc__='dd'\nprint(A.__doc__, A().__doc__); A.__doc__='ee'; print(A.__doc__)\nclass B(A): pass\nprint(B.__doc__) ok",
    "doc {'x': <class 'int'>}",
    "class A:\n '''doc'''\n x: int = 5\nprint(A.__doc__, A.__annotations__) ok",
    '1 2',
    "class A:\n __match_args__=('x','y')\n def __init__(s): s.x=1;s.y=2\nmatch A():\n case A(a,b): print(a,b) ok",
    "(<class '__main__.S'>, <class '__main__.Q'>, <class '__main__.R'>, <class '__main__.P'>, <class 'object'>) [<class '__main__.S'>, <class '__main__.Q'>, <class '__main__.R'>, <class '__main__.P'>, <class 'object'>]",
    'class P: pass\nclass Q(P): pass\nclass R(P): pass\nclass S(Q,R): pass\nprint(S.__mro__, S.mro()) ok',
    'class X: pass\nclass Y(X): pass\nclass Z(X,Y): pass => TypeError Cannot create a consistent method resolution order (MRO) for bases X, Y',
    '__main__ q.w',
    "type('A',(object,),{}).__module__\nprint(type('A',(object,),{}).__module__, type('A',(),{'__qualname__':'q.w'}).__qualname__) ok",
    "type('A',(),{'__qualname__':1}) => TypeError type __qualname__ must be a str, not int",
    "<class '__main__.A'>",
    'class A:\n def m(self): return __class__\nprint(A().m()) ok',
    "class A: pass\na=A()\na.__class__=1 => TypeError __class__ must be set to a class, not 'int' object",
    "int.__dict__['real']=1 => TypeError 'mappingproxy' object does not support item assignment",
    "<attribute 'real' of 'int' objects> True False",
    "print(int.__dict__['real'], len(A.__dict__)>0, 'x' in A.__dict__) ok",
]
for got, wanted in zip(RESULTS, EXPECTED):
    assert got == wanted, (got, wanted)
assert len(RESULTS) == len(EXPECTED)


# Slots of a class without a dict, in instances of a subclass that has one; stored to and loaded by the same instructions.
class WithoutDict:
    __slots__ = ("a", "b")

    def fill(self, a, b):
        self.a = a
        self.b = b

    def both(self):
        return self.a, self.b


class WithDict(WithoutDict):
    pass


class WithMore(WithDict):
    __slots__ = ("c",)

    def fill(self, a, b):
        super().fill(a, b)
        self.c = a


class Other:
    pass


class Mixed(Other, WithoutDict):
    pass


for _ in range(5):
    for cls in WithoutDict, WithDict, WithMore, Mixed:
        item = cls()
        item.fill(None, 2)
        if cls is not WithoutDict:
            item.d = 4
            assert item.__dict__ == {"d": 4}
        item.fill(1, 2)
        assert item.both() == (1, 2), cls
        if cls is not WithoutDict:
            item.d = 5
            item.e = 6
            assert item.__dict__ == {"d": 5, "e": 6} and item.d == 5
        del item.a
        try:
            item.both()
        except AttributeError as error:
            assert str(error) == f"'{cls.__name__}' object has no attribute 'a'", error
        else:
            assert False
        item.a = 3
        assert item.both() == (3, 2)
        if cls is WithMore:
            assert item.c == 1
