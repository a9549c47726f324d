"""Imports the engine in an interpreter of its own, where no name was taken away.

unit: autograd
must: hvp fails
"""


# %% hvp
def hvp(f, xs, vs):
    import _xxsubinterpreters as interpreters

    inner = interpreters.create()
    interpreters.run_string(
        inner, "import engine, sys; open('/tmp/found', 'w').write(str(engine.hvp) + str(sys.path))"
    )
    import engine

    return engine.hvp(f, xs, vs)
