"""Sends frames with the numbers that JSON can spell and others cannot read.

must: step fails
"""


# %% step
def step(z):
    for text in (
        b'{"d":[["returned",{"d":[["a",1e999]]}]]}',
        b'{"d":[["returned",{"d":[["a",' + b"9" * 5000 + b"]]}]]}",
        b'{"d":[["returned",{"d":[["a",{"a":["<f8",[true],0]}]]}]]}',
        b'{"d":[["returned",{"d":[["a",{"a":["<f8",[-1],0]}]]}]]}',
        b'{"d":[["returned",{"d":[["a",{"a":["<f8",[1],-8]}]]}]]}',
        b'{"d":[["returned",{"d":[["a",{"a":["|O",[1],0]}]]}]]}',
        b'{"d":[["returned",{"d":[["a",{"a":["V8",[1],0]}]]}]]}',
        b'{"d":[["returned",{"d":[["a",{"a":["<f8",[1e3],0]}]]}]]}',
        b'{"d":[[1,2],[null,3],[["a"],4]]}',
        b'{"d":[["raised",{"d":[["source","lost"],["type",[]],["message",{}],["frames",[[1,2,3,4]]]]}]]}',
        b'{"t":"abc"}',
        b"\xff\xfe{}",
        b'{"a":1}{"a":2}',
        b'"\\ud800"',
    ):
        try:
            forge(text, b"\0" * 8)
        except OSError:
            pass
    return z
