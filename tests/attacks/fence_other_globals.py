"""Calls the engine's function from code whose global names are not the answer's.

unit: graph
must: backward fails
"""

import types


# %% backward
def backward(root):
    def call_it(root):
        root.backward(retain_graph=True)

    types.FunctionType(call_it.__code__, {"__builtins__": __builtins__, "root": root})(root)
