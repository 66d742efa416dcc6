"""The arrow between modules, read from their imports: facts <- text ... <- rules <- families <- pipeline <- the rest.

A module may import from its own stage and those before it, never from a later one; a module that no stage names uses
the pipeline and is used by nothing below. So each stage can be read, tested and replaced without those after it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import khcn_extract

PACKAGE = Path(khcn_extract.__file__).parent
MODULES = {path.stem: path for path in PACKAGE.glob("*.py")}
STAGES = (
    {"facts"},
    {"text", "numerals", "sentences", "canonical", "spelling"},
    {"furniture", "provinces", "decoding", "web_page", "tables"},
    {"rules", "records", "patterns"},
    {"engine"},
    {"quantities"},
    {"dates*", "documents*", "counts*", "money*", "organizations", "officials*", "read"},
    {"pipeline"},
)
"""``officials*`` is that module and those that share its name: a family that grew too long for one file."""
TOP = ({"cli*"}, {"__main__"})
USERS = len(STAGES)
"""The stage of all others: store, evaluation, runs, pages, formats."""
HOMES = {
    "typer": {"cli*"},
    "duckdb": {"database", "store*"},
    "pyarrow": {"columns", "store*", "tables"},
    "resiliparse": {"web_page"},
    "zstandard": {"decoding"},
    "ahocorasick_rs": {"engine", "provinces", "officials*"},
}
LAZY = {"spacy", "underthesea", "rich", "altair", "pandas"}
"""Heavy or only for show: outside these modules imported inside the function that needs them."""
LAZY_HOMES = {"spacy_component", "formats_docbin"}


def imported(tree: ast.AST) -> set[str]:
    """Full names of all that is imported anywhere below: ``khcn_extract.text``, ``duckdb``."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def parse(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def own(name: str) -> set[str]:
    """The package's modules that a module imports, also within functions and for types only."""
    parts = [full.split(".") for full in imported(parse(name)) if full.startswith("khcn_extract.")]
    return {part[1] for part in parts if part[1] in MODULES}


def outside(tree: ast.AST) -> set[str]:
    return {full.partition(".")[0] for full in imported(tree)} - {"khcn_extract", "__future__"}


def at_import(tree: ast.Module) -> ast.Module:
    """What runs when the module is imported: no functions, no ``if TYPE_CHECKING``."""

    class Shallow(ast.NodeTransformer):
        def visit_FunctionDef(self, _: ast.FunctionDef) -> None:
            return None

        def visit_If(self, node: ast.If) -> ast.If | None:
            return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node

    return Shallow().visit(tree)


def is_one_of(name: str, names: set[str]) -> bool:
    return name in names or f"{name.partition('_')[0]}*" in names


def stage(name: str) -> int:
    everything = (*STAGES, set(), *TOP)
    return next((number for number, names in enumerate(everything) if is_one_of(name, names)), USERS)


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"__init__"}))
def test_arrows_point_one_way(name: str) -> None:
    """No module imports one of a later stage; so none but itself needs the command line."""
    assert {other for other in own(name) if stage(other) > stage(name)} == set()


def test_stages_name_modules_that_exist() -> None:
    """A renamed module is renamed here too, or nothing holds it."""
    assert {name.rstrip("*") for names in (*STAGES, *TOP, *HOMES.values()) for name in names} <= MODULES.keys()


def test_no_cycles() -> None:
    """Also within a stage: there is an order in which to read all modules."""
    left = {name: own(name) - {name} for name in MODULES if name != "__init__"}
    while left:
        free = {name for name, needs in left.items() if not needs & left.keys()}
        assert free, f"a cycle among {sorted(left)}"
        left = {name: needs for name, needs in left.items() if name not in free}


@pytest.mark.parametrize("library", sorted(HOMES))
def test_library_is_used_where_it_is_at_home(library: str) -> None:
    """Who exchanges it, looks into these modules and no others."""
    users = {name for name in MODULES if library in outside(parse(name))}

    assert users
    assert {name for name in users if not is_one_of(name, HOMES[library])} == set()


@pytest.mark.parametrize("name", sorted(set(MODULES) - LAZY_HOMES))
def test_heavy_libraries_are_imported_where_they_are_needed(name: str) -> None:
    """Not with the module."""
    assert outside(at_import(parse(name))) & LAZY == set()


@pytest.mark.parametrize("name", sorted(name for name in MODULES if stage(name) < USERS))
def test_extraction_knows_neither_clock_nor_network_nor_store(name: str) -> None:
    """Text in, values out."""
    files = {"os", "io", "glob", "pathlib"}
    allowed = dict.fromkeys(("read", "decoding", "records", "officials_tagger"), files)
    allowed["tables"] = files | {"pyarrow"}
    foreign = {
        "time",
        "random",
        "socket",
        "urllib.request",
        "duckdb",
        "pyarrow",
        "subprocess",
        "os",
        "pathlib",
    } - allowed.get(name, set())

    assert outside(parse(name)) & foreign == set()
    calls = {ast.unparse(node.func) for node in ast.walk(parse(name)) if isinstance(node, ast.Call)}
    assert calls & {"datetime.now", "datetime.today", "date.today", "datetime.utcnow", "open", "print"} == set()


def test_import_of_the_package_brings_nothing_with_it() -> None:
    """``import khcn_extract`` and the command line's module load no library but typer."""
    code = "import sys, khcn_extract.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )

    assert (
        loaded & {"spacy", "underthesea", "duckdb", "pyarrow", "regex", "pydantic", "numpy", "ahocorasick_rs"} == set()
    )
