"""Puts its own error handlers and encodings in the way of every text that is sent.

must: full
"""

import codecs


def long(error):
    return "x" * 1_000_000, error.end


for name in ("strict", "replace", "backslashreplace", "surrogateescape", "ignore"):
    codecs.register_error(name, long)
codecs.register(lambda name: (_ for _ in ()).throw(SystemExit(name)))
print("\ud800" * 100)
