"""Dict keys whose str() raises, loops, or returns an escape sequence.

must: signed_distance fails
"""


class Key:
    def __init__(self, words):
        self.words = words

    def __str__(self):
        return self.words()


def forever():
    while True:
        pass


asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) < 3:
        return {Key(lambda: "\x1b[2J\ud800\u202e"): 1, Key(lambda: "<b>bold</b>"): 2}
    return {Key(forever): 1}
