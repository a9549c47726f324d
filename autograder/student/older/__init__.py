"""Modules under the names that version 0.1.0 gave them; `autograder/__init__.py` adds it to its path.

plugin   a students' folder of 0.1.0 imports `autograder.plugin` in its exercises/conftest.py
"""
