# stdout: ok
# Lists that change while they are in use: the operation raises or answers, and nothing is lost.
import sys
import threading


class Evil:
    def __init__(self, action, result=True):
        self.action, self.result = action, result

    def __eq__(self, other):
        self.action()
        return self.result

    def __lt__(self, other):
        self.action()
        return self.result

    __hash__ = object.__hash__

    def __index__(self):
        self.action()
        return 1

    def __repr__(self):
        self.action()
        return "e"

    def __len__(self):
        self.action()
        return 3

    def __iter__(self):
        self.action()
        return iter([1, 2, 3])

    def __bool__(self):
        self.action()
        return True

    def __del__(self):
        self.action()


def attempt(call):
    try:
        return call()
    except (ValueError, IndexError, RuntimeError, TypeError, BufferError) as error:
        return type(error).__name__


def operations(target, evil):
    yield lambda: target.index(evil)
    yield lambda: target.index(7)
    yield lambda: target.count(evil)
    yield lambda: target.count(7)
    yield lambda: target.remove(evil)
    yield lambda: target.remove(7)
    yield lambda: evil in target
    yield lambda: 7 in target
    yield lambda: target == [evil] * len(target)
    yield lambda: target < [evil] * len(target)
    yield lambda: [evil] * 5 == target
    yield lambda: target[evil]
    yield lambda: target.pop(evil)
    yield lambda: target.insert(evil, evil)
    yield lambda: target.__setitem__(evil, 5)
    yield lambda: target.__delitem__(evil)
    yield lambda: target[evil:evil]
    yield lambda: target[evil:100:evil]
    yield lambda: target.__setitem__(slice(evil, evil), [1])
    yield lambda: target.__setitem__(slice(None, None, evil), evil)
    yield lambda: target.__setitem__(slice(None, None, 2), evil)
    yield lambda: target.__setitem__(slice(1, 3), evil)
    yield lambda: target.__delitem__(slice(evil, 100, evil))
    yield lambda: target.__delitem__(slice(None))
    yield lambda: target * evil
    yield lambda: target.__imul__(evil)
    yield lambda: target.extend(evil)
    yield lambda: target.__iadd__(evil)
    yield lambda: target.sort()
    yield lambda: target.sort(key=lambda item: (evil.action(), 1)[1])
    yield lambda: target.sort(key=lambda item: evil)
    yield lambda: sorted(target)
    yield lambda: repr(target)
    yield lambda: target.clear()
    yield lambda: target.copy()
    yield lambda: target.reverse()
    yield lambda: [evil for _ in target]
    yield lambda: min(target)
    yield lambda: max(target, key=lambda item: evil)
    yield lambda: sum(target, [])
    yield lambda: any(target)
    yield lambda: all(target)
    yield lambda: list(map(lambda item: evil.action(), target))
    yield lambda: list(filter(None, target))
    yield lambda: list(zip(target, target))
    yield lambda: tuple(target)
    yield lambda: list(reversed(target))
    yield lambda: [*target, *evil]
    yield lambda: target.extend(target)
    yield lambda: target.__init__(evil)
    yield lambda: target.__init__(target)
    yield lambda: "".join(target)
    yield lambda: b"".join(target)
    yield lambda: target.append(evil)
    yield lambda: hash(tuple(target))
    yield lambda: set(target)
    yield lambda: dict.fromkeys(target)
    yield lambda: print(*target, file=Sink())


class Sink:
    def write(self, text):
        pass


def mutations(target):
    def swell():
        if len(target) < 1000:
            target.extend(range(50))

    def pop():
        if target:
            target.pop()

    def cut():
        del target[1:3]

    def refill():
        target.clear()
        target.extend([1, 2])

    def sort():
        try:
            target.sort(key=id)
        except ValueError:
            pass

    def append():
        if len(target) < 1000:
            target.append(7)

    return [target.clear, swell, pop, cut, refill, append, lambda: target.__imul__(0), sort,
            target.reverse, lambda: target.__init__([])]


def main():
    total = 0
    for which in range(10):
        for result in (True, False):
            target = []
            counted = 0
            probe = Evil(lambda: None, result)
            for position, _ in enumerate(operations(target, probe)):
                mutate = mutations(target)[which]
                busy = False

                def action():
                    nonlocal busy, counted
                    if not busy:
                        busy = True
                        try:
                            counted += 1
                            mutate()
                        finally:
                            busy = False

                evil = Evil(action, result)
                target.clear()
                target.extend([Evil(action, result), 7, evil, Evil(action, result), [evil], 7, evil])
                operation = list(operations(target, evil))[position]
                attempt(operation)
                total += counted
                # What is left is a sound list.
                assert len(target) == len(list(target)) == sum(1 for _ in target)
                sys.getrefcount(target)
                target.clear()
                del evil, operation
    return total


assert main() > 0
threads = [threading.Thread(target=main) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("ok")
