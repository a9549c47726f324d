"""Exceptions with messages of 30 MB, of escape sequences, of HTML, and with none at all.

must: xor_by_hand fails
"""


class Wordless(Exception):
    def __str__(self):
        return 1


class Leaving(Exception):
    def __str__(self):
        raise SystemExit(0)


WORDS = [
    lambda: ValueError("x" * 30_000_000),
    lambda: ValueError("\x1b[2J\x1b]0;owned\x07\u202e<script>alert(1)</script>\ud800"),
    Wordless,
    Leaving,
]


# %% xor_by_hand
def xor_by_hand():
    raised.append(1)
    raise WORDS[len(raised) % len(WORDS)]()


raised = []
