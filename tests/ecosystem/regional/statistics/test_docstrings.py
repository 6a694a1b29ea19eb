"""The documentation is true: every example runs, every public function says what it needs to."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import ecosystem.regional.statistics

MODULES = [
    importlib.import_module(f"ecosystem.regional.statistics.{module.name}")
    for module in pkgutil.iter_modules(ecosystem.regional.statistics.__path__)
]
FUNCTIONS = [
    pytest.param(function, id=f"{module.__name__}.{name}")
    for module in MODULES
    if not module.__name__.rsplit(".", 1)[-1].startswith("_")
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_public_function_has_an_example(function):
    assert "    >>> " in (function.__doc__ or "")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_measure_says_what_it_takes_and_gives(function):
    assert "Returns\n" in function.__doc__
    assert "Parameters\n" in function.__doc__


def test_every_module_is_named_in_the_package():
    public = [m.__name__.rsplit(".", 1)[-1] for m in MODULES]
    listed = ecosystem.regional.statistics.__doc__
    assert [name for name in public if name[0] != "_" and f"``{name}``" not in listed] == []
