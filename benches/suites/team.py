"""Threads that begin together: what every workload of these suites is run by.

A workload does the same work however many threads there are. It cuts that work into portions (the number of which every team
can share out evenly), and `run` has them done: portion by portion where the team is one thread, else by threads that wait for each
other behind a barrier before the first of them begins.
"""

import threading

# Teams of 1, 2, 4, 8 and 16 threads get the same number of portions each.
PORTIONS = 16


def run(threads, portion, portions=PORTIONS):
    """Call `portion(number)` for every number below `portions`, shared out among so many threads; the results, in that order.

    One thread is the caller's own. More of them are new threads, all of which stand at a barrier before the work begins.
    What a portion raises is raised here, after all threads have ended.
    """
    if portions % threads:
        raise ValueError(f"{portions} portions cannot be shared out among {threads} threads")
    results = [None] * portions
    each = portions // threads

    def work(member):
        first = member * each
        for number in range(first, first + each):
            results[number] = portion(number)

    if threads == 1:
        work(0)
    else:
        together(threads, work)
    return results


def together(threads, member):
    """Call `member(number)` in so many new threads, none of which begins before all are there; the results, in that order."""
    results = [None] * threads
    raised = []
    barrier = threading.Barrier(threads)

    def work(number):
        try:
            barrier.wait()
            results[number] = member(number)
        except BaseException as error:
            raised.append(error)

    members = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in members:
        thread.start()
    for thread in members:
        thread.join()
    if raised:
        raise raised[0]
    return results
