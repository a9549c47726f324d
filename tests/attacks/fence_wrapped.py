"""Gets at the engine's function by what wraps it.

unit: graph
must: no points for topo_order
"""


# %% topo_order
def topo_order(root):
    import engine.walk

    walk = engine.walk.topological
    return list(getattr(walk, "__wrapped__", walk)([root]))[::-1]
