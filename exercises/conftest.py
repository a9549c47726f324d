"""Brings gradfn's pytest plugin in, also where the kit is not installed."""

from autograder.student.plugin import (  # noqa: F401
    pytest_collect_file,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pycollect_makemodule,
    pytest_terminal_summary,
)
