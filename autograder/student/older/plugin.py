"""`autograder.student.plugin` under its path in version 0.1, which an older exercises/conftest.py imports."""

from autograder.student.plugin import (
    pytest_collect_file,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pycollect_makemodule,
    pytest_terminal_summary,
)

__all__ = [
    "pytest_collect_file",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_pycollect_makemodule",
    "pytest_terminal_summary",
]
