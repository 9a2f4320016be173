# The functions of builtins; calling natives wrongly.
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
class R:
    def __round__(self,n=None): return ('r',n)
    def __dir__(self): return ['b','a']
class It:
    def __init__(self,n): self.n=n
    def __iter__(self): return self
    def __next__(self):
        if self.n==0: raise StopIteration(7)
        self.n-=1; return self.n
for f in ["abs(-3),abs(-3.5),abs(-10**30)","abs('a')","all([1,2]),all([]),all([0])","any([0,1]),any([])","ascii('a\u1234\\x80')","bin(10),bin(-10),bin(0),bin(10**20)","oct(8),hex(255),hex(-10**20)","bin(1.5)","chr(97),chr(0x1234),chr(0x10ffff)","chr(-1)","chr(10**30)","chr('a')","chr(0x110000)","ord('a'),ord(b'a'),ord(bytearray(b'b'))","ord('ab')","ord(1)","ord(b'')","divmod(7,3),divmod(-7,3),divmod(7.5,2)","divmod(1,'a')","divmod(1,0)","pow(2,10),pow(2,-1),pow(2,10,7)","pow(2,3,0)","pow(base=2,exp=3),pow(2,3,mod=5)","pow('a',2)","pow(2,'a',3)","round(2.5),round(3.567,2),round(R()),round(R(),3),round(5),round(12345,-2)","round('a')","round(1,2,3)","round(number=2.7)","sum([1,2,3]),sum([0.1]*10),sum([[1],[2]],[]),sum([1,2.5]),sum([],5),sum([1],start=10)","sum(['a'])","sum(['a'],'')","sum([b'a'],b'')","sum(1)","sum()","sum([10**30,1]),sum([True,2]),sum([1e100,1.0,-1e100])","min(1,2),max(1,2),min([3,1]),max('abc'),min([],default=4),max([1,-5],key=abs)","min()","max([])","max(1,2,default=3)","max(1,x=2)","max([1,'a'])","min(1)","len([1]),len('abc'),len({})","len(1)","len()","len([],[])","len(x=1)","repr('a'),repr([1,'b'])","callable(len),callable(1)","isinstance(1,(int,str)),issubclass(bool,int)","isinstance(1)","hash(1),hash(2**61),hash('a')==hash('a')","hash([])","id(1)==id(1)","sorted([3,1,2]),sorted([3,1,2],reverse=True),sorted('bca',key=str.upper)","sorted(1)","sorted([1,'a'])","sorted([1],1)","sorted([1],x=1)","next(iter([1]))","next(iter([]))","next(iter([]),5)","next(1)","next(It(0))","next(It(0),'d')","iter(1)","list(iter(It(3)))","iter([],1)","list(iter(It(3).__next__,0))","list(It(3))","getattr(1,'real')","getattr(1,'x',9)","getattr(1,'x')","getattr(1,1)","getattr()","getattr(1)","hasattr(1,'real'),hasattr(1,'x')","hasattr(1,1)","setattr(R(),'x',1)","setattr(1,'x',1)","setattr(R(),1,1)","delattr(R(),'x')","delattr(1,2)","dir(R())","vars(R())","vars(1)","format(3),format(3,'05'),format('a','>3'),format(3.14159,'.2f')","format(3,3)","format()","format('a','d')","eval('1+2'),eval('x',{'x':5}),eval('x',{},{'x':6})","eval('1+')","eval(1)","eval('x',1)","eval('1',{},1)","exec('a=1')","exec(1)","exec('a',1)","exec('a',{},1)","compile('1','f','eval')","compile('1','f','foo')","compile(1,'f','exec')","compile('1',1,'exec')","compile('1','f','exec',flags=1<<30)","compile('1','f','exec',optimize=5)","eval(compile('1+1','f','eval'))","eval(b'1+1'),eval(bytearray(b'2'))","eval('\\0')","eval('  3')","print(1,2,sep='-',end='!\\n')","print(1,sep=1)","print(1,end=1)","print(x=1)","print(1,file=5)","__import__(1)","__import__('')","__build_class__()","__build_class__(1,2)","__build_class__(lambda:0,2)","type(globals()),'show' in globals()","zip,map,filter,range,enumerate,reversed,slice,property,super,frozenset,bytearray,complex","NotImplemented,Ellipsis,__debug__","EnvironmentError is OSError","anext(1)","aiter(1)","breakpoint.__text_signature__","print.__text_signature__,len.__doc__"]: show(f)
def f():
    a=1; b=2
    return locals(), sorted(dir())
print(f())
class A:
    x=1
    print(sorted(k for k in locals() if k!='__firstlineno__' and k!='__static_attributes__'))
class M(type):
    def __new__(m,n,b,d,**k): print('new',n,k); return super().__new__(m,n,b,d)
    def __init__(c,n,b,d,**k): print('init',k); super().__init__(n,b,d)
    @classmethod
    def __prepare__(m,n,b,**k): print('prep',n,b,k); return {'pp':1}
    def __call__(c,*a): print('call',a); return super().__call__(*a)
    def __instancecheck__(c,o): return o==5
    def __subclasscheck__(c,o): return True
class A(metaclass=M,k=1): pass
print(A.pp, A(), isinstance(5,A), isinstance(6,A), issubclass(int,A))
class B(A): 
    def __init_subclass__(cls,**k): print('is',cls.__name__,k); super().__init_subclass__()
class C(B,z=3): pass
ex("class D(int,str): pass"); ex("class D(1): pass"); ex("class D(bool): pass"); ex("class D(A,A): pass"); ex("class D(object,A): pass"); ex("class D(metaclass=int): pass"); ex("class D(int,k=1): pass"); ex("class D(metaclass=lambda n,b,d:5): pass\nprint(D)")
class P: 
    def __mro_entries__(self,b): return (C,)
class Q(P()): pass
print(Q.__mro__, Q.__orig_bases__)
class Desc:
    def __set_name__(s,o,n): print('sn',o.__name__,n)
    def __get__(s,o,t): return ('get',o is None,t.__name__)
class W: d=Desc()
print(W.d, W().d)
class Prop:
    @property
    def p(self): "doc"; return self._p
    @p.setter
    def p(self,v): self._p=v
    @property
    def ro(self): return 1
    wo=property(None,lambda s,v:None)
x=Prop(); x.p=5; print(x.p, Prop.p.__doc__, Prop.p.__name__, type(Prop.p.fget))
ex("x.ro=1"); ex("del x.ro"); ex("x.wo"); ex("Prop.p.__set__(1)"); ex("property(1,2,3,4,5)"); ex("property(x=1)"); ex("x.p.q"); ex("print(property().__isabstractmethod__)")
class S1:
    def m(self): return 'S1'
class S2(S1):
    def m(self): return 'S2'+super().m()
    @classmethod
    def c(cls): return super().m(cls)
    def n(self): return super(S2,self).m(), super(S2,S2).m(self)
print(S2().m(), S2.c(), S2().n()); s=super(S2,S2())
print(repr(s)[:40], s.__thisclass__, s.__self_class__); ex("super(1)"); ex("super(S2,1)"); ex("super()"); ex("super(S2,S2(),3)"); ex("s.zz"); ex("super(S1,S2()).zz")
print(super(S2).__self__, repr(super(S2)))
class G:
    def __getattr__(s,n): return 'ga:'+n
print(G().foo); ex("print(G().__len__)")

class D: 
    pass
for f in ["(1).__pow__()","(1).__pow__(1,2,3)","(1).__rpow__()","[].__setitem__(1)","[].__delitem__()","object().__setattr__(1)","object().__delattr__()","property().__get__()","property().__get__(1,2,3)","property().__set__(1)","property().__delete__()","(1).__add__()","(1).__add__(1,2)","(1).__neg__(1)","[].__len__(1)","[].__contains__()","[].__iter__(1)","(1).__hash__(1)","(1).__eq__()","D().__init__(1)","D(1)","object.__new__()","object.__new__(1)","object.__new__(int)","int.__new__(D)","D.__call__(1)","(1).__getattribute__()","(1).__getattribute__(1)","(1).__add__(x=1)","[].__init__(1,2)","object.__setattr__(D,'x',1)","object.__delattr__(D,'x')","type.__setattr__(int,'x',1)","(1).__divmod__()","[].__iadd__()","[].__imul__('a')","[].__mul__('a')","iter([]).__next__(1)","len.__call__()","D().__class__()","D.__init_subclass__(1)","D.__subclasshook__(1)","D.__init_subclass__(x=1)","D().__dir__(1)","D().__reduce__(1)","D().__format__()","D().__sizeof__(1)","D().__repr__(1)","type(D).__call__(D,1)", "D.__dict__['__dict__'].__get__(1)","D.__dict__['__weakref__'].__get__(D())","D.__dict__['x']","[].append()","[].append(1,2)","[].append(x=1)","list.append()","list.append(1)","str.join(1)","''.join()","{}.get()","{}.get(1,2,3)","{}.pop()","'a'.split(1,2,3)","'a'.encode(1)","int(1,2,3)","int(x=1)","len.__self__.__name__","int.from_bytes()","int.__subclasses__()","dict.fromkeys()","[].sort(1)","[].pop('a')","print.__self__"]: show(f)


EXPECTED = [
    'abs(-3),abs(-3.5),abs(-10**30) -> (3, 3.5, 1000000000000000000000000000000)',
    "abs('a') => TypeError bad operand type for abs(): 'str'",
    'all([1,2]),all([]),all([0]) -> (True, True, False)',
    'any([0,1]),any([]) -> (True, False)',
    "ascii('aሴ\\x80') -> 'a\\u1234\\x80'",
    "bin(10),bin(-10),bin(0),bin(10**20) -> ('0b1010', '-0b1010', '0b0', '0b1010110101111000111010111100010110101100011000100000000000000000000')",
    "oct(8),hex(255),hex(-10**20) -> ('0o10', '0xff', '-0x56bc75e2d63100000')",
    "bin(1.5) => TypeError 'float' object cannot be interpreted as an integer",
    "chr(97),chr(0x1234),chr(0x10ffff) -> ('a', 'ሴ', '\\U0010ffff')",
    'chr(-1) => ValueError chr() arg not in range(0x110000)',
    'chr(10**30) => ValueError chr() arg not in range(0x110000)',
    "chr('a') => TypeError 'str' object cannot be interpreted as an integer",
    'chr(0x110000) => ValueError chr() arg not in range(0x110000)',
    "ord('a'),ord(b'a'),ord(bytearray(b'b')) -> (97, 97, 98)",
    "ord('ab') => TypeError ord() expected a character, but string of length 2 found",
    'ord(1) => TypeError ord() expected string of length 1, but int found',
    "ord(b'') => TypeError ord() expected a character, but string of length 0 found",
    'divmod(7,3),divmod(-7,3),divmod(7.5,2) -> ((2, 1), (-3, 2), (3.0, 1.5))',
    "divmod(1,'a') => TypeError unsupported operand type(s) for divmod(): 'int' and 'str'",
    'divmod(1,0) => ZeroDivisionError division by zero',
    'pow(2,10),pow(2,-1),pow(2,10,7) -> (1024, 0.5, 2)',
    'pow(2,3,0) => ValueError pow() 3rd argument cannot be 0',
    'pow(base=2,exp=3),pow(2,3,mod=5) -> (8, 3)',
    "pow('a',2) => TypeError unsupported operand type(s) for ** or pow(): 'str' and 'int'",
    "pow(2,'a',3) => TypeError unsupported operand type(s) for ** or pow(): 'int', 'str', 'int'",
    "round(2.5),round(3.567,2),round(R()),round(R(),3),round(5),round(12345,-2) -> (2, 3.57, ('r', None), ('r', 3), 5, 12300)",
    "round('a') => TypeError type str doesn't define __round__ method",
    'round(1,2,3) => TypeError round() takes at most 2 arguments (3 given)',
    'round(number=2.7) -> 3',
    'sum([1,2,3]),sum([0.1]*10),sum([[1],[2]],[]),sum([1,2.5]),sum([],5),sum([1],start=10) -> (6, 1.0, [1, 2], 3.5, 5, 11)',
    "sum(['a']) => TypeError unsupported operand type(s) for +: 'int' and 'str'",
    "sum(['a'],'') => TypeError sum() can't sum strings [use ''.join(seq) instead]",
    "sum([b'a'],b'') => TypeError sum() can't sum bytes [use b''.join(seq) instead]",
    "sum(1) => TypeError 'int' object is not iterable",
    'sum() => TypeError sum() takes at least 1 positional argument (0 given)',
    'sum([10**30,1]),sum([True,2]),sum([1e100,1.0,-1e100]) -> (1000000000000000000000000000001, 3, 1.0)',
    "min(1,2),max(1,2),min([3,1]),max('abc'),min([],default=4),max([1,-5],key=abs) -> (1, 2, 1, 'c', 4, -5)",
    'min() => TypeError min expected at least 1 argument, got 0',
    'max([]) => ValueError max() iterable argument is empty',
    'max(1,2,default=3) => TypeError Cannot specify a default for max() with multiple positional arguments',
    "max(1,x=2) => TypeError max() got an unexpected keyword argument 'x'",
    "max([1,'a']) => TypeError '>' not supported between instances of 'str' and 'int'",
    "min(1) => TypeError 'int' object is not iterable",
    "len([1]),len('abc'),len({}) -> (1, 3, 0)",
    "len(1) => TypeError object of type 'int' has no len()",
    'len() => TypeError len() takes exactly one argument (0 given)',
    'len([],[]) => TypeError len() takes exactly one argument (2 given)',
    'len(x=1) => TypeError len() takes no keyword arguments',
    'repr(\'a\'),repr([1,\'b\']) -> ("\'a\'", "[1, \'b\']")',
    'callable(len),callable(1) -> (True, False)',
    'isinstance(1,(int,str)),issubclass(bool,int) -> (True, True)',
    'isinstance(1) => TypeError isinstance expected 2 arguments, got 1',
    "hash(1),hash(2**61),hash('a')==hash('a') -> (1, 1, True)",
    "hash([]) => TypeError unhashable type: 'list'",
    'id(1)==id(1) -> True',
    "sorted([3,1,2]),sorted([3,1,2],reverse=True),sorted('bca',key=str.upper) -> ([1, 2, 3], [3, 2, 1], ['a', 'b', 'c'])",
    "sorted(1) => TypeError 'int' object is not iterable",
    "sorted([1,'a']) => TypeError '<' not supported between instances of 'str' and 'int'",
    'sorted([1],1) => TypeError sorted expected 1 argument, got 2',
    "sorted([1],x=1) => TypeError sort() got an unexpected keyword argument 'x'",
    'next(iter([1])) -> 1',
    'next(iter([])) => StopIteration ',
    'next(iter([]),5) -> 5',
    "next(1) => TypeError 'int' object is not an iterator",
    'next(It(0)) => StopIteration 7',
    "next(It(0),'d') -> d",
    "iter(1) => TypeError 'int' object is not iterable",
    'list(iter(It(3))) -> [2, 1, 0]',
    'iter([],1) => TypeError iter(v, w): v must be callable',
    'list(iter(It(3).__next__,0)) -> [2, 1]',
    'list(It(3)) -> [2, 1, 0]',
    "getattr(1,'real') -> 1",
    "getattr(1,'x',9) -> 9",
    "getattr(1,'x') => AttributeError 'int' object has no attribute 'x'",
    "getattr(1,1) => TypeError attribute name must be string, not 'int'",
    'getattr() => TypeError getattr expected at least 2 arguments, got 0',
    'getattr(1) => TypeError getattr expected at least 2 arguments, got 1',
    "hasattr(1,'real'),hasattr(1,'x') -> (True, False)",
    "hasattr(1,1) => TypeError attribute name must be string, not 'int'",
    "setattr(R(),'x',1) -> None",
    "setattr(1,'x',1) => AttributeError 'int' object has no attribute 'x' and no __dict__ for setting new attributes",
    "setattr(R(),1,1) => TypeError attribute name must be string, not 'int'",
    "delattr(R(),'x') => AttributeError 'R' object has no attribute 'x'",
    "delattr(1,2) => TypeError attribute name must be string, not 'int'",
    "dir(R()) -> ['a', 'b']",
    'vars(R()) -> {}',
    'vars(1) => TypeError vars() argument must have __dict__ attribute',
    "format(3),format(3,'05'),format('a','>3'),format(3.14159,'.2f') -> ('3', '00003', '  a', '3.14')",
    'format(3,3) => TypeError format() argument 2 must be str, not int',
    'format() => TypeError format expected at least 1 argument, got 0',
    "format('a','d') => ValueError Unknown format code 'd' for object of type 'str'",
    "eval('1+2'),eval('x',{'x':5}),eval('x',{},{'x':6}) -> (3, 5, 6)",
    "eval('1+') => SyntaxError invalid syntax (<string>, line 1)",
    'eval(1) => TypeError eval() arg 1 must be a string, bytes or code object',
    "eval('x',1) => TypeError globals must be a dict",
    "eval('1',{},1) => TypeError locals must be a mapping",
    "exec('a=1') -> None",
    'exec(1) => TypeError exec() arg 1 must be a string, bytes or code object',
    "exec('a',1) => TypeError exec() globals must be a dict, not int",
    "exec('a',{},1) => TypeError locals must be a mapping or None, not int",
    "compile('1','f','foo') => ValueError compile() mode must be 'exec', 'eval' or 'single'",
    "compile(1,'f','exec') => TypeError compile() arg 1 must be a string, bytes or AST object",
    "compile('1',1,'exec') => TypeError expected str, bytes or os.PathLike object, not int",
    "compile('1','f','exec',flags=1<<30) => ValueError compile(): unrecognised flags",
    "compile('1','f','exec',optimize=5) => ValueError compile(): invalid optimize value",
    "eval(compile('1+1','f','eval')) -> 2",
    "eval(b'1+1'),eval(bytearray(b'2')) -> (2, 2)",
    "eval('\\0') => SyntaxError source code string cannot contain null bytes",
    "eval('  3') -> 3",
    '1-2',
    "print(1,2,sep='-',end='!\\n') -> None",
    "print(1,sep=1) => AttributeError 'int' object has no attribute 'join'",
    '1',
    'print(1,end=1) -> None',
    '',
    'print(x=1) -> None',
    '1',
    'print(1,file=5) -> None',
    '__import__(1) => TypeError module name must be a string',
    "__import__('') => ValueError Empty module name",
    '__build_class__() => TypeError __build_class__: not enough arguments',
    '__build_class__(1,2) => TypeError __build_class__: func must be a function',
    '__build_class__(lambda:0,2) => TypeError __build_class__: name is not a string',
    "type(globals()),'show' in globals() -> (<class 'dict'>, True)",
    "zip,map,filter,range,enumerate,reversed,slice,property,super,frozenset,bytearray,complex -> (<class 'zip'>, <class 'map'>, <class 'filter'>, <class 'range'>, <class 'enumerate'>, <class 'reversed'>, <class 'slice'>, <class 'property'>, <class 'super'>, <class 'frozenset'>, <class 'bytearray'>, <class 'complex'>)",
    'NotImplemented,Ellipsis,__debug__ -> (NotImplemented, Ellipsis, True)',
    'EnvironmentError is OSError -> True',
    "anext(1) => TypeError 'int' object is not an async iterator",
    "aiter(1) => TypeError 'int' object is not an async iterable",
    'breakpoint.__text_signature__ -> ($module, /, *args, **kws)',
    "print.__text_signature__,len.__doc__ => AttributeError 'function' object has no attribute '__text_signature__'",
    "({'a': 1, 'b': 2}, ['a', 'b'])",
    "['__module__', '__qualname__', 'x']",
    "prep A () {'k': 1}",
    "new A {'k': 1}",
    "init {'k': 1}",
    'call ()',
    "prep B (<class '__main__.A'>,) {}",
    'new B {}',
    'init {}',
    "prep C (<class '__main__.B'>,) {'z': 3}",
    "new C {'z': 3}",
    'is C {}',
    "init {'z': 3}",
    'class D(int,str): pass => TypeError multiple bases have instance lay-out conflict',
    'class D(1): pass => TypeError int expected at most 2 arguments, got 3',
    "class D(bool): pass => TypeError type 'bool' is not an acceptable base type",
    "prep D (<class '__main__.A'>, <class '__main__.A'>) {}",
    'new D {}',
    'class D(A,A): pass => TypeError duplicate base class A',
    "prep D (<class 'object'>, <class '__main__.A'>) {}",
    'new D {}',
    'class D(object,A): pass => TypeError Cannot create a consistent method resolution order (MRO) for bases object, A',
    'class D(metaclass=int): pass => TypeError int expected at most 2 arguments, got 3',
    'class D(int,k=1): pass => TypeError D.__init_subclass__() takes no keyword arguments',
    '5',
    'class D(metaclass=lambda n,b,d:5): pass\nprint(D) ok',
    "prep Q (<class '__main__.C'>,) {}",
    'new Q {}',
    'is Q {}',
    'init {}',
    'sn W d',
    "('get', True, 'W') ('get', False, 'W')",
    "5 doc p <class 'function'>",
    "x.ro=1 => AttributeError property 'ro' of 'Prop' object has no setter",
    "del x.ro => AttributeError property 'ro' of 'Prop' object has no deleter",
    "x.wo => AttributeError property 'wo' of 'Prop' object has no getter",
    'Prop.p.__set__(1) => TypeError __set__ expected 2 arguments, got 1',
    'property(1,2,3,4,5) => TypeError property() takes at most 4 arguments (5 given)',
    "property(x=1) => TypeError property() got an unexpected keyword argument 'x'",
    "x.p.q => AttributeError 'int' object has no attribute 'q'",
    'False',
    'print(property().__isabstractmethod__) ok',
    "S2S1 S1 ('S1', 'S1')",
    "<super: <class 'S2'>, <S2 object>> <class '__main__.S2'> <class '__main__.S2'>",
    'super(1) => TypeError super() argument 1 must be a type, not int',
    'super(S2,1) => TypeError super(type, obj): obj (instance of int) is not an instance or subtype of type (S2).',
    'super() => RuntimeError super(): no arguments',
    'super(S2,S2(),3) => TypeError super() expected at most 2 arguments, got 3',
    "s.zz => AttributeError 'super' object has no attribute 'zz'",
    "super(S1,S2()).zz => AttributeError 'super' object has no attribute 'zz'",
    "None <super: <class 'S2'>, NULL>",
    'ga:foo',
    'print(G().__len__) => TypeError exec() globals must be a dict, not type',
    '(1).__pow__() => TypeError globals must be a dict',
    '(1).__pow__(1,2,3) => TypeError globals must be a dict',
    '(1).__rpow__() => TypeError globals must be a dict',
    '[].__setitem__(1) => TypeError globals must be a dict',
    '[].__delitem__() => TypeError globals must be a dict',
    'object().__setattr__(1) => TypeError globals must be a dict',
    'object().__delattr__() => TypeError globals must be a dict',
    'property().__get__() => TypeError globals must be a dict',
    'property().__get__(1,2,3) => TypeError globals must be a dict',
    'property().__set__(1) => TypeError globals must be a dict',
    'property().__delete__() => TypeError globals must be a dict',
    '(1).__add__() => TypeError globals must be a dict',
    '(1).__add__(1,2) => TypeError globals must be a dict',
    '(1).__neg__(1) => TypeError globals must be a dict',
    '[].__len__(1) => TypeError globals must be a dict',
    '[].__contains__() => TypeError globals must be a dict',
    '[].__iter__(1) => TypeError globals must be a dict',
    '(1).__hash__(1) => TypeError globals must be a dict',
    '(1).__eq__() => TypeError globals must be a dict',
    'D().__init__(1) => TypeError globals must be a dict',
    'D(1) => TypeError globals must be a dict',
    'object.__new__() => TypeError globals must be a dict',
    'object.__new__(1) => TypeError globals must be a dict',
    'object.__new__(int) => TypeError globals must be a dict',
    'int.__new__(D) => TypeError globals must be a dict',
    'D.__call__(1) => TypeError globals must be a dict',
    '(1).__getattribute__() => TypeError globals must be a dict',
    '(1).__getattribute__(1) => TypeError globals must be a dict',
    '(1).__add__(x=1) => TypeError globals must be a dict',
    '[].__init__(1,2) => TypeError globals must be a dict',
    "object.__setattr__(D,'x',1) => TypeError globals must be a dict",
    "object.__delattr__(D,'x') => TypeError globals must be a dict",
    "type.__setattr__(int,'x',1) => TypeError globals must be a dict",
    '(1).__divmod__() => TypeError globals must be a dict',
    '[].__iadd__() => TypeError globals must be a dict',
    "[].__imul__('a') => TypeError globals must be a dict",
    "[].__mul__('a') => TypeError globals must be a dict",
    'iter([]).__next__(1) => TypeError globals must be a dict',
    'len.__call__() => TypeError globals must be a dict',
    'D().__class__() => TypeError globals must be a dict',
    'D.__init_subclass__(1) => TypeError globals must be a dict',
    'D.__subclasshook__(1) => TypeError globals must be a dict',
    'D.__init_subclass__(x=1) => TypeError globals must be a dict',
    'D().__dir__(1) => TypeError globals must be a dict',
    'D().__reduce__(1) => TypeError globals must be a dict',
    'D().__format__() => TypeError globals must be a dict',
    'D().__sizeof__(1) => TypeError globals must be a dict',
    'D().__repr__(1) => TypeError globals must be a dict',
    'type(D).__call__(D,1) => TypeError globals must be a dict',
    "D.__dict__['__dict__'].__get__(1) => TypeError globals must be a dict",
    "D.__dict__['__weakref__'].__get__(D()) => TypeError globals must be a dict",
    "D.__dict__['x'] => TypeError globals must be a dict",
    '[].append() => TypeError globals must be a dict',
    '[].append(1,2) => TypeError globals must be a dict',
    '[].append(x=1) => TypeError globals must be a dict',
    'list.append() => TypeError globals must be a dict',
    'list.append(1) => TypeError globals must be a dict',
    'str.join(1) => TypeError globals must be a dict',
    "''.join() => TypeError globals must be a dict",
    '{}.get() => TypeError globals must be a dict',
    '{}.get(1,2,3) => TypeError globals must be a dict',
    '{}.pop() => TypeError globals must be a dict',
    "'a'.split(1,2,3) => TypeError globals must be a dict",
    "'a'.encode(1) => TypeError globals must be a dict",
    'int(1,2,3) => TypeError globals must be a dict',
    'int(x=1) => TypeError globals must be a dict',
    'len.__self__.__name__ => TypeError globals must be a dict',
    'int.from_bytes() => TypeError globals must be a dict',
    'int.__subclasses__() => TypeError globals must be a dict',
    'dict.fromkeys() => TypeError globals must be a dict',
    '[].sort(1) => TypeError globals must be a dict',
    "[].pop('a') => TypeError globals must be a dict",
    'print.__self__ => TypeError globals must be a dict',
]
for got, wanted in zip(RESULTS, EXPECTED):
    assert got == wanted, (got, wanted)
assert len(RESULTS) == len(EXPECTED)
