# stdout: ok
# threads that are the first to use a native class find it complete; one makes it, the others wait.
import subprocess
import sys
import textwrap

PROGRAM = textwrap.dedent("""
    import array, collections, contextvars, csv, functools, io, itertools, mmap, operator, queue, random, re, select, struct
    import threading, weakref

    THREADS = 4

    class C:
        pass

    c = C()
    memory = mmap.mmap(-1, 8)
    data = array.array('i', [1, 2])
    ordered = collections.OrderedDict(a=1)

    async def coroutine():
        pass

    async def generator():
        yield 1

    # Each makes an instance of a native class, or several, that nothing before it has made.
    FIRST = [
        lambda: list(memory), lambda: list(data), lambda: list(reversed([1])), lambda: list(iter(bytearray(b'a'))),
        lambda: list(iter(b'a')), lambda: list({}.items()), lambda: list(reversed({1: 2})), lambda: {1: 2}.keys() & {1},
        lambda: list(reversed({1: 2}.values())), lambda: list(iter({1})), lambda: list(iter(range(2 ** 70, 2 ** 70 + 2))),
        lambda: list(reversed(range(3))), lambda: list(memoryview(b'ab')), lambda: list(iter(int, 0)),
        lambda: list(zip([1], [2])), lambda: list(map(int, '1')), lambda: list(filter(None, [1])),
        lambda: list(enumerate('a')), lambda: list(itertools.accumulate([1])), lambda: list(itertools.batched('ab', 1)),
        lambda: list(itertools.chain('a')), lambda: list(itertools.combinations('abc', 2)),
        lambda: list(itertools.combinations_with_replacement('abc', 2)), lambda: list(itertools.compress('a', [1])),
        lambda: next(itertools.count()), lambda: next(itertools.cycle('a')), lambda: list(itertools.dropwhile(int, '0')),
        lambda: list(itertools.filterfalse(int, '0')), lambda: [(k, list(g)) for k, g in itertools.groupby('aab')],
        lambda: list(itertools.islice('abc', 2)), lambda: list(itertools.pairwise('abc')),
        lambda: list(itertools.permutations('abc', 2)), lambda: list(itertools.product('ab', 'ab')),
        lambda: list(itertools.repeat(1, 2)), lambda: list(itertools.starmap(max, [(1, 2)])),
        lambda: list(itertools.takewhile(int, '1')), lambda: list(itertools.tee('a')[1]),
        lambda: list(itertools.zip_longest('a', 'bc')), lambda: list(collections.deque('ab')),
        lambda: list(reversed(collections.deque('ab'))), lambda: collections.defaultdict(int)[1],
        lambda: list(ordered), lambda: list(ordered.items()), lambda: list(reversed(ordered)),
        lambda: functools.partial(int, '1')(), lambda: sorted('ba', key=functools.cmp_to_key(lambda a, b: 0)),
        lambda: functools.lru_cache(int)('1'), lambda: operator.itemgetter(0)('a'), lambda: operator.attrgetter('real')(1),
        lambda: operator.methodcaller('upper')('a'), lambda: queue.SimpleQueue().qsize(), lambda: random.Random(1).random(),
        lambda: re.compile('(a)').match('a').group(1), lambda: list(re.finditer('a', 'aa')),
        lambda: re.compile('b').scanner('b').search().span(), lambda: struct.Struct('i').pack(1),
        lambda: list(struct.iter_unpack('b', b'ab')), lambda: io.BytesIO(b'a').read(), lambda: io.StringIO('a').read(),
        lambda: bytes(io.BytesIO(b'a').getbuffer()), lambda: io.TextIOWrapper(io.BytesIO(b'a')).read(),
        lambda: io.BufferedReader(io.BytesIO(b'a')).read(), lambda: io.BufferedRandom(io.BytesIO(b'a')).read(),
        lambda: io.IncrementalNewlineDecoder(None, True).decode('a'), lambda: list(csv.reader(['a,b'])),
        lambda: csv.writer(io.StringIO()).writerow([1]), lambda: weakref.proxy(c).__class__, lambda: weakref.ref(c)(),
        lambda: contextvars.ContextVar('v').set(1).var, lambda: list(contextvars.copy_context()),
        lambda: threading.local().__dict__, lambda: threading.RLock().acquire(), lambda: threading.Lock().acquire(),
        lambda: select.poll().poll(0), lambda: slice(1).indices(2), lambda: complex(1).real, lambda: property(int).fget,
        lambda: staticmethod(int)(), lambda: classmethod(int).__func__, lambda: super(C, c).__hash__(),
        lambda: list[int].__args__, lambda: (int | str).__args__, lambda: type(c.__init__).__name__,
        lambda: ''.join.__self__, lambda: str.join.__name__, lambda: int.__add__.__name__, lambda: (1).__add__(1),
        lambda: dict.fromkeys.__name__, lambda: type(C.__dict__)({}).copy(), lambda: coroutine().close(),
        lambda: coroutine().__await__().close(), lambda: generator().__anext__().close(), lambda: generator().aclose(),
        lambda: generator().asend(None).close(), lambda: type((lambda: 1).__code__.co_lines()).__name__,
        lambda: list((lambda: 1).__code__.co_positions()), lambda: t'{c}'.values, lambda: list(t'{1}'),
        lambda: ExceptionGroup('', [ValueError()]).split(ValueError), lambda: UnicodeDecodeError('u', b'', 0, 1, '').start,
        lambda: OSError(1, '').errno, lambda: StopIteration(1).value, lambda: b'%d' % 1, lambda: '{0.real}'.format(1),
        lambda: list('a{b!r}'.__format__('')), lambda: type(NotImplemented).__name__, lambda: list(memoryview(b'a').cast('b')),
    ]
    wrong = []

    def use(barrier):
        for index, first in enumerate(FIRST):
            barrier.wait()
            try:
                first()
            except BaseException as error:
                wrong.append((index, repr(error)))

    barrier = threading.Barrier(THREADS)
    threads = [threading.Thread(target=use, args=(barrier,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(wrong)
""")

for _ in range(10):
    child = subprocess.run([sys.executable, '-W', 'ignore', '-c', PROGRAM], capture_output=True, text=True, timeout=300)
    assert (child.returncode, child.stdout) == (0, '[]\n'), (child.returncode, child.stdout, child.stderr[-2000:])
print('ok')
