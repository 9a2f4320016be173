# Code objects are made of what they need, or not at all.
def f(a, b=1):
    return [a, b, 'constant', 3.5]


code = f.__code__
for wrong in ({'co_consts': [1]}, {'co_names': ['a']}, {'co_varnames': ['a']}, {'co_names': (1,)}):
    try:
        code.replace(**wrong)
    except TypeError:
        pass
    else:
        raise AssertionError(f'code was made with {wrong}')


class Consts(tuple):
    pass


f.__code__ = code.replace(co_consts=Consts(code.co_consts))
assert f(2) == [2, 1, 'constant', 3.5]
# Fewer constants than instructions name: refused when made or when run, never a crash.
try:
    f.__code__ = code.replace(co_consts=())
    f(2)
except Exception:
    pass
