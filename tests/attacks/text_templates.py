"""Writes what templates, formats, spreadsheets and terminals take for theirs, and line ends of other systems.

must: xor_by_hand fails
"""

WORDS = (
    "{0.__class__.__mro__} {{7*7}} {% raw %} %(x)s %s ${7*7} [bold red]x[/] =1+1\u2028@SUM(1)\x85+1"
    "\x0b-1\x1c\x1d\r=2 \x1b]8;;http://example.org\x1b\\link\x1b]8;;\x07 \x9b2J \u2029 \x00"
    " \ufffe \U000e0041 \ufff9a\ufffab\ufffb"
)


class Odd(Exception):
    """An exception with a name of its own."""


Odd.__name__ = Odd.__qualname__ = WORDS
print(WORDS)


# %% xor_by_hand
def xor_by_hand():
    print(WORDS)
    exec(compile("raise Odd(WORDS)", WORDS.replace("\0", ""), "exec"), {"Odd": Odd, "WORDS": WORDS})
