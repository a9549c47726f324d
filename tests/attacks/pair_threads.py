"""Starts as many threads as the user may have; the other tries how many are left."""

import threading

end = threading.Event()


def started():
    threads = []
    while len(threads) < 100:
        thread = threading.Thread(target=end.wait, args=(30,), daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads


def hold():
    return started()


def measure():
    threads = started()
    end.set()
    for thread in threads:
        thread.join()
    end.clear()
    return len(threads)


def release():
    end.set()
