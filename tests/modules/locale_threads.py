# The locale belongs to the process: threads that ask and set see whole answers.
import locale
import threading


def work():
    for _ in range(200):
        conventions = locale.localeconv()
        assert conventions['decimal_point'] == '.'
        locale.setlocale(locale.LC_ALL, 'C')
        assert locale.strcoll('a', 'b') < 0
        assert locale.strxfrm('abc') == 'abc'


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
