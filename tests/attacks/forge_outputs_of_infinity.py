"""Answers the request to load its cells with an exception on line infinity.

must: nothing runs
"""

place = ["cell", {"f": "inf"}, "f", "code"]
fields = [["source", "answer"], ["type", "E"], ["message", "m"], ["frames", [place]]]
cell = {"d": [["outputs", []], ["raised", {"d": fields}]]}
forge([cell] * 9)
