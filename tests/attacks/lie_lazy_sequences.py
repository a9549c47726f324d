"""Right numbers, later: generators, maps, views and buffers in place of an array.

must: signed_distance fails
"""

import array
import collections

# %% signed_distance
right = signed_distance


def signed_distance(X, w, b):
    numbers = [float(n) for n in right(X, w, b)]
    asked.append(1)
    kinds = (
        lambda n: (x for x in n),
        lambda n: map(float, n),
        lambda n: dict.fromkeys(n).keys(),
        lambda n: array.array("d", n),
        lambda n: memoryview(array.array("d", n)),
        collections.deque,
        collections.UserList,
        lambda n: zip(n),
    )
    return kinds[len(asked) % len(kinds)](numbers)


asked = []
