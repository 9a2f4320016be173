# Exceptions, and what object and type say.
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
class C: pass
class S:
    __slots__=('a','b')
class Sub(C): pass
for f in ["del C.__name__","C.__name__=1","del C.__module__","del C.__doc__","int.__doc__=1","C.__qualname__=1","del C.__type_params__","C.__type_params__=1","del C.__annotate__","C.__annotate__=1","C.__mro__=1","del C.__bases__","C.__dict__=1","C.__name__='a\\0'","C().__class__=1","del C().__class__","C().__class__=int","(1).__class__=C","C().__class__=S","C().__class__=Sub","S().a","del S().a","S().c=1","C().x=1;C.zz=5","int.x=5","object().x=1","del object().x","del C().x"]: ex(f)
for f in ["int.__annotations__","type.__annotations__","int.__annotate__","C.__abstractmethods__","type.__abstractmethods__","type()","type(1,2)","type.__new__(type,1)","type.__new__(type,1,(),{})","type.__new__(type,'1',[],{})","type.__new__(type,'1',(),[])","type.__new__(type,'a',(),x=1)","type('a',(1,),{})","type.__init__(C,1,2)","type.__init__(C,x=1)","type(x=1)","type(1,x=1)","type.__call__()","type.__call__(1)","type('a\\0',(),{})","format(C(),'x')","object().__format__(1)","isinstance(1,1)","issubclass(1,int)","issubclass(int,1)","C.__prepare__(1,2,x=3)","C.__type_params__","type.__type_params__","list.__text_signature__,object.__text_signature__","C.__mro__,C.__bases__,C.__base__,Sub.__mro__","type(C.__dict__)","sorted(C.__dict__)","sorted(type.__dict__)","sorted(object.__dict__)","dir(C())","dir(Sub)","C.mro()","C.__subclasses__()","isinstance(True,(str,(int,)))","issubclass(bool,(str,int))","type('X',(C,),{'a':1}).a","type(1),type(C)","repr(C),repr(int),repr(type)","C==C,C!=C,hash(C)==hash(C)","C is type(C())","C.__class__,C().__class__","callable(C),callable(1)","object.__reduce_ex__(1,'a')","object().__sizeof__()>0","type.__doc__","C.__doc__,int.__doc__[:20]"]: show(f)
for f in ["BaseException(1,x=2)","Exception().with_traceback(1)","Exception().add_note(1)","Exception().__setstate__(1)","Exception().__setstate__({'a':1})","Exception().__reduce__()","repr(Exception()),repr(Exception(1)),repr(Exception(1,2)),str(Exception(1,2)),str(Exception()),str(Exception('a'))",
"str(KeyError('a')),str(KeyError()),str(KeyError(1,2))","StopIteration(1,2).value","StopIteration().value","SystemExit(1).code,SystemExit().code,SystemExit(1,2).code",
"OSError(2,'x')","OSError(2,'x','f')","type(OSError(2,'x','f'))","str(OSError(2,'x','f',None,'g'))","OSError(2,'x','f',None,'g').args","OSError(2,'x','f').args","OSError(2).errno","str(OSError(2))","OSError(2,'x','f',None,'g','h').args","OSError(2,'x','f',5,'g').__reduce__()","OSError(2,'x','f').__reduce__()","OSError(x=1)","BlockingIOError(11,'x',5).characters_written","BlockingIOError(11,'x',5).args","OSError(11,'x',5).characters_written","BlockingIOError(11,'x').characters_written","OSError('a','b').errno","OSError(None,'b')","FileNotFoundError(1,'x')",
"ImportError('a',name='n',path='p')","ImportError('a',name='n',path='p').__reduce__()","ImportError('a','b').msg","ImportError(x=1)","ImportError().msg","str(ImportError('a','b'))","str(ImportError(1))","ImportError('a',name='n').__reduce__()","ImportError('a').__reduce__()","repr(ImportError('a',name='n',path='p'))","repr(ModuleNotFoundError('a',name='n'))",
"AttributeError('a',name='n',obj=1).obj","AttributeError('a',x=1)","AttributeError('a',name='n',obj=1).__reduce__()","AttributeError('a').__getstate__()","AttributeError('a',name='n',obj=3).__getstate__()","NameError('a',name='x').name","NameError('a',obj='x').name","NameError('a',name='x').__reduce__()",
"SyntaxError('m',('f',1,2,'t')).__dict__","str(SyntaxError('m',('f',1,2,'t')))","str(SyntaxError('m',('a/f',1,2,'t',3,4)))","SyntaxError('m',('f',1))","SyntaxError('m',('f',1,2,'t',3))","SyntaxError('m',1)","SyntaxError('m',('f',1,2,'t',3,4,5)).__reduce__()","str(SyntaxError())","str(SyntaxError(1))","str(SyntaxError('m',(None,1,2,'t')))","str(SyntaxError('m',('f',None,2,'t')))","SyntaxError('m',('f','x',2,'t')).lineno","str(SyntaxError('m',('f','x',2,'t')))","SyntaxError('print x',('f',1,2,'print x')).msg","SyntaxError('a','b','c').args","str(SyntaxError('m',('f',10**30,2,'t')))",
"UnicodeDecodeError('a',b'xyz',1,2,'r')","str(UnicodeDecodeError('a',b'xyz',1,3,'r'))","str(UnicodeEncodeError('a','xyz',1,2,'r'))","str(UnicodeEncodeError('a','x\u1234z',1,2,'r'))","str(UnicodeEncodeError('a','xyz',1,3,'r'))","str(UnicodeTranslateError('xyz',1,2,'r'))","str(UnicodeTranslateError('xyz',1,3,'r'))","UnicodeDecodeError('a')","UnicodeDecodeError(1,b'',1,2,'r')","UnicodeDecodeError('a','',1,2,'r')","UnicodeDecodeError('a',b'',1,'2','r')","UnicodeEncodeError('a',b'',1,2,'r')","UnicodeTranslateError(1,1,2,'r')","UnicodeTranslateError('x',1,2)","str(UnicodeDecodeError.__new__(UnicodeDecodeError))","UnicodeDecodeError.__new__(UnicodeDecodeError).start","UnicodeDecodeError('a',b'xyz',-5,20,'r').start","str(UnicodeDecodeError('a',b'xyz',-5,20,'r'))","str(UnicodeDecodeError('a',b'xyz',5,6,'r'))","UnicodeDecodeError('a',bytearray(b'xyz'),5,6,'r').object","str(UnicodeEncodeError('a','xyz',5,1,'r'))", "UnicodeDecodeError.start","KeyError.args","Exception.__cause__,OSError.errno,OSError.characters_written,SyntaxError.msg, ImportError.name,StopIteration.value,BaseExceptionGroup.message, UnicodeDecodeError.encoding"]: show(f)
E_=ValueError(1); K=KeyboardInterrupt()
class EG(ExceptionGroup): pass
for f in ["ExceptionGroup()","ExceptionGroup('a')","ExceptionGroup(1,[E_])","ExceptionGroup('a',1)","ExceptionGroup('a',[])","ExceptionGroup('a',{E_})","ExceptionGroup('a',[1])","ExceptionGroup('a',[K])","EG('a',[K])","BaseExceptionGroup('a',[K])","type(BaseExceptionGroup('a',[E_]))","repr(ExceptionGroup('a',[E_]))","repr(ExceptionGroup('a',(E_,)))","str(ExceptionGroup('a',[E_,E_]))","ExceptionGroup('a',[E_],x=1)","ExceptionGroup('a',[E_]).split(1)","ExceptionGroup('a',[E_]).split(int)","ExceptionGroup('a',[E_]).split((int,ValueError))","ExceptionGroup('a',[E_]).split(ValueError)","ExceptionGroup('a',[E_,TypeError()]).split(ValueError)","ExceptionGroup('a',[E_]).subgroup(lambda e: False)","ExceptionGroup('a',[E_]).derive([K])","ExceptionGroup('a',[E_]).args","ExceptionGroup('a',[E_]).exceptions","ExceptionGroup[int]","ExceptionGroup.__mro__","ExceptionGroup.__bases__","ExceptionGroup('a','ab')","ExceptionGroup('a',[E_]).__reduce__()","ExceptionGroup.__module__,ExceptionGroup","ExceptionGroup('a',[E_]).message"]: show(f)
try:
    raise ExceptionGroup('g',[ValueError(1),TypeError(2),OSError(3)])
except* ValueError as e: print('v',repr(e))
except* (TypeError,OSError) as e: print('t',repr(e))
try:
    try: raise ValueError(5)
    except* ValueError as e: raise KeyError(1)
except ExceptionGroup as e: print(repr(e), repr(e.__context__))
except KeyError as e: print('naked', repr(e))
try:
    try: raise ExceptionGroup('g',[ValueError(1),TypeError(2)])
    except* ValueError as e: pass
except ExceptionGroup as e: print(repr(e))
class X(KeyError, AttributeError): pass
x=X('a'); x.name='q'; print(x.name, repr(x), str(x))
try:
    class Y(AttributeError, OSError): pass
except TypeError as e: print(e)
class MyOS(OSError):
    def __init__(self,*a): super().__init__(a[0],'m')
print(MyOS(2).errno, type(MyOS(2)), MyOS(2).args)
e=Exception(1); e.add_note('n'); print(e.__notes__)
e.__cause__=ValueError(3); print(repr(e.__cause__), e.__suppress_context__)
e.foo=1; print(e.__reduce__(), e.__dict__)


EXPECTED = [
    "del C.__name__ => TypeError cannot delete '__name__' attribute of immutable type 'C'",
    "C.__name__=1 => TypeError can only assign string to C.__name__, not 'int'",
    "del C.__module__ => TypeError cannot delete '__module__' attribute of immutable type 'C'",
    "del C.__doc__ => TypeError cannot delete '__doc__' attribute of immutable type 'C'",
    "int.__doc__=1 => TypeError cannot set '__doc__' attribute of immutable type 'int'",
    "C.__qualname__=1 => TypeError can only assign string to C.__qualname__, not 'int'",
    "del C.__type_params__ => TypeError cannot delete '__type_params__' attribute of immutable type 'C'",
    'C.__type_params__=1 ok',
    'del C.__annotate__ => TypeError cannot delete __annotate__ attribute',
    'C.__annotate__=1 => TypeError __annotate__ must be callable or None',
    "C.__mro__=1 => AttributeError attribute '__mro__' of 'type' objects is not writable",
    "del C.__bases__ => TypeError cannot delete '__bases__' attribute of immutable type 'C'",
    "C.__dict__=1 => AttributeError attribute '__dict__' of 'type' objects is not writable",
    "C.__name__='a\\0' => ValueError type name must not contain null characters",
    "C().__class__=1 => TypeError __class__ must be set to a class, not 'int' object",
    "del C().__class__ => TypeError can't delete __class__ attribute",
    'C().__class__=int => TypeError __class__ assignment only supported for mutable types or ModuleType subclasses',
    '(1).__class__=C => TypeError __class__ assignment only supported for mutable types or ModuleType subclasses',
    "C().__class__=S => TypeError __class__ assignment: 'S' object layout differs from 'C'",
    'C().__class__=Sub ok',
    "S().a => AttributeError 'S' object has no attribute 'a'",
    'del S().a => AttributeError a',
    "S().c=1 => AttributeError 'S' object has no attribute 'c' and no __dict__ for setting new attributes",
    'C().x=1;C.zz=5 ok',
    "int.x=5 => TypeError cannot set 'x' attribute of immutable type 'int'",
    "object().x=1 => AttributeError 'object' object has no attribute 'x' and no __dict__ for setting new attributes",
    "del object().x => AttributeError 'object' object has no attribute 'x' and no __dict__ for setting new attributes",
    "del C().x => AttributeError 'C' object has no attribute 'x'",
    "int.__annotations__ => AttributeError type object 'int' has no attribute '__annotations__'",
    "type.__annotations__ => AttributeError type object 'type' has no attribute '__annotations__'",
    "int.__annotate__ => AttributeError type object 'int' has no attribute '__annotate__'",
    'C.__abstractmethods__ => AttributeError __abstractmethods__',
    'type.__abstractmethods__ => AttributeError __abstractmethods__',
    'type() => TypeError type() takes 1 or 3 arguments',
    'type(1,2) => TypeError type() takes 1 or 3 arguments',
    'type.__new__(type,1) => TypeError type.__new__() takes exactly 3 arguments (1 given)',
    'type.__new__(type,1,(),{}) => TypeError type.__new__() argument 1 must be str, not int',
    "type.__new__(type,'1',[],{}) => TypeError type.__new__() argument 2 must be tuple, not list",
    "type.__new__(type,'1',(),[]) => TypeError type.__new__() argument 3 must be dict, not list",
    "type.__new__(type,'a',(),x=1) => TypeError type.__new__() takes exactly 3 arguments (2 given)",
    "type('a',(1,),{}) => TypeError metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
    'type.__init__(C,1,2) => TypeError type.__init__() takes 1 or 3 arguments',
    'type.__init__(C,x=1) => TypeError type.__init__() takes 1 or 3 arguments',
    'type(x=1) => TypeError type() takes 1 or 3 arguments',
    'type(1,x=1) => TypeError type() takes no keyword arguments',
    "type.__call__() => TypeError descriptor '__call__' of 'type' object needs an argument",
    "type.__call__(1) => TypeError descriptor '__call__' requires a 'type' object but received a 'int'",
    "type('a\\0',(),{}) => ValueError type name must not contain null characters",
    "format(C(),'x') => TypeError unsupported format string passed to C.__format__",
    'object().__format__(1) => TypeError __format__() argument must be str, not int',
    'isinstance(1,1) => TypeError isinstance() arg 2 must be a type, a tuple of types, or a union',
    'issubclass(1,int) => TypeError issubclass() arg 1 must be a class',
    'issubclass(int,1) => TypeError issubclass() arg 2 must be a class, a tuple of classes, or a union',
    'C.__prepare__(1,2,x=3) -> {}',
    'C.__type_params__ -> 1',
    'type.__type_params__ -> ()',
    "list.__text_signature__,object.__text_signature__ -> ('(iterable=(), /)', '()')",
    "C.__mro__,C.__bases__,C.__base__,Sub.__mro__ -> ((<class '__main__.C'>, <class 'object'>), (<class 'object'>,), <class 'object'>, (<class '__main__.Sub'>, <class '__main__.C'>, <class 'object'>))",
    "type(C.__dict__) -> <class 'mappingproxy'>",
    "sorted(C.__dict__) -> ['__dict__', '__doc__', '__firstlineno__', '__module__', '__static_attributes__', '__type_params__', '__weakref__', 'zz']",
    "sorted(type.__dict__) -> ['__abstractmethods__', '__annotate__', '__annotations__', '__base__', '__bases__', '__basicsize__', '__call__', '__delattr__', '__dict__', '__dictoffset__', '__dir__', '__doc__', '__flags__', '__getattribute__', '__init__', '__instancecheck__', '__itemsize__', '__module__', '__mro__', '__name__', '__new__', '__or__', '__prepare__', '__qualname__', '__repr__', '__ror__', '__setattr__', '__sizeof__', '__subclasscheck__', '__subclasses__', '__text_signature__', '__type_params__', '__weakrefoffset__', 'mro']",
    "sorted(object.__dict__) -> ['__class__', '__delattr__', '__dir__', '__doc__', '__eq__', '__format__', '__ge__', '__getattribute__', '__getstate__', '__gt__', '__hash__', '__init__', '__init_subclass__', '__le__', '__lt__', '__ne__', '__new__', '__reduce__', '__reduce_ex__', '__repr__', '__setattr__', '__sizeof__', '__str__', '__subclasshook__']",
    "dir(C()) -> ['__class__', '__delattr__', '__dict__', '__dir__', '__doc__', '__eq__', '__firstlineno__', '__format__', '__ge__', '__getattribute__', '__getstate__', '__gt__', '__hash__', '__init__', '__init_subclass__', '__le__', '__lt__', '__module__', '__ne__', '__new__', '__reduce__', '__reduce_ex__', '__repr__', '__setattr__', '__sizeof__', '__static_attributes__', '__str__', '__subclasshook__', '__type_params__', '__weakref__', 'zz']",
    "dir(Sub) -> ['__class__', '__delattr__', '__dict__', '__dir__', '__doc__', '__eq__', '__firstlineno__', '__format__', '__ge__', '__getattribute__', '__getstate__', '__gt__', '__hash__', '__init__', '__init_subclass__', '__le__', '__lt__', '__module__', '__ne__', '__new__', '__reduce__', '__reduce_ex__', '__repr__', '__setattr__', '__sizeof__', '__static_attributes__', '__str__', '__subclasshook__', '__type_params__', '__weakref__', 'zz']",
    "C.mro() -> [<class '__main__.C'>, <class 'object'>]",
    "C.__subclasses__() -> [<class '__main__.Sub'>]",
    'isinstance(True,(str,(int,))) -> True',
    'issubclass(bool,(str,int)) -> True',
    "type('X',(C,),{'a':1}).a -> 1",
    "type(1),type(C) -> (<class 'int'>, <class 'type'>)",
    'repr(C),repr(int),repr(type) -> ("<class \'__main__.C\'>", "<class \'int\'>", "<class \'type\'>")',
    'C==C,C!=C,hash(C)==hash(C) -> (True, False, True)',
    'C is type(C()) -> True',
    "C.__class__,C().__class__ -> (<class 'type'>, <class '__main__.C'>)",
    'callable(C),callable(1) -> (True, False)',
    "object.__reduce_ex__(1,'a') => TypeError 'str' object cannot be interpreted as an integer",
    'object().__sizeof__()>0 -> True',
    "type.__doc__ -> type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    "C.__doc__,int.__doc__[:20] -> (None, 'int([x]) -> integer\\n')",
    'BaseException(1,x=2) => TypeError BaseException() takes no keyword arguments',
    'Exception().with_traceback(1) => TypeError __traceback__ must be a traceback or None',
    'Exception().add_note(1) => TypeError add_note() argument must be str, not int',
    'Exception().__setstate__(1) => TypeError state is not a dictionary',
    "Exception().__setstate__({'a':1}) -> None",
    "Exception().__reduce__() -> (<class 'Exception'>, ())",
    "repr(Exception()),repr(Exception(1)),repr(Exception(1,2)),str(Exception(1,2)),str(Exception()),str(Exception('a')) -> ('Exception()', 'Exception(1)', 'Exception(1, 2)', '(1, 2)', '', 'a')",
    'str(KeyError(\'a\')),str(KeyError()),str(KeyError(1,2)) -> ("\'a\'", \'\', \'(1, 2)\')',
    'StopIteration(1,2).value -> 1',
    'StopIteration().value -> None',
    'SystemExit(1).code,SystemExit().code,SystemExit(1,2).code -> (1, None, (1, 2))',
    "OSError(2,'x') -> [Errno 2] x",
    "OSError(2,'x','f') -> [Errno 2] x: 'f'",
    "type(OSError(2,'x','f')) -> <class 'FileNotFoundError'>",
    "str(OSError(2,'x','f',None,'g')) -> [Errno 2] x: 'f' -> 'g'",
    "OSError(2,'x','f',None,'g').args -> (2, 'x')",
    "OSError(2,'x','f').args -> (2, 'x')",
    'OSError(2).errno -> None',
    'str(OSError(2)) -> 2',
    "OSError(2,'x','f',None,'g','h').args -> (2, 'x', 'f', None, 'g', 'h')",
    "OSError(2,'x','f',5,'g').__reduce__() -> (<class 'FileNotFoundError'>, (2, 'x', 'f', None, 'g'))",
    "OSError(2,'x','f').__reduce__() -> (<class 'FileNotFoundError'>, (2, 'x', 'f'))",
    'OSError(x=1) => TypeError OSError() takes no keyword arguments',
    "BlockingIOError(11,'x',5).characters_written -> 5",
    "BlockingIOError(11,'x',5).args -> (11, 'x', 5)",
    "OSError(11,'x',5).characters_written -> 5",
    "BlockingIOError(11,'x').characters_written => AttributeError characters_written",
    "OSError('a','b').errno -> a",
    "OSError(None,'b') -> [Errno None] b",
    "FileNotFoundError(1,'x') -> [Errno 1] x",
    "ImportError('a',name='n',path='p') -> a",
    "ImportError('a',name='n',path='p').__reduce__() -> (<class 'ImportError'>, ('a',), {'name': 'n', 'path': 'p'})",
    "ImportError('a','b').msg -> None",
    "ImportError(x=1) => TypeError ImportError() got an unexpected keyword argument 'x'",
    'ImportError().msg -> None',
    "str(ImportError('a','b')) -> ('a', 'b')",
    'str(ImportError(1)) -> 1',
    "ImportError('a',name='n').__reduce__() -> (<class 'ImportError'>, ('a',), {'name': 'n'})",
    "ImportError('a').__reduce__() -> (<class 'ImportError'>, ('a',))",
    "repr(ImportError('a',name='n',path='p')) -> ImportError('a')",
    "repr(ModuleNotFoundError('a',name='n')) -> ModuleNotFoundError('a')",
    "AttributeError('a',name='n',obj=1).obj -> 1",
    "AttributeError('a',x=1) => TypeError AttributeError() got an unexpected keyword argument 'x'",
    "AttributeError('a',name='n',obj=1).__reduce__() -> (<class 'AttributeError'>, ('a',), {'name': 'n', 'args': ('a',)})",
    "AttributeError('a').__getstate__() -> {'args': ('a',)}",
    "AttributeError('a',name='n',obj=3).__getstate__() -> {'name': 'n', 'args': ('a',)}",
    "NameError('a',name='x').name -> x",
    "NameError('a',obj='x').name => TypeError NameError() got an unexpected keyword argument 'obj'",
    "NameError('a',name='x').__reduce__() -> (<class 'NameError'>, ('a',))",
    "SyntaxError('m',('f',1,2,'t')).__dict__ -> {}",
    "str(SyntaxError('m',('f',1,2,'t'))) -> m (f, line 1)",
    "str(SyntaxError('m',('a/f',1,2,'t',3,4))) -> m (f, line 1)",
    "SyntaxError('m',('f',1)) => TypeError function takes at least 4 arguments (2 given)",
    "SyntaxError('m',('f',1,2,'t',3)) => TypeError end_offset must be provided when end_lineno is provided",
    "SyntaxError('m',1) => TypeError 'int' object is not iterable",
    "SyntaxError('m',('f',1,2,'t',3,4,5)).__reduce__() -> (<class 'SyntaxError'>, ('m', ('f', 1, 2, 't', 3, 4, 5)))",
    'str(SyntaxError()) -> None',
    'str(SyntaxError(1)) -> 1',
    "str(SyntaxError('m',(None,1,2,'t'))) -> m (line 1)",
    "str(SyntaxError('m',('f',None,2,'t'))) -> m (f)",
    "SyntaxError('m',('f','x',2,'t')).lineno -> x",
    "str(SyntaxError('m',('f','x',2,'t'))) -> m (f)",
    "SyntaxError('print x',('f',1,2,'print x')).msg -> print x",
    "SyntaxError('a','b','c').args -> ('a', 'b', 'c')",
    "str(SyntaxError('m',('f',10**30,2,'t'))) -> m (f, line -1)",
    "UnicodeDecodeError('a',b'xyz',1,2,'r') -> 'a' codec can't decode byte 0x79 in position 1: r",
    "str(UnicodeDecodeError('a',b'xyz',1,3,'r')) -> 'a' codec can't decode bytes in position 1-2: r",
    "str(UnicodeEncodeError('a','xyz',1,2,'r')) -> 'a' codec can't encode character '\\x79' in position 1: r",
    "str(UnicodeEncodeError('a','xሴz',1,2,'r')) -> 'a' codec can't encode character '\\u1234' in position 1: r",
    "str(UnicodeEncodeError('a','xyz',1,3,'r')) -> 'a' codec can't encode characters in position 1-2: r",
    "str(UnicodeTranslateError('xyz',1,2,'r')) -> can't translate character '\\x79' in position 1: r",
    "str(UnicodeTranslateError('xyz',1,3,'r')) -> can't translate characters in position 1-2: r",
    "UnicodeDecodeError('a') => TypeError function takes exactly 5 arguments (1 given)",
    "UnicodeDecodeError(1,b'',1,2,'r') => TypeError argument 1 must be str, not int",
    "UnicodeDecodeError('a','',1,2,'r') => TypeError a bytes-like object is required, not 'str'",
    "UnicodeDecodeError('a',b'',1,'2','r') => TypeError 'str' object cannot be interpreted as an integer",
    "UnicodeEncodeError('a',b'',1,2,'r') => TypeError argument 2 must be str, not bytes",
    "UnicodeTranslateError(1,1,2,'r') => TypeError argument 1 must be str, not int",
    "UnicodeTranslateError('x',1,2) => TypeError function takes exactly 4 arguments (3 given)",
    'str(UnicodeDecodeError.__new__(UnicodeDecodeError)) -> ',
    'UnicodeDecodeError.__new__(UnicodeDecodeError).start -> 0',
    "UnicodeDecodeError('a',b'xyz',-5,20,'r').start -> -5",
    "str(UnicodeDecodeError('a',b'xyz',-5,20,'r')) -> 'a' codec can't decode bytes in position -5-19: r",
    "str(UnicodeDecodeError('a',b'xyz',5,6,'r')) -> 'a' codec can't decode bytes in position 5-5: r",
    "UnicodeDecodeError('a',bytearray(b'xyz'),5,6,'r').object -> b'xyz'",
    "str(UnicodeEncodeError('a','xyz',5,1,'r')) -> 'a' codec can't encode characters in position 5-0: r",
    "UnicodeDecodeError.start -> <member 'start' of 'UnicodeDecodeError' objects>",
    "KeyError.args -> <attribute 'args' of 'BaseException' objects>",
    "Exception.__cause__,OSError.errno,OSError.characters_written,SyntaxError.msg, ImportError.name,StopIteration.value,BaseExceptionGroup.message, UnicodeDecodeError.encoding -> (<attribute '__cause__' of 'BaseException' objects>, <member 'errno' of 'OSError' objects>, <attribute 'characters_written' of 'OSError' objects>, <member 'msg' of 'SyntaxError' objects>, <member 'name' of 'ImportError' objects>, <member 'value' of 'StopIteration' objects>, <member 'message' of 'BaseExceptionGroup' objects>, <member 'encoding' of 'UnicodeDecodeError' objects>)",
    'ExceptionGroup() => TypeError BaseExceptionGroup.__new__() takes exactly 2 arguments (0 given)',
    "ExceptionGroup('a') => TypeError BaseExceptionGroup.__new__() takes exactly 2 arguments (1 given)",
    'ExceptionGroup(1,[E_]) => TypeError BaseExceptionGroup.__new__() argument 1 must be str, not int',
    "ExceptionGroup('a',1) => TypeError second argument (exceptions) must be a sequence",
    "ExceptionGroup('a',[]) => ValueError second argument (exceptions) must be a non-empty sequence",
    "ExceptionGroup('a',{E_}) => TypeError second argument (exceptions) must be a sequence",
    "ExceptionGroup('a',[1]) => ValueError Item 0 of second argument (exceptions) is not an exception",
    "ExceptionGroup('a',[K]) => TypeError Cannot nest BaseExceptions in an ExceptionGroup",
    "EG('a',[K]) => TypeError Cannot nest BaseExceptions in 'EG'",
    "BaseExceptionGroup('a',[K]) -> a (1 sub-exception)",
    "type(BaseExceptionGroup('a',[E_])) -> <class 'ExceptionGroup'>",
    "repr(ExceptionGroup('a',[E_])) -> ExceptionGroup('a', [ValueError(1)])",
    "repr(ExceptionGroup('a',(E_,))) -> ExceptionGroup('a', (ValueError(1),))",
    "str(ExceptionGroup('a',[E_,E_])) -> a (2 sub-exceptions)",
    "ExceptionGroup('a',[E_],x=1) => TypeError ExceptionGroup() takes no keyword arguments",
    "ExceptionGroup('a',[E_]).split(1) => TypeError expected an exception type, a tuple of exception types, or a callable (other than a class)",
    "ExceptionGroup('a',[E_]).split(int) => TypeError expected an exception type, a tuple of exception types, or a callable (other than a class)",
    "ExceptionGroup('a',[E_]).split((int,ValueError)) => TypeError expected an exception type, a tuple of exception types, or a callable (other than a class)",
    "ExceptionGroup('a',[E_]).split(ValueError) -> (ExceptionGroup('a', [ValueError(1)]), None)",
    "ExceptionGroup('a',[E_,TypeError()]).split(ValueError) -> (ExceptionGroup('a', [ValueError(1)]), ExceptionGroup('a', [TypeError()]))",
    "ExceptionGroup('a',[E_]).subgroup(lambda e: False) -> None",
    "ExceptionGroup('a',[E_]).derive([K]) -> a (1 sub-exception)",
    "ExceptionGroup('a',[E_]).args -> ('a', [ValueError(1)])",
    "ExceptionGroup('a',[E_]).exceptions -> (ValueError(1),)",
    'ExceptionGroup[int] -> ExceptionGroup[int]',
    "ExceptionGroup.__mro__ -> (<class 'ExceptionGroup'>, <class 'BaseExceptionGroup'>, <class 'Exception'>, <class 'BaseException'>, <class 'object'>)",
    "ExceptionGroup.__bases__ -> (<class 'BaseExceptionGroup'>, <class 'Exception'>)",
    "ExceptionGroup('a','ab') => ValueError Item 0 of second argument (exceptions) is not an exception",
    "ExceptionGroup('a',[E_]).__reduce__() -> (<class 'ExceptionGroup'>, ('a', [ValueError(1)]))",
    "ExceptionGroup.__module__,ExceptionGroup -> ('builtins', <class 'ExceptionGroup'>)",
    "ExceptionGroup('a',[E_]).message -> a",
    "v ExceptionGroup('g', [ValueError(1)])",
    "t ExceptionGroup('g', [TypeError(2), OSError(3)])",
    'naked KeyError(1)',
    "ExceptionGroup('g', [TypeError(2)])",
    "q X('a') 'a'",
    'multiple bases have instance lay-out conflict',
    "2 <class '__main__.MyOS'> (2, 'm')",
    "['n']",
    'ValueError(3) True',
    "(<class 'Exception'>, (1,), {'__notes__': ['n'], 'foo': 1}) {'__notes__': ['n'], 'foo': 1}",
]
for got, wanted in zip(RESULTS, EXPECTED):
    assert got == wanted, (got, wanted)
assert len(RESULTS) == len(EXPECTED)
