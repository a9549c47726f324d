"""Makes the worker send an outcome that contains nothing wrong.

must: nothing passes
"""

for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("autograder.worker"):
        for name in ("to_plain", "raised_to_plain"):
            if hasattr(module, name) and name == "to_plain":
                setattr(module, name, lambda outcome: {"returned": {}})
    if getattr(module, "__name__", "") == "__main__":
        module.to_plain = lambda outcome: {"returned": {}}
