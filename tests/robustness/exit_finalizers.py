# stdout: at exit
# stdout: the class Last is here
# stdout: the class Last is here
# Finalizers that run at the end find the names of their modules, in whichever order they run.
import atexit


class Last:
    def __init__(self, text):
        self.text = text

    def __del__(self):
        print(self.text.format(Last.__name__), flush=True)


first = Last("the class {} is here")
cycle = [Last("the class {} is here")]
cycle.append(cycle)
atexit.register(print, "at exit")
